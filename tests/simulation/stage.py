"""What the simulated people talk to: a database with the demo's vacancies, and the real action server beside it."""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import uvicorn

from actions.server import THREADS, create_app
from contract.encryption import Cipher
from huntred.clock import utc_now
from huntred.db import all_models  # noqa: F401  # every mapping is known before the first query
from huntred.db.base import KeyRing
from huntred.db.session import make_engine
from huntred.matching.nearest import Nearest
from huntred.privacy.links import Links
from huntred.units.seed import seed
from ml.embeddings.index import index_of
from ml.embeddings.registry import embedder
from ml.ranking.ranker import SemanticRanker
from runtime.demo.load import load
from runtime.ports import free_port
from runtime.processes import LIBRARY_ENVIRONMENT
from tests.bed import ROOT, Database

_ACCOUNTS = ROOT / "tests" / "standins" / "accounts.json"
_SECRET = "a secret of the simulation"
_BOT = ROOT / ".venv" / "bot" / "bin" / "python"


@dataclass
class Stage:
    database: Database
    actions_url: str

    def simulate(self, unit: str, conversations: int, seed_: int, out: Path, seconds: float = 7200) -> dict[str, str]:
        """Hold the conversations; return the figures by name. out: where each fault's transcript goes."""
        told = {
            "unit": unit, "conversations": conversations, "seed": seed_, "out": str(out), "seconds": seconds,
            "actions": self.actions_url, "secret": _SECRET, "models": str(ROOT / "models"),
            "bot_url": self.database.url("bot"), "admin_url": self.database.admin_url,
        }  # fmt: skip
        done = subprocess.run(
            [str(_BOT), "-m", "tests.simulation.driver"], input=json.dumps(told), cwd=ROOT, text=True,
            env={**os.environ, **LIBRARY_ENVIRONMENT["bot"], "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, check=True,
        )  # fmt: skip
        line = done.stdout.strip().splitlines()[-1]
        return dict(word.split("=", 1) for word in line.split())


@contextmanager
def stage(database: Database) -> Iterator[Stage]:
    """Fill the empty database, start the action server in a thread, end it afterwards."""
    KeyRing.cipher, KeyRing.lookup_key = Cipher({"test": b"k" * 32}), b"l" * 32
    owner = make_engine(database.url("migrator"))
    seed(
        owner, cipher=KeyRing.cipher, credentials=_ACCOUNTS, gateway_url="http://gateway.test", approve_templates=True
    )
    load(owner, now=utc_now() - timedelta(minutes=1), password_salt="simulation")
    owner.dispose()
    engine = make_engine(database.url("app"), pool_size=THREADS)
    wiring = SimpleNamespace(
        engine=engine, settings=SimpleNamespace(actions_secret=_SECRET, environment="production"),
        ranker=SemanticRanker(), nearest=Nearest(embedder(), index_of), clock=utc_now,
        links=Links("a secret of the tests", "http://office.test", "http://gateway.test"),
    )  # fmt: skip
    port = free_port()
    server = uvicorn.Server(
        uvicorn.Config(create_app(wiring), host="127.0.0.1", port=port, log_level="warning", access_log=False)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 30
    while not server.started:
        if time.monotonic() > deadline:
            raise RuntimeError("the action server did not start within 30 s")
        time.sleep(0.05)
    try:
        yield Stage(database, f"http://127.0.0.1:{port}/webhook")
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        engine.dispose()
        KeyRing.cipher, KeyRing.lookup_key = None, None
