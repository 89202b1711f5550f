"""How values are written into responses: dates, distances, lists. The words themselves stand in wording.yml."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from babel.dates import format_datetime

from contract.text import normalise

_LOCALE = "es_MX"
# "hielo" and "yeso" begin with another sound than "inglés" and "hilado".
_SOUND_OF_I = re.compile(r"h?i(?![aeou])")


@cache
def words() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((resources.files("actions") / "wording.yml").read_text("utf-8"))
    return found


def when(at: datetime, timezone: str) -> str:
    """Return "martes 24 de noviembre a las 10:00"."""
    return str(format_datetime(at, words()["patterns"]["when"], ZoneInfo(timezone), locale=_LOCALE))


def when_short(at: datetime, timezone: str) -> str:
    """Return "mar 24 nov, 10:00", within the 24 characters of a list's row."""
    text = format_datetime(at, words()["patterns"]["when_short"], ZoneInfo(timezone), locale=_LOCALE)
    return str(text).replace(".", "")


def day(at: datetime, timezone: str) -> str:
    return str(format_datetime(at, words()["patterns"]["day"], ZoneInfo(timezone), locale=_LOCALE))


def word(kind: str, code: str) -> str:
    """Return the word for a code; the code where none is written."""
    return str(words()[kind].get(code, code))


def listed(items: Sequence[str]) -> str:
    """Return "cocina, limpieza y caja"."""
    if len(items) < 2:
        return "".join(items)
    joint = words()["and"]["before_i" if _SOUND_OF_I.match(normalise(items[-1])) else "usual"]
    return f"{', '.join(items[:-1])} {joint} {items[-1]}"


def folded_in(text: str, list_name: str) -> bool:
    """Whether the whole text is one of the listed words, signs and accents aside."""
    return normalise(text).strip(" .!¡¿?") in words()[list_name]


def shortened(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
