"""What Messenger and Instagram like beside the messages: "is typing" while the bot thinks, and a person's name once.

Neither webhook tells who writes. None of it is waited for, and what fails or would pile up is left out: the messages
themselves are safe.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import httpx
import psycopg
from psycopg_pool import PoolTimeout

from bot.accounts import Account
from bot.arrivals import Arrival, Event
from bot.channels.connector import Services, json_of

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 20
# Meta keeps unknown people unknown: whoever had no name is not asked for again by this process.
_MOST_ASKED = 20_000
_WITHOUT_WORDS = frozenset({"reaction", "deleted", "edited"})

_KNOWN = """
SELECT c.user_name <> '' AS named, coalesce(v.handling, 'bot') = 'bot' AS by_bot
FROM chats c LEFT JOIN conversations v ON v.id = c.conversation_id
WHERE c.channel_account_id = %s AND c.user_id = %s
"""
_NAME = "UPDATE chats SET user_name = %s WHERE channel_account_id = %s AND user_id = %s AND user_name = ''"


class Courtesies:
    """base: the Graph API's address for an account, with its version; messages: where its messages are posted.

    fields: what a profile is asked for.
    """

    def __init__(
        self, services: Services, base: Callable[[Account], str], messages: Callable[[Account], str], fields: str
    ) -> None:
        self._services = services
        self._base = base
        self._messages = messages
        self._fields = fields
        self._asked: set[tuple[Any, str]] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def after(self, events: Sequence[Event]) -> None:
        """Be kind to those who have just written; returns at once."""
        writers = {
            (event.account.id, event.user_id): event.account
            for event in events
            if isinstance(event, Arrival) and event.inbound.kind not in _WITHOUT_WORDS
        }
        for (_, user_id), account in writers.items():
            if len(self._tasks) >= MOST_AT_ONCE:
                return
            task = asyncio.ensure_future(self._to(account, user_id))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _to(self, account: Account, user_id: str) -> None:
        try:
            async with self._services.pool.connection() as connection:
                cursor = await connection.execute(_KNOWN, (account.id, user_id))
                row = await cursor.fetchone()
            if row is None:
                return
            named, by_bot = row
            if by_bot:
                body = {"recipient": {"id": user_id}, "sender_action": "typing_on"}
                await self._services.http.post(self._messages(account), json=body, headers=_bearer(account))
            if not named and (account.id, user_id) not in self._asked:
                await self._learn_name(account, user_id)
        except (httpx.HTTPError, psycopg.Error, PoolTimeout) as error:
            logger.info("a courtesy was left out: %s", type(error).__name__)

    async def _learn_name(self, account: Account, user_id: str) -> None:
        if len(self._asked) >= _MOST_ASKED:
            self._asked.clear()
        self._asked.add((account.id, user_id))
        url = f"{self._base(account)}/{user_id}"
        answer = await self._services.http.get(url, params={"fields": self._fields}, headers=_bearer(account))
        name = name_of(json_of(answer)) if answer.status_code == 200 else ""
        if name:
            async with self._services.pool.connection() as connection:
                await connection.execute(_NAME, (name, account.id, user_id))


def name_of(profile: Mapping[str, Any]) -> str:
    """Return the name in a profile: Messenger has its parts, Instagram a whole one or only the account's."""
    parts = " ".join(str(profile.get(part) or "") for part in ("first_name", "last_name")).strip()
    return (parts or str(profile.get("name") or "") or str(profile.get("username") or "")).replace("\0", "")[:200]


def _bearer(account: Account) -> dict[str, str]:
    return {"Authorization": f"Bearer {account.secrets.get('access_token', '')}"}
