"""A user's own Telegram: linked by a code that they send to a bot of their units, and unlinked.

Who is linked, or sends such a code, writes to that bot as one of the team: no chat, no conversation and no person is
made of it (bot/team_chats.py, decision 0034).
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from contract.message import Message
from contract.team_codes import CODE_BYTES, LINK_LIFE, PREFIX
from huntred.access import service as access
from huntred.access.seeing import seeing_users
from huntred.conversations.events import TeamMemberWrote
from huntred.conversations.models import ChannelAccount
from huntred.db.session import rescope
from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import RuleBroken
from huntred.events.registry import Context, handles
from huntred.notifications.alerts import of_user, write
from huntred.notifications.models import UserAlerts
from huntred.notifications.outbound import send_telegram
from huntred.notifications.wording import wording


class LinkCodeNotSeen(RuleBroken):
    """The code that links a user's own Telegram has not come in, or is too old."""

    code = "link_code_not_seen"


@dataclass(frozen=True)
class TelegramLink:
    """What the user opens to link their Telegram. url: of the bot, with the code in it."""

    code: str
    url: str


def linked(uow: UnitOfWork, user_ids: Collection[UUID]) -> dict[UUID, tuple[UUID, str]]:
    """Return user → (our bot's account, their id there), of those who linked their Telegram."""
    with seeing_users(uow):
        rows = uow.session.execute(
            select(UserAlerts.user_id, UserAlerts.telegram_account_id, UserAlerts.telegram_user_id).where(
                UserAlerts.user_id.in_(user_ids), UserAlerts.telegram_account_id.is_not(None)
            )
        ).all()
    return {user_id: (account_id, telegram_id) for user_id, account_id, telegram_id in rows if account_id}


def begin_link(uow: UnitOfWork, user_id: UUID, *, now: datetime) -> None:
    """Make the code that the user is to send to a bot of their units."""
    write(uow, user_id, {"link_code": PREFIX + secrets.token_hex(CODE_BYTES), "link_code_at": now})


def link_of(uow: UnitOfWork, chosen: UserAlerts, *, now: datetime) -> TelegramLink | None:
    """Return what to open while a code is waited for; None where none is, or no unit of theirs has a bot."""
    if not _is_waited_for(chosen, now):
        return None
    bot = team_bot(uow)
    return TelegramLink(chosen.link_code, f"https://t.me/{bot.lstrip('@')}?start={chosen.link_code}") if bot else None


def team_bot(uow: UnitOfWork) -> str | None:
    """Return the name of a Telegram bot of this work's units."""
    return uow.session.scalar(
        select(ChannelAccount.address)
        .where(
            ChannelAccount.channel == "telegram", ChannelAccount.active, ChannelAccount.address != "",
            ChannelAccount.unit.in_(uow.scope.units),
        )
        .order_by(ChannelAccount.created_at, ChannelAccount.id)
        .limit(1)
    )  # fmt: skip


def check_link(uow: UnitOfWork, user_id: UUID) -> None:
    """See whether the code has come in. Raises LinkCodeNotSeen."""
    if of_user(uow, user_id).telegram_account_id is None:
        raise LinkCodeNotSeen(str(user_id))


def unlink(uow: UnitOfWork, user_id: UUID) -> None:
    """Tell this user by Telegram no more."""
    write(uow, user_id, {"telegram_account_id": None, "telegram_user_id": "", "link_code": "", "link_code_at": None})


@handles(TeamMemberWrote)
def answer(uow: UnitOfWork, event: TeamMemberWrote, context: Context) -> None:
    """Link who sent their code, and say so; to any other message say once more what this chat is for."""
    line = "linked" if _link(uow, event, now=context.now) else "linked_already"
    with seeing_users(uow):
        known = uow.session.scalar(
            select(UserAlerts.user_id).where(
                UserAlerts.telegram_account_id == event.account_id,
                UserAlerts.telegram_user_id == event.telegram_user_id,
            )
        )
    if known is None:
        # Unlinked meanwhile, or the code is another's by now: they write as anybody from the next message on.
        return
    text = wording()["to_team"][line].format(url=context.links.account_page())
    send_telegram(
        uow, source="team", source_id=f"{event.account_id}:{event.vendor_id}", account_id=event.account_id,
        telegram_user_id=event.telegram_user_id, message=Message("text", text=text), unit=uow.unit,
    )  # fmt: skip


def _link(uow: UnitOfWork, event: TeamMemberWrote, *, now: datetime) -> bool:
    if not event.code:
        return False
    with seeing_users(uow):
        asked = uow.session.scalars(select(UserAlerts).where(UserAlerts.link_code == event.code)).one_or_none()
    if asked is None or not _is_waited_for(asked, now) or not access.recipients(uow, [asked.user_id]):
        return False
    values: dict[str, Any] = {
        "telegram_account_id": event.account_id, "telegram_user_id": event.telegram_user_id, "link_code": "",
        "link_code_at": None,
    }  # fmt: skip
    # Only users write their own row; who sent the code that was shown to them alone is that user.
    rescope(uow.session, replace(uow.scope, user_id=asked.user_id))
    try:
        write(uow, asked.user_id, values)
    finally:
        rescope(uow.session, uow.scope)
    return True


def _is_waited_for(chosen: UserAlerts, now: datetime) -> bool:
    return bool(chosen.link_code) and chosen.link_code_at is not None and chosen.link_code_at > now - LINK_LIFE
