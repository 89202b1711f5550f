"""A Rasa process that is killed in the middle loses nothing and does nothing twice."""

from __future__ import annotations

import asyncio
import os
import signal
from collections import Counter

from tests.bed import Database
from tests.bot.turns.conftest import ActionServer, World
from tests.bot.turns.nursery import Nursery

_LIVES = 6


async def test_killed_again_and_again_every_message_is_handled_once(
    database: Database, world: World, actions: ActionServer, nursery: Nursery
) -> None:
    """20 people walk the form while the process dies five times; actions replay under the same keys."""
    people = [f"person{number}" for number in range(20)]
    for person in people:
        world.arrive(person, "quiero apartar una cita")
    for life in range(_LIVES):
        child = nursery.live(database.url("bot"), actions.port)
        if life == 1:
            for person in people:
                world.arrive(person, f"Nombre {person}")
        if life < _LIVES - 1:
            await asyncio.sleep(0.4)
        else:
            await drained(world)
        os.kill(child, signal.SIGKILL)

    assert world.waiting() == 0
    for person in people:
        # On a busy machine all these deaths take more than ten seconds: then one kind line for a message is right.
        said = [text for text in world.said(person) if text != "Dame un momento, sigo contigo."]
        assert said == ["¿Cómo te llamas?", "Apartado.", f"Gracias, Nombre {person}."], person
        assert len(world.said(person)) - len(said) <= 2
    inbound = Counter(row["inbox_id"] for row in world.rows("SELECT inbox_id FROM messages WHERE direction = 'in'"))
    assert len(inbound) == 40 and set(inbound.values()) == {1}


async def drained(world: World, seconds: float = 240) -> None:
    deadline = asyncio.get_running_loop().time() + seconds
    while world.waiting() and asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(0.1)
