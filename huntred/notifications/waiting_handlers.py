"""Who of the team hears of what in the inbox: that a person waits, level by level, and that they were named in a note.

A level whose people have a page open hears it there (sound and title); the others by mail, and by their own Telegram.
"""

from __future__ import annotations

from huntred.access import service as access
from huntred.conversations import escalation
from huntred.conversations import repository as conversations
from huntred.conversations.events import ColleagueMentioned, HandoffEscalated, HandoffRequested
from huntred.conversations.models import ConversationNote, Handoff, HandoffStep, NoteMention
from huntred.db.unit_of_work import UnitOfWork
from huntred.events.registry import Context, handles
from huntred.notifications import alerts
from huntred.notifications.outbound import send_mail
from huntred.notifications.team import tell_users
from huntred.notifications.wording import when_text, wording
from huntred.people import service as people
from huntred.units import service as units


@handles(HandoffRequested)
def begin_telling(uow: UnitOfWork, event: HandoffRequested, context: Context) -> None:
    """The first level is told, unless a person has taken the conversation meanwhile."""
    handoff = uow.session.get(Handoff, event.handoff_id)
    if handoff is not None and handoff.state == "queued":
        escalation.next_step(uow, handoff, now=context.now)


@handles(HandoffEscalated)
def tell_level(uow: UnitOfWork, event: HandoffEscalated, context: Context) -> None:
    """By mail and Telegram: at the first level only where none of its people has a page open, from then on always."""
    step = uow.session.get_one(HandoffStep, event.step_id)
    handoff = uow.session.get_one(Handoff, step.handoff_id)
    if handoff.state != "queued":
        return
    conversation = conversations.get(uow, handoff.conversation_id)
    told = escalation.told_at(uow, conversation, step.level)
    first = escalation.is_first(uow, step)
    minutes = int((step.at - handoff.requested_at).total_seconds() // 60)
    if first and alerts.open_pages(uow, [user.id for user in told.users], now=context.now):
        return
    unit, texts = units.get(uow, conversation.unit), wording()
    values = {
        "person_name": people.name_of(uow, conversation.person_id) or texts["unnamed"],
        "channel": texts["channels"].get(conversation.channel, conversation.channel),
        "requested_at": when_text(handoff.requested_at, unit.timezone, "requested_at"),
        "reason": handoff.reason,
        "waited_minutes": 0 if first else minutes,
        "url": context.links.handoff_page(conversation.id),
    }
    source_id = f"{handoff.id}:{step.level}"
    if told.address:
        send_mail(uow, "handoff", source_id, told.address, "handoff_waiting", values, unit=conversation.unit)
    tell_users(
        uow, told.users, "handoff", source_id, "handoff_waiting", "waiting", values, unit=conversation.unit
    )
    step.told = [user.id for user in told.users]


@handles(ColleagueMentioned)
def tell_of_mention(uow: UnitOfWork, event: ColleagueMentioned, context: Context) -> None:
    """By mail and Telegram, without the note's words: who may not see the conversation learns nothing of it."""
    mention = uow.session.get(NoteMention, event.mention_id)
    if mention is None or mention.seen_at is not None:
        return
    note = uow.session.get_one(ConversationNote, mention.note_id)
    people_of = {user.id: user for user in access.recipients(uow, [mention.user_id, note.user_id])}
    named, author = people_of.get(mention.user_id), people_of.get(note.user_id)
    if named is None:
        return
    values = {
        "author_name": author.name or author.email if author else wording()["somebody"],
        "url": context.links.handoff_page(mention.conversation_id),
    }
    tell_users(
        uow, (named,), "mention", str(mention.id), "note_mention", "mentioned", values, unit=mention.unit
    )
