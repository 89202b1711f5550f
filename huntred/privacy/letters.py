"""Mails to addresses outside any chat: what they said and to whom is erased with what they were about."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, func, null, or_, select, update

from contract import tables
from huntred.conversations.models import OutboxRow, ScheduledNotice
from huntred.db.unit_of_work import UnitOfWork

_NOTHING: dict[str, str] = {"kind": "text"}
_QUIET = {"synchronize_session": False}


def forget_letters(uow: UnitOfWork, source: str, ids: Sequence[UUID]) -> None:
    """Erase the mails of a source whose source_id begins with one of the ids, and its notices `<source>:<id>:…`.

    What waits is not sent. The rows stay, so that nothing is sent a second time.
    """
    if not ids:
        return
    unit = uow.unit
    notices = or_(*(ScheduledNotice.key.startswith(f"{source}:{id_}:", autoescape=True) for id_ in ids))
    notice_ids = uow.session.scalars(select(ScheduledNotice.id).where(ScheduledNotice.unit == unit, notices)).all()
    uow.session.execute(
        update(ScheduledNotice)
        .where(ScheduledNotice.id.in_(notice_ids))
        .values(values={}, template=null(), address=""),
        execution_options=_QUIET,
    )
    uow.session.execute(
        update(ScheduledNotice)
        .where(ScheduledNotice.id.in_(notice_ids), ScheduledNotice.state == "waiting")
        .values(state="cancelled"),
        execution_options=_QUIET,
    )
    starts = [(source, id_) for id_ in ids] + [("notice", id_) for id_ in notice_ids]
    mails = or_(
        *(
            (OutboxRow.source == kind) & OutboxRow.source_id.startswith(f"{id_}:", autoescape=True)
            for kind, id_ in starts
        )
    )
    uow.session.execute(
        update(OutboxRow)
        .where(OutboxRow.unit == unit, mails, OutboxRow.state.in_(("waiting", "sending", "review")))
        .values(state="refused", error_code="erased", token=null(), due=null()),
        execution_options=_QUIET,
    )
    uow.session.execute(
        update(OutboxRow)
        .where(OutboxRow.unit == unit, mails)
        .values(payload=_NOTHING, error=null(), address=func.left(OutboxRow.address, 0)),
        execution_options=_QUIET,
    )
    row = tables.outbox_archive.c.row
    archived = or_(
        *(
            (row["source"].astext == kind) & row["source_id"].astext.startswith(f"{id_}:", autoescape=True)
            for kind, id_ in starts
        )
    )
    uow.session.execute(
        delete(tables.outbox_archive).where(tables.outbox_archive.c.unit == unit, archived), execution_options=_QUIET
    )
