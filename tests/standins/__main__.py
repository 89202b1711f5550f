"""`python -m tests.standins`: run the stand-ins with their page, until interrupted."""

from __future__ import annotations

import sys

from tests.standins.config import Config
from tests.standins.server import serve


def main() -> int:
    """Return the exit status; a wrong setting or a taken port is one line."""
    try:
        serve(Config.from_environment())
    except ValueError as problem:
        print(f"stand-ins: {problem}", file=sys.stderr)
        return 78
    except OSError as problem:
        print(f"stand-ins: cannot listen: {problem.strerror or problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
