"""How values are written into responses: dates, distances, lists. The words themselves stand in wording.yml.

In another language than Spanish in wording.<language>.yml, which holds what differs; what it lacks is said in Spanish.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from contract.text import normalise
from huntred.languages import LOCALES, MAIN, words_in

_FILE = Path(__file__).with_name("wording.yml")
_language: ContextVar[str] = ContextVar("language", default=MAIN)
# "hielo" and "yeso" begin with another sound than "inglés" and "hilado".
_SOUND_OF_I = re.compile(r"h?i(?![aeou])")


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Let what is written inside be in this language (ISO 639-1)."""
    token = _language.set(language if language in LOCALES else MAIN)
    try:
        yield
    finally:
        _language.reset(token)


def spoken() -> str:
    """Return the language that is spoken."""
    return _language.get()


def locale() -> str:
    """Return Babel's locale of the language that is spoken."""
    return LOCALES[spoken()]


def words() -> dict[str, Any]:
    """Return the words of the language that is spoken."""
    return words_in(_FILE, spoken())


def _dated(at: datetime, pattern: str, timezone: str) -> str:
    return str(format_datetime(at, words()["patterns"][pattern], ZoneInfo(timezone), locale=locale()))


def when(at: datetime, timezone: str) -> str:
    """Return "martes 24 de noviembre a las 10:00"."""
    return _dated(at, "when", timezone)


def when_short(at: datetime, timezone: str) -> str:
    """Return "mar 24 nov, 10:00", within the 24 characters of a list's row."""
    return _dated(at, "when_short", timezone).replace(".", "")


def day(at: datetime, timezone: str) -> str:
    return _dated(at, "day", timezone)


def word(kind: str, code: str) -> str:
    """Return the word for a code; the code where none is written."""
    return str(words()[kind].get(code, code))


def listed(items: Sequence[str]) -> str:
    """Return "cocina, limpieza y caja"."""
    if len(items) < 2:
        return "".join(items)
    and_before_i = spoken() == MAIN and _SOUND_OF_I.match(normalise(items[-1]))
    joint = words()["and"]["before_i" if and_before_i else "usual"]
    return f"{', '.join(items[:-1])} {joint} {items[-1]}"


def folded_in(text: str, list_name: str) -> bool:
    """Whether the whole text is one of the listed words, of any language, signs and accents aside."""
    said = normalise(text).strip(" .!¡¿?")
    return any(said in words_in(_FILE, language)[list_name] for language in LOCALES)


def shortened(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
