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
from collections.abc import Callable  # noqa: E402
from pathlib import Path  # noqa: E402

import psycopg  # noqa: E402
from aiohttp import web  # noqa: E402

from bot.agents import ModelMissing, load_agent, warm_up  # noqa: E402
from bot.endpoint import ActionEndpoint  # noqa: E402
from bot.lane import Lane  # noqa: E402
from bot.processor import speed_up_reply_validation  # noqa: E402
from bot.store import open_pool  # noqa: E402
from bot.worker import Worker  # noqa: E402
from contract.settings import EXIT_MISCONFIGURED, BotSettings, SettingsInvalid, read_bot_settings  # noqa: E402

logger = logging.getLogger(__name__)
_PARALLEL = 8


def _every(seconds: float, work: Callable[[], None], stopped: threading.Event) -> threading.Thread:
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


def _listen(settings: BotSettings, wake: Callable[[], None], stopped: threading.Event) -> threading.Thread:
    """Wake the worker at every NOTIFY inbox; behind it the worker polls, so that none is ever needed."""

    def listen() -> None:
        while not stopped.is_set():
            try:
                with psycopg.connect(settings.database_url, autocommit=True) as connection:
                    connection.execute("LISTEN inbox")
                    wake()
                    while not stopped.is_set():
                        for _ in connection.notifies(timeout=1.0, stop_after=1):
                            wake()
            except psycopg.Error as error:
                logger.warning("notifications are interrupted: %s", error)
                stopped.wait(1.0)

    thread = threading.Thread(target=listen, name="listen", daemon=True)
    thread.start()
    return thread


async def _serve_health(settings: BotSettings, units: list[str]) -> web.AppRunner:
    async def health(request: web.Request) -> web.Response:
        return web.json_response({"status": "ok", "units": units})

    app = web.Application()
    app.router.add_get("/health", health)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, settings.bind_host, settings.rasa_port).start()
    return runner


async def serve(settings: BotSettings) -> None:
    """Run until SIGTERM or SIGINT; turns that are under way are finished first."""
    speed_up_reply_validation()
    pool = open_pool(settings.database_url, _PARALLEL + 2)
    endpoint = ActionEndpoint(f"{settings.actions_url}/webhook", settings.actions_secret, settings.action_timeout)
    agents = {}
    for unit in settings.units:
        agents[unit] = load_agent(Path(settings.models_dir), unit, endpoint)
        await warm_up(agents[unit])
    lane = Lane(pool, settings.units, lease=settings.lease, burst=settings.burst_window)
    worker = Worker(lane, agents, lease=settings.lease, parallel=_PARALLEL)
    loop = asyncio.get_running_loop()
    stopped = threading.Event()

    def wake() -> None:
        loop.call_soon_threadsafe(worker.wake)

    threads = [
        _every(settings.lease / 3, worker.renew_leases, stopped),
        _listen(settings, wake, stopped),
    ]
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, worker.stop)
    runner = await _serve_health(settings, list(agents))
    logger.info("ready: %s", ", ".join(agents))
    await worker.run()
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
