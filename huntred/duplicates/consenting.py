"""Two ledgers of consents as one: of what was agreed and what was refused, what was refused counts."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from huntred.conversations.models import Conversation
from huntred.db.unit_of_work import UnitOfWork
from huntred.people.models import Consent, UnitProfile
from huntred.privacy.service import MESSAGES, PRIVACY_NOTICE, PROMOTION, UNASKED

_QUIET = {"synchronize_session": False}
Key = tuple[str, str]


def join_ledgers(
    uow: UnitOfWork, kept: UnitProfile, other: UnitProfile, merge_id: UUID, *, now: datetime
) -> tuple[list[str], list[str]]:
    """Move the other's entries; where one of the two last said no and the later word is yes, write the no anew.

    Return the ids that moved and those that were written.
    """
    said = [latest(uow, person_id) for person_id in (kept.person_id, other.person_id)]
    moved = uow.session.scalars(
        update(Consent)
        .where(Consent.unit == uow.unit, Consent.person_id == other.person_id)
        .values(person_id=kept.person_id)
        .returning(Consent.id),
        execution_options=_QUIET,
    )
    ids = [str(id_) for id_ in moved]
    written = []
    for key, last in latest(uow, kept.person_id).items():
        refused = [ledger[key] for ledger in said if key in ledger and not ledger[key].granted]
        if last.granted and refused:
            no = Consent(
                unit=uow.unit, person_id=kept.person_id, channel=refused[0].channel, purpose=last.purpose,
                granted=False, version=refused[0].version, evidence={"merge": str(merge_id)}, at=now,
            )  # fmt: skip
            uow.session.add(no)
            uow.session.flush()
            written.append(str(no.id))
    return ids, written


def obey(uow: UnitOfWork, kept: UnitProfile) -> dict[str, dict[str, Any]]:
    """Let every conversation of the person hold to the strictest of what was said on its channel.

    Return, by conversation, what stood there before and what stands there now.
    """
    conversations = list(
        uow.session.scalars(
            select(Conversation)
            .where(Conversation.unit == uow.unit, Conversation.person_id == kept.person_id)
            .execution_options(populate_existing=True)
        )
    )
    ledger = latest(uow, kept.person_id)
    no_notice = PRIVACY_NOTICE in {key[0] for key, last in ledger.items() if not last.granted}
    closed: dict[str, set[str]] = {}
    for one in conversations:
        closed.setdefault(one.channel, set()).update(one.opted_out)
    changed: dict[str, dict[str, Any]] = {}
    for one in conversations:
        last = ledger.get((MESSAGES, one.channel))
        opted_out = sorted(closed[one.channel] | set(UNASKED if last is not None and not last.granted else ()))
        agreed = [] if no_notice else [what for what in one.agreed if what != PROMOTION or PROMOTION not in opted_out]
        if opted_out == sorted(one.opted_out) and agreed == list(one.agreed):
            continue
        changed[str(one.id)] = {
            "before": [list(one.opted_out), list(one.agreed)], "after": [opted_out, agreed],
        }  # fmt: skip
        one.opted_out, one.agreed = opted_out, agreed
    uow.session.flush()
    return changed


def latest(uow: UnitOfWork, person_id: UUID) -> dict[Key, Consent]:
    """Return the last word by purpose; of messages by channel, since each channel is agreed to by itself."""
    rows = uow.session.scalars(
        select(Consent)
        .where(Consent.unit == uow.unit, Consent.person_id == person_id)
        .order_by(Consent.at, Consent.id)
        .execution_options(populate_existing=True)
    )
    return {(row.purpose, row.channel if row.purpose == MESSAGES else ""): row for row in rows}
