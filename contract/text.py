"""Text as it is compared and searched: without accents, case or doubled spaces."""
from __future__ import annotations

import unicodedata


def normalise(text: str) -> str:
    """Return the text folded for comparison: "Ana  Núñez" → "ana nunez"."""
    folded = unicodedata.normalize("NFKD", text)
    return " ".join("".join(c for c in folded if not unicodedata.combining(c)).casefold().split())
