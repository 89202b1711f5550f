"""Which apps, numbers, bots and widgets exist, with their secrets: read from the database and kept fresh.

A change in the back office holds after a few seconds, and at once where an unknown name or a failed signature asks
for it. Who may write them: the back office and `python -m runtime seed`.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from psycopg_pool import AsyncConnectionPool

from contract.encryption import CannotDecrypt, Cipher

logger = logging.getLogger(__name__)

APP_SECRETS = "channel_apps.secrets"
ACCOUNT_SECRETS = "channel_accounts.secrets"


@dataclass(frozen=True)
class App:
    """An app at a vendor: its secrets sign and check the webhooks of its path."""

    id: UUID
    channel: str
    name: str
    secrets: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Account:
    """A number, bot, page or widget. It names the unit of whoever writes to it."""

    id: UUID
    unit: str
    app_id: UUID
    channel: str
    external_id: str
    name: str
    address: str
    active: bool
    secrets: Mapping[str, Any] = field(repr=False)
    # What the vendor grants this one a second; None: its usual.
    per_second: float | None = None
    # vacancies: a mailbox whose mails become drafts of vacancies instead of a chat.
    purpose: str = "chat"


@dataclass(frozen=True)
class UnitLook:
    """What the gateway shows of a unit: the chat page's head, the sender of its mails."""

    code: str
    name: str
    tagline: str
    colour: str
    settings: Mapping[str, Any] = field(repr=False)


class Directory:
    """Apps, accounts and units in memory."""

    def __init__(self, pool: AsyncConnectionPool[Any], cipher: Cipher, *, every: float = 5.0) -> None:
        self._pool = pool
        self._cipher = cipher
        self._every = every
        self._read_at = 0.0
        self._lock = asyncio.Lock()
        self._apps: dict[tuple[str, str], App] = {}
        self._accounts: dict[tuple[str, str], Account] = {}
        self._by_id: dict[UUID, Account] = {}
        self._units: dict[str, UnitLook] = {}

    async def refresh(self, *, at_most_every: float = 0.0) -> bool:
        """Read everything anew; False where that was done less than at_most_every seconds ago."""
        async with self._lock:
            if at_most_every and time.monotonic() - self._read_at < at_most_every:
                return False
            async with self._pool.connection() as connection:
                apps = await connection.execute("SELECT id, channel, name, secrets FROM channel_apps")
                found_apps = [(row, self._open(row[3], APP_SECRETS)) for row in await apps.fetchall()]
                accounts = await connection.execute(
                    "SELECT id, unit, app_id, channel, external_id, name, address, active, secrets,"
                    " messages_per_second, purpose"
                    " FROM channel_accounts"
                )
                found = [(row, self._open(row[8], ACCOUNT_SECRETS)) for row in await accounts.fetchall()]
                units = await connection.execute("SELECT code, name, tagline, colour, settings FROM units")
                self._units = {row[0]: UnitLook(*row) for row in await units.fetchall()}
            self._apps = {
                (row[1], row[2]): App(row[0], row[1], row[2], secrets)
                for row, secrets in found_apps
                if secrets is not None
            }
            every = [
                Account(row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7], secrets, row[9], row[10])
                for row, secrets in found
                if secrets is not None
            ]
            self._accounts = {(account.channel, account.external_id): account for account in every}
            self._by_id = {account.id: account for account in every}
            self._read_at = time.monotonic()
            return True

    def _open(self, sealed: str, place: str) -> dict[str, Any] | None:
        """One account with an unreadable secret does not stop the others; it is as if it were not there."""
        try:
            return dict(json.loads(self._cipher.open(sealed, place)))
        except (CannotDecrypt, ValueError) as error:
            logger.error("an account is left out: %s", error)
            return None

    async def keep_fresh(self) -> None:
        """Read anew for ever; an outage of the database leaves what was read."""
        while True:
            await asyncio.sleep(self._every)
            try:
                await self.refresh()
            except Exception as error:
                logger.warning("accounts were not read anew: %s", error)

    async def app(self, channel: str, name: str) -> App | None:
        found = self._apps.get((channel, name))
        if found is None and await self.refresh(at_most_every=1.0):
            found = self._apps.get((channel, name))
        return found

    async def account(self, channel: str, external_id: str) -> Account | None:
        """Return the active account of this vendor's id."""
        found = self._accounts.get((channel, external_id))
        if found is None and await self.refresh(at_most_every=1.0):
            found = self._accounts.get((channel, external_id))
        return found if found is not None and found.active else None

    async def by_id(self, account_id: UUID) -> Account | None:
        """Return the account, active or not."""
        found = self._by_id.get(account_id)
        if found is None and await self.refresh(at_most_every=1.0):
            found = self._by_id.get(account_id)
        return found

    def app_of(self, account: Account) -> App | None:
        return next((app for app in self._apps.values() if app.id == account.app_id), None)

    def every(self) -> Iterable[Account]:
        """Return all accounts, the inactive ones too."""
        return self._by_id.values()

    def of_app(self, app: App) -> list[Account]:
        return [account for account in self._by_id.values() if account.app_id == app.id and account.active]

    def of_channel(self, channel: str) -> list[Account]:
        return [account for account in self._by_id.values() if account.channel == channel and account.active]

    def unit(self, code: str) -> UnitLook:
        return self._units.get(code) or UnitLook(code, code, "", "#334155", {})
