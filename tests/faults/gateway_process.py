"""The gateway process, with a guarantee removed where a test of the checker asks for it."""

from __future__ import annotations

import sys

if __name__ == "__main__":
    from bot.gateway import main
    from tests.faults import broken

    broken.break_gateway()
    sys.exit(main())
