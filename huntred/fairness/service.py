"""Taking, keeping and deleting what people say of themselves for statistics, and the figures that come of it.

Voluntary, with a consent of its own (`fairness_statistics`), never asked for in a chat and never read but as figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from contract.ids import new_id
from huntred.applications.models import Application
from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import FieldInvalid
from huntred.fairness import repository, rules
from huntred.fairness.models import FairnessAnswer
from huntred.fairness.opening import opened
from huntred.fairness.rules import ASKED, GROUPS, UNSAID, Figures, Said
from huntred.people import service as people
from huntred.people.models import Consent, UnitProfile
from huntred.privacy import service as privacy
from huntred.units import service as units
from huntred.vacancies import service as vacancies

# Of the text that the page shows above the questions.
TEXT_VERSION = "2026-11"
# A unit's setting; on unless it says no.
SETTING = "fairness_statistics"
_QUIET = {"synchronize_session": False}


@dataclass(frozen=True)
class Standing:
    """What the page shows of a person: whether they answered, and whether a birth date is there to tell an age."""

    answered: bool
    has_birth_date: bool


@dataclass(frozen=True)
class Report:
    """figures: by step and attribute, in the order of rules.STEPS and rules.GROUPS. as_of: what came later waits.

    rounded: counts stand to the nearest `rules.ROUNDED_TO`.
    """

    figures: tuple[Figures, ...]
    as_of: datetime
    rounded: bool

    def of(self, attribute: str) -> list[Figures]:
        return [one for one in self.figures if one.attribute == attribute]


def asks(uow: UnitOfWork) -> bool:
    """Whether the unit takes part."""
    return bool(units.get(uow, uow.unit).settings.get(SETTING, True))


def invites(uow: UnitOfWork, person_id: UUID) -> bool:
    """Whether somebody who just applied is told of the page: once, and never again after a yes or a no."""
    if not asks(uow):
        return False
    applied = uow.session.scalar(
        select(func.count(Application.id)).where(Application.unit == uow.unit, Application.person_id == person_id)
    )
    with opened(uow):
        said = uow.session.scalar(
            select(Consent.id)
            .where(
                Consent.unit == uow.unit, Consent.person_id == person_id, Consent.purpose == privacy.FAIRNESS_STATISTICS
            )
            .limit(1)
        )  # fmt: skip
    return applied == 1 and said is None


def standing(uow: UnitOfWork, person_id: UUID) -> Standing:
    """Raises NotFound where the unit knows nobody of this id."""
    person_id = people.profile_of(uow, person_id).person_id
    born = _born(uow, person_id)
    with opened(uow):
        return Standing(repository.answer_of(uow, person_id) is not None, born is not None)


def give(
    uow: UnitOfWork,
    person_id: UUID,
    answers: Mapping[str, str],
    *,
    agrees: bool,
    age_from_birth_date: bool,
    now: datetime,
) -> None:
    """Keep what the person says of themselves, in place of what they said before.

    answers: by attribute of ASKED, one of its GROUPS, or UNSAID. age_from_birth_date: they agree that the age band is
    taken from the birth date; the date itself is not kept here. Raises FieldInvalid (agrees, or the attribute),
    NotFound.
    """
    if not agrees:
        raise FieldInvalid("statistics_agrees", "missing")
    said = {}
    for attribute in ASKED:
        answer = answers.get(attribute, "") or UNSAID
        if answer not in (*GROUPS[attribute], UNSAID):
            raise FieldInvalid(f"statistics_{attribute}", "unknown")
        if answer != UNSAID:
            said[attribute] = answer
    person_id = people.held_profile(uow, person_id).person_id
    born = _born(uow, person_id) if age_from_birth_date else None
    if born is not None:
        said["age"] = rules.age_band(born, now.date())
    values = {"answers_sealed": repository.sealed(Said(said)), "given_at": now}
    with opened(uow):
        # As a statement, not as a row of the session: the audit keeps no trace of who took part.
        uow.session.execute(
            insert(FairnessAnswer)
            .values(id=new_id(), unit=uow.unit, person_id=person_id, **values)
            .on_conflict_do_update(index_elements=["unit", "person_id"], set_=values)
        )
        privacy.allow_statistics(uow, person_id, True, TEXT_VERSION, now=now)


def withdraw(uow: UnitOfWork, person_id: UUID, *, now: datetime) -> bool:
    """Delete it and note that the consent is taken back; return False where nothing was there."""
    person_id = people.held_profile(uow, person_id).person_id
    with opened(uow):
        gone = _delete(uow, person_id)
        privacy.allow_statistics(uow, person_id, False, TEXT_VERSION, now=now)
    return gone


def forget(uow: UnitOfWork, person_id: UUID) -> None:
    """Of a person who is erased."""
    with opened(uow):
        _delete(uow, person_id)


def exported(uow: UnitOfWork, person_id: UUID) -> dict[str, Any] | None:
    """Return what the unit holds, for the person (ARCO, access); None where it holds nothing."""
    with opened(uow):
        found = repository.answer_of(uow, person_id)
        return None if found is None else {**found[0].by_attribute, "given_at": found[1]}


def merge(uow: UnitOfWork, kept_id: UUID, other_id: UUID) -> list[str]:
    """Hang the other's answers on the kept person, unless one of the two took the consent back; return the moved ids.

    Inside `opened`, after the ledgers are one. Of two answers the later stays: what a person replaced is kept nowhere,
    not even to undo a merge.
    """
    mine = select(FairnessAnswer.id, FairnessAnswer.person_id, FairnessAnswer.given_at).where(
        FairnessAnswer.unit == uow.unit, FairnessAnswer.person_id.in_((kept_id, other_id))
    )
    rows = sorted(uow.session.execute(mine).all(), key=lambda row: row.given_at)
    if not rows:
        return []
    if not privacy.allows_statistics(uow, kept_id):
        _delete(uow, kept_id)
        _delete(uow, other_id)
        return []
    latest = rows[-1]
    for row in rows[:-1]:
        _delete(uow, row.person_id)
    if latest.person_id == kept_id:
        return []
    _hang(uow, [latest.id], kept_id)
    return [str(latest.id)]


def unmerge(uow: UnitOfWork, moved: list[str], other_id: UUID) -> None:
    """Hang on the other again what `merge` moved, where it is still there. Inside `opened`."""
    _hang(uow, [UUID(id_) for id_ in moved], other_id)


def vacancy_report(uow: UnitOfWork, vacancy_id: UUID, *, now: datetime) -> Report:
    """Raises NotFound."""
    vacancies.get(uow, vacancy_id)
    as_of = week_began(uow, now)
    with opened(uow):
        cases = repository.cases(uow, as_of=as_of, vacancy_id=vacancy_id)
    return _report(cases, as_of, rounded=False)


def unit_report(uow: UnitOfWork, first: date, last: date, *, now: datetime) -> Report:
    """Of the applications that arrived in these days, both included, in the unit's own time."""
    zone = ZoneInfo(units.get(uow, uow.unit).timezone)
    as_of = week_began(uow, now)
    since, until = (datetime.combine(day, time(), zone) for day in (first, last + timedelta(days=1)))
    with opened(uow):
        cases = repository.cases(uow, as_of=as_of, since=since, until=until)
    return _report(cases, as_of, rounded=True)


def week_began(uow: UnitOfWork, now: datetime) -> datetime:
    """Monday, 0:00, where the unit is. Figures change once a week, so that no change of them points at one person."""
    here = now.astimezone(ZoneInfo(units.get(uow, uow.unit).timezone))
    monday = here.date() - timedelta(days=here.weekday())
    return datetime.combine(monday, time(), here.tzinfo)


def _report(cases: list[rules.Case], as_of: datetime, *, rounded: bool) -> Report:
    figures = [one for attribute in GROUPS for one in rules.steps_of(cases, attribute, exact=not rounded)]
    return Report(tuple(figures), as_of, rounded)


def _born(uow: UnitOfWork, person_id: UUID) -> date | None:
    sealed = uow.session.scalar(
        select(UnitProfile.birth_date_sealed).where(UnitProfile.unit == uow.unit, UnitProfile.person_id == person_id)
    )
    return date.fromisoformat(sealed) if sealed else None


def _delete(uow: UnitOfWork, person_id: UUID) -> bool:
    result = uow.session.execute(
        delete(FairnessAnswer).where(FairnessAnswer.unit == uow.unit, FairnessAnswer.person_id == person_id),
        execution_options=_QUIET,
    )
    return bool(result.rowcount)  # type: ignore[attr-defined]


def _hang(uow: UnitOfWork, ids: list[UUID], person_id: UUID) -> None:
    uow.session.execute(
        update(FairnessAnswer)
        .where(FairnessAnswer.unit == uow.unit, FairnessAnswer.id.in_(ids))
        .values(person_id=person_id),
        execution_options=_QUIET,
    )
