"""Times, places and names as notices put them; the words stand in wording.yml.

What a candidate is told, by chat, mail or template, is in the chat's language, by wording.<language>.yml. What the
team, interviewers, mentors and referees are told is Spanish.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

from babel.dates import format_date, format_datetime, get_timezone

from huntred.languages import LOCALES, MAIN, words_in

_FILE = Path(__file__).with_name("wording.yml")


def wording(language: str = MAIN) -> dict[str, Any]:
    """Return the words of a language (ISO 639-1); what it lacks is in Spanish."""
    return words_in(_FILE, language)


def when_text(at: datetime, timezone: str, pattern: str = "when", language: str = MAIN) -> str:
    """Return "martes 24 de noviembre a las 10:00" in the unit's time zone."""
    return format_datetime(at, wording(language)[pattern], tzinfo=get_timezone(timezone), locale=LOCALES[language])


def day_text(day: date, language: str = MAIN) -> str:
    """Return "24 de noviembre de 2026"."""
    return format_date(day, wording(language)["date"], locale=LOCALES[language])
