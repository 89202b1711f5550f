"""Who of the team hears of what in the inbox: that a person waits, level by level, and that they were named in a note.

A level whose people have a page open hears it there (sound and title); who has none by web push, and where nobody has
one also by mail and their own Telegram, as each chose. All of these may be read by others: they name nobody who waits
and repeat no word of theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from babel.lists import format_list
from babel.units import format_unit
from sqlalchemy import select

from huntred.access import service as access
from huntred.conversations import escalation
from huntred.conversations import repository as conversations
from huntred.conversations.escalation import Team
from huntred.conversations.events import ColleagueMentioned, HandoffEscalated, HandoffRequested
from huntred.conversations.models import ConversationNote, Handoff, HandoffStep, NoteMention
from huntred.db.unit_of_work import UnitOfWork
from huntred.events.registry import Context, handles
from huntred.notifications import alerts
from huntred.notifications.alerts import Reached
from huntred.notifications.outbound import send_mail
from huntred.notifications.team import by_telegram, tell_users
from huntred.notifications.wording import when_text, wording
from huntred.privacy.links import Links
from huntred.push import queue as push
from huntred.push.rules import Told
from huntred.units import service as units

_MINUTE = timedelta(minutes=1)
_LOCALE = "es_MX"


@dataclass(frozen=True)
class _News:
    """What is told, once by each means. source, source_id: what it is told by only once.

    values: of mail and lines. handoff: whom it is about, where it is one.
    """

    source: str
    source_id: str
    unit: str
    mail: str
    line: str
    values: dict[str, Any]
    path: str
    handoff_id: UUID | None = None


@handles(HandoffRequested)
def begin_telling(uow: UnitOfWork, event: HandoffRequested, context: Context) -> None:
    """The first level is told, unless a person has taken the conversation meanwhile."""
    handoff = uow.session.get(Handoff, event.handoff_id)
    if handoff is not None and handoff.state == "queued":
        escalation.next_step(uow, handoff, Team(uow, handoff.unit, now=context.now), now=context.now)


@handles(HandoffEscalated)
def tell_level(uow: UnitOfWork, event: HandoffEscalated, context: Context) -> None:
    """By mail and Telegram: at the first level only where none of its people has a page open, from then on always."""
    step = uow.session.get_one(HandoffStep, event.step_id)
    handoff = uow.session.get_one(Handoff, step.handoff_id)
    if handoff.state != "queued":
        return
    team = Team(uow, handoff.unit, now=step.at)
    told = team.at(conversations.get(uow, handoff.conversation_id), step.level)
    here = alerts.open_pages(uow, [one.user.id for one in told.users], now=context.now)
    quietly = bool(here) and escalation.is_first(uow, step)
    news = _of_one(uow, step, handoff, context.links)
    if told.address and not quietly:
        send_mail(uow, news.source, news.source_id, told.address, news.mail, news.values, unit=news.unit)
    for one in told.users:
        gathered = one.since is not None and one.chosen.in_digest and handoff.requested_at < one.since
        own = (_of_all(uow, step, one, team, context.links) if gathered else None) or news
        _tell(uow, one, own, here=one.user.id in here, quietly=quietly, now=context.now)
    step.told = [one.user.id for one in told.users]


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
    tell_users(uow, [named], "mention", str(mention.id), "note_mention", "mentioned", values, unit=mention.unit)


def _of_one(uow: UnitOfWork, step: HandoffStep, handoff: Handoff, links: Links) -> _News:
    conversation, unit = conversations.get(uow, handoff.conversation_id), units.get(uow, step.unit)
    values: dict[str, Any] = {
        "channel": wording()["channels"].get(conversation.channel, conversation.channel),
        "requested_at": when_text(handoff.requested_at, unit.timezone, "requested_at"),
        "how_long": _how_long(step.at - handoff.requested_at),
        "url": links.handoff_page(conversation.id),
    }
    return _News(
        "handoff", f"{handoff.id}:{step.level}", unit.code, "handoff_waiting", "waiting", values,
        links.path_of(values["url"]), handoff.id,
    )  # fmt: skip


def _of_all(uow: UnitOfWork, step: HandoffStep, one: Reached, team: Team, links: Links) -> _News | None:
    """Those who came while this user was not told, in one; none where it is one person only."""
    waiting = [
        (handoff, conversation)
        for handoff, other in uow.session.execute(
            select(Handoff, HandoffStep)
            .join(HandoffStep, HandoffStep.handoff_id == Handoff.id)
            .where(
                Handoff.unit == step.unit, Handoff.state == "queued", Handoff.requested_at < one.since,
                HandoffStep.at >= one.since, HandoffStep.level == step.level,
            )
            .order_by(Handoff.requested_at)
        )
        for conversation in (conversations.get(uow, handoff.conversation_id),)
        if any(reached.user.id == one.user.id for reached in team.at(conversation, other.level).users)
    ]  # fmt: skip
    if len(waiting) < 2 or one.since is None:
        return None
    unit, longest = units.get(uow, step.unit), waiting[0][0]
    values: dict[str, Any] = {
        "count": len(waiting),
        "requested_at": when_text(longest.requested_at, unit.timezone, "requested_at"),
        "how_long": _how_long(step.at - longest.requested_at),
        "url": links.waiting_page(),
    }
    began = f"{unit.code}:{step.level}:{int(one.since.timestamp())}"
    return _News("waiting", began, unit.code, "handoffs_waiting", "gathered", values, links.path_of(values["url"]))


def _tell(uow: UnitOfWork, one: Reached, news: _News, *, here: bool, quietly: bool, now: datetime) -> None:
    """here: a page of theirs is open, which tells them itself. quietly: one of their level's is."""
    unit, texts = units.get(uow, news.unit).name, wording()
    if one.chosen.by_push and not here:
        lines = texts["push"][news.line]
        told = Told(
            lines["title"].format(unit=unit, **news.values), lines["body"].format(**news.values), news.path,
            f"{news.source}:{news.handoff_id or news.source_id}",
        )  # fmt: skip
        push.tell(
            uow, news.unit, [one.user.id], news.source, news.source_id, told, now=now, handoff_id=news.handoff_id
        )
    if quietly:
        return
    own = f"{news.source_id}:{one.user.id}"
    if one.chosen.by_mail:
        send_mail(uow, news.source, own, one.user.email, news.mail, news.values, unit=news.unit)
    if one.chosen.by_telegram:
        by_telegram(uow, [one.user], news.source, news.source_id, news.line, news.values, unit=news.unit)


def _how_long(waited: timedelta) -> str:
    texts = wording()["how_long"]
    minutes = int(waited / _MINUTE)
    if not minutes:
        return str(texts["now"])
    parts = ((minutes // 60, "hour"), (minutes % 60, "minute"))
    said = [format_unit(number, unit, "long", locale=_LOCALE) for number, unit in parts if number]
    return str(texts["waited"]).format(waited=format_list(said, locale=_LOCALE))
