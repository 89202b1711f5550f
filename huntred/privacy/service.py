"""Consent: the privacy notice, and whether we may write first. The ledger is only ever added to.

One-time codes live in codes.py, signed links in links.py.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import insert, select

from contract.ids import new_id
from huntred.conversations import repository as conversations
from huntred.conversations.models import Conversation
from huntred.db.unit_of_work import UnitOfWork
from huntred.people import service as people
from huntred.people.models import Consent
from huntred.privacy.codes import redeem_code, request_code
from huntred.privacy.events import NoticeAccepted, OptedIn, OptedOut
from huntred.units import service as units

__all__ = [
    "accept_notice",
    "has_accepted",
    "allow_family",
    "allow_references",
    "allow_showing",
    "allow_statistics",
    "allows_statistics",
    "ledger",
    "may_be_shown",
    "may_mail_first",
    "may_write_first",
    "opt_in",
    "opt_out",
    "redeem_code",
    "refuse_notice",
    "request_code",
]

PRIVACY_NOTICE = "privacy_notice"
MESSAGES = "messages"
SHARE_WITH_CLIENT = "share_with_client"
FAMILY_GROUP = "family_group"
REFERENCES = "references"
# Seen only inside `huntred.fairness.opening.opened`: that somebody took part is nobody's to read either.
FAIRNESS_STATISTICS = "fairness_statistics"
PROMOTION = "promotion"
UNASKED = ["notice", PROMOTION]

Purpose = Literal["notice", "promotion"]


def has_accepted(uow: UnitOfWork, person_id: UUID) -> bool:
    """Whether the person agreed to this unit's privacy notice, in the version of today."""
    latest = _latest(uow, person_id, PRIVACY_NOTICE)
    return (
        latest is not None and latest.granted and latest.version == units.get(uow, uow.unit).privacy_version
    )


def accept_notice(
    uow: UnitOfWork,
    person_id: UUID,
    channel: str,
    *,
    now: datetime,
    evidence: dict[str, Any] | None = None,
) -> None:
    """Note that the person agrees to the notice as it reads today; agreeing again adds nothing."""
    if has_accepted(uow, person_id):
        return
    version = units.get(uow, uow.unit).privacy_version
    _write(uow, uow.unit, person_id, channel, PRIVACY_NOTICE, True, version, evidence or {}, now)
    uow.record(NoticeAccepted(person_id))


def refuse_notice(uow: UnitOfWork, person_id: UUID, channel: str, *, now: datetime) -> None:
    """Note that the person does not agree, or takes it back."""
    version = units.get(uow, uow.unit).privacy_version
    _write(uow, uow.unit, person_id, channel, PRIVACY_NOTICE, False, version, {}, now)
    for conversation in conversations.of_person(uow, person_id):
        if conversation.unit == uow.unit:
            conversation.agreed = []


def opt_out(uow: UnitOfWork, conversation_id: UUID, *, now: datetime) -> bool:
    """Send this person nothing unasked on this channel any more; return False where that was so already."""
    return _choose(uow, conversation_id, granted=False, now=now)


def opt_in(uow: UnitOfWork, conversation_id: UUID, *, now: datetime) -> bool:
    """Send this person notices again, and promotions too; return False where that was so already."""
    return _choose(uow, conversation_id, granted=True, now=now)


def may_write_first(uow: UnitOfWork, conversation: Conversation, purpose: Purpose = "notice") -> bool:
    """Whether something that nobody asked for may be said here.

    A notice about one's own affairs needs the accepted privacy notice and no opt-out; a promotion needs a yes
    that was said for this channel as well.
    """
    if purpose in conversation.opted_out or conversation.person_id is None:
        return False
    if not _agreed(_latest(uow, conversation.person_id, PRIVACY_NOTICE, unit=conversation.unit)):
        return False
    if purpose == "notice":
        return True
    return _agreed(
        _latest(uow, conversation.person_id, MESSAGES, channel=conversation.channel, unit=conversation.unit)
    )


def may_mail_first(uow: UnitOfWork, person_id: UUID) -> bool:
    """Whether a mail about the person's own affairs may be sent: agreed to the notice, and no BAJA on any channel."""
    if not has_accepted(uow, person_id):
        return False
    return all(not conversation.opted_out for conversation in conversations.of_person(uow, person_id))


def allow_showing(
    uow: UnitOfWork, person_id: UUID, granted: bool, channel: str, *, now: datetime
) -> bool:
    """Note whether a client may be shown who the person is on a shortlist; return False where that was so already."""
    if _agreed(_latest(uow, person_id, SHARE_WITH_CLIENT)) == granted:
        return False
    version = units.get(uow, uow.unit).privacy_version
    _write(uow, uow.unit, person_id, channel, SHARE_WITH_CLIENT, granted, version, {}, now)
    return True


def allow_family(
    uow: UnitOfWork, person_id: UUID, granted: bool, channel: str, family_id: UUID, *, now: datetime
) -> None:
    """Note whether the adults of a family group may see the person's first name and which vacancies fit them."""
    version = units.get(uow, uow.unit).privacy_version
    evidence = {"family_id": str(family_id)}
    _write(uow, uow.unit, person_id, channel, FAMILY_GROUP, granted, version, evidence, now)


def allow_references(
    uow: UnitOfWork, person_id: UUID, granted: bool, channel: str, version: str, evidence: dict[str, Any], *,
    now: datetime,
) -> None:  # fmt: skip
    """Note whether referees whom the person names may be asked about them. version: of the words that they read."""
    _write(uow, uow.unit, person_id, channel, REFERENCES, granted, version, evidence, now)


def allow_statistics(uow: UnitOfWork, person_id: UUID, granted: bool, version: str, *, now: datetime) -> None:
    """Note whether what the person says of themselves may be counted. version: of the text that the page shows.

    As a statement, not as a row of the session: the audit keeps no trace of who took part.
    """
    if allows_statistics(uow, person_id) == granted:
        return
    uow.session.execute(
        insert(Consent).values(
            id=new_id(), unit=uow.unit, person_id=person_id, channel="web", purpose=FAIRNESS_STATISTICS,
            granted=granted, version=version, evidence={}, at=now,
        )
    )  # fmt: skip


def allows_statistics(uow: UnitOfWork, person_id: UUID) -> bool:
    return _agreed(_latest(uow, person_id, FAIRNESS_STATISTICS))


def may_be_shown(uow: UnitOfWork, person_ids: Collection[UUID]) -> set[UUID]:
    """Return those of the people who allowed this unit to show them to its clients."""
    said = (
        select(Consent.person_id, Consent.granted)
        .where(
            Consent.unit == uow.unit, Consent.purpose == SHARE_WITH_CLIENT, Consent.person_id.in_(person_ids)
        )
        .order_by(Consent.at, Consent.id)
    )
    latest = {row.person_id: row.granted for row in uow.session.execute(said)}
    return {person_id for person_id, granted in latest.items() if granted}


def ledger(uow: UnitOfWork, person_id: UUID) -> list[Consent]:
    """Return all that the person decided, latest first."""
    return list(
        uow.session.scalars(select(Consent).where(Consent.person_id == person_id).order_by(Consent.at.desc()))
    )


def _choose(uow: UnitOfWork, conversation_id: UUID, *, granted: bool, now: datetime) -> bool:
    person = people.person_of(uow, conversation_id, now=now)
    conversation, _ = conversations.locked(uow, conversation_id)
    unit = conversation.unit
    latest = _latest(uow, person.id, MESSAGES, channel=conversation.channel, unit=unit)
    wanted: list[str] = [] if granted else UNASKED
    as_said = sorted(conversation.opted_out) == wanted and (PROMOTION in conversation.agreed) == granted
    if latest is not None and latest.granted == granted and as_said:
        return False
    # The same person's other chats with this unit on this channel hear nothing either.
    for other in conversations.of_person(uow, person.id):
        if other.unit == unit and other.channel == conversation.channel:
            other.opted_out = list(wanted)
            # What the gateway, which reads no ledger, goes by.
            other.agreed = [PROMOTION] if granted else []
    evidence = {"conversation_id": str(conversation_id)}
    _write(uow, unit, person.id, conversation.channel, MESSAGES, granted, "", evidence, now)
    event = OptedIn(person.id, conversation_id) if granted else OptedOut(person.id, conversation_id)
    uow.record(event, unit=unit)
    return True


def _latest(
    uow: UnitOfWork, person_id: UUID, purpose: str, *, channel: str | None = None, unit: str | None = None
) -> Consent | None:
    query = select(Consent).where(
        Consent.unit == (unit or uow.unit), Consent.person_id == person_id, Consent.purpose == purpose
    )
    if channel is not None:
        query = query.where(Consent.channel == channel)
    return uow.session.scalar(query.order_by(Consent.at.desc(), Consent.id.desc()).limit(1))


def _agreed(consent: Consent | None) -> bool:
    return consent is not None and consent.granted


def _write(
    uow: UnitOfWork,
    unit: str,
    person_id: UUID,
    channel: str,
    purpose: str,
    granted: bool,
    version: str,
    evidence: dict[str, Any],
    now: datetime,
) -> None:
    uow.session.add(
        Consent(
            unit=unit,
            person_id=person_id,
            channel=channel,
            purpose=purpose,
            granted=granted,
            version=version,
            evidence=evidence,
            at=now,
        )
    )
    uow.session.flush()
