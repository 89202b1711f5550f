"""Erasing a person from one unit (LFPDPPP, cancellation), and the log that makes a restore erase again.

What is rewritten: profile, identities, what was said (messages, inbox, outbox, tracker, archives), files, CVs, pending
notices, codes, answers, points, what was said for statistics, their place in a family group, references and the mails
to who was to give them. What stays: that a conversation, an application and a consent existed, without who it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import CursorResult, Row, delete, func, null, select, text, update
from sqlalchemy.dialects.postgresql import insert

from contract import tables
from contract.ids import new_id
from huntred.alike import undoing as alike
from huntred.applications.service import forget_answers
from huntred.conversations.models import (
    ActionReply,
    Chat,
    ChatMessage,
    Conversation,
    ConversationNote,
    Handoff,
    InboxRow,
    MediaFile,
    OutboxRow,
    ScheduledNotice,
)
from huntred.cv import service as cv
from huntred.db.unit_of_work import UnitOfWork
from huntred.duplicates import undoing
from huntred.exchange import origins
from huntred.fairness import service as fairness
from huntred.families import service as families
from huntred.gains import service as gains
from huntred.importing import mails
from huntred.learning import service as learning
from huntred.matching import encoding
from huntred.mentoring import service as mentoring
from huntred.people import service as people
from huntred.people.models import UnitProfile
from huntred.privacy.archive import erase_archived
from huntred.privacy.letters import forget_letters
from huntred.privacy.models import Erasure, OneTimeCode
from huntred.references import keeping as references
from huntred.shortlists import service as shortlists
from huntred.workbench import collecting as workbench

_NOTHING: dict[str, str] = {"kind": "text"}


def erase_person(
    uow: UnitOfWork, person_id: UUID, *, now: datetime, requested_by: UUID | None = None, entry: UUID | None = None
) -> UUID:
    """Erase the person from this unit and log it; return the log entry's id. Again: does what is left to do.

    entry: the id of an erasure that is played again after a restore.
    """
    if entry is None:
        # Somebody may have made them one with another just now: they are erased as who they are now.
        person_id = people.who_it_is_now(uow, person_id)
    _lock_chats(uow, person_id)
    people.lock(uow, person_id)
    # Read only now: before the profile was locked, somebody else's conversations could become theirs.
    conversations = _lock_chats(uow, person_id)
    chat_ids = sorted({row.chat_id for row in conversations})
    _forget_what_was_said(uow, [row.id for row in conversations], chat_ids)
    workbench.forget(uow, [row.id for row in conversations])
    mails.forget(uow, emails_of(uow, person_id))
    _forget_addresses(uow, chat_ids)
    people.forget(uow, person_id)
    cv.forget(uow, person_id)
    forget_answers(uow, person_id)
    shortlists.forget(uow, person_id)
    learning.forget(uow, person_id)
    mentoring.forget(uow, person_id, now=now)
    forget_letters(uow, "reference", references.forget(uow, person_id))
    encoding.forget_person(uow, person_id)
    gains.forget(uow, person_id)
    fairness.forget(uow, person_id)
    families.forget(uow, person_id)
    origins.forget(uow, person_id)
    id_ = entry or new_id()
    # Who was merged into this one stands in the log too: after a restore to before the merge they are two again.
    merged = undoing.forget(uow, person_id)
    for other in merged:
        origins.forget(uow, other)
    logged = [(id_, person_id), *((new_id(), other) for other in merged)]
    alike.forget(uow, [whose for _, whose in logged])
    for row_id, whose in logged:
        uow.session.execute(
            insert(Erasure)
            .values(id=row_id, unit=uow.unit, person_id=whose, erased_at=now, requested_by=requested_by)
            .on_conflict_do_nothing()
        )
    return id_


def emails_of(uow: UnitOfWork, person_id: UUID) -> list[str]:
    """Return the addresses by which this unit knows the person: told, or written from."""
    told = select(UnitProfile.email).where(UnitProfile.unit == uow.unit, UnitProfile.person_id == person_id)
    wrote = (
        select(Chat.user_id)
        .join(Conversation, Conversation.chat_id == Chat.id)
        .where(Conversation.unit == uow.unit, Conversation.person_id == person_id, Chat.channel == "email")
    )
    return [email for query in (told, wrote) for email in uow.session.scalars(query) if email]


def _lock_chats(uow: UnitOfWork, person_id: UUID) -> Sequence[Row[UUID, UUID]]:
    """Under the chats' locks a turn that runs meanwhile commits before or is refused after."""
    conversations = uow.session.execute(
        select(Conversation.id, Conversation.chat_id).where(
            Conversation.unit == uow.unit, Conversation.person_id == person_id
        )
    ).all()
    chat_ids = {row.chat_id for row in conversations}
    uow.session.execute(select(Chat.id).where(Chat.id.in_(chat_ids)).order_by(Chat.id).with_for_update())
    return conversations


def _forget_what_was_said(uow: UnitOfWork, conversation_ids: Sequence[UUID], chat_ids: Sequence[UUID]) -> None:
    unit = uow.unit
    for table in (tables.tracker_events, tables.offered_options):
        uow.session.execute(delete(table).where(table.c.unit == unit, table.c.conversation_id.in_(conversation_ids)))
    statements = (
        delete(ActionReply).where(ActionReply.unit == unit, ActionReply.conversation_id.in_(conversation_ids)),
        delete(OneTimeCode).where(OneTimeCode.unit == unit, OneTimeCode.conversation_id.in_(conversation_ids)),
        # The file itself goes with the next sweep, unless somebody else sent the same one.
        delete(MediaFile).where(MediaFile.unit == unit, MediaFile.chat_id.in_(chat_ids)),
        update(ChatMessage)
        .where(ChatMessage.unit == unit, ChatMessage.conversation_id.in_(conversation_ids))
        .values(text="", payload=_NOTHING, sentiment=null()),
        # The row stays: its key keeps the vendor's repetition from being taken for a new message.
        update(InboxRow)
        .where(InboxRow.unit == unit, InboxRow.chat_id.in_(chat_ids))
        .values(payload=_NOTHING, raw=null(), parse=null(), error=null(), state="done"),
        update(OutboxRow)
        .where(OutboxRow.unit == unit, OutboxRow.chat_id.in_(chat_ids))
        .values(payload=_NOTHING, error=null(), address=func.left(OutboxRow.address, 0)),
        update(OutboxRow)
        .where(
            OutboxRow.unit == unit, OutboxRow.chat_id.in_(chat_ids),
            OutboxRow.state.in_(("waiting", "sending", "review")),
        )
        .values(state="refused", error_code="erased", token=null(), due=null()),
        update(ScheduledNotice)
        .where(ScheduledNotice.unit == unit, ScheduledNotice.conversation_id.in_(conversation_ids))
        .values(values={}, template=null()),
        update(ScheduledNotice)
        .where(
            ScheduledNotice.unit == unit, ScheduledNotice.conversation_id.in_(conversation_ids),
            ScheduledNotice.state == "waiting",
        )
        .values(state="cancelled"),
        # What the team wrote of them; whoever was named in it goes with the note.
        delete(ConversationNote).where(
            ConversationNote.unit == unit, ConversationNote.conversation_id.in_(conversation_ids)
        ),
        update(Handoff)
        .where(Handoff.unit == unit, Handoff.conversation_id.in_(conversation_ids))
        .values(reason=""),
        # A new version: whoever holds the old tracker cannot write it back.
        update(Conversation)
        .where(Conversation.unit == unit, Conversation.id.in_(conversation_ids))
        .values(
            last_text="", current_step="", unread_count=0, handling="closed", version=Conversation.version + 1
        ),
    )  # fmt: skip
    for statement in statements:
        result = uow.session.execute(statement, execution_options={"synchronize_session": False})
        assert isinstance(result, CursorResult)
    erase_archived(uow, conversation_ids, chat_ids)


def _forget_addresses(uow: UnitOfWork, chat_ids: Sequence[UUID]) -> None:
    """The vendor's id of the person goes too, unless another unit still talks to them in that chat."""
    for chat_id in chat_ids:
        if not uow.session.scalar(
            text("SELECT app_chat_is_shared(:chat, :unit)"), {"chat": chat_id, "unit": uow.unit}
        ):
            uow.session.execute(
                update(Chat)
                .where(Chat.id == chat_id)
                .values(user_id=f"erased:{chat_id}", user_name="", phone=null(), thread=null()),
                execution_options={"synchronize_session": False},
            )
