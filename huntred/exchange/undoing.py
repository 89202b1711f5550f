"""Takes an import back, row by row, as long as nothing else has touched what the row made or changed.

Anything that hangs on a person or an application by a key counts as a touch: whoever they talked to, an interview, a
CV, a place on a shortlist. Such a row stays, and says so.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Table, delete, select, text, true

from huntred.applications import moves
from huntred.applications import repository as applications
from huntred.applications.models import Application
from huntred.applications.types import MoveNote
from huntred.db.base import Base
from huntred.db.unit_of_work import UnitOfWork
from huntred.duplicates import finding
from huntred.duplicates.wire import unpacked
from huntred.exchange.models import ImportedPerson, ImportedRow, PeopleImport
from huntred.matching import encoding
from huntred.people import repository as people
from huntred.people import service as people_service
from huntred.people.models import UnitProfile

TAKEN_BACK, KEPT = "taken_back", "kept"
# Ours, and what the platform keeps by itself of whoever is there.
_NO_TOUCH = frozenset({"imported_people", "people_import_rows", "unit_profiles", "profile_vectors"})
_QUIET = {"synchronize_session": False}


def take_back(uow: UnitOfWork, found: PeopleImport, row: ImportedRow, *, now: datetime) -> None:
    """Undo what this row did, all of it or nothing."""
    profile = people.profile(uow, row.person_id, for_update=True) if row.person_id else None
    if profile is None or profile.person_id != row.person_id or not _may(uow, row, profile):
        row.undone = KEPT
        return
    if row.application_outcome == "made":
        _forget_application(uow, row.application_id)
    elif row.application_outcome == "moved":
        _move_back(uow, found, row, now=now)
    uow.session.execute(
        delete(ImportedPerson).where(
            ImportedPerson.import_id == found.id, ImportedPerson.person_id == profile.person_id
        ),
        execution_options=_QUIET,
    )
    if row.outcome == "made":
        encoding.forget_person(uow, profile.person_id)
        finding.forget(uow, [profile.id])
        uow.session.flush()
        uow.session.delete(profile)
    elif row.outcome == "updated":
        _put_back(uow, row, profile, now=now)
    row.undone, row.before_sealed = TAKEN_BACK, None
    uow.session.flush()


def _may(uow: UnitOfWork, row: ImportedRow, profile: UnitProfile) -> bool:
    if row.outcome in {"made", "updated"} and profile.updated_at != row.profile_at:
        return False
    if row.outcome == "updated" and not row.before_sealed:
        return False
    if row.application_outcome in {"made", "moved"}:
        application = applications.get(uow.session, row.application_id, lock=True) if row.application_id else None
        as_left = (row.application_id, row.application_version)
        if application is None or (application.id, application.version) != as_left:
            return False
    mine = row.application_id if row.application_outcome == "made" else None
    if mine is not None and _hangs_on(uow, "applications.id", mine, but={"application_moves"}):
        return False
    if row.outcome != "made":
        return True
    return not (
        _hangs_on(uow, "people.id", profile.person_id, mine=mine)
        or _hangs_on(uow, "unit_profiles.id", profile.id, mine=mine)
    )


def _hangs_on(
    uow: UnitOfWork, key: str, id_: UUID, *, mine: UUID | None = None, but: frozenset[str] | set[str] = frozenset()
) -> bool:
    """Whether any row of any table names it; the application `mine` aside."""
    for table in Base.metadata.sorted_tables:
        if table.name in _NO_TOUCH or table.name in but:
            continue
        for column in _naming(table, key):
            query = select(true()).select_from(table).where(column == id_)
            if table.name == "applications" and mine is not None:
                query = query.where(table.c.id != mine)
            if uow.session.scalar(query.limit(1)):
                return True
    return False


def _naming(table: Table, key: str) -> list[Any]:
    return [fk.parent for fk in table.foreign_keys if fk.target_fullname == key]


def _forget_application(uow: UnitOfWork, application_id: UUID | None) -> None:
    uow.session.flush()
    uow.session.execute(text("SELECT app_take_back_application(:id)"), {"id": application_id})
    uow.session.expire_all()


def _move_back(uow: UnitOfWork, found: PeopleImport, row: ImportedRow, *, now: datetime) -> None:
    application = uow.session.get_one(Application, row.application_id)
    stage_id = json.loads(row.before_sealed or "{}").get("stage_id")
    stage = applications.stage(uow.session, UUID(stage_id)) if stage_id else None
    if stage is not None:
        note = MoveNote(found.undone_by, reason=found.file_name)
        moves.to_stage(uow, application, stage, now=now, note=note)


def _put_back(uow: UnitOfWork, row: ImportedRow, profile: UnitProfile, *, now: datetime) -> None:
    before = json.loads(row.before_sealed or "{}").get("profile", {})
    values = unpacked(UnitProfile.__table__, before)  # type: ignore[arg-type]
    updated_at, completed_at = values.pop("updated_at"), values.pop("completed_at")
    people_service.replace_columns(uow, profile, values, now=now, by_themselves=False)
    # As if it had never been: an earlier row may be taken back after this one.
    profile.updated_at, profile.completed_at = updated_at, completed_at
