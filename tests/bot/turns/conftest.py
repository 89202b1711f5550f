"""A trained small bot, an action server that can be told to fail, and a lane to put messages into."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
import pytest_asyncio
from aiohttp import web
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from bot import train
from bot.agents import UnitAgent, load_agent, model_of
from bot.endpoint import ActionEndpoint
from bot.lane import Lane
from bot.processor import speed_up_reply_validation
from bot.store import open_pool
from bot.worker import Worker
from contract.ids import new_id
from contract.message import Inbound
from tests.bed import Database
from tests.bot.turns import small_bot
from tests.bot.turns.nursery import Nursery

SECRET = "a secret of the tests"


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("small_bot")
    small_bot.write(root)
    train.train(root, "amigro", root / "models")
    return root / "models"


@pytest.fixture(scope="session")
def nursery(models: Path) -> Iterator[Nursery]:
    home = Nursery.open(models, SECRET)
    yield home
    home.close()


@dataclass
class ActionServer:
    """Answers as the SDK does. mode: ok, 500, 503, hang, html, wrong_shape, reject."""

    mode: str = "ok"
    calls: list[dict[str, Any]] = field(default_factory=list)
    keys: Counter[str] = field(default_factory=Counter)
    port: int = 0

    async def answer(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.calls.append(body)
        self.keys[request.headers["Idempotency-Key"]] += 1
        assert request.headers["X-Actions-Secret"] == SECRET
        if self.mode == "hang":
            await asyncio.sleep(30)
        if self.mode in ("500", "503"):
            return web.json_response({"error": "broken"}, status=int(self.mode))
        if self.mode == "html":
            return web.Response(text="<html>gateway</html>", content_type="text/html")
        if self.mode == "wrong_shape":
            return web.json_response([1, 2])
        name = body["next_action"]
        if self.mode == "reject" and name == "validate_form_name":
            return web.json_response({"action_name": "form_name", "error": "no"}, status=400)
        if name.startswith("validate_"):
            slots = [e for e in body["tracker"]["events"] if e["event"] == "slot" and e["name"] == "name"]
            return web.json_response({"events": slots[-1:], "responses": []})
        return web.json_response({"events": [], "responses": [{"text": "Apartado."}]})


@pytest_asyncio.fixture
async def actions() -> AsyncIterator[ActionServer]:
    server = ActionServer()
    app = web.Application()
    app.router.add_post("/webhook", server.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
    yield server
    await runner.cleanup()


@dataclass
class World:
    """The database as the gateway leaves it, and what came of it."""

    connection: psycopg.Connection[dict[str, Any]]
    account: UUID
    count: int = 0

    def arrive(self, user: str, text: str = "", kind: str = "text", vendor_id: str = "", **inbound: Any) -> int:
        """Put one event into the lane, as the gateway does."""
        self.count += 1
        payload = Inbound(kind=kind, text=text, **inbound)  # type: ignore[arg-type]
        with self.connection.transaction():
            self.connection.execute(
                "INSERT INTO chats (id, channel_account_id, channel, user_id, unit) VALUES (%s, %s, 'whatsapp', %s,"
                " 'amigro') ON CONFLICT DO NOTHING",
                (new_id(), self.account, user),
            )
            chat = self.row("SELECT id FROM chats WHERE user_id = %s FOR UPDATE", user)["id"]
            row = self.connection.execute(
                "INSERT INTO inbox (chat_id, channel_account_id, channel, kind, vendor_id, payload)"
                " VALUES (%s, %s, 'whatsapp', %s, %s, %s) ON CONFLICT DO NOTHING RETURNING id",
                (chat, self.account, kind, vendor_id or f"m{self.count}", Jsonb(payload.as_json())),
            ).fetchone()
            self.connection.execute("UPDATE chats SET due = clock_timestamp() WHERE id = %s AND due IS NULL", (chat,))
        return int(row["id"]) if row else 0

    def row(self, query: str, *values: Any) -> dict[str, Any]:
        found = self.connection.execute(query, values).fetchone()
        assert found is not None
        return found

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        return self.connection.execute(query, values).fetchall()

    def said(self, user: str) -> list[str]:
        """What was said to a person, in order."""
        return [
            row["payload"].get("text", "")
            for row in self.rows(
                "SELECT o.payload FROM outbox o JOIN chats c ON c.id = o.chat_id WHERE c.user_id = %s ORDER BY o.id",
                user,
            )
        ]

    def waiting(self) -> int:
        return int(self.row("SELECT count(*) AS n FROM inbox WHERE state = 'waiting'")["n"])


@pytest.fixture
def world(database: Database) -> Iterator[World]:
    with psycopg.connect(database.admin_url, autocommit=True, row_factory=dict_row) as connection:
        connection.execute("INSERT INTO units (code, name) VALUES ('amigro', 'Amigro'), ('huntu', 'huntU')")
        app, account = new_id(), new_id()
        connection.execute(
            "INSERT INTO channel_apps (id, channel, name, secrets) VALUES (%s, 'whatsapp', 'demo', '')", (app,)
        )
        connection.execute(
            "INSERT INTO channel_accounts (id, unit, app_id, channel, external_id, name, secrets)"
            " VALUES (%s, 'amigro', %s, 'whatsapp', '100', 'Amigro', '')",
            (account, app),
        )
        yield World(connection, account)


@pytest_asyncio.fixture
async def agent(models: Path, actions: ActionServer) -> AsyncIterator[UnitAgent]:
    speed_up_reply_validation()
    endpoint = ActionEndpoint(f"http://127.0.0.1:{actions.port}/webhook", SECRET, 0.5)
    yield load_agent(model_of(models, "amigro"), "amigro", endpoint)
    await endpoint.close()


@dataclass
class Running:
    """A worker in this process."""

    worker: Worker
    lane: Lane
    world: World

    async def settle(self, seconds: float = 90) -> None:
        """Wait until nothing waits any more. Raises AssertionError where something still does."""
        deadline = asyncio.get_running_loop().time() + seconds
        self.worker.wake()
        while asyncio.get_running_loop().time() < deadline:
            open_ = self.world.row("SELECT count(*) AS n FROM chats WHERE due IS NOT NULL")["n"]
            if not open_ and not self.worker._running:
                return
            await asyncio.sleep(0.02)
        raise AssertionError(f"still waiting: {self.world.rows('SELECT id, state, error FROM inbox')}")


@pytest_asyncio.fixture
async def running(database: Database, world: World, agent: UnitAgent) -> AsyncIterator[Running]:
    pool = open_pool(database.url("bot"), 6)
    lane = Lane(pool, ["amigro"], lease=5.0, burst=0.0)
    worker = Worker(lane, {"amigro": agent}, lease=5.0)
    task = asyncio.create_task(worker.run())
    yield Running(worker, lane, world)
    worker.stop()
    await asyncio.wait_for(task, 10)
    pool.close()


def events_of(world: World, user: str) -> list[dict[str, Any]]:
    """The stored tracker of a person's conversation."""
    return [
        row["event"]
        for row in world.rows(
            "SELECT t.event FROM tracker_events t JOIN conversations v ON v.id = t.conversation_id"
            " JOIN chats c ON c.id = v.chat_id WHERE c.user_id = %s ORDER BY t.seq",
            user,
        )
    ]


__all__ = ["ActionServer", "Running", "World", "events_of"]
