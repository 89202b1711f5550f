"""Makes two people of a unit one: everything that hangs on the other moves to the kept one, in one transaction.

What is needed to take it back within 30 days is sealed into the merge's row (`undoing.py`). Locks are taken in the
order of everybody else: chats, conversations, profiles, applications; whoever comes meanwhile waits, and then finds
the one who is left (`people.repository.who_it_is_now`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import undefer

from contract.ids import new_id
from huntred.conversations.models import Chat, Conversation
from huntred.cv.models import CvFile
from huntred.db.unit_of_work import UnitOfWork
from huntred.duplicates import consenting, folding, hanging
from huntred.duplicates.errors import ChangedMeanwhile, SamePerson
from huntred.duplicates.events import PeopleMerged
from huntred.duplicates.pairing import inherit_decisions, stamp
from huntred.duplicates.rules import GROUPS, Side, chosen
from huntred.duplicates.sealing import seal
from huntred.duplicates.wire import packed, row_values
from huntred.errors import FieldInvalid, NotFound
from huntred.fairness import service as fairness
from huntred.fairness.opening import opened
from huntred.people import service as people
from huntred.people.models import DuplicatePair, PersonIdentity, PersonMerge, Referral, UnitProfile
from huntred.people.private import birth_date_of_curp

_SEALED = ("birth_date_sealed", "curp_sealed", "rfc_sealed")
_QUIET = {"synchronize_session": False}
COLUMNS = tuple(column for columns in GROUPS.values() for column in columns)


@dataclass
class Undo:
    """What `undoing.py` reads; ids as text, rows packed. It is sealed as JSON."""

    kept_before: dict[str, Any]
    kept_after: dict[str, Any]
    other: dict[str, Any]
    moved: dict[str, list[str]] = field(default_factory=dict)
    applications: list[dict[str, Any]] = field(default_factory=list)
    shortlists: list[dict[str, Any]] = field(default_factory=list)
    conversations: dict[str, dict[str, Any]] = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)
    gone: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


def merge(
    uow: UnitOfWork,
    kept_id: UUID,
    other_id: UUID,
    choices: Mapping[str, Side],
    *,
    user_id: UUID | None,
    now: datetime,
    seen: str = "",
) -> PersonMerge:
    """Merge one profile into another. choices: by name of `rules.GROUPS`; seen: `pairing.stamp` of what was compared.

    Raises NotFound where one is not there (any more), SamePerson, ChangedMeanwhile, InterviewsCollide, FieldInvalid.
    """
    if kept_id == other_id:
        raise SamePerson(str(kept_id))
    kept, other = lock_both(uow, kept_id, other_id)
    if seen and seen != stamp(kept, other):
        raise ChangedMeanwhile(f"{kept_id} and {other_id}")
    before, theirs = row_values(kept), row_values(other)
    values = chosen(before, theirs, choices)
    _agree(values)
    row = PersonMerge(
        id=new_id(), unit=uow.unit, kept_person_id=kept.person_id, kept_profile_id=kept.id,
        other_person_id=other.person_id, other_profile_id=other.id, merged_by=user_id, merged_at=now,
    )  # fmt: skip
    undo = Undo(packed({column: before[column] for column in COLUMNS}), {}, packed(theirs))
    uow.session.add(row)
    uow.session.flush()
    _move(uow, kept, other, undo)
    undo.applications = folding.fold_applications(
        uow, "person_id", kept.person_id, other.person_id, merge_id=row.id
    )
    undo.moved["applications"] = folding.move_applications(uow, kept, other)
    undo.shortlists = folding.fold_shortlists(uow, kept, other)
    undo.moved["shortlist_entries"] = folding.move_shortlists(uow, kept, other)
    moved, undo.gone = hanging.move(uow, kept, other)
    undo.moved |= moved
    with opened(uow):
        undo.moved["consents"], undo.refusals = consenting.join_ledgers(uow, kept, other, row.id, now=now)
        undo.moved["fairness_answers"] = fairness.merge(uow, kept.person_id, other.person_id)
    undo.conversations = consenting.obey(uow, kept)
    inherit_decisions(uow, DuplicatePair, kept.id, other.id, user_id=user_id, now=now)
    uow.session.flush()
    uow.session.expunge(other)
    uow.session.execute(delete(UnitProfile).where(UnitProfile.id == other_id), execution_options=_QUIET)
    finished = [one for one in (before["completed_at"], theirs["completed_at"]) if one is not None]
    kept.completed_at = min(finished) if finished else None
    kept.created_at = min(before["created_at"], theirs["created_at"])
    people.replace_columns(uow, kept, values, now=now)
    undo.kept_before |= packed({"completed_at": before["completed_at"], "created_at": before["created_at"]})
    undo.kept_after = packed({key: getattr(kept, key) for key in undo.kept_before})
    seal(uow, PersonMerge, row.id, vars(undo))
    uow.record(PeopleMerged(row.id, kept.id, other_id))
    uow.session.flush()
    # What was read before by the other's ids is not true any more.
    uow.session.expire_all()
    uow.session.refresh(row)
    return row


def lock_both(uow: UnitOfWork, kept_id: UUID, other_id: UUID) -> tuple[UnitProfile, UnitProfile]:
    """Return both profiles, locked, with the chats of both. Raises NotFound, SamePerson."""
    person_ids = list(
        uow.session.scalars(
            select(UnitProfile.person_id).where(UnitProfile.unit == uow.unit, UnitProfile.id.in_((kept_id, other_id)))
        )
    )
    lock_chats(uow, person_ids)
    query = (
        select(UnitProfile)
        .where(UnitProfile.unit == uow.unit, UnitProfile.id.in_((kept_id, other_id)))
        .options(*(undefer(getattr(UnitProfile, column)) for column in _SEALED))
        .order_by(UnitProfile.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = {row.id: row for row in uow.session.scalars(query)}
    if len(found) != 2:
        raise NotFound("profile")
    return found[kept_id], found[other_id]


def lock_chats(uow: UnitOfWork, person_ids: list[UUID]) -> None:
    """Lock the chats of these people in the unit, and their conversations, as a turn does."""
    mine = (Conversation.unit == uow.unit, Conversation.person_id.in_(person_ids))
    chat_ids = select(Conversation.chat_id).where(*mine)
    uow.session.execute(select(Chat.id).where(Chat.id.in_(chat_ids)).order_by(Chat.id).with_for_update())
    uow.session.execute(select(Conversation.id).where(*mine).order_by(Conversation.id).with_for_update())


def _agree(values: Mapping[str, Any]) -> None:
    """A CURP says the birth date: the two of the one who is left say the same."""
    curp, born = values["curp_sealed"], values["birth_date_sealed"]
    if curp and born and birth_date_of_curp(curp).isoformat() != born:
        raise FieldInvalid("birth_date", "differs_from_curp")


def _move(uow: UnitOfWork, kept: UnitProfile, other: UnitProfile, undo: Undo) -> None:
    """All that hangs on the person by its id alone and cannot collide."""
    for name, model in (("identities", PersonIdentity), ("conversations", Conversation), ("cvs", CvFile)):
        moved = uow.session.scalars(
            update(model)
            .where(model.unit == uow.unit, model.person_id == other.person_id)
            .values(person_id=kept.person_id)
            .returning(model.id),
            execution_options=_QUIET,
        )
        undo.moved[name] = [str(id_) for id_ in moved]
    # Whom they invited; that they once invited each other stays as it was told.
    invited = uow.session.scalars(
        update(Referral)
        .where(
            Referral.unit == uow.unit, Referral.inviter_id == other.person_id,
            Referral.invited_id.is_distinct_from(kept.person_id),
        )
        .values(inviter_id=kept.person_id)
        .returning(Referral.id),
        execution_options=_QUIET,
    )  # fmt: skip
    undo.moved["invitations"] = [str(id_) for id_ in invited]
    came = uow.session.scalar(
        select(Referral.id).where(Referral.unit == uow.unit, Referral.invited_id == kept.person_id)
    )
    undo.moved["invited"] = []
    if came is None:
        arrived = uow.session.scalars(
            update(Referral)
            .where(
                Referral.unit == uow.unit, Referral.invited_id == other.person_id,
                Referral.inviter_id != kept.person_id,
            )
            .values(invited_id=kept.person_id)
            .returning(Referral.id),
            execution_options=_QUIET,
        )  # fmt: skip
        undo.moved["invited"] = [str(id_) for id_ in arrived]
