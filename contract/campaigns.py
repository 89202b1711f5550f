"""The code of a campaign's link, as it arrives in a chat: by itself, or inside the words that the link prefilled."""

from __future__ import annotations

import re

from contract.invitations import ALPHABET, LENGTH

PREFIX = "VIA-"
LONGEST_GREETING = 200

_CODE = re.compile(rf"[ \t]*[(\[]?\b({PREFIX}[{ALPHABET}]{{{LENGTH}}})\b[)\]]?", re.I)


def prefilled(greeting: str, code: str) -> str:
    """Return what somebody who follows the link sends: the words and, behind them, the code."""
    return f"{greeting} ({code})" if greeting else code


def campaign_in(text: str) -> tuple[str, str]:
    """Return the code that stands in the text as it is kept ("" where none does), and the text without it.

    "Hola, ¿cuánto pagan? (via-abcd2345)" → ("VIA-ABCD2345", "Hola, ¿cuánto pagan?")
    """
    found = _CODE.search(text)
    if found is None:
        return "", text
    rest = _CODE.sub("", text).strip()
    return found.group(1).upper(), rest if any(char.isalnum() for char in rest) else ""
