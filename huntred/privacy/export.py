"""All that one unit holds of a person, as data (LFPDPPP, access): what they are given when they ask for it.

What the team wrote of them is theirs to read too; who wrote it is not.
"""

from __future__ import annotations

import json
from contextlib import nullcontext
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import inspect, select
from sqlalchemy.orm import undefer

from huntred.alike import undoing as alike
from huntred.applications.models import Application, ApplicationMove
from huntred.conversations.models import ChatMessage, Conversation, ConversationNote
from huntred.cv import service as cvs
from huntred.cv.wire import encoded
from huntred.db.unit_of_work import UnitOfWork
from huntred.disclosures.models import DisclosureAgreement
from huntred.duplicates import undoing
from huntred.errors import NotFound
from huntred.exchange import origins
from huntred.fairness import service as fairness
from huntred.fairness.opening import opened
from huntred.families import service as families
from huntred.gains import service as gains
from huntred.importing import mails
from huntred.interviews.models import Interview
from huntred.learning.models import LearningStep
from huntred.mentoring.models import MentorSession
from huntred.people.models import Consent, PersonIdentity, Referral, UnitProfile
from huntred.privacy.erasure import emails_of
from huntred.references import keeping as references

FORMAT = "huntred.person/1"
_LEFT_OUT = frozenset(
    {
        "search_text", "compared_at", "curp_hash", "rfc_hash", "birth_hash", "user_id", "uploaded_by", "decided_by",
        "inbox_id", "outbox_id",
    }
)  # fmt: skip


def export_person(
    uow: UnitOfWork, person_id: UUID, *, now: datetime, with_statistics: bool = False
) -> dict[str, Any]:
    """Return it by parts, oldest first; `as_json` writes it. Raises NotFound where the unit knows nobody of this id.

    with_statistics: also what the person said for statistics, which whoever works with candidates may not read; without
    it the export says that this part is withheld.
    """
    session, unit = uow.session, uow.unit
    profile = session.scalar(
        select(UnitProfile)
        .where(UnitProfile.unit == unit, UnitProfile.person_id == person_id)
        .options(
            undefer(UnitProfile.birth_date_sealed), undefer(UnitProfile.curp_sealed), undefer(UnitProfile.rfc_sealed),
        )
    )  # fmt: skip
    if profile is None:
        raise NotFound("profile")
    conversations = select(Conversation.id).where(Conversation.unit == unit, Conversation.person_id == person_id)
    applications = select(Application.id).where(Application.unit == unit, Application.person_id == person_id)

    def rows(query: Any) -> list[dict[str, Any]]:
        return [_row(row) for row in session.scalars(query)]

    with opened(uow) if with_statistics else nullcontext():
        ledger = rows(
            select(Consent).where(Consent.unit == unit, Consent.person_id == person_id).order_by(Consent.at)
        )
    return {
        "format": FORMAT,
        "unit": unit,
        "made_at": now,
        "profile": _row(profile),
        "identities": rows(
            select(PersonIdentity).where(PersonIdentity.unit == unit, PersonIdentity.person_id == person_id)
        ),
        "consents": ledger,
        "fairness_statistics": fairness.exported(uow, person_id) if with_statistics else "withheld",
        "messages": rows(
            select(ChatMessage).where(ChatMessage.conversation_id.in_(conversations)).order_by(ChatMessage.at)
        ),
        "notes": rows(
            select(ConversationNote)
            .where(ConversationNote.conversation_id.in_(conversations))
            .order_by(ConversationNote.at)
        ),
        "applications": rows(
            select(Application).where(Application.id.in_(applications)).order_by(Application.created_at)
        ),
        "moves": rows(
            select(ApplicationMove)
            .where(ApplicationMove.application_id.in_(applications))
            .order_by(ApplicationMove.at)
        ),
        "disclosures": rows(
            select(DisclosureAgreement)
            .where(DisclosureAgreement.unit == unit, DisclosureAgreement.person_id == person_id)
            .order_by(DisclosureAgreement.at)
        ),
        "interviews": rows(
            select(Interview).where(Interview.application_id.in_(applications)).order_by(Interview.booked_at)
        ),
        "learning_steps": rows(
            select(LearningStep)
            .where(LearningStep.unit == unit, LearningStep.person_id == person_id)
            .order_by(LearningStep.ord)
        ),
        "mentor_sessions": rows(
            select(MentorSession)
            .where(MentorSession.unit == unit, MentorSession.person_id == person_id)
            .order_by(MentorSession.asked_at)
        ),
        "references": references.exported(uow, person_id),
        "invitations": rows(
            select(Referral).where(Referral.unit == unit, Referral.inviter_id == person_id)
        ),
        "merges": undoing.held_for_undo(uow, person_id),
        "mails": mails.exported(uow, emails_of(uow, person_id)),
        "vacancy_merges": alike.held_for_undo(uow, person_id),
        "imports": origins.exported(uow, person_id),
        "family": families.exported(uow, person_id),
        "points": [_row(gain) for gain in reversed(gains.ledger(uow, person_id))],
        "rewards": [_row(one, but="cost_amount") for one in reversed(gains.requests_of(uow, person_id))],
        "cvs": [
            {
                **_row(cv, but="content_sealed"),
                "read": encoded(cvs.content(cv)) if cv.state == "read" else None,
            }
            for cv in reversed(cvs.of_person(uow, person_id))
        ],
    }  # fmt: skip


def as_json(exported: dict[str, Any]) -> str:
    return json.dumps(exported, ensure_ascii=False, indent=2, default=_text)


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, (datetime, date)) else str(value)


def _row(row: Any, *, but: str = "") -> dict[str, Any]:
    """Return a row by its columns; a sealed one under its name, opened."""
    columns = inspect(type(row)).column_attrs
    return {
        column.key.removesuffix("_sealed"): getattr(row, column.key)
        for column in columns
        if column.key not in _LEFT_OUT and column.key != but
    }
