"""What of a CV may enter a profile, and how it stands to what the person told. No database here.

Sex, age, nationality and photograph are never proposed, whatever a CV says of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from contract.text import normalise
from huntred.cv.ports import Cv, CvJob, Found
from huntred.errors import FieldInvalid
from huntred.people.rules import parse_field

Standing = Literal["fills", "known", "differs"]
# A CV lists many skills; a profile holds those that a person would name.
_MOST_SKILLS = 15
_MONTHS_OF_YEAR = 12


@dataclass(frozen=True)
class Proposed:
    """text: as `people.rules.parse_field` reads it. columns: what it would set. found: its place, if it has one."""

    field: str
    text: str
    columns: Mapping[str, Any]
    found: Found | None


def proposals(cv: Cv, *, today: date) -> tuple[Proposed, ...]:
    """Return what a CV can tell a profile, in the order of a recap; what a profile would not take is left out."""
    contact = cv.contact
    titled = [job for job in cv.experience if job.title]
    latest = max(titled, key=_until).title if titled else None
    told: list[tuple[str, str, Found | None]] = [
        (field, found.value, found)
        for field, found in (
            ("first_name", contact.first_name), ("last_name", contact.first_surname),
            ("second_last_name", contact.second_surname), ("email", contact.email), ("phone", contact.phone),
            ("city", contact.location), ("headline", latest),
        )
        if found is not None
    ]  # fmt: skip
    if cv.total_months:
        told.append(("experience_years", f"{_years(cv.total_months)} años", None))
    if cv.skills:
        told.append(("skills", ", ".join(skill.name.value for skill in cv.skills[:_MOST_SKILLS]), None))
    proposed = []
    for field, text, found in told:
        try:
            columns = parse_field(field, text, today=today).columns
        except FieldInvalid:
            continue
        proposed.append(Proposed(field, text, columns, found))
    return tuple(proposed)


def _years(months: int) -> str:
    """Return 8 or 2.5."""
    return f"{Decimal(months) / _MONTHS_OF_YEAR:.1f}".removesuffix(".0")


def _until(job: CvJob) -> tuple[bool, str]:
    """When it ended, to compare: a current one is later than all, and of equals the first written stands."""
    ended = job.end or job.start
    return job.current, ended.value if ended is not None else ""


def says_something(cv: Cv) -> bool:
    """Whether it is a CV at all: a letter or an identity card tells no work, school or skill."""
    return bool(cv.experience or cv.education or cv.skills)


def standing(proposed: Proposed, told: Mapping[str, Any]) -> Standing:
    """Say whether the profile has nothing there, the same, or something else. told: by column."""
    column, value = next(iter(proposed.columns.items()))
    present = told.get(column)
    if present in (None, "", []):
        return "fills"
    if isinstance(value, list):
        known = {normalise(one) for one in present}
        return "known" if {normalise(one) for one in value} <= known else "differs"
    if isinstance(value, str):
        return "known" if normalise(value) == normalise(str(present)) else "differs"
    return "known" if value == present else "differs"
