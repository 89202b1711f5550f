"""From a turn that was hardly understood to a model in use and back: page, queue, trainer, database, all real.

Without the platform of the other end-to-end tests: a unit of a few examples trains in seconds.
"""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text

from contract.nlu_patch import examples_of, read_files
from huntred.workbench import collecting
from huntred.workbench.models import Change, Job, Turn
from runtime.installation import ROOT
from runtime.processes import LIBRARY_ENVIRONMENT
from tests.factories import small_data
from tests.factories.desk import Desk, desk, keys
from tests.factories.turns import wrote
from tests.integration.backoffice.conftest import Office, office, post

__all__ = ["desk", "keys", "office"]

_BOT = str(ROOT / ".venv/bot/bin/python")
_UNIT = "amigro"
_CURRENT = """
import json, sys
from pathlib import Path
from bot.models import Models
from bot.store import open_pool
pool = open_pool(sys.argv[1], 1)
found = Models(pool, Path(sys.argv[2]), [sys.argv[3]], None)
print(json.dumps({unit: [model.name, str(found._file_of(model))] for unit, model in found.current().items()}))
pool.close()
"""


class Trainer:
    """The process as the supervisor starts it, on another root."""

    def __init__(self, root: Path, url: str, redis_url: str) -> None:
        key = base64.b64encode(b"k" * 32).decode()
        self._root = root
        self.environment = os.environ | LIBRARY_ENVIRONMENT["bot"] | {
            "DATABASE_URL": url, "REDIS_URL": redis_url, "ENVIRONMENT": "test", "ENCRYPTION_KEYS": f"t:{key}",
            "ACTIONS_SECRET": "the actions secret of these tests", "ACTIONS_URL": "http://127.0.0.1:1",
            "LINK_SECRET": "the link secret of these tests", "SMTP_URL": "smtp://127.0.0.1:1", "UNITS": _UNIT,
            "MODELS_DIR": str(root / "models"), "PYTHONPATH": str(ROOT),
        }  # fmt: skip
        self.process: subprocess.Popen[bytes] | None = None

    def train(self) -> Path:
        """The unit's model on the data as it is."""
        command = [_BOT, "-m", "bot.train", "--units", _UNIT, "--models", "models"]
        subprocess.run(command, cwd=self._root, env=self.environment, check=True)
        folder = self._root / "models" / _UNIT
        return folder / (folder / "current").read_text()

    def start(self) -> None:
        self.process = subprocess.Popen([_BOT, "-m", "bot.workbench.trainer"], cwd=self._root, env=self.environment)

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def current(self, url: str) -> Any:
        """What the running processes take for current, with the file that they load."""
        said = subprocess.run(
            [_BOT, "-c", _CURRENT, url, str(self._root / "models"), _UNIT], cwd=ROOT, env=self.environment,
            capture_output=True, check=True,
        )  # fmt: skip
        return json.loads(said.stdout)


@pytest.fixture
def trainer(tmp_path: Path, database: Any, redis_url: str) -> Iterator[Trainer]:
    found = Trainer(small_data.write(tmp_path / "root"), database.url("bot"), redis_url)
    yield found
    if found.process is not None and found.process.poll() is None:
        found.process.terminate()
        found.process.wait(30)


def until(desk: Desk, told: Callable[[Job], bool], *, seconds: float = 400) -> Job:
    ends = time.monotonic() + seconds
    while True:
        [job] = desk.rows(select(Job))
        if told(job):
            return job
        assert time.monotonic() < ends, (job.state, job.step, job.done, job.error)
        assert job.state not in {"failed", "cancelled"}, job.error
        time.sleep(0.3)


def test_a_correction_is_tested_published_and_taken_back(
    office: Office, desk: Desk, trainer: Trainer, tmp_path: Path, database: Any
) -> None:
    object.__setattr__(office.app.extensions["wiring"], "root", tmp_path / "root")
    before = trainer.train()
    desk.execute(
        "INSERT INTO published_models (unit, name, sha256, content)"
        " VALUES (:unit, 'antes.tar.gz', encode(sha256(CAST(:file AS bytea)), 'hex'), :file)",
        unit=_UNIT, file=before.read_bytes(),
    )  # fmt: skip
    wrote(desk, desk.chat(_UNIT, "web"), "soy Yorman Urdaneta y quiero el producto de la leche pues", "nlu_fallback", 0.8,
          at=desk.now - timedelta(hours=1))  # fmt: skip
    with desk.work(_UNIT) as uow:
        assert collecting.collect(uow, office.app.extensions["wiring"].sentences, now=desk.now) == 1
    client = office.client(office.user("designer", _UNIT))

    change = _corrected(desk, client)
    assert "Urdaneta" not in client.get(f"/workbench/changes/{change.id}").text
    post(client, f"/workbench/changes/{change.id}/test")
    trainer.start()
    # A trainer that dies in the middle takes its test with it; the next one begins it again.
    until(desk, lambda job: job.state == "running" and job.done >= 5)
    trainer.kill()
    trainer.start()
    seen: set[str] = set()
    job = until(desk, lambda job: seen.add(job.step) or job.state == "done")  # type: ignore[func-returns-value]

    assert job.attempts == 2 and {"judging", "training"} <= seen
    assert job.result is not None and job.result["valid"] and job.result["passed"], job.result
    [row] = [row for row in job.result["intents"] if row["added"]]
    assert row["intent"] == "contact_human" and row["added"] == 1
    assert 0 < job.result["macro_f1"]["before"] <= 1 and job.result["judged"] > 300
    assert job.result["turns"]["read"] == 1
    assert "+      - soy [Lupita Robles](name) y quiero" in job.patch
    page = client.get(f"/workbench/changes/{change.id}").text
    assert "Pasó" in page and "Publicar el modelo" in page

    post(client, f"/workbench/tests/{job.id}/publish")
    [name, file] = trainer.current(database.url("bot"))[_UNIT]
    assert name == job.model_name and Path(file).stat().st_size > 10_000
    post(client, f"/workbench/models/{_UNIT}/take-back")
    assert trainer.current(database.url("bot"))[_UNIT][0] == "antes.tar.gz"
    assert desk.rows(text("SELECT count(*) FROM audit_entries WHERE action IN ('model.publish', 'model.make_current')"))
    assert examples_of(read_files(tmp_path / "root")) == examples_of(read_files(small_data.write(tmp_path / "again")))


def _corrected(desk: Desk, client: FlaskClient) -> Change:
    [turn] = desk.rows(select(Turn))
    form = {
        "turn": str(turn.id), f"text-{turn.id}": "soy [Lupita Robles](name) y quiero que me atienda una persona pues",
        "intent": "contact_human", "change_title": "Atención", "turns_unit": _UNIT,
    }  # fmt: skip
    assert post(client, f"/workbench/groups/{turn.group_id}/assign", form).status_code == 302
    [change] = desk.rows(select(Change))
    return change
