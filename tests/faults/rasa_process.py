"""The rasa process, with a guarantee removed where a test of the checker asks for it."""

from __future__ import annotations

import sys

from bot.quiet import quieten

if __name__ == "__main__":
    quieten()
    from bot.server import main
    from tests.faults import broken

    broken.break_rasa()
    sys.exit(main())
