"""What is kept no longer than it is needed: raw payloads, used codes, expired options, stored replies, references."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, null, update

from contract import tables
from huntred.alike import undoing as alike
from huntred.conversations.models import ActionReply, InboxRow, MediaFile
from huntred.db.unit_of_work import UnitOfWork
from huntred.duplicates import undoing
from huntred.events.models import StoredEvent
from huntred.importing import mails
from huntred.privacy.letters import forget_letters
from huntred.privacy.models import OneTimeCode
from huntred.references import keeping as references

RAW_DAYS = 30
_CODE_DAYS = 1
_OPTION_DAYS = 7
_EVENT_DAYS = 90


@dataclass(frozen=True)
class Purged:
    raw_payloads: int
    codes: int
    options: int
    replies: int
    files: int
    events: int
    merges: int
    references: int


def purge(uow: UnitOfWork, *, now: datetime) -> Purged:
    """Erase what has outlived its use in this unit; return how much."""
    options = tables.offered_options
    statements = (
        update(InboxRow)
        .where(
            InboxRow.unit == uow.unit,
            InboxRow.raw.is_not(None),
            InboxRow.received_at < now - timedelta(days=RAW_DAYS),
        )
        .values(raw=null()),
        delete(OneTimeCode).where(
            OneTimeCode.unit == uow.unit, OneTimeCode.expires_at < now - timedelta(days=_CODE_DAYS)
        ),
        delete(options).where(
            options.c.unit == uow.unit, options.c.expires_at < now - timedelta(days=_OPTION_DAYS)
        ),
        delete(ActionReply).where(
            ActionReply.unit == uow.unit, ActionReply.created_at < now - timedelta(days=RAW_DAYS)
        ),
        # Rows of files that were never kept; those that were stay with their conversation.
        delete(MediaFile).where(
            MediaFile.unit == uow.unit,
            MediaFile.state.in_(("refused", "gone", "failed")),
            MediaFile.created_at < now - timedelta(days=RAW_DAYS),
        ),
        delete(StoredEvent).where(
            StoredEvent.unit == uow.unit, StoredEvent.handled_at < now - timedelta(days=_EVENT_DAYS)
        ),
    )
    counts = [
        int(uow.session.execute(statement, execution_options={"synchronize_session": False}).rowcount)  # type: ignore[attr-defined]
        for statement in statements
    ]
    counts.append(undoing.purge(uow, now=now) + alike.purge(uow, now=now))
    # Referees are third persons: what they said, who they are, and the mails to them go together.
    over = references.purge(uow, now=now)
    forget_letters(uow, "reference", over)
    counts.append(len(over))
    counts[0] += mails.purge(uow, now=now)
    return Purged(*counts)
