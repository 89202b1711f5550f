"""Apps and accounts as the command keeps them: found again, encrypted, put in place. Runs as the tables' owner."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg

from bot.accounts import ACCOUNT_SECRETS, APP_SECRETS, Account
from bot.connect.console import Stop
from contract.encryption import CannotDecrypt, Cipher
from contract.ids import new_id

_FIND = """
SELECT a.id, a.external_id, a.name, a.address, a.secrets, p.name, p.secrets
FROM channel_accounts a JOIN channel_apps p ON p.id = a.app_id
WHERE a.channel = %(channel)s AND a.unit = %(unit)s
ORDER BY a.external_id = %(external_id)s DESC, a.active DESC, a.created_at LIMIT 1
"""
_PUT_APP = """
INSERT INTO channel_apps (id, channel, name, secrets) VALUES (%(id)s, %(channel)s, %(name)s, %(secrets)s)
ON CONFLICT (channel, name) DO UPDATE SET secrets = excluded.secrets RETURNING id
"""
_PUT_ACCOUNT = """
INSERT INTO channel_accounts (id, unit, app_id, channel, external_id, name, address, secrets, messages_per_second)
VALUES (%(id)s, %(unit)s, %(app)s, %(channel)s, %(external_id)s, %(name)s, %(address)s, %(secrets)s, %(rate)s)
ON CONFLICT (channel, external_id) DO UPDATE SET app_id = excluded.app_id, name = excluded.name,
    address = excluded.address, secrets = excluded.secrets, active = true, updated_at = clock_timestamp(),
    messages_per_second = coalesce(excluded.messages_per_second, channel_accounts.messages_per_second)
WHERE channel_accounts.unit = excluded.unit
RETURNING id
"""


@dataclass(frozen=True)
class Known:
    """What an earlier run, a seed file or the back office left; empty where there is nothing."""

    external_id: str = ""
    name: str = ""
    address: str = ""
    app: str = ""
    secrets: Mapping[str, Any] = field(default_factory=dict, repr=False)
    app_secrets: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def secret(self, name: str) -> str:
        return str(self.secrets.get(name) or self.app_secrets.get(name) or "")


class Store:
    """One connection, one transaction a step."""

    def __init__(self, connection: psycopg.AsyncConnection[Any], cipher: Cipher) -> None:
        self.connection = connection
        self._cipher = cipher

    async def units(self) -> dict[str, str]:
        """Return the units' names by code."""
        rows = await (await self.connection.execute("SELECT code, name FROM units ORDER BY position, code")).fetchall()
        return {row[0]: row[1] for row in rows}

    async def known(self, channel: str, unit: str, external_id: str = "") -> Known:
        """Return the unit's account on this channel: that one, else any."""
        values = {"channel": channel, "unit": unit, "external_id": external_id}
        row = await (await self.connection.execute(_FIND, values)).fetchone()
        if row is None:
            return Known()
        secrets, app_secrets = self._open(row[4], ACCOUNT_SECRETS), self._open(row[6], APP_SECRETS)
        return Known(row[1], row[2], row[3], row[5], secrets, app_secrets)

    async def app_secrets(self, channel: str, app: str) -> Mapping[str, Any]:
        """Return the secrets of an app that other accounts may share already."""
        cursor = await self.connection.execute(
            "SELECT secrets FROM channel_apps WHERE channel = %s AND name = %s", (channel, app)
        )
        row = await cursor.fetchone()
        return {} if row is None else self._open(row[0], APP_SECRETS)

    def _open(self, sealed: str, place: str) -> dict[str, Any]:
        """What does not open is asked for anew."""
        try:
            return dict(json.loads(self._cipher.open(sealed, place)))
        except (CannotDecrypt, ValueError):
            return {}

    async def put(
        self, *, channel: str, unit: str, app: str, app_secrets: Mapping[str, str], external_id: str, name: str,
        address: str, secrets: Mapping[str, str], rate: int | None = None,
    ) -> Account:  # fmt: skip
        """Keep app and account, encrypted. Raises Stop where another unit has the account."""
        async with self.connection.transaction():
            app_row = await (await self.connection.execute(_PUT_APP, {
                "id": new_id(), "channel": channel, "name": app, "secrets": self._seal(app_secrets, APP_SECRETS),
            })).fetchone()  # fmt: skip
            assert app_row is not None
            row = await (await self.connection.execute(_PUT_ACCOUNT, {
                "id": new_id(), "unit": unit, "app": app_row[0], "channel": channel, "external_id": external_id,
                "name": name, "address": address, "secrets": self._seal(secrets, ACCOUNT_SECRETS), "rate": rate,
            })).fetchone()  # fmt: skip
            if row is None:
                raise Stop(
                    f"{external_id} is an account of another unit already",
                    "take that unit's account off in the back office, or give another one here",
                )
        return Account(UUID(str(row[0])), unit, app_row[0], channel, external_id, name, address, True, dict(secrets))

    def _seal(self, secrets: Mapping[str, str], place: str) -> str:
        return self._cipher.seal(json.dumps({name: value for name, value in secrets.items() if value}), place)

    async def templates(self, unit: str) -> list[dict[str, Any]]:
        """Return the unit's WhatsApp templates."""
        cursor = await self.connection.execute(
            "SELECT name, language, category, body, components, state, reason, vendor_id, submitted_at"
            " FROM message_templates WHERE unit = %s AND channel = 'whatsapp' ORDER BY name, language", (unit,)
        )
        columns = [column.name for column in cursor.description or ()]
        return [dict(zip(columns, row, strict=True)) for row in await cursor.fetchall()]
