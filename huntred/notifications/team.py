"""Tells people of the team: by mail, and on their own Telegram where they linked it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contract.message import Message
from huntred.access.models import User
from huntred.db.unit_of_work import UnitOfWork
from huntred.notifications import alerts
from huntred.notifications.outbound import send_mail, send_telegram
from huntred.notifications.wording import wording
from huntred.units import service as units


def tell_users(
    uow: UnitOfWork, users: tuple[User, ...], source: str, source_id: str, mail: str, line: str,
    values: Mapping[str, Any], *, unit: str,
) -> None:  # fmt: skip
    """line: of wording.yml, for Telegram."""
    linked = alerts.telegrams(uow, [user.id for user in users])
    for user in users:
        own = f"{source_id}:{user.id}"
        send_mail(uow, source, own, user.email, mail, values, unit=unit)
        if user.id in linked:
            account_id, telegram_id = linked[user.id]
            text = wording()["to_team"][line].format(unit=units.get(uow, unit).name, **values)
            send_telegram(
                uow, source=source, source_id=own, account_id=account_id, telegram_user_id=telegram_id,
                message=Message("text", text=text), unit=unit, ord=1,
            )  # fmt: skip
