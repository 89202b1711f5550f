"""A gateway in a thread of the test process, on the real PostgreSQL, with the demo accounts of the stand-ins."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from itertools import count
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import psycopg
from psycopg.rows import dict_row
from sanic import Sanic

from bot.channels.connector import Connector
from bot.gateway import Gateway, load_connectors, make_app
from contract.encryption import Cipher
from contract.ids import new_id
from contract.message import Message
from contract.settings import BotSettings, read_bot_settings
from tests.bed import Database

ACCOUNTS = Path(__file__).resolve().parents[2] / "standins" / "accounts.json"
KEY = base64.b64encode(bytes(range(32))).decode()
ME = "5215512345678"
Result = TypeVar("Result")
_names = count(1)
# Sanic rewrites its own methods at start; only in this mode may that happen for more than one app a process.
Sanic.test_mode = True


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def environment(database_url: str, port: int, **more: str) -> dict[str, str]:
    """The variables of a gateway process."""
    return {
        "DATABASE_URL": database_url, "REDIS_URL": "redis://127.0.0.1:1/0", "ENVIRONMENT": "test",
        "ENCRYPTION_KEYS": f"t1:{KEY}", "ACTIONS_URL": "http://127.0.0.1:1", "ACTIONS_SECRET": "a-secret-of-tests-1",
        "LINK_SECRET": "a-link-secret-of-tests", "GATEWAY_PORT": str(port), "BURST_WINDOW_SECONDS": "5",
        "PUBLIC_GATEWAY_URL": f"http://127.0.0.1:{port}", "SMTP_URL": "smtp://127.0.0.1:1", "LEASE_SECONDS": "5",
        "MEDIA_DIR": str(Path(tempfile.gettempdir()) / "media-of-tests"),
        **more,
    }  # fmt: skip


@dataclass
class Town:
    """What a test looks at: the database as superuser, and how to put things there."""

    database: Database
    port: int
    _connection: Any = field(default=None, repr=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def db(self) -> psycopg.Connection[dict[str, Any]]:
        if self._connection is None or self._connection.closed:
            self._connection = psycopg.connect(self.database.admin_url, autocommit=True, row_factory=dict_row)
        connection: psycopg.Connection[dict[str, Any]] = self._connection
        return connection

    def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        return self.db.execute(sql, values).fetchall()  # type: ignore[arg-type]

    def row(self, sql: str, *values: Any) -> dict[str, Any]:
        found = self.rows(sql, *values)
        assert len(found) == 1, f"{len(found)} rows: {sql}"
        return found[0]

    def inbox(self) -> list[dict[str, Any]]:
        return self.rows("SELECT * FROM inbox ORDER BY id")

    def account(self, key: str) -> UUID:
        channel, _, unit = key.partition(":")
        return UUID(
            str(self.row("SELECT id FROM channel_accounts WHERE channel = %s AND unit = %s", channel, unit)["id"])
        )

    def give_secrets(self, key: str, **more: str) -> None:
        """Put more secrets of an account beside those it has."""
        cipher = Cipher({"t1": base64.b64decode(KEY)})
        account = self.account(key)
        sealed = self.row("SELECT secrets FROM channel_accounts WHERE id = %s", account)["secrets"]
        known = json.loads(cipher.open(sealed, "channel_accounts.secrets"))
        again = cipher.seal(json.dumps({**known, **more}), "channel_accounts.secrets")
        self.db.execute("UPDATE channel_accounts SET secrets = %s WHERE id = %s", (again, account))

    def seed(self) -> None:
        """The units and the accounts of the stand-ins, and one web widget for each unit."""
        cipher = Cipher({"t1": base64.b64decode(KEY)})
        data = json.loads(ACCOUNTS.read_text(encoding="utf-8"))
        apps: dict[tuple[str, str], UUID] = {}
        units = sorted({row["unit"] for row in data["accounts"]})
        for unit in units:
            self.db.execute(
                "INSERT INTO units (code, name, tagline, colour, settings) VALUES (%s, %s, %s, %s, %s)",
                (unit, unit.capitalize(), "Una prueba", "#0f766e",
                 json.dumps({"mail": {"name": unit, "address": f"{unit}@example.mx"},
                             "quiet_hours": {"from": "00:00", "to": "00:00"}})),
            )  # fmt: skip
        web = [{"channel": "web", "name": "web", "secrets": {}}]
        for app in [*data["apps"], *web]:
            key = (app["channel"], app["name"])
            apps[key] = new_id()
            secrets = cipher.seal(json.dumps(app["secrets"]), "channel_apps.secrets")
            self.db.execute(
                "INSERT INTO channel_apps (id, channel, name, secrets) VALUES (%s, %s, %s, %s)",
                (apps[key], *key, secrets),
            )
        widgets = [
            {"unit": unit, "channel": "web", "app": "web", "external_id": f"{unit}-web", "name": unit, "address": "",
             "secrets": {"allowed_origins": "https://uno.example, https://dos.example" if unit == "huntu" else ["https://sitio.example"]}}
            for unit in units
        ]  # fmt: skip
        for row in [*data["accounts"], *widgets]:
            secrets = cipher.seal(json.dumps(row["secrets"]), "channel_accounts.secrets")
            self.db.execute(
                "INSERT INTO channel_accounts (id, unit, app_id, channel, external_id, name, address, secrets)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
                (new_id(), row["unit"], apps[row["channel"], row["app"]], row["channel"], row["external_id"],
                 row["name"], row["address"], secrets),
            )  # fmt: skip

    def chat(
        self, key: str, user: str = ME, *, spoke_ago: timedelta | None = timedelta(), opted_out: tuple[str, ...] = (),
        unit: str = "", agreed: tuple[str, ...] = (),
    ) -> UUID:  # fmt: skip
        """A chat with its conversation, as turns leave them. spoke_ago: when the person last wrote; None: never."""
        chat, conversation = new_id(), new_id()
        channel, _, account_unit = key.partition(":")
        spoke = None if spoke_ago is None else datetime.now(timezone.utc) - spoke_ago
        self.db.execute(
            "INSERT INTO chats (id, channel_account_id, channel, user_id, unit, conversation_id, last_inbound_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)",
            (chat, self.account(key), channel, user, unit or account_unit, conversation, spoke),
        )
        self.db.execute(
            "INSERT INTO conversations (id, unit, chat_id, channel, opted_out, agreed, last_inbound_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)",
            (conversation, unit or account_unit, chat, channel, list(opted_out), list(agreed), spoke),
        )
        return chat

    def say(self, chat: UUID, message: Message, **columns: Any) -> int:
        """Put a message into the outbox, as a turn's commit does."""
        of = self.row("SELECT * FROM chats WHERE id = %s", chat)
        values: dict[str, Any] = {
            "unit": of["unit"], "conversation_id": of["conversation_id"], "chat_id": chat,
            "channel_account_id": of["channel_account_id"], "channel": of["channel"], "source": "turn",
            "source_id": str(new_id()), "ord": 0, "payload": json.dumps(message.as_json()), **columns,
        }  # fmt: skip
        return self.insert_outbox(values)

    def mail(self, to: str, message: Message, unit: str = "amigro") -> int:
        return self.insert_outbox(
            {"unit": unit, "channel": "email", "address": to, "source": "test", "source_id": str(new_id()), "ord": 0,
             "purpose": "notice", "payload": json.dumps(message.as_json())}
        )  # fmt: skip

    def insert_outbox(self, values: dict[str, Any]) -> int:
        names = ", ".join(values)
        marks = ", ".join(["%s"] * len(values))
        row = self.row(f"INSERT INTO outbox ({names}) VALUES ({marks}) RETURNING id", *values.values())
        self.db.execute("NOTIFY outbox")
        return int(row["id"])

    def outbox(self, row_id: int) -> dict[str, Any]:
        return self.row("SELECT * FROM outbox WHERE id = %s", row_id)

    def until(self, predicate: Callable[[], Result], timeout: float = 20.0) -> Result:
        """Return the predicate's first true result."""
        deadline = time.monotonic() + timeout
        while True:
            result = predicate()
            if result:
                return result
            if time.monotonic() > deadline:
                raise AssertionError(f"not true within {timeout} s: {predicate}")
            time.sleep(0.02)

    def until_state(self, row_id: int, *states: str, timeout: float = 20.0) -> dict[str, Any]:
        try:
            self.until(lambda: self.outbox(row_id)["state"] in states, timeout)
        except AssertionError as error:
            raise AssertionError(f"{error}: {self.outbox(row_id)}") from None
        return self.outbox(row_id)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()


@dataclass
class Running:
    """The gateway's own objects, for tests that look inside. call: run a coroutine in its loop."""

    gateway: Gateway
    loop: asyncio.AbstractEventLoop

    def call(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(30)


@contextmanager
def running(settings: BotSettings, connectors: list[Connector] | None = None) -> Iterator[Running]:
    """A gateway that listens on its port, inside this process."""
    app = make_app(
        settings, connectors if connectors is not None else load_connectors(), name=f"gateway_{next(_names)}"
    )
    loop = asyncio.new_event_loop()
    started = threading.Event()
    failed: list[BaseException] = []
    ended: list[asyncio.Event] = []

    async def serve() -> None:
        try:
            server = await app.create_server(
                host=settings.bind_host, port=settings.gateway_port, return_asyncio_server=True
            )
            assert server is not None
            await server.startup()
            await server.before_start()
            await server.after_start()
        except BaseException as error:
            failed.append(error)
            started.set()
            return
        ended.append(asyncio.Event())
        started.set()
        await ended[0].wait()
        await server.before_stop()
        server.close()
        await server.wait_closed()
        for connection in list(server.connections):
            connection.close()
        await server.after_stop()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    assert started.wait(30)
    if failed:
        raise failed[0]
    try:
        yield Running(app.ctx.gateway, loop)
    finally:
        loop.call_soon_threadsafe(ended[0].set)
        thread.join(30)
        assert not thread.is_alive(), "the gateway did not stop"
        loop.close()


def settings_for(database: Database, port: int, **more: str) -> BotSettings:
    return read_bot_settings(environment(database.url("gateway"), port, **more))


__all__ = ["ME", "Running", "Town", "environment", "free_port", "replace", "running", "settings_for"]
