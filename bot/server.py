"""The Rasa process: loads the agents of its units, then takes the inbox. `python -m bot.server`"""

from __future__ import annotations

from bot.quiet import quieten

quieten()

# Rasa and TensorFlow come after, so that they find their environment as `quieten` set it.
import asyncio  # noqa: E402
import logging  # noqa: E402
import signal  # noqa: E402
import sys  # noqa: E402
import threading  # noqa: E402
from collections.abc import Callable, Mapping  # noqa: E402
from pathlib import Path  # noqa: E402

import psycopg  # noqa: E402
from aiohttp import web  # noqa: E402
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest  # noqa: E402
from psycopg import sql  # noqa: E402

from bot.agents import ModelMissing  # noqa: E402
from bot.endpoint import ActionEndpoint  # noqa: E402
from bot.lane import Lane  # noqa: E402
from bot.models import Models  # noqa: E402
from bot.processor import speed_up_reply_validation  # noqa: E402
from bot.store import open_pool  # noqa: E402
from bot.worker import Worker  # noqa: E402
from contract.metrics_access import may_read_metrics  # noqa: E402
from contract.settings import EXIT_MISCONFIGURED, BotSettings, SettingsInvalid, read_bot_settings  # noqa: E402

logger = logging.getLogger(__name__)
_PARALLEL = 8
_MODELS_SWEEP = 15.0


def every(seconds: float, work: Callable[[], None], stopped: threading.Event) -> threading.Thread:
    """Repeat in a thread: a prediction blocks the event loop, and a lease must not end meanwhile."""

    def repeat() -> None:
        while not stopped.wait(seconds):
            try:
                work()
            except Exception as error:
                logger.warning("leases could not be renewed: %s", error)

    thread = threading.Thread(target=repeat, name="leases", daemon=True)
    thread.start()
    return thread


def _listen(
    settings: BotSettings, heard: Mapping[str, Callable[[], object]], stopped: threading.Event
) -> threading.Thread:
    """Call what hears a channel at every NOTIFY of it; behind it all of them sweep, so that none is ever needed."""

    def listen() -> None:
        while not stopped.is_set():
            try:
                with psycopg.connect(settings.database_url, autocommit=True) as connection:
                    for channel, call in heard.items():
                        connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
                        call()
                    while not stopped.is_set():
                        for notification in connection.notifies(timeout=1.0, stop_after=1):
                            heard[notification.channel]()
            except psycopg.Error as error:
                logger.warning("notifications are interrupted: %s", error)
                stopped.wait(1.0)

    thread = threading.Thread(target=listen, name="listen", daemon=True)
    thread.start()
    return thread


async def _keep_models(models: Models, worker: Worker, published: asyncio.Event) -> None:
    """Go on with what is published, soon after it is."""
    while True:
        try:
            await asyncio.wait_for(published.wait(), _MODELS_SWEEP)
        except asyncio.TimeoutError:
            pass
        published.clear()
        try:
            await models.refresh(worker.replace_agent)
        except Exception as error:
            logger.warning("the published models cannot be read: %s", error)


async def _serve_health(settings: BotSettings, models: Models) -> web.AppRunner:
    async def health(request: web.Request) -> web.Response:
        return web.json_response({"status": "ok", "units": list(settings.units), "models": models.names})

    async def figures(request: web.Request) -> web.Response:
        if not may_read_metrics(settings.metrics_token, request.headers, request.remote):
            return web.Response(status=404)
        return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    app = web.Application()
    app.router.add_get("/health", health)
    app.router.add_get("/metrics", figures)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, settings.bind_host, settings.rasa_port).start()
    return runner


async def serve(settings: BotSettings) -> None:
    """Run until SIGTERM or SIGINT; turns that are under way are finished first."""
    speed_up_reply_validation()
    pool = open_pool(settings.database_url, _PARALLEL + 2)
    endpoint = ActionEndpoint(f"{settings.actions_url}/webhook", settings.actions_secret, settings.action_timeout)
    models = Models(pool, Path(settings.models_dir), settings.units, endpoint)
    agents = await models.load_all()
    lane = Lane(pool, settings.units, lease=settings.lease, burst=settings.burst_window)
    worker = Worker(lane, agents, lease=settings.lease, parallel=_PARALLEL)
    loop = asyncio.get_running_loop()
    stopped = threading.Event()

    published = asyncio.Event()
    heard: dict[str, Callable[[], object]] = {
        "inbox": lambda: loop.call_soon_threadsafe(worker.wake),
        "models": lambda: loop.call_soon_threadsafe(published.set),
    }
    threads = [
        every(settings.lease / 3, worker.renew_leases, stopped),
        _listen(settings, heard, stopped),
    ]
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, worker.stop)
    runner = await _serve_health(settings, models)
    keeping = asyncio.create_task(_keep_models(models, worker, published))
    logger.info("ready: %s", ", ".join(agents))
    await worker.run()
    keeping.cancel()
    stopped.set()
    await runner.cleanup()
    await endpoint.close()
    for thread in threads:
        thread.join(timeout=2)
    pool.close()


def main() -> int:
    try:
        settings = read_bot_settings()
        logging.getLogger("bot").setLevel(settings.log_level)
        asyncio.run(serve(settings))
    except SettingsInvalid as error:
        print(error, file=sys.stderr)
        return EXIT_MISCONFIGURED
    except ModelMissing as error:
        print(error, file=sys.stderr)
        return EXIT_MISCONFIGURED
    return 0


if __name__ == "__main__":
    sys.exit(main())
