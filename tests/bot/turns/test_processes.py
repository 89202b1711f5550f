"""Several Rasa processes on one queue: each takes what is its own, and whoever loses a chat saves nothing of it."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import pytest

from tests.bed import Database
from tests.bot.turns.conftest import ActionServer, World, events_of
from tests.bot.turns.nursery import Nursery
from tests.bot.turns.test_killed import drained


async def until(condition: Callable[[], object], seconds: float = 120) -> None:
    deadline = asyncio.get_running_loop().time() + seconds
    while not condition():
        assert asyncio.get_running_loop().time() < deadline, "it did not come to that"
        await asyncio.sleep(0.05)


@pytest.fixture
def life(database: Database, actions: ActionServer, nursery: Nursery) -> Callable[..., int]:
    """Starts a process; takes its units and its lease."""
    return partial(nursery.live, database.url("bot"), actions.port)


@contextmanager
def ended(*children: int) -> Iterator[None]:
    try:
        yield
    finally:
        for child in children:
            os.kill(child, signal.SIGKILL)


async def test_a_stopped_process_that_lost_its_lease_cannot_save_its_turn(
    world: World, actions: ActionServer, life: Callable[..., int]
) -> None:
    """SIGSTOP in the middle of an action; another process finishes the turn; the first goes on and is refused."""
    world.arrive("ana", "quiero apartar una cita")
    first = life()
    with ended(first):
        await drained(world)
        actions.mode = "hang"
        calls = len(actions.calls)
        world.arrive("ana", "Ana López")
        await until(lambda: len(actions.calls) > calls)
        os.kill(first, signal.SIGSTOP)
        actions.mode = "ok"
        second = life()
        with ended(second):
            await drained(world)
            version = world.row("SELECT version FROM conversations")["version"]
            events = events_of(world, "ana")
            os.kill(first, signal.SIGCONT)
            await asyncio.sleep(1.5)
            assert world.row("SELECT version FROM conversations")["version"] == version
            assert events_of(world, "ana") == events
            assert world.row("SELECT token FROM chats")["token"] is None
    assert world.said("ana") == ["¿Cómo te llamas?", "Apartado.", "Gracias, Ana López."]


async def test_a_process_for_each_unit_takes_what_is_its_units(
    world: World, actions: ActionServer, life: Callable[..., int]
) -> None:
    """The chat has moved on to huntu while a turn of amigro was pinned: amigro's process finishes it, then huntu's."""
    world.arrive("ana", "quiero apartar una cita")
    amigro = life(("amigro",))
    with ended(amigro):
        await drained(world)
        actions.mode = "503"
        calls = len(actions.calls)
        pinned = world.arrive("ana", "Ana López")
        await until(lambda: len(actions.calls) > calls)
        world.connection.execute("UPDATE chats SET unit = 'huntu', conversation_id = NULL")
        following = world.arrive("ana", "hola")
        huntu = life(("huntu",))
        with ended(huntu):
            await asyncio.sleep(1.0)
            assert world.waiting() == 2
            actions.mode = "ok"
            await drained(world)
    rows = {row["id"]: row["unit"] for row in world.rows("SELECT id, unit FROM inbox")}
    assert (rows[pinned], rows[following]) == ("amigro", "huntu")
    assert world.said("ana") == ["¿Cómo te llamas?", "Apartado.", "Gracias, Ana López.", "Hola, soy Prueba."]


async def test_the_outage_line_comes_once_whichever_process_tries(
    world: World, actions: ActionServer, life: Callable[..., int]
) -> None:
    """The action server is away, the process that tried is killed, another goes on: one line for the message."""
    world.arrive("ana", "quiero apartar una cita")
    first = life()
    with ended(first):
        await drained(world)
        actions.mode = "503"
        world.arrive("ana", "Ana")
        await asyncio.sleep(2.0)
        # As if ten seconds had gone by: what counts is when the message came, not who has been trying.
        world.connection.execute("UPDATE inbox SET received_at = received_at - interval '10 seconds'")
        await until(lambda: len(world.said("ana")) == 2)
    second, third = life(), life()
    with ended(second, third):
        await asyncio.sleep(3.0)
        actions.mode = "ok"
        await drained(world)
    assert world.said("ana") == ["¿Cómo te llamas?", "Dame un momento, sigo contigo.", "Apartado.", "Gracias, Ana."]


async def test_the_chats_of_a_dead_process_come_back_after_one_lease(
    world: World, actions: ActionServer, life: Callable[..., int]
) -> None:
    world.arrive("ana", "quiero apartar una cita")
    first = life(lease=2.0)
    with ended(first):
        await drained(world)
        actions.mode = "hang"
        calls = len(actions.calls)
        world.arrive("ana", "Ana")
        await until(lambda: len(actions.calls) > calls)
    left = world.row("SELECT extract(epoch FROM due - clock_timestamp())::float AS left, token FROM chats")
    assert left["token"] is not None and left["left"] <= 2.0
    actions.mode = "ok"
    second = life(lease=2.0)
    with ended(second):
        await drained(world)
    assert world.said("ana") == ["¿Cómo te llamas?", "Apartado.", "Gracias, Ana."]
