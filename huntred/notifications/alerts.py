"""How each user of the back office hears that somebody waits: sound, duty, open pages, and their own Telegram.

Only the user writes their row; whoever tells them reads it.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from huntred.conversations.models import ChannelAccount, Chat, InboxRow
from huntred.db.session import rescope
from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import RuleBroken
from huntred.notifications.models import UserAlerts

# Pages say every minute that they are open; a browser may slow a hidden one down.
PAGE_OPEN = timedelta(seconds=150)
LINK_LIFE = timedelta(minutes=30)
_LATEST = 20_000


class LinkCodeNotSeen(RuleBroken):
    """The code that links a user's own Telegram has not come in, or is too old."""

    code = "link_code_not_seen"


@dataclass(frozen=True)
class TelegramLink:
    """What the user opens to link their Telegram. url: of the bot, with the code in it."""

    code: str
    url: str


def of_user(uow: UnitOfWork, user_id: UUID) -> UserAlerts:
    """Return a user's choices; what was never chosen is as usual: sound on, on duty."""
    found = uow.session.get(UserAlerts, user_id)
    return found or UserAlerts(user_id=user_id, sound=True, on_duty=True, telegram_user_id="", link_code="")


def choose(uow: UnitOfWork, user_id: UUID, *, sound: bool, on_duty: bool) -> None:
    """Keep what a user wants."""
    _write(uow, user_id, {"sound": sound, "on_duty": on_duty})


def note_open_page(uow: UnitOfWork, user_id: UUID, *, now: datetime) -> None:
    """A page of the user's says that it is open."""
    _write(uow, user_id, {"page_at": now})


def open_pages(uow: UnitOfWork, user_ids: Collection[UUID], *, now: datetime) -> set[UUID]:
    """Return who of these has a page open."""
    with _seeing_users(uow):
        query = select(UserAlerts.user_id).where(
            UserAlerts.user_id.in_(user_ids), UserAlerts.page_at > now - PAGE_OPEN
        )
        return set(uow.session.scalars(query))


def off_duty(uow: UnitOfWork, user_ids: Collection[UUID]) -> set[UUID]:
    """Return who of these wants to be told of nobody now."""
    with _seeing_users(uow):
        query = select(UserAlerts.user_id).where(UserAlerts.user_id.in_(user_ids), ~UserAlerts.on_duty)
        return set(uow.session.scalars(query))


def telegrams(uow: UnitOfWork, user_ids: Collection[UUID]) -> dict[UUID, tuple[UUID, str]]:
    """Return user → (our bot's account, their id there), of those who linked their Telegram."""
    with _seeing_users(uow):
        rows = uow.session.execute(
            select(UserAlerts.user_id, UserAlerts.telegram_account_id, UserAlerts.telegram_user_id).where(
                UserAlerts.user_id.in_(user_ids), UserAlerts.telegram_account_id.is_not(None)
            )
        ).all()
    return {user_id: (account_id, telegram_id) for user_id, account_id, telegram_id in rows if account_id}


def begin_telegram_link(uow: UnitOfWork, user_id: UUID, *, now: datetime) -> None:
    """Make the code that the user is to send to a bot of their units."""
    _write(uow, user_id, {"link_code": f"team-{secrets.token_hex(8)}", "link_code_at": now})


def telegram_link(uow: UnitOfWork, chosen: UserAlerts, *, now: datetime) -> TelegramLink | None:
    """Return what to open while a code is waited for; None where none is, or no unit of theirs has a bot."""
    if not chosen.link_code or chosen.link_code_at is None or chosen.link_code_at <= now - LINK_LIFE:
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


def finish_telegram_link(uow: UnitOfWork, user_id: UUID, *, now: datetime) -> None:
    """Link the Telegram from which the code came in. Raises LinkCodeNotSeen."""
    chosen = of_user(uow, user_id)
    if not chosen.link_code or chosen.link_code_at is None or chosen.link_code_at <= now - LINK_LIFE:
        raise LinkCodeNotSeen(str(user_id))
    found = uow.session.execute(
        select(Chat.channel_account_id, Chat.user_id)
        .join(InboxRow, InboxRow.chat_id == Chat.id)
        .where(
            InboxRow.id > func.app_last_id("inbox") - _LATEST,
            InboxRow.unit.in_(uow.scope.units),
            InboxRow.channel == "telegram",
            InboxRow.payload["values"]["start"].astext == chosen.link_code,
        )
        .limit(1)
    ).first()
    if found is None:
        raise LinkCodeNotSeen(str(user_id))
    _write(
        uow, user_id,
        {"telegram_account_id": found[0], "telegram_user_id": found[1], "link_code": "", "link_code_at": None},
    )  # fmt: skip


def unlink_telegram(uow: UnitOfWork, user_id: UUID) -> None:
    """Tell this user by Telegram no more."""
    _write(uow, user_id, {"telegram_account_id": None, "telegram_user_id": ""})


def _write(uow: UnitOfWork, user_id: UUID, values: dict[str, Any]) -> None:
    uow.session.execute(
        insert(UserAlerts)
        .values(user_id=user_id, **values)
        .on_conflict_do_update(index_elements=["user_id"], set_=values)
        .execution_options(synchronize_session=False)
    )
    kept = uow.session.get(UserAlerts, user_id)
    if kept is not None:
        uow.session.refresh(kept)


@contextmanager
def _seeing_users(uow: UnitOfWork) -> Iterator[None]:
    """See every user's row, also the super administrators', whom no unit's scope shows; only for as long as this."""
    rescope(uow.session, replace(uow.scope, login=True))
    try:
        yield
    finally:
        rescope(uow.session, uow.scope)
