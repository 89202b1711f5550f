"""Whether a long conversation answers as fast as a new one: `python -m benchmarks.long_conversation [--events 2000]`

One person writes until the conversation has so many events; then people who wrote a few messages and the one with the
long conversation write in turns, and what is compared is the time from the message's receipt to its turn's commit, by
the database's clock. The floor is the short conversation, in the same run.
"""

from __future__ import annotations

import argparse
import statistics
import time

import psycopg

from benchmarks.platform import measured, new_numbers, percentile, show, vendors_of
from tests.platform import Platform
from tests.standins.client import StandinsClient

_ACCOUNT = "whatsapp:amigro"
_TEXTS = ("¿me van a cobrar algo?", "gracias", "¿qué papeles necesito?", "¿es seguro?", "¿eres un robot?")
_ROUNDS = 40
_AT_ONCE = 40

_EVENTS = """
SELECT count(*) FROM tracker_events t JOIN conversations v ON v.id = t.conversation_id
JOIN chats c ON c.id = v.chat_id WHERE c.user_id = %s
"""
_LAST = """
SELECT extract(epoch FROM i.done_at - i.received_at)::float FROM inbox i JOIN chats c ON c.id = i.chat_id
WHERE c.user_id = %s AND i.state = 'done' ORDER BY i.id DESC LIMIT 1
"""


def _value(platform: Platform, query: str, user: str) -> float:
    with psycopg.connect(platform.admin_url) as connection:
        row = connection.execute(query, (user,)).fetchone()
    return float(row[0]) if row else 0.0


def _settled(platform: Platform) -> None:
    deadline = time.monotonic() + 300
    with psycopg.connect(platform.admin_url, autocommit=True) as connection:
        while True:
            row = connection.execute("SELECT count(*) FROM inbox WHERE state = 'waiting'").fetchone()
            if row is not None and row[0] == 0:
                return
            if time.monotonic() > deadline:
                raise SystemExit(f"{row} messages still wait after 300 s")
            time.sleep(0.02)


def answered_in(platform: Platform, vendors: StandinsClient, user: str, text: str) -> float:
    """Say something alone and return the seconds until its turn was committed."""
    vendors.send_text(user, _ACCOUNT, text)
    _settled(platform)
    return _value(platform, _LAST, user)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=2000)
    wanted = parser.parse_args().events
    with measured(["amigro"], environment={"FLOOD_MESSAGES": "1000000"}) as platform:
        vendors = vendors_of(platform)
        numbers = new_numbers()
        long_one, short = next(numbers), next(numbers)
        for user in (long_one, short):
            answered_in(platform, vendors, user, "hola")
        while _value(platform, _EVENTS, long_one) < wanted:
            for number in range(_AT_ONCE):
                vendors.send_text(long_one, _ACCOUNT, _TEXTS[number % len(_TEXTS)])
            _settled(platform)
        events = int(_value(platform, _EVENTS, long_one))
        times: dict[str, list[float]] = {long_one: [], short: []}
        for number in range(_ROUNDS):
            if number % 10 == 0:  # never more than a few messages
                short = next(numbers)
                times[short] = []
                answered_in(platform, vendors, short, "hola")
            for user in (long_one, short):
                times[user].append(answered_in(platform, vendors, user, _TEXTS[number % len(_TEXTS)]))
    long_times = times.pop(long_one)
    new_times = [one for several in times.values() for one in several]
    show(
        events=events,
        long_p50_ms=statistics.median(long_times) * 1000,
        long_p95_ms=percentile(long_times, 0.95) * 1000,
        floor_new_p50_ms=statistics.median(new_times) * 1000,
        floor_new_p95_ms=percentile(new_times, 0.95) * 1000,
    )
    print(f"ratio={statistics.median(long_times) / statistics.median(new_times):.2f}")


if __name__ == "__main__":
    main()
