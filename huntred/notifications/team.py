"""Tells people of the team: by mail, and on their own Telegram where they linked it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from contract.message import Message
from huntred.access.models import User
from huntred.db.unit_of_work import UnitOfWork
from huntred.notifications import team_telegram
from huntred.notifications.outbound import send_mail, send_telegram
from huntred.notifications.wording import wording
from huntred.units import service as units


def tell_users(
    uow: UnitOfWork, users: Iterable[User], source: str, source_id: str, mail: str, line: str,
    values: Mapping[str, Any], *, unit: str,
) -> None:  # fmt: skip
    """Tell each by both ways. line: of wording.yml, for Telegram."""
    told = tuple(users)
    for user in told:
        send_mail(uow, source, f"{source_id}:{user.id}", user.email, mail, values, unit=unit)
    by_telegram(uow, told, source, source_id, line, values, unit=unit)


def by_telegram(
    uow: UnitOfWork, users: Iterable[User], source: str, source_id: str, line: str, values: Mapping[str, Any],
    *, unit: str,
) -> None:  # fmt: skip
    """line: of wording.yml. Who has not linked theirs hears nothing."""
    text = wording()["to_team"][line].format(unit=units.get(uow, unit).name, **values)
    for user_id, (account_id, telegram_id) in team_telegram.linked(uow, [user.id for user in users]).items():
        send_telegram(
            uow, source=source, source_id=f"{source_id}:{user_id}", account_id=account_id,
            telegram_user_id=telegram_id, message=Message("text", text=text), unit=unit, ord=1,
        )  # fmt: skip
