"""Mailboxes over IMAP: each watched by one gateway at a time, every mail stored once, marked as read after the commit.

The lock is PostgreSQL's (it ends with its connection); two that watched at once would still store each mail once, by
its Message-ID. A mailbox belongs to the platform: what a person reads there first is not seen here.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit
from uuid import UUID

import psycopg
from imapclient import IMAPClient  # type: ignore[import-untyped]
from imapclient.exceptions import IMAPClientError  # type: ignore[import-untyped]

from bot import metrics
from bot.accounts import Account
from bot.arrivals import Event
from bot.channels.connector import Services
from bot.database import connect
from bot.intake import StorageDown

logger = logging.getLogger(__name__)
T = TypeVar("T")
Reader = Callable[[Account, "Fetched"], list[Event]]

AT_ONCE = 20
MOST_BYTES = 36 << 20
_TIMEOUT = 30.0
_LOOK_EVERY = 5.0
_POLL_SECONDS = 20.0
# What comes in between the last look and the beginning of an IDLE is not told by every server: so it is a short one.
_IDLE_SECONDS = 10.0
_IDLE_CHECK = 1.0
_LONGEST_PAUSE = 60.0
_TRY_LOCK = "SELECT pg_try_advisory_lock(hashtextextended('mailbox:' || %s, 0))"


@dataclass(frozen=True)
class Fetched:
    """One unread mail. raw: whole, or its headers only where it is larger than MOST_BYTES. at: when it came in."""

    uid: int
    raw: bytes
    fallback_id: str
    at: datetime
    whole: bool


class Mailbox:
    """One connection to one mailbox; blocking, used from one thread at a time. Raises IMAPClientError, OSError."""

    def __init__(self, url: str, user: str, password: str) -> None:
        """url: imaps://host[:993][/folder], or imap:// with STARTTLS where the server offers it."""
        parts = urlsplit(url)
        secure = parts.scheme == "imaps"
        self._client = IMAPClient(
            parts.hostname, port=parts.port or (993 if secure else 143), ssl=secure, use_uid=True, timeout=_TIMEOUT,
            ssl_context=ssl.create_default_context() if secure else None,
        )  # fmt: skip
        if not secure and self._client.has_capability("STARTTLS"):
            self._client.starttls(ssl.create_default_context())
        self._client.login(unquote(parts.username) if parts.username else user, password)
        selected = self._client.select_folder(unquote(parts.path.strip("/")) or "INBOX")
        self._validity = int(selected.get(b"UIDVALIDITY", 0))

    def unread(self) -> list[Fetched]:
        """Return the oldest unread mails, unmarked."""
        uids = sorted(self._client.search(["UNSEEN"]))[:AT_ONCE]
        found = []
        for uid in uids:
            sizes = self._client.fetch([uid], ["RFC822.SIZE", "INTERNALDATE"])
            if uid not in sizes:
                continue  # moved away meanwhile
            whole = int(sizes[uid][b"RFC822.SIZE"]) <= MOST_BYTES
            part = "BODY.PEEK[]" if whole else "BODY.PEEK[HEADER]"
            data = self._client.fetch([uid], [part]).get(uid, {})
            raw = data.get(part.replace(".PEEK", "").encode())
            if raw is None:
                continue
            at = sizes[uid].get(b"INTERNALDATE")
            at = at.astimezone(timezone.utc) if isinstance(at, datetime) else datetime.now(timezone.utc)
            found.append(Fetched(uid, bytes(raw), f"<{self._validity}.{uid}@imap>", at, whole))
        return found

    def mark_read(self, uids: Sequence[int]) -> None:
        self._client.add_flags(list(uids), [b"\\Seen"], silent=True)

    def wait(self, stop: threading.Event) -> None:
        """Return when something new may be there, or when it is time to look again."""
        if not self._client.has_capability("IDLE"):
            stop.wait(_POLL_SECONDS)
            self._client.noop()
            return
        self._client.idle()
        try:
            for _ in range(int(_IDLE_SECONDS / _IDLE_CHECK)):
                if stop.is_set() or self._client.idle_check(timeout=_IDLE_CHECK):
                    break
        finally:
            self._client.idle_done()

    def close(self) -> None:
        try:
            self._client.logout()
        except (IMAPClientError, OSError):
            self._client.shutdown()


class Watching:
    """Watches every active account of the channel that has an `imap_url`; follows changes of the back office."""

    def __init__(self, services: Services, channel: str, read: Reader) -> None:
        self._services = services
        self._channel = channel
        self._read = read
        self._watched: dict[UUID, tuple[Account, asyncio.Task[None]]] = {}

    async def run(self) -> None:
        try:
            while True:
                wanted = {
                    account.id: account
                    for account in self._services.directory.of_channel(self._channel)
                    if account.secrets.get("imap_url")
                }
                for account_id, (known, task) in list(self._watched.items()):
                    if wanted.get(account_id) != known or task.done():
                        await _end(task)
                        del self._watched[account_id]
                for account_id, account in wanted.items():
                    if account_id not in self._watched:
                        self._watched[account_id] = (account, asyncio.ensure_future(self._watch(account)))
                await asyncio.sleep(_LOOK_EVERY)
        finally:
            for _, task in self._watched.values():
                await _end(task)

    async def _watch(self, account: Account) -> None:
        """Hold the lock and read, for ever; a fault is waited out, longer each time."""
        pause = 1.0
        while True:
            try:
                async with await connect(self._services.settings.database_url, "gateway-mail") as connection:
                    cursor = await connection.execute(_TRY_LOCK, (str(account.id),))
                    if (await cursor.fetchone() or (False,))[0]:
                        pause = 1.0
                        await self._read_on(account, connection)
                await asyncio.sleep(_LOOK_EVERY)
            except (IMAPClientError, OSError, psycopg.Error, StorageDown) as error:
                metrics.mailbox_faults.labels(account.external_id).inc()
                logger.warning("mailbox %s: %s", account.external_id, (str(error) or repr(error)).splitlines()[0])
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)

    async def _read_on(self, account: Account, lock: psycopg.AsyncConnection[Any]) -> None:
        secrets = account.secrets
        stop = threading.Event()
        # A thread of its own: one that idles must not take the place of others.
        with ThreadPoolExecutor(1, thread_name_prefix="mailbox") as thread:

            async def within(work: Callable[[], T]) -> T:
                return await asyncio.get_running_loop().run_in_executor(thread, work)

            mailbox = await within(
                lambda: Mailbox(
                    str(secrets["imap_url"]), str(secrets.get("imap_user") or account.external_id),
                    str(secrets.get("imap_password") or ""),
                )
            )  # fmt: skip
            try:
                while True:
                    await lock.execute("SELECT 1")  # raises where the lock is gone with its connection
                    fetched = await within(mailbox.unread)
                    if not fetched:
                        await within(lambda: mailbox.wait(stop))
                        continue
                    for mail in fetched:
                        await self._services.intake.store(self._read(account, mail))
                        await within(lambda uid=mail.uid: mailbox.mark_read([uid]))  # type: ignore[misc]
            finally:
                stop.set()
                thread.submit(mailbox.close)


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
