"""Writes one row of an import: a person made or brought up to date, whence they came, and their application.

What a person told us themselves is never overwritten by what another system knows: only gaps are filled.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, true
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import undefer

from contract.ids import new_id
from contract.text import normalise
from huntred.applications import entering, moves
from huntred.applications import repository as applications
from huntred.applications.types import MoveNote
from huntred.conversations.models import Conversation
from huntred.db.unit_of_work import UnitOfWork
from huntred.duplicates.wire import packed
from huntred.exchange import known
from huntred.exchange.models import ImportedPerson, ImportedRow, PeopleImport
from huntred.exchange.places import Places
from huntred.exchange.reading import ReadPerson
from huntred.people import service as people
from huntred.people.models import Consent, UnitProfile
from huntred.vacancies.models import Vacancy

_MOST_SKILLS = 30
_SEALED = ("birth_date_sealed", "curp_sealed", "rfc_sealed")
# What stands together: a city of ours with another system's state would be another place.
_TOGETHER = (
    ("first_name", "last_name", "second_last_name"), ("city", "state", "latitude", "longitude"),
    ("salary_amount", "salary_currency"), ("curp_sealed", "curp_hash"), ("rfc_sealed", "rfc_hash"),
)  # fmt: skip


def write(
    uow: UnitOfWork, found: PeopleImport, row: ImportedRow, read: ReadPerson, places: Places, *, now: datetime
) -> None:
    """Write it once; the row says what was done. What cannot be done any more makes it faulty."""
    profile = None if read.faults else known.find(uow, found.system, read)
    hidden = (
        profile is not None and found.division_id and not known.of_division(uow, profile, found.division_id)
    )
    if read.faults or hidden:
        row.outcome, row.verdict = "skipped", "faulty"
        row.faults = [vars(one) for one in read.faults] or [{"field": "email", "problem": "of_another_team"}]
        return
    if profile is None:
        profile = people.enter(uow, read.columns, now=now)
        row.outcome = "made"
    else:
        profile = _locked(uow, profile)
        changes = changes_of(profile, read.columns, only_gaps=told_by_themselves(uow, profile))
        row.outcome = "updated" if changes else "unchanged"
        if changes:
            names = (*changes, "completed_at", "updated_at")
            _remember(row, profile=packed({name: getattr(profile, name) for name in names}))
            people.replace_columns(uow, profile, changes, now=now, by_themselves=False)
    row.person_id = profile.person_id
    _note_origin(uow, found, profile, read, now=now)
    _apply(uow, found, row, profile, read, places, now=now)
    uow.session.flush()
    row.profile_at = profile.updated_at


def told_by_themselves(uow: UnitOfWork, profile: UnitProfile) -> bool:
    """Whether the person ever talked to this unit or answered its notice."""
    for model in (Conversation, Consent):
        query = select(true()).where(model.unit == profile.unit, model.person_id == profile.person_id)
        if uow.session.scalar(query.limit(1)):
            return True
    return False


def _locked(uow: UnitOfWork, profile: UnitProfile) -> UnitProfile:
    return uow.session.scalars(
        select(UnitProfile)
        .where(UnitProfile.id == profile.id)
        .options(*(undefer(getattr(UnitProfile, column)) for column in _SEALED))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def changes_of(profile: UnitProfile, told: Mapping[str, Any], *, only_gaps: bool) -> dict[str, Any]:
    """Columns that another system knows and we do not, or know otherwise. only_gaps: what we know stays."""
    changes = {
        name: value
        for name, value in told.items()
        if not _alike(getattr(profile, name), value) and not (only_gaps and _told(getattr(profile, name)))
    }
    for group in _TOGETHER:
        if not set(group) & set(changes):
            continue
        if only_gaps and any(_told(getattr(profile, name)) for name in group):
            # Theirs may not be set beside ours, as a surname of one and a name of another.
            for name in group:
                changes.pop(name, None)
        elif group[0] != "first_name":
            changes.update({name: told[name] for name in group if name in told})
    if "skills" in changes:
        changes["skills"] = _joined(profile.skills or [], changes["skills"])
    if "curp_sealed" in changes and "birth_date_sealed" not in changes and _told(profile.birth_date_sealed):
        if profile.birth_date_sealed != told["birth_date_sealed"]:
            # Ours and theirs cannot both be right, and a CURP says its day.
            changes = {name: value for name, value in changes.items() if not name.startswith("curp_")}
    if "birth_date_sealed" in changes and profile.curp_sealed and "curp_sealed" not in changes:
        # A CURP says the birth date: another one beside it is a mistake of the file's.
        changes.pop("birth_date_sealed")
    return changes


def _remember(row: ImportedRow, **before: Any) -> None:
    """Keep what undoing.py puts back."""
    there = json.loads(row.before_sealed) if row.before_sealed else {}
    row.before_sealed = json.dumps(there | before, ensure_ascii=False)


def _told(value: Any) -> bool:
    return value not in (None, "", [])


def _joined(ours: list[str], theirs: list[str]) -> list[str]:
    """Ours first, then what only theirs has."""
    there = {normalise(one) for one in ours}
    return [*ours, *(one for one in theirs if normalise(one) not in there)][:_MOST_SKILLS]


def _alike(ours: Any, theirs: Any) -> bool:
    if isinstance(ours, str) and isinstance(theirs, str):
        return normalise(ours) == normalise(theirs)
    if isinstance(ours, list) and isinstance(theirs, list):
        return {normalise(one) for one in theirs} <= {normalise(one) for one in ours}
    return bool(ours == theirs)


def _note_origin(
    uow: UnitOfWork, found: PeopleImport, profile: UnitProfile, read: ReadPerson, *, now: datetime
) -> None:
    """Say whence they came, once for each id that the system gives them."""
    of_system = (ImportedPerson.unit == found.unit, ImportedPerson.system == found.system)
    there = uow.session.scalars(
        select(ImportedPerson.external_id).where(*of_system, ImportedPerson.person_id == profile.person_id)
    ).all()
    external_id = read.external_id or None
    # An id that already names somebody else (another account of that system) names nobody a second time.
    if external_id and uow.session.scalar(
        select(true()).where(
            *of_system, ImportedPerson.external_id == external_id, ImportedPerson.person_id != profile.person_id
        )
    ):
        external_id = None
    if external_id in there or (there and external_id is None):
        return
    uow.session.execute(
        insert(ImportedPerson)
        .values(
            id=new_id(), unit=found.unit, person_id=profile.person_id, system=found.system,
            external_id=external_id, source=read.source, import_id=found.id, imported_at=now,
        )
        .on_conflict_do_nothing()
    )  # fmt: skip


def _apply(
    uow: UnitOfWork, found: PeopleImport, row: ImportedRow, profile: UnitProfile, read: ReadPerson, places: Places, *,
    now: datetime,
) -> None:  # fmt: skip
    vacancy_id = found.vacancy_id or (places.vacancy_of(read.vacancy) if read.vacancy else None)
    if vacancy_id is None:
        return
    stage = places.stage_of(read.stage)
    note = MoveNote(found.user_id, reason=found.file_name)
    application = applications.of_vacancy_and_person(uow.session, vacancy_id, profile.person_id)
    if application is None:
        vacancy = uow.session.get_one(Vacancy, vacancy_id)
        application = entering.enter(
            uow, vacancy, profile, stage, note, at=read.applied_at or now, now=now
        )
        row.application_outcome = "made"
    elif application.stage_id != stage.id and _stands_as_imported(uow, application.id, application.version):
        _remember(row, stage_id=str(application.stage_id))
        moves.to_stage(uow, application, stage, now=now, note=note)
        row.application_outcome = "moved"
    else:
        row.application_outcome = "unchanged"
    row.application_id, row.application_version = application.id, application.version


def _stands_as_imported(uow: UnitOfWork, application_id: Any, version: int) -> bool:
    """Whether nobody here has moved it since a file put it there: only then the next file may move it on."""
    query = select(true()).where(
        ImportedRow.application_id == application_id, ImportedRow.application_version == version,
        ImportedRow.application_outcome.in_(("made", "moved")),
    )  # fmt: skip
    return bool(uow.session.scalar(query.limit(1)))
