"""Everything that happened with a person in one unit, newest first, read by key.

Each kind is read by its own index for one page; the pages of all kinds are merged. Equal times go by id.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, cast, or_, select, tuple_
from sqlalchemy import String as Text
from sqlalchemy.orm import Session, aliased, joinedload

from huntred.access.models import AuditEntry
from huntred.applications.models import Application, ApplicationMove, Stage
from huntred.conversations.models import ChatMessage, Conversation, ConversationNote
from huntred.cv.models import CvFile
from huntred.interviews.models import Interview
from huntred.pages import Page, read_cursor, write_cursor
from huntred.people.models import Consent, PersonMerge, Referral, UnitProfile

PAGE = 40
_LARGEST_AUDIT_ID = 2**63 - 1

Key = tuple[datetime, UUID]


@dataclass(frozen=True)
class Happening:
    """kind: of KINDS. row: what happened. more: what the kind's line shows besides."""

    kind: str
    at: datetime
    id: UUID
    row: Any
    more: dict[str, Any]


def timeline(
    session: Session, profile: UnitProfile, kinds: Sequence[str], *, cursor: str = "", limit: int = PAGE
) -> Page[Happening]:
    """kinds: those shown; all where none is named. Raises FieldInvalid for a cursor that is none."""
    before = read_cursor(cursor)
    wanted = [kind for kind in KINDS if not kinds or kind in kinds]
    found = heapq.merge(
        *(_READERS[kind](session, profile, before, limit + 1) for kind in wanted),
        key=lambda one: (one.at, one.id),
        reverse=True,
    )
    rows = list(found)[: limit + 1]
    shown = rows[:limit]
    return Page(shown, write_cursor(shown[-1].at, shown[-1].id) if len(rows) > limit else "")


def _before(at: Any, id_: Any, before: Key | None) -> list[ColumnElement[bool]]:
    return [tuple_(at, id_) < tuple_(*before)] if before else []


def _conversations(profile: UnitProfile) -> Any:
    return select(Conversation.id).where(Conversation.person_id == profile.person_id, Conversation.unit == profile.unit)


def _applications(profile: UnitProfile) -> Any:
    return select(Application.id).where(Application.profile_id == profile.id)


def _messages(session: Session, profile: UnitProfile, before: Key | None, limit: int) -> Iterator[Happening]:
    rows = session.scalars(
        select(ChatMessage)
        .where(
            ChatMessage.conversation_id.in_(_conversations(profile)), *_before(ChatMessage.at, ChatMessage.id, before)
        )
        .order_by(ChatMessage.at.desc(), ChatMessage.id.desc())
        .limit(limit)
    )
    for row in rows:
        yield Happening("message", row.at, row.id, row, {})


def _notes(session: Session, profile: UnitProfile, before: Key | None, limit: int) -> Iterator[Happening]:
    rows = session.scalars(
        select(ConversationNote)
        .where(
            ConversationNote.conversation_id.in_(_conversations(profile)),
            *_before(ConversationNote.at, ConversationNote.id, before),
        )
        .order_by(ConversationNote.at.desc(), ConversationNote.id.desc())
        .limit(limit)
    )
    for row in rows:
        yield Happening("note", row.at, row.id, row, {"user_id": row.user_id})


def _applied(session: Session, profile: UnitProfile, before: Key | None, limit: int) -> Iterator[Happening]:
    """Applications and their moves are one kind: a story of its own each."""
    applied = session.scalars(
        select(Application)
        .where(Application.profile_id == profile.id, *_before(Application.created_at, Application.id, before))
        .options(joinedload(Application.vacancy))
        .order_by(Application.created_at.desc(), Application.id.desc())
        .limit(limit)
    )
    source, target = aliased(Stage), aliased(Stage)
    moved = session.execute(
        select(ApplicationMove, source, target, Application)
        .join(Application, Application.id == ApplicationMove.application_id)
        .outerjoin(source, source.id == ApplicationMove.from_stage_id)
        .join(target, target.id == ApplicationMove.to_stage_id)
        .where(
            # The first stage is the application itself.
            ApplicationMove.application_id.in_(_applications(profile)), ApplicationMove.from_stage_id.is_not(None),
            *_before(ApplicationMove.at, ApplicationMove.id, before),
        )
        .options(joinedload(Application.vacancy))
        .order_by(ApplicationMove.at.desc(), ApplicationMove.id.desc())
        .limit(limit)
    )  # fmt: skip
    yield from heapq.merge(
        (Happening("application", row.created_at, row.id, row, {"application": row}) for row in applied),
        (
            Happening(
                "application", move.at, move.id, move,
                {"from": before_.name if before_ else "", "to": after, "application": of, "user_id": move.user_id},
            )
            for move, before_, after, of in moved
        ),
        key=lambda one: (one.at, one.id),
        reverse=True,
    )  # fmt: skip


def _interviews(session: Session, profile: UnitProfile, before: Key | None, limit: int) -> Iterator[Happening]:
    rows = session.scalars(
        select(Interview)
        .where(
            Interview.application_id.in_(_applications(profile)), *_before(Interview.booked_at, Interview.id, before)
        )
        .options(joinedload(Interview.application).joinedload(Application.vacancy))
        .order_by(Interview.booked_at.desc(), Interview.id.desc())
        .limit(limit)
    )
    for row in rows:
        yield Happening("interview", row.booked_at, row.id, row, {})


def _consents(session: Session, profile: UnitProfile, before: Key | None, limit: int) -> Iterator[Happening]:
    rows = session.scalars(
        select(Consent)
        .where(
            Consent.person_id == profile.person_id, Consent.unit == profile.unit,
            *_before(Consent.at, Consent.id, before),
        )
        .order_by(Consent.at.desc(), Consent.id.desc())
        .limit(limit)
    )  # fmt: skip
    for row in rows:
        yield Happening("consent", row.at, row.id, row, {})


def _cvs(session: Session, profile: UnitProfile, before: Key | None, limit: int) -> Iterator[Happening]:
    rows = session.scalars(
        select(CvFile)
        .where(
            CvFile.person_id == profile.person_id, CvFile.unit == profile.unit,
            *_before(CvFile.created_at, CvFile.id, before),
        )
        .order_by(CvFile.created_at.desc(), CvFile.id.desc())
        .limit(limit)
    )  # fmt: skip
    for row in rows:
        yield Happening("cv", row.created_at, row.id, row, {"user_id": row.uploaded_by})


def _referrals(session: Session, profile: UnitProfile, before: Key | None, limit: int) -> Iterator[Happening]:
    """Invitations that were made, and the one by which they came."""
    rows = session.scalars(
        select(Referral)
        .where(
            or_(Referral.inviter_id == profile.person_id, Referral.invited_id == profile.person_id),
            Referral.unit == profile.unit, *_before(Referral.created_at, Referral.id, before),
        )
        .order_by(Referral.created_at.desc(), Referral.id.desc())
        .limit(limit)
    )  # fmt: skip
    for row in rows:
        yield Happening("referral", row.created_at, row.id, row, {"came": row.invited_id == profile.person_id})


def _audit(session: Session, profile: UnitProfile, before: Key | None, limit: int) -> Iterator[Happening]:
    """What the team changed: of the profile, the person, their applications and CVs."""
    was = select(cast(PersonMerge.other_profile_id, Text)).where(PersonMerge.kept_profile_id == profile.id)
    concerned = or_(
        and_(AuditEntry.object_type == "unit_profiles", AuditEntry.object_id == str(profile.id)),
        # Of who was merged into them too; and the merge itself.
        and_(AuditEntry.object_type == "unit_profiles", AuditEntry.object_id.in_(was)),
        and_(
            AuditEntry.object_type == "person_merges",
            AuditEntry.object_id.in_(
                select(cast(PersonMerge.id, Text)).where(PersonMerge.kept_profile_id == profile.id)
            ),
        ),
        and_(
            AuditEntry.object_type == "applications",
            AuditEntry.object_id.in_(select(cast(Application.id, Text)).where(Application.profile_id == profile.id)),
        ),
        and_(
            AuditEntry.object_type == "cvs",
            AuditEntry.object_id.in_(
                select(cast(CvFile.id, Text)).where(CvFile.person_id == profile.person_id, CvFile.unit == profile.unit)
            ),
        ),
        # What is no row of its own: an export, an erasure.
        and_(AuditEntry.object_type == "request", AuditEntry.object_id == str(profile.id)),
    )
    earlier = [AuditEntry.at < before[0]] if before else []
    if before and before[1].int <= _LARGEST_AUDIT_ID:
        earlier = [tuple_(AuditEntry.at, AuditEntry.id) < tuple_(before[0], before[1].int)]
    elif before:
        # The page ended at another kind's row of this very time, whose id is larger than any of ours.
        earlier = [AuditEntry.at <= before[0]]
    rows = session.scalars(
        select(AuditEntry).where(concerned, *earlier).order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(limit)
    )
    for row in rows:
        yield Happening("audit", row.at, UUID(int=row.id), row, {"user_id": row.user_id})


Reader = Callable[[Session, UnitProfile, Key | None, int], Iterator[Happening]]
_READERS: dict[str, Reader] = {
    "message": _messages, "application": _applied, "interview": _interviews, "note": _notes, "cv": _cvs,
    "consent": _consents, "referral": _referrals, "audit": _audit,
}  # fmt: skip
KINDS = tuple(_READERS)
