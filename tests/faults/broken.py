"""What the checker must notice: the real processes with one guarantee removed. Only for tests of the checker.

The file `broken` beside the models names what is removed: `dedup`, `lock`, `transaction`; `crash` removes nothing, and
dies where `transaction` dies.
"""

from __future__ import annotations

import os
import random
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

FILE = "broken"
_MOST_CRASHES = 1
_CRASH_SHARE = 0.08


def _folder() -> Path:
    return Path(os.environ["MODELS_DIR"])


def _removed() -> str:
    file = _folder() / FILE
    return file.read_text().strip() if file.exists() else ""


def break_gateway() -> None:
    """dedup: every webhook's events count as new."""
    if _removed() != "dedup":
        return
    from bot import storing
    from bot.arrivals import Arrival

    whole = storing.write

    async def write(connection: Any, events: Any, *rest: Any, **named: Any) -> Any:
        renamed = [
            replace(event, vendor_id=f"{event.vendor_id}#{uuid4().hex[:8]}") if isinstance(event, Arrival) else event
            for event in events
        ]
        return await whole(connection, renamed, *rest, **named)

    storing.write = write  # type: ignore[assignment]


def break_rasa() -> None:
    """lock: chats are not leased, and whoever commits is taken for the holder.

    transaction: the tracker is saved before the rest, as stock Rasa does, and the process dies in between, once.
    """
    removed = _removed()
    if removed == "lock":
        _unlock()
    elif removed in ("transaction", "crash"):
        _split(split=removed == "transaction")


def _unlock() -> None:
    from bot.lane import Lane
    from bot.store import transaction

    take, commit, pin = Lane.take, Lane.commit, Lane.pin_parse

    def unleased(self: Any, *given: Any, **named: Any) -> Any:
        found, turn = take(self, *given, **named)
        if turn is not None:
            with transaction(self._pool, turn.unit) as connection:
                connection.execute(
                    "UPDATE chats SET token = NULL, due = clock_timestamp() + interval '5 ms' WHERE id = %s",
                    (turn.chat_id,),
                )
        return found, turn

    def unguarded(self: Any, turn: Any, *given: Any, **named: Any) -> Any:
        with transaction(self._pool, turn.unit) as connection:
            connection.execute("UPDATE chats SET token = %s WHERE id = %s", (turn.token, turn.chat_id))
            row = connection.execute(
                "SELECT version, (SELECT coalesce(max(seq), 0) AS seq FROM tracker_events WHERE conversation_id = v.id)"
                " FROM conversations v WHERE id = %s", (turn.conversation_id,),
            ).fetchone()  # fmt: skip
            assert row is not None
            turn.version, turn.last_seq = row["version"], row["seq"]
        return commit(self, turn, *given, **named)

    def unchecked(self: Any, turn: Any, parse: Any) -> None:
        with transaction(self._pool, turn.unit) as connection:
            connection.execute("UPDATE chats SET token = %s WHERE id = %s", (turn.token, turn.chat_id))
        pin(self, turn, parse)

    Lane.take, Lane.commit, Lane.pin_parse = unleased, unguarded, unchecked  # type: ignore[method-assign, assignment]


def _split(*, split: bool) -> None:
    from bot import turn_writing
    from bot.lane import Lane
    from bot.store import transaction

    pools: list[Any] = []
    write, made = turn_writing.events, Lane.__init__

    def remember(self: Any, pool: Any, *given: Any, **named: Any) -> None:
        pools.append(pool)
        made(self, pool, *given, **named)

    def events(connection: Any, turn: Any, fresh: Any) -> None:
        if split:
            with transaction(pools[0], turn.unit) as other:
                write(other, turn, fresh)
        else:
            write(connection, turn, fresh)
        crashes = _folder() / "crashes"
        count = len(crashes.read_text()) if crashes.exists() else 0
        if count < _MOST_CRASHES and random.random() < _CRASH_SHARE:
            crashes.write_text("x" * (count + 1))
            os.kill(os.getpid(), signal.SIGKILL)

    Lane.__init__ = remember  # type: ignore[method-assign, assignment]
    turn_writing.events = events
