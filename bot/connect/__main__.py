"""`python -m bot.connect --channel whatsapp --unit amigro`; `make connect CHANNEL=whatsapp BU=amigro`.

Answers come from the environment (CONNECT_WHATSAPP_ACCESS_TOKEN …) or are asked for at the terminal.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable, Mapping

import httpx
import psycopg

from bot.connect import mail, pages, slack, telegram, whatsapp, x_dm
from bot.connect.console import Ask, Console, Stop, at_the_keyboard
from bot.connect.job import Job
from bot.connect.store import Store
from contract.encryption import Cipher
from contract.settings import EXIT_MISCONFIGURED, BotSettings, SettingsInvalid, connect_answers, read_bot_settings

CHANNELS: Mapping[str, Callable[[Job], Awaitable[None]]] = {
    "whatsapp": whatsapp.connect,
    "telegram": telegram.connect,
    "messenger": pages.connect_messenger,
    "instagram": pages.connect_instagram,
    "slack": slack.connect,
    "x": x_dm.connect,
    "email": mail.connect,
}
_NOT_FOR_SEXSI = frozenset({"whatsapp", "messenger", "instagram", "slack", "x"})


async def run(settings: BotSettings, channel: str, unit: str, console: Console) -> int:
    """Return 0, or 1 where something is left to mend. settings.database_url: of the tables' owner."""
    try:
        async with (
            await psycopg.AsyncConnection.connect(settings.database_url, autocommit=True) as connection,
            httpx.AsyncClient(timeout=httpx.Timeout(20.0), follow_redirects=False) as http,
        ):
            store = Store(connection, Cipher(settings.encryption_keys))
            units = await store.units()
            if unit not in units:
                raise Stop(f"there is no unit {unit}", f"give one of {', '.join(units)}")
            if unit == "sexsi" and channel in _NOT_FOR_SEXSI:
                raise Stop(f"{channel} does not allow what this unit does", "give it Telegram, the web or mail")
            console.plain(f"{channel} for {units[unit]}")
            await CHANNELS[channel](Job(settings, http, store, console, unit, units[unit]))
    except Stop as stop:
        console.wrong(str(stop), stop.do)
    except httpx.HTTPError as error:
        host = error.request.url.host if error._request is not None else "the vendor"
        console.wrong(f"{host} does not answer: {type(error).__name__}", "look at this machine's way out, run again")
    except psycopg.OperationalError as error:
        console.wrong(f"the database does not let us in: {str(error).splitlines()[0]}", "make up first, then run again")
    if console.faults:
        console.plain(f"{channel} for {unit}: {console.faults} to mend; run the same command again afterwards")
        return 1
    console.plain(f"{channel} for {unit}: connected")
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="make connect", description="Connect a channel of a unit.")
    parser.add_argument("--channel", required=True, choices=sorted(CHANNELS))
    parser.add_argument("--unit", required=True)
    chosen = parser.parse_args()
    logging.getLogger("httpx").setLevel(logging.WARNING)  # its lines name addresses, and Telegram's hold the token
    try:
        settings = read_bot_settings()
    except SettingsInvalid as error:
        print(f"connect: {error}", file=sys.stderr)  # noqa: T201
        return EXIT_MISCONFIGURED
    ask: Ask | None = at_the_keyboard if sys.stdin.isatty() else None
    return asyncio.run(run(settings, chosen.channel, chosen.unit, Console(chosen.channel, connect_answers(), ask=ask)))


if __name__ == "__main__":
    sys.exit(main())
