"""Rasa processes that cost nothing to start: one loads the small model, and each life is a fork of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.bed import ROOT

_CODE = """
from bot.quiet import quieten

quieten("ERROR")
import asyncio, json, os, sys, threading
from pathlib import Path
from bot.agents import load_agent, model_of
from bot.endpoint import ActionEndpoint
from bot.lane import Lane
from bot.store import open_pool
from bot.worker import Worker

models, secret = sys.argv[1:]
agent = load_agent(model_of(Path(models), "amigro"), "amigro", ActionEndpoint("", secret, 2.0))

async def live(url, actions, units, lease):
    agent.action_endpoint.url = actions
    lane = Lane(open_pool(url, 6), units, lease=lease, burst=0.0)
    worker = Worker(lane, {unit: agent for unit in units}, lease=lease)

    def renew():
        while True:
            threading.Event().wait(lease / 3)
            worker.renew_leases()

    threading.Thread(target=renew, daemon=True).start()
    await worker.run()

for line in sys.stdin:
    child = os.fork()
    if not child:
        # What a life prints is not for the pipe on which its number is told.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        asyncio.run(live(**json.loads(line)))
    print(child, flush=True)
"""


@dataclass
class Nursery:
    """Gives life to processes; whoever asked for one kills it."""

    process: subprocess.Popen[str]

    @classmethod
    def open(cls, models: Path, secret: str) -> Nursery:
        command = [sys.executable, "-c", _CODE, str(models), secret]
        return cls(
            subprocess.Popen(
                command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True,
            )
        )  # fmt: skip

    def live(self, url: str, actions_port: int, units: tuple[str, ...] = ("amigro",), lease: float = 1.0) -> int:
        """Start a process for these units; return its id. url: the database's, as the role bot."""
        assert self.process.stdin is not None and self.process.stdout is not None
        actions = f"http://127.0.0.1:{actions_port}/webhook"
        self.process.stdin.write(json.dumps({"url": url, "actions": actions, "units": units, "lease": lease}) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def close(self) -> None:
        """End it with every life that a failed test left behind: they hold its pipe open."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate()
