"""200 open live pages and 25 messages a second: `python -m benchmarks.live_pages [--pages 200] [--seconds 60]`

Half of the pages watch the unit's lists, half one conversation each; what people write goes through the whole chain.
Every page loses its connection again and again and comes back with its last id, as a browser does. A page has lost an
event where its conversation's last message came after the last nudge that it got, 10 s after all is quiet. The floor
is the same stream with one page: how long after a commit a nudge comes.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import re
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import psycopg

from benchmarks.platform import cpu_seconds, measured, new_numbers, percentile, show, vendors_of
from benchmarks.throughput import rows_done, say_everything, wait_until_done
from huntred.privacy.links import sign_link
from tests.platform import Platform

_PEOPLE = 100
_WELCOME = ("hola", "sí, acepto", "no, gracias")
_TEXTS = ("gracias", "¿me van a cobrar algo?", "menú", "¿es seguro?", "¿dónde están?")
_ACCOUNT = "whatsapp:amigro"
_QUIET_SECONDS = 10
_SEED = 20261128


@dataclass
class Page:
    """One tab: what it watches, and when it was nudged (seconds of the clock that the database shares)."""

    conversation: UUID | None
    last: str = ""
    nudges: list[float] = field(default_factory=list)
    reconnects: int = 0
    refused: int = 0


def token(secret: str, page: Page) -> str:
    """As backoffice/live_tokens signs it for a consultant of the unit."""
    until = datetime.now(timezone.utc) + timedelta(minutes=10)
    values: dict[str, Any] = {
        "units": ["amigro"], "divisions": [], "conversation": str(page.conversation or ""), "until": until.isoformat(),
        "messaging": False,
    }  # fmt: skip
    return sign_link(secret, "live", values, expires_at=until)


async def watch(client: httpx.AsyncClient, secret: str, page: Page, chance: random.Random, end: asyncio.Event) -> None:
    """Hold the stream for some seconds, lose it, come back with the last id."""
    while not end.is_set():
        held = time.monotonic() + chance.uniform(3.0, 12.0)
        headers = {"Last-Event-ID": page.last} if page.last else {}
        try:
            async with client.stream("GET", "/live", params={"token": token(secret, page)}, headers=headers) as reply:
                if reply.status_code != 200:
                    page.refused += 1
                lines = reply.aiter_lines()
                while not end.is_set() and time.monotonic() < held:
                    async with asyncio.timeout(held - time.monotonic()):
                        line = await anext(lines)
                    if line.startswith("id: "):
                        page.last = line[4:]
                        page.nudges.append(time.time())
        except (TimeoutError, StopAsyncIteration, httpx.HTTPError):
            pass
        page.reconnects += 1
        await asyncio.sleep(chance.uniform(0.0, 2.0))


async def watched(platform: Platform, pages: list[Page], secret: str, talk: Any) -> None:
    """Open the pages, let `talk` run beside them, wait until they are quiet, close them."""
    chance, end = random.Random(_SEED), asyncio.Event()
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=platform.url("backoffice"), timeout=30, limits=limits) as client:
        tasks = [
            asyncio.create_task(watch(client, secret, page, random.Random(chance.random()), end))
            for page in pages
        ]
        await asyncio.sleep(5)
        await asyncio.to_thread(talk)
        await asyncio.sleep(_QUIET_SECONDS)
        end.set()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def resident_mb(pid: int) -> float:
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found.group(1)) / 1024 if found else 0.0


def conversations(platform: Platform, users: list[str]) -> dict[UUID, float]:
    """The people's conversations, and when each was last written in."""
    with psycopg.connect(platform.admin_url) as connection:
        rows = connection.execute(
            "SELECT c.id, extract(epoch FROM c.last_message_at)::float8 FROM conversations c "
            "JOIN chats h ON h.id = c.chat_id WHERE h.user_id = ANY(%s)", (users,),
        ).fetchall()  # fmt: skip
    return dict(rows)


def delays(platform: Platform, pages: list[Page], since: float) -> list[float]:
    """Milliseconds from each message of a watched conversation to the page's next nudge."""
    taken = []
    with psycopg.connect(platform.admin_url) as connection:
        for page in pages:
            rows = connection.execute(
                "SELECT extract(epoch FROM at)::float8 FROM messages "
                "WHERE conversation_id = %s AND at > to_timestamp(%s)", (page.conversation, since),
            ).fetchall()  # fmt: skip
            for (at,) in rows:
                later = [nudge for nudge in page.nudges if nudge >= at]
                if later:
                    taken.append((later[0] - at) * 1000)
    return taken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--rate", type=float, default=25.0, help="messages a second")
    given = parser.parse_args()
    with measured(["amigro"], environment={"FLOOD_MESSAGES": "100000"}) as platform:
        vendors, numbers = vendors_of(platform), new_numbers()
        users = [next(numbers) for _ in range(_PEOPLE)]
        say_everything(vendors, users, _WELCOME)
        wait_until_done(platform, len(users) * len(_WELCOME))
        chats, secret = list(conversations(platform, users)), platform.installation.values["LINK_SECRET"]

        def talk(seconds: float, rate: float) -> None:
            began, done = time.monotonic(), rows_done(platform)
            said = int(seconds * rate)
            for number in range(said):
                time.sleep(max(0.0, began + number / rate - time.monotonic()))
                vendors.send_text(users[number % len(users)], _ACCOUNT, _TEXTS[number % len(_TEXTS)])
            wait_until_done(platform, done + said)

        alone, since = [Page(chats[0])], time.time()
        asyncio.run(watched(platform, alone, secret, lambda: talk(20, 5)))
        floor = delays(platform, alone, since)

        pages = [Page(chats[number % len(chats)] if number % 2 else None) for number in range(given.pages)]
        pid = platform.state()["backoffice"]["pid"]
        before, burnt, since = resident_mb(pid), cpu_seconds(pid), time.time()
        asyncio.run(watched(platform, pages, secret, lambda: talk(given.seconds, given.rate)))
        burnt, seconds = cpu_seconds(pid) - burnt, time.time() - since
        written = conversations(platform, users)
        newest = max(written.values())
        taken = delays(platform, [page for page in pages if page.conversation], since)
        lost = sum(
            max(page.nudges, default=0.0) < (written[page.conversation] if page.conversation else newest)
            for page in pages
        )
        after = resident_mb(pid)
    show(
        pages=len(pages), messages=int(given.seconds * given.rate), reconnects=sum(page.reconnects for page in pages),
        refused=sum(page.refused for page in pages), nudges=sum(len(page.nudges) for page in pages), events_lost=lost,
        nudge_p50_ms=percentile(taken, 0.5), nudge_p95_ms=percentile(taken, 0.95),
        floor_one_page_p50_ms=percentile(floor, 0.5),
        ratio_p50=percentile(taken, 0.5) / percentile(floor, 0.5), backoffice_cpu_share=burnt / seconds,
        memory_before_mb=before, memory_after_mb=after,
    )  # fmt: skip


if __name__ == "__main__":
    main()
