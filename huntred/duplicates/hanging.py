"""What hangs on a person by its id alone, of some kinds once: points, steps, sessions, a family, words given, origins.

Of two alike the kept one's stays, of two steps of a plan the one that is done; the other is packed for the undo.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from huntred.db.unit_of_work import UnitOfWork
from huntred.disclosures.models import DisclosureAgreement
from huntred.duplicates.errors import InterviewsCollide
from huntred.duplicates.wire import packed, put_back, row_values
from huntred.exchange.models import ImportedPerson
from huntred.families.models import Family, FamilyMember
from huntred.gains.models import Gain, RewardRequest
from huntred.learning.models import LearningStep
from huntred.mentoring.models import MentorSession
from huntred.people.models import UnitProfile
from huntred.references.models import ReferenceRequest

_QUIET = {"synchronize_session": False}


@dataclass(frozen=True)
class Kind:
    """alike: what two rows share that may be there once; none: any number may."""

    model: Any
    alike: tuple[str, ...] | None = None

    @property
    def name(self) -> str:
        return str(self.model.__tablename__)

    def key(self, row: Any) -> tuple[Any, ...] | None:
        if self.alike is None:
            return None
        if isinstance(row, RewardRequest) and row.state != "asked":
            return None  # what was granted or declined stands beside any other
        if isinstance(row, Gain) and row.event != "profile_completed":
            return None  # each friend and each interview counts; a profile is completed once
        return tuple(getattr(row, column) for column in self.alike)


KINDS = (
    Kind(Gain, ("event",)),
    Kind(RewardRequest, ("reward_id",)),
    Kind(LearningStep, ("skill_key",)),
    Kind(FamilyMember, ()),
    Kind(MentorSession),
    Kind(DisclosureAgreement),
    Kind(ReferenceRequest),
    Kind(ImportedPerson),
)


def move(uow: UnitOfWork, kept: UnitProfile, other: UnitProfile) -> tuple[dict[str, list[str]], dict[str, list[Any]]]:
    """Hang all of it on the kept one; return by table the ids that moved, and the rows that went.

    Raises InterviewsCollide where both have a mentor's session at the same time.
    """
    moved: dict[str, list[str]] = {}
    gone: dict[str, list[Any]] = {}
    for kind in KINDS:
        gone[kind.name] = _fold(uow, kind, kept, other)
        moved[kind.name] = _move(uow, kind, kept, other)
    return moved, gone


def _rows(uow: UnitOfWork, kind: Kind, person_id: UUID) -> list[Any]:
    model = kind.model
    query = select(model).where(model.unit == uow.unit, model.person_id == person_id).order_by(model.id)
    return list(uow.session.scalars(query.execution_options(populate_existing=True)))


def _fold(uow: UnitOfWork, kind: Kind, kept: UnitProfile, other: UnitProfile) -> list[Any]:
    mine = {kind.key(row): row for row in _rows(uow, kind, kept.person_id) if kind.key(row) is not None}
    rows = []
    for theirs in _rows(uow, kind, other.person_id):
        own = mine.get(kind.key(theirs))
        if own is None:
            continue
        better = kind.model is LearningStep and theirs.state == "done" and own.state != "done"
        goes = own if better else theirs
        rows.append(packed(row_values(goes)))
        uow.session.expunge(goes)
        uow.session.execute(delete(kind.model).where(kind.model.id == goes.id), execution_options=_QUIET)
    return rows


def _move(uow: UnitOfWork, kind: Kind, kept: UnitProfile, other: UnitProfile) -> list[str]:
    model = kind.model
    try:
        with uow.session.begin_nested():
            found = uow.session.scalars(
                update(model)
                .where(model.unit == uow.unit, model.person_id == other.person_id)
                .values(person_id=kept.person_id)
                .returning(model.id),
                execution_options=_QUIET,
            ).all()
    except IntegrityError as error:
        if kind.model is not MentorSession:
            raise
        # Nobody is in two sessions at a time (ex_mentor_sessions_person).
        raise InterviewsCollide(f"sessions of {kept.id} and {other.id}") from error
    return [str(id_) for id_ in found]


def give_back(
    uow: UnitOfWork, kept_id: UUID, other_id: UUID, moved: dict[str, list[str]], gone: dict[str, list[Any]]
) -> None:
    """Undo it: what moved hangs on the other again, what went is there again. kept_id, other_id: people."""
    for kind in KINDS:
        model = kind.model
        uow.session.execute(
            update(model)
            .where(
                model.unit == uow.unit, model.person_id == kept_id,
                model.id.in_([UUID(id_) for id_ in moved.get(kind.name, [])]),
            )
            .values(person_id=other_id),
            execution_options=_QUIET,
        )  # fmt: skip
        for row in gone.get(kind.name, []):
            if model is FamilyMember and uow.session.get(Family, UUID(row["family_id"])) is None:
                continue  # everybody left the group since
            put_back(uow, model.__table__, row)
