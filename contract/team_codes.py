"""The code by which one of the team links their own Telegram: made by the app, known to the gateway as it comes in."""

from __future__ import annotations

import re
from datetime import timedelta

PREFIX = "team-"
CODE_BYTES = 8
LINK_LIFE = timedelta(minutes=30)
_CODE = re.compile(rf"{PREFIX}[0-9a-f]{{{2 * CODE_BYTES}}}")


def is_team_code(text: str) -> bool:
    """Whether it has the form of such a code; whether it is one, the database knows."""
    return _CODE.fullmatch(text) is not None
