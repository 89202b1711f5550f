"""The gateway process: `python -m bot.gateway`.

Hosts the connectors of credentials.yml without a model, stores what comes in, and sends the outbox. Built here, from
settings; everything it does is in the modules it puts together.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import socket
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg
import rasa.core.channels.channel
import rasa.shared.utils.common
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from psycopg_pool import PoolTimeout
from ruamel.yaml import YAML
from sanic import Sanic
from sanic.http import Http
from sanic.request import Request
from sanic.response import HTTPResponse, json, raw

from bot import metrics
from bot.accounts import Directory
from bot.channels.connector import Connector, Sender, Services
from bot.channels.web_spread import Spread
from bot.database import SchemaMissing, check_schema, make_pool
from bot.floods import Floods, flood_lines
from bot.intake import Intake
from bot.limits import Limits
from bot.limits_shared import SharedBuckets
from bot.media.fetching import Fetching
from bot.media.keeper import LEASE_SECONDS, MediaKeeper
from bot.media.queue import MediaQueue
from bot.media.shelf import Shelf
from bot.members import Members
from bot.outbox import Outbox
from bot.rates import Rates
from bot.replay import Replay
from bot.sending import Sending
from bot.sessions import Hub
from bot.wakeup import Wakeup
from bot.web_client import vendor_client
from contract.encryption import Cipher
from contract.metrics_access import may_read_metrics
from contract.settings import EXIT_MISCONFIGURED, BotSettings, SettingsInvalid, read_bot_settings

logger = logging.getLogger("bot.gateway")

CREDENTIALS = Path(__file__).resolve().parent.parent / "credentials.yml"
_MOST_BODY_BYTES = 8 << 20
_STOP_SECONDS = 15

_BACKLOG = """
SELECT 'inbox', count(*), coalesce(extract(epoch FROM now() - min(i.received_at)), 0)
FROM inbox i JOIN chats c ON c.id = i.chat_id WHERE i.state = 'waiting' AND c.due IS NOT NULL
UNION ALL
SELECT 'outbox', count(*), coalesce(extract(epoch FROM now() - min(created_at)), 0)
FROM outbox WHERE state IN ('waiting', 'sending') AND (due IS NULL OR due <= now())
"""


def load_connectors(path: Path = CREDENTIALS) -> list[Connector]:
    """Make the connectors that credentials.yml names."""
    with path.open(encoding="utf-8") as stream:
        named = YAML(typ="safe").load(stream) or {}
    return [
        rasa.shared.utils.common.class_from_module_path(name).from_credentials(values) for name, values in named.items()
    ]


@dataclass
class Gateway:
    """The parts of a running gateway, made inside the server's loop."""

    settings: BotSettings
    connectors: Sequence[Connector]
    stopping: bool = False
    _tasks: list[asyncio.Task[Any]] = field(default_factory=list)
    _health: web.AppRunner | None = None

    async def open(self) -> None:
        """Connect, read the accounts, begin to send."""
        settings = self.settings
        self.pool = make_pool(settings.database_url, size=12, name="gateway")
        await self.pool.open(wait=True, timeout=10)
        cipher = Cipher(settings.encryption_keys)
        self.directory = Directory(self.pool, cipher)
        await self.directory.refresh()
        self.hub = Hub()
        self.http = vendor_client(
            timeout=httpx.Timeout(min(10.0, max(1.0, settings.lease * 0.7)), connect=5.0),
            connections=300,
            idle=40,
        )
        spread = Spread(self.pool, self.hub)
        self.hub.elsewhere = spread
        self.wakeup = Wakeup(settings.database_url, self.pool, self._heard, spread)
        floods = Floods(settings.flood_messages, settings.flood_seconds, lines=flood_lines())
        self.intake = Intake(
            self.pool, burst_window=settings.burst_window, wake=self.wakeup.tell, floods=floods
        )
        services = Services(settings, self.pool, self.directory, self.intake, self.http, self.hub)
        senders: dict[str, Sender] = {}
        for connector in self.connectors:
            connector.attach(services)
            sender = connector.get_output_channel()
            if isinstance(sender, Sender):
                senders[sender.name()] = sender
        self.shared = SharedBuckets(settings.redis_url)
        self.members = Members(settings.database_url)
        await self.members.look()
        rates = Rates(Limits(settings.mail_per_second), self.shared, self.members)
        await rates.open()
        self.sending = Sending(Outbox(self.pool, lease=settings.lease), self.directory, senders, rates)
        if settings.health_port:
            self._health = await self._serve_health(settings.health_port)
        keeper = MediaKeeper(
            MediaQueue(self.pool, lease=LEASE_SECONDS), self.directory, Fetching(settings, self.http),
            Shelf(Path(settings.media_dir)), self.wakeup.tell,
        )  # fmt: skip
        self._tasks = [
            asyncio.ensure_future(self.directory.keep_fresh()),
            asyncio.ensure_future(self.wakeup.listen()),
            asyncio.ensure_future(self.members.keep_looking()),
            asyncio.ensure_future(rates.keep_reaching()),
            asyncio.ensure_future(self.sending.run()),
            asyncio.ensure_future(Replay(self.pool, self.directory, self.intake, self.connectors).run()),
            asyncio.ensure_future(keeper.run()),
            *(asyncio.ensure_future(work) for connector in self.connectors for work in connector.background()),
        ]

    async def _serve_health(self, port: int) -> web.AppRunner:
        """Where several gateways share a port, each tells of itself on one of its own."""

        async def health(request: web.Request) -> web.Response:
            well = await self.measure()
            return web.json_response({"process": "gateway", "database": well}, status=200 if well else 503)

        async def figures(request: web.Request) -> web.Response:
            if not may_read_metrics(self.settings.metrics_token, request.headers, request.remote):
                return web.Response(status=404)
            await self.measure()
            return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})

        app = web.Application()
        app.router.add_get("/health", health)
        app.router.add_get("/metrics", figures)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, self.settings.bind_host, port).start()
        return runner

    def _heard(self) -> None:
        self.sending.wake()

    async def close(self) -> None:
        """Finish what is under way, then let go."""
        await self.sending.stop()
        await self.intake.drain()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._health is not None:
            await self._health.cleanup()
        await self.http.aclose()
        await self.shared.close()
        await self.members.close()
        await self.pool.close()

    async def measure(self) -> bool:
        """Read the backlog for /metrics; False where the database does not answer."""
        try:
            async with self.pool.connection(timeout=2) as connection:
                cursor = await connection.execute(_BACKLOG)
                for table, count, age in await cursor.fetchall():
                    metrics.waiting.labels(table).set(float(count))
                    metrics.oldest.labels(table).set(float(age))
        except (psycopg.Error, PoolTimeout):
            return False
        return True


def make_app(
    settings: BotSettings, connectors: Sequence[Connector] | None = None, *, name: str = "gateway"
) -> Sanic[Any, Any]:
    """Return the Sanic app with every connector's routes."""
    app = Sanic(name, configure_logging=False)
    app.config.REQUEST_MAX_SIZE = _MOST_BODY_BYTES
    app.config.GRACEFUL_SHUTDOWN_TIMEOUT = _STOP_SECONDS
    app.config.FALLBACK_ERROR_FORMAT = "json"
    app.config.WEBSOCKET_MAX_SIZE = 1 << 16
    chosen = load_connectors() if connectors is None else list(connectors)
    gateway = Gateway(settings, chosen)
    app.ctx.gateway = gateway
    rasa.core.channels.channel.register(chosen, app, route="/webhooks/")

    @app.listener("before_server_start")
    async def start(app: Sanic[Any, Any], loop: Any) -> None:
        await gateway.open()

    @app.listener("after_server_stop")
    async def stop(app: Sanic[Any, Any], loop: Any) -> None:
        await gateway.close()

    @app.listener("before_server_stop")
    async def begin_to_stop(app: Sanic[Any, Any], loop: Any) -> None:
        gateway.stopping = True

    @app.on_request
    async def let_go(request: Request) -> None:
        """While stopping, answer and close: vendors keep their connections busy and the stop would wait for them."""
        if gateway.stopping and isinstance(request.stream, Http):
            request.stream.keep_alive = False

    @app.get("/health")
    async def health(request: Request) -> HTTPResponse:
        well = await gateway.measure()
        return json({"process": "gateway", "database": well}, status=200 if well else 503)

    @app.get("/metrics")
    async def show_metrics(request: Request) -> HTTPResponse:
        # Vendors reach this port, and with them anybody.
        if not may_read_metrics(settings.metrics_token, request.headers, request.ip):
            return json({"status": "not found"}, status=404)
        await gateway.measure()
        return raw(generate_latest(), content_type=CONTENT_TYPE_LATEST)

    return app


async def _settle(app: Sanic[Any, Any], loop: Any) -> None:
    """What is loaded stays: to look through it again and again would hold up answers for tens of milliseconds."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def main() -> int:
    """Run until SIGTERM. Returns the exit status."""
    try:
        settings = read_bot_settings()
    except SettingsInvalid as error:
        print(f"gateway: {error}", file=sys.stderr)  # noqa: T201
        return EXIT_MISCONFIGURED
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("sanic.access").setLevel(logging.WARNING)
    try:
        asyncio.run(check_schema(settings.database_url))
        # Bound here: Sanic would log a taken port and end as if all were well. Several gateways share it, and the
        # kernel deals out the connections.
        listening = socket.create_server(
            (settings.bind_host, settings.gateway_port), backlog=512, reuse_port=settings.gateway_processes > 1
        )
        app = make_app(settings)
        app.register_listener(_settle, "after_server_start")
        app.run(sock=listening, workers=1, debug=False, access_log=False, motd=False)
    except OSError as error:
        where = f"{settings.bind_host}:{settings.gateway_port}"
        print(f"gateway: cannot listen on {where}: {error.strerror or error}", file=sys.stderr)  # noqa: T201
        return 1
    except (SchemaMissing, psycopg.OperationalError) as error:
        print(f"gateway: {str(error).splitlines()[0]}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
