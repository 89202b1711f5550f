"""A CV from its arrival to the person's answer. Reading stands in reading.py, what is said of it in telling.py."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import undefer

from contract.ids import new_id
from huntred.cv.models import CvFile
from huntred.cv.ports import Cv
from huntred.cv.rules import Proposed, proposals, standing
from huntred.cv.wire import decoded
from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import FieldInvalid, NotFound
from huntred.people import service as people
from huntred.people.models import UnitProfile
from huntred.privacy import service as privacy

_MEXICO = ZoneInfo("America/Mexico_City")
_LONGEST_NOTE = 300


@dataclass(frozen=True)
class Stored:
    """A file that lies below MEDIA_DIR."""

    sha256: str
    stored_name: str
    content_type: str
    name: str
    size: int


@dataclass(frozen=True)
class Compared:
    """What a CV proposes, by how it stands to the profile of now."""

    fills: tuple[Proposed, ...]
    known: tuple[Proposed, ...]
    differs: tuple[Proposed, ...]


def receive(
    uow: UnitOfWork, person_id: UUID, conversation_id: UUID, media_id: UUID, file: Stored, *, now: datetime
) -> None:
    """Take a document that came in a chat, once for each; it is held until the person accepts the privacy notice."""
    state = "waiting" if privacy.has_accepted(uow, person_id) else "held"
    uow.session.execute(
        insert(CvFile)
        .values(
            id=new_id(), unit=uow.unit, person_id=person_id, conversation_id=conversation_id, media_id=media_id,
            source="chat", state=state, due=now, created_at=now, **_columns(file),
        )
        .on_conflict_do_nothing(index_elements=["media_id"])
    )  # fmt: skip


def upload(
    uow: UnitOfWork, person_id: UUID, file: Stored, *, user_id: UUID | None, consent_note: str, now: datetime
) -> CvFile:
    """Take what a consultant was given. consent_note: how the person agreed. Raises FieldInvalid, NotFound."""
    note = " ".join(consent_note.split())
    if not note:
        raise FieldInvalid("consent_note", "missing")
    if len(note) > _LONGEST_NOTE:
        raise FieldInvalid("consent_note", "too_long")
    person_id = people.held_profile(uow, person_id).person_id
    cv = CvFile(
        unit=uow.unit, person_id=person_id, source="upload", uploaded_by=user_id, consent_note=note, due=now,
        created_at=now, **_columns(file),
    )  # fmt: skip
    uow.session.add(cv)
    uow.session.flush()
    return cv


def release_held(uow: UnitOfWork, person_id: UUID, *, now: datetime) -> None:
    """Let what came before the person accepted the notice be read."""
    uow.session.execute(
        update(CvFile)
        .where(CvFile.unit == uow.unit, CvFile.person_id == person_id, CvFile.state == "held")
        .values(state="waiting", due=now, told_at=None)
    )


def get(uow: UnitOfWork, cv_id: UUID, *, for_update: bool = False) -> CvFile:
    """Raises NotFound."""
    query = select(CvFile).where(CvFile.unit == uow.unit, CvFile.id == cv_id).options(undefer(CvFile.content_sealed))
    found = uow.session.scalar(query.with_for_update() if for_update else query)
    if found is None:
        raise NotFound("cv")
    return found


def of_person(uow: UnitOfWork, person_id: UUID) -> list[CvFile]:
    """Return the person's CVs, latest first."""
    return list(
        uow.session.scalars(
            select(CvFile)
            .where(CvFile.unit == uow.unit, CvFile.person_id == person_id)
            .order_by(CvFile.created_at.desc(), CvFile.id.desc())
        )
    )


def content(cv: CvFile) -> Cv:
    """Return what was read. Raises NotFound where nothing was."""
    if cv.content_sealed is None:
        raise NotFound("cv")
    return decoded(json.loads(cv.content_sealed))


def read_again(uow: UnitOfWork, cv_id: UUID, *, now: datetime) -> None:
    """Let a CV be read anew; what the person said to it stays. Raises NotFound."""
    cv = get(uow, cv_id, for_update=True)
    if cv.state == "held":
        raise NotFound("cv")
    if cv.state != "read":
        cv.told_at = None  # they were told that it could not be read
    cv.state, cv.due, cv.attempts, cv.token, cv.reader_version = "waiting", now, 0, None, ""
    uow.session.flush()


def open_one(uow: UnitOfWork, person_id: UUID, *, told_since: datetime | None = None) -> CvFile | None:
    """Return the CV whose recap the person has not answered. told_since: only where they were told from then on."""
    query = (
        select(CvFile)
        .where(
            CvFile.unit == uow.unit, CvFile.person_id == person_id, CvFile.state == "read", CvFile.answer == "",
            CvFile.told_at.is_not(None),
        )
        .order_by(CvFile.told_at.desc())
        .limit(1)
    )  # fmt: skip
    return uow.session.scalar(query if told_since is None else query.where(CvFile.told_at >= told_since))


def own(uow: UnitOfWork, person_id: UUID, cv_id: UUID) -> CvFile:
    """Return a CV that was read, of this person, locked. Raises NotFound, also for another's."""
    cv = get(uow, cv_id, for_update=True)
    if cv.person_id != person_id or cv.state != "read":
        raise NotFound("cv")
    return cv


def compare(uow: UnitOfWork, cv: CvFile, *, now: datetime) -> Compared:
    """Return what it proposes beside the profile; what the person called wrong is no part of it."""
    told = _told(people.profile_of(uow, cv.person_id))
    by: dict[str, list[Proposed]] = {"fills": [], "known": [], "differs": []}
    for proposed in proposed_by(cv, now=now):
        by[standing(proposed, told)].append(proposed)
    return Compared(*(tuple(by[name]) for name in ("fills", "known", "differs")))


def proposed_by(cv: CvFile, *, now: datetime) -> tuple[Proposed, ...]:
    found = proposals(content(cv), today=now.astimezone(_MEXICO).date())
    return tuple(one for one in found if one.field not in cv.dropped)


def accept(uow: UnitOfWork, cv: CvFile, *, now: datetime) -> Compared:
    """Fill what the profile lacks and return how all of it stood; what the person had told stays as it was."""
    compared = compare(uow, cv, now=now)
    people.set_fields(uow, cv.person_id, {one.field: one.text for one in compared.fills}, now=now)
    cv.filled = [*cv.filled, *(one.field for one in compared.fills)]
    cv.answer, cv.answered_at = "right", now
    uow.session.flush()
    return compared


def take_over(uow: UnitOfWork, cv: CvFile, *, now: datetime) -> tuple[Proposed, ...]:
    """Put the CV's values where the profile had others, as the person asked; skills are added to those known."""
    profile = people.profile_of(uow, cv.person_id)
    differing = compare(uow, cv, now=now).differs
    texts = {one.field: one.text for one in differing}
    if "skills" in texts:
        texts["skills"] = ", ".join([*(profile.skills or []), texts["skills"]])
    people.set_fields(uow, cv.person_id, texts, now=now)
    cv.filled = [*cv.filled, *texts]
    uow.session.flush()
    return differing


def drop_field(uow: UnitOfWork, cv: CvFile, field: str) -> None:
    """Note that the person called this one wrong. Raises NotFound for what the CV does not propose."""
    if field not in {one.field for one in proposed_by(cv, now=cv.read_at or cv.created_at)}:
        raise NotFound("field")
    cv.dropped = [*cv.dropped, field]
    uow.session.flush()


def leave_out(uow: UnitOfWork, cv: CvFile, *, now: datetime) -> None:
    """Use nothing of it; the document stays with the conversation."""
    cv.answer, cv.answered_at = "unused", now
    uow.session.flush()


def forget(uow: UnitOfWork, person_id: UUID) -> None:
    """Forget the person's CVs in this unit; `huntred/privacy/files.py` removes the files."""
    uow.session.execute(delete(CvFile).where(CvFile.unit == uow.unit, CvFile.person_id == person_id))


def _columns(file: Stored) -> dict[str, Any]:
    return {
        "sha256": file.sha256, "stored_name": file.stored_name, "content_type": file.content_type, "name": file.name,
        "size": file.size,
    }  # fmt: skip


def _told(profile: UnitProfile) -> Mapping[str, Any]:
    columns = (
        "first_name", "last_name", "second_last_name", "email", "phone", "city", "headline", "experience_years",
        "skills",
    )  # fmt: skip
    return {column: getattr(profile, column) for column in columns}
