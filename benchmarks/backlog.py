"""How a backlog is worked off, and whether notices hold people up: `python -m benchmarks.backlog [--notices 20000]`

1. The rasa process is paused while many people write; then it goes on. The longest waiting go first, so nobody waits
   much longer than the others: p99 of the wait over its median.
2. People write now and then, first alone (the floor), then while a campaign of notices works through the same queue:
   the time from a message's receipt to its turn's commit, by the database's clock.
"""

from __future__ import annotations

import argparse
import os
import signal
import statistics
import time

import psycopg

from benchmarks.platform import measured, new_numbers, percentile, show, vendors_of
from tests.platform import Platform
from tests.standins.client import StandinsClient

_ACCOUNT = "whatsapp:amigro"
_TEXTS = ("hola", "¿me van a cobrar algo?", "gracias", "¿es seguro?")
_PEOPLE = 150
_LIVE = 60

# People who were told something: a chat and a conversation each, and one notice that is due.
_CAMPAIGN = """
WITH told AS (
    INSERT INTO chats (id, channel_account_id, channel, user_id, unit, due, background)
    SELECT gen_random_uuid(), a.id, a.channel, '52100' || n, a.unit, clock_timestamp(), true
    FROM channel_accounts a, generate_series(1, %s) n WHERE a.channel = 'whatsapp' AND a.unit = 'amigro'
    RETURNING id, channel_account_id, channel, unit
)
INSERT INTO inbox (chat_id, unit, channel_account_id, channel, kind, vendor_id, payload)
SELECT id, unit, channel_account_id, channel, 'notice', 'campaign-' || id,
    jsonb_build_object('kind', 'notice', 'values', jsonb_build_object('response', 'utter_menu', 'values', '{}'::jsonb))
FROM told
"""


def _rows(platform: Platform, query: str, *values: object) -> list[tuple[float, ...]]:
    with psycopg.connect(platform.admin_url) as connection:
        return connection.execute(query, values).fetchall()


def waits_since(platform: Platform, last_id: int) -> list[float]:
    """Seconds that each message of a person after this row waited for its turn's commit."""
    query = (
        "SELECT extract(epoch FROM done_at - received_at)::float FROM inbox"
        " WHERE id > %s AND kind <> 'notice' AND state = 'done'"
    )
    return [row[0] for row in _rows(platform, query, last_id)]


def last_row(platform: Platform) -> int:
    return int(_rows(platform, "SELECT coalesce(max(id), 0) FROM inbox")[0][0])


def wait_for(platform: Platform, last_id: int, messages: int) -> list[float]:
    deadline = time.monotonic() + 300
    while len(waits := waits_since(platform, last_id)) < messages:
        if time.monotonic() > deadline:
            raise SystemExit(f"only {len(waits)} of {messages} messages were done within 300 s")
        time.sleep(0.1)
    return waits


def live(platform: Platform, vendors: StandinsClient, users: list[str]) -> list[float]:
    """One person after the other writes, five a second; how long each waited."""
    before = last_row(platform)
    for number, user in enumerate(users):
        vendors.send_text(user, _ACCOUNT, _TEXTS[number % len(_TEXTS)])
        time.sleep(0.2)
    return wait_for(platform, before, len(users))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notices", type=int, default=20_000)
    notices = parser.parse_args().notices
    with measured(["amigro"]) as platform:
        vendors = vendors_of(platform)
        numbers = new_numbers()
        before = last_row(platform)
        os.kill(platform.pid("rasa"), signal.SIGSTOP)
        for text in _TEXTS[:2]:
            for user in [next(numbers) for _ in range(_PEOPLE)]:
                vendors.send_text(user, _ACCOUNT, text)
        os.kill(platform.pid("rasa"), signal.SIGCONT)
        waits = wait_for(platform, before, 2 * _PEOPLE)
        floor = live(platform, vendors, [next(numbers) for _ in range(_LIVE)])
        with psycopg.connect(platform.admin_url) as connection:
            connection.execute(_CAMPAIGN, (notices,))
        during = live(platform, vendors, [next(numbers) for _ in range(_LIVE)])
        left = int(_rows(platform, "SELECT count(*) FROM inbox WHERE kind = 'notice' AND state = 'waiting'")[0][0])
    show(
        backlog=len(waits), wait_p50_s=statistics.median(waits), wait_p99_s=percentile(waits, 0.99),
        notices=notices, notices_left=left, live_p50_ms=statistics.median(during) * 1000,
        live_p95_ms=percentile(during, 0.95) * 1000, floor_alone_p50_ms=statistics.median(floor) * 1000,
        floor_alone_p95_ms=percentile(floor, 0.95) * 1000,
    )  # fmt: skip
    print(f"p99_over_median={percentile(waits, 0.99) / statistics.median(waits):.2f}")
    print(f"live_over_alone={statistics.median(during) / statistics.median(floor):.2f}")


if __name__ == "__main__":
    main()
