"""A Rasa process that is killed in the middle loses nothing and does nothing twice."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

from tests.bed import ROOT, Database
from tests.bot.turns.conftest import SECRET, ActionServer, World

# Loads the model once and forks a worker for each life, so that six lives cost one start.
_NURSERY = """
from bot.quiet import quieten

quieten("ERROR")
import asyncio, os, sys
from pathlib import Path
from bot.agents import load_agent
from bot.endpoint import ActionEndpoint
from bot.lane import Lane
from bot.store import open_pool
from bot.worker import Worker

url, actions, models = sys.argv[1:]
endpoint = ActionEndpoint(actions, %r, 2.0)
agent = load_agent(Path(models), "amigro", endpoint)

async def live():
    lane = Lane(open_pool(url, 6), ["amigro"], lease=1.0, burst=0.0)
    await Worker(lane, {"amigro": agent}, lease=1.0).run()

for _ in sys.stdin:
    child = os.fork()
    if not child:
        asyncio.run(live())
    print(child, flush=True)
"""
_LIVES = 6


async def test_killed_again_and_again_every_message_is_handled_once(
    database: Database, world: World, actions: ActionServer, models: Path
) -> None:
    """20 people walk the form while the process dies five times; actions replay under the same keys."""
    people = [f"person{number}" for number in range(20)]
    for person in people:
        world.arrive(person, "quiero apartar una cita")
    nursery = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _NURSERY % SECRET, database.url("bot"),
        f"http://127.0.0.1:{actions.port}/webhook", str(models),
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    assert nursery.stdin is not None and nursery.stdout is not None
    for life in range(_LIVES):
        nursery.stdin.write(b"live\n")
        child = int(await nursery.stdout.readline())
        if life == 1:
            for person in people:
                world.arrive(person, f"Nombre {person}")
        if life < _LIVES - 1:
            await asyncio.sleep(0.4)
        else:
            await _drained(world)
        os.kill(child, signal.SIGKILL)
    nursery.kill()
    await nursery.wait()

    assert world.waiting() == 0
    for person in people:
        assert world.said(person) == ["¿Cómo te llamas?", "Apartado.", f"Gracias, Nombre {person}."], person
    inbound = Counter(row["inbox_id"] for row in world.rows("SELECT inbox_id FROM messages WHERE direction = 'in'"))
    assert len(inbound) == 40 and set(inbound.values()) == {1}


async def _drained(world: World) -> None:
    deadline = asyncio.get_running_loop().time() + 60
    while world.waiting() and asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(0.1)
