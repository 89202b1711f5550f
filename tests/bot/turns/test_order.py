"""The vendor's order, as far as it tells one, and who waits for whom."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timedelta, timezone

import pytest

from bot.lane import Lane
from bot.order import in_order, is_late, of_one_turn
from bot.store import open_pool
from bot.turn import InboxRow
from contract.message import Inbound
from tests.bed import Database
from tests.bot.turns.conftest import Running, World

NOON = datetime(2026, 11, 22, 12, tzinfo=timezone.utc)


def row(
    id_: int, at: float | None = None, *, seq: int | None = None, kind: str = "text", turn: int | None = None
) -> InboxRow:
    """A waiting row that arrived as the id_-th. at: seconds after noon, by the vendor's clock."""
    return InboxRow(
        id_, kind, f"m{id_}", Inbound(kind=kind), NOON + timedelta(seconds=id_), turn, None, 0,  # type: ignore[arg-type]
        vendor_at=None if at is None else NOON + timedelta(seconds=at), vendor_seq=seq,
    )  # fmt: skip


def ids(rows: list[InboxRow]) -> list[int]:
    return [one.id for one in rows]


@pytest.mark.parametrize(
    ("rows", "taken"),
    [
        ([row(1, 9), row(2, 5), row(3, 7)], [2, 3, 1]),
        # One second of the vendor's clock holds several: then as they arrived, or as its sequence says.
        ([row(1, 5), row(2, 5), row(3, 5)], [1, 2, 3]),
        ([row(1, 5, seq=12), row(2, 5, seq=10), row(3, 5, seq=11)], [2, 3, 1]),
        # A sequence of all of them counts before the clock: an edit carries the old message's time.
        ([row(1, 5, seq=10), row(2, 1, seq=11)], [1, 2]),
        ([row(1, 9), row(2, kind="notice"), row(3, 5)], [3, 2, 1]),
        ([row(1), row(2, 9), row(3, 5)], [1, 3, 2]),
        ([row(1, 9, turn=1), row(2, 5)], [1, 2]),
        ([row(1, 9), row(2, 8, turn=2), row(3, 1)], [2, 3, 1]),
    ],
)  # fmt: skip
def test_the_vendors_order_counts_as_far_as_it_tells_one(rows: list[InboxRow], taken: list[int]) -> None:
    assert ids(in_order(rows)) == taken


def test_a_burst_is_one_turn_in_the_vendors_order() -> None:
    assert ids(of_one_turn(in_order([row(1, 9), row(2, 5), row(3, 7)]), 5.0)) == [2, 3, 1]


def test_what_belongs_before_a_handled_one_is_late() -> None:
    heard_at = NOON + timedelta(seconds=6)
    assert is_late(row(3, 5), heard_at, None)
    assert not is_late(row(3, 6), heard_at, None)
    assert not is_late(row(3), heard_at, 10)
    assert is_late(row(3, 6, seq=9), heard_at, 10)
    assert not is_late(row(3, 1, seq=11), heard_at, 10)
    assert not is_late(row(3, 5, kind="notice"), heard_at, None)
    # After a week of rest a vendor may count from anywhere.
    assert not is_late(row(3, 700, seq=2), heard_at, 10)


async def test_shuffled_messages_are_answered_in_the_vendors_order(running: Running, world: World) -> None:
    with world.connection.transaction():
        later = world.arrive("ana", "Ana López")
        earlier = world.arrive("ana", "quiero apartar una cita")
        for id_, at in ((later, 9), (earlier, 5)):
            world.connection.execute(
                "UPDATE inbox SET vendor_at = %s WHERE id = %s", (NOON + timedelta(seconds=at), id_)
            )
    await running.settle()
    assert world.said("ana") == ["¿Cómo te llamas?", "Apartado.", "Gracias, Ana López."]
    assert not world.rows("SELECT id FROM inbox WHERE late")

    with world.connection.transaction():
        belated = world.arrive("ana", "hola")
        world.connection.execute(
            "UPDATE inbox SET vendor_at = %s WHERE id = %s", (NOON + timedelta(seconds=7), belated)
        )
    await running.settle()
    assert [one["id"] for one in world.rows("SELECT id FROM inbox WHERE late")] == [belated]
    assert world.said("ana")[-1] == "Hola, soy Prueba."
    heard = world.row("SELECT heard_at FROM chats")["heard_at"]
    assert heard == NOON + timedelta(seconds=9)


@pytest.fixture
def lane(database: Database) -> Lane:
    return Lane(open_pool(database.url("bot"), 2), ["amigro"], lease=5.0, burst=0.0)


def test_the_longest_waiting_chat_goes_first_and_notices_after_people(lane: Lane, world: World) -> None:
    for number in range(5):
        world.arrive(f"told{number}", kind="notice", values={"response": "utter_reminder", "values": {"when": "hoy"}})
    world.connection.execute("UPDATE chats SET background = true, due = clock_timestamp() - interval '1 hour'")
    for name in ("beto", "ana"):
        world.arrive(name, "hola")
    world.connection.execute(
        "UPDATE chats SET due = clock_timestamp() - interval '1 minute' WHERE user_id = 'ana'"
    )
    taken = [lane.take()[1] for _ in range(3)]
    assert [turn.rows[0].kind for turn in taken if turn] == ["text", "text", "notice"]
    assert taken[0] and taken[0].chat_id == world.row("SELECT id FROM chats WHERE user_id = 'ana'")["id"]
    world.arrive("carla", "hola")
    _, favoured = lane.take(background=True)
    assert favoured and favoured.rows[0].kind == "notice"


async def test_a_campaign_of_notices_does_not_hold_up_people(running: Running, world: World) -> None:
    """Somebody who writes while 300 notices wait is answered long before they are through, and all are said."""
    with world.connection.transaction():
        for number in range(300):
            world.arrive(
                f"told{number}", kind="notice", values={"response": "utter_reminder", "values": {"when": "hoy"}}
            )
        world.connection.execute("UPDATE chats SET background = true")
    running.worker.wake()
    await asyncio.sleep(0.2)
    world.arrive("ana", "hola")
    running.worker.wake()
    deadline = time.monotonic() + 30
    while not world.said("ana") and time.monotonic() < deadline:
        await asyncio.sleep(0.01)
    assert world.waiting() > 0
    assert world.said("ana") == ["Hola, soy Prueba."]
    await running.settle()
    assert world.row("SELECT count(*) AS n FROM outbox WHERE purpose = 'notice'")["n"] == 300
