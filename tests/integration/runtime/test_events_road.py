"""Stored event → relay → worker, and beat's tasks, as processes on real PostgreSQL and Redis."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis
from qdrant_client import QdrantClient
from sqlalchemy import select

from huntred.conversations import handoff
from huntred.conversations.models import ScheduledNotice
from huntred.events.models import StoredEvent
from huntred.matching.providers.qdrant import QdrantStore
from huntred.notifications.service import schedule
from huntred.settings import read_app_settings
from runtime import tasks
from runtime.celery_app import QUEUE, make_celery
from runtime.heartbeat import is_alive
from runtime.relay import Relay
from runtime.wiring import wire
from tests.factories.cards import Cards
from tests.factories.desk import Desk, desk, keys

__all__ = ["desk", "keys"]
ROOT = Path(__file__).resolve().parents[3]


def _environment(database: Any, redis_url: str, role: str) -> dict[str, str]:
    secret = base64.b64encode(b"k" * 32).decode()
    return {
        "DATABASE_URL": database.url(role), "REDIS_URL": redis_url, "ENVIRONMENT": "test",
        "ENCRYPTION_KEYS": f"test:{secret}", "LOOKUP_KEY": base64.b64encode(b"l" * 32).decode(),
        "LINK_SECRET": "a secret of the tests", "FLASK_SECRET_KEY": "another secret of tests",
        "SECURITY_PASSWORD_SALT": "a salt of the tests.", "ACTIONS_SECRET": "a third secret of tests",
        "UNITS": "amigro,huntu",
    }  # fmt: skip


@pytest.fixture
def start(database: Any, redis_url: str, tmp_path: Path) -> Iterator[Callable[[str, str], subprocess.Popen[bytes]]]:
    running: list[subprocess.Popen[bytes]] = []

    def run(module: str, role: str) -> subprocess.Popen[bytes]:
        log = (tmp_path / f"{module}.log").open("ab")
        process = subprocess.Popen(
            [sys.executable, "-m", module], cwd=ROOT, stdout=log, stderr=log,
            env={"PATH": os.environ["PATH"], **_environment(database, redis_url, role)},
        )  # fmt: skip
        log.close()
        running.append(process)
        return process

    yield run
    for process in running:
        process.kill()
        process.wait()
    for log in sorted(tmp_path.glob("*.log")):
        print(f"--- {log.name}\n{log.read_text()[-4000:]}")


def _until(condition: Callable[[], Any], seconds: float = 60) -> Any:
    """Wait for something that is sure to come; the limit only ends a test that is broken."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.1)
    return found


def test_an_event_reaches_its_handler_and_a_due_notice_the_outbox(
    desk: Desk, redis_url: str, start: Callable[[str, str], subprocess.Popen[bytes]]
) -> None:
    """Relay and worker killed in the middle and started again: handled once, mailed once."""
    client = redis.Redis.from_url(redis_url)
    relay, worker = start("runtime.relay", "relay"), start("runtime.worker", "app")
    _until(lambda: is_alive(client, "relay") and is_alive(client, "worker"))
    relay.send_signal(signal.SIGKILL)
    worker.send_signal(signal.SIGKILL)

    _always_open(desk)
    conversation = desk.chat()
    with desk.work() as uow:
        handoff.request_handoff(uow, conversation.id, now=datetime.now(UTC))
        schedule(
            uow, "demo:1", "one_time_code", {"code": "123456", "minutes": 10},
            datetime.now(UTC) - timedelta(seconds=1), address="b@example.com", now=datetime.now(UTC),
        )  # fmt: skip

    start("runtime.relay", "relay")
    start("runtime.worker", "app")
    start("runtime.beat", "app")
    # Nobody of the unit is on duty here: beat soon lets the wait go up, which is an event of its own.
    asked = select(StoredEvent).where(StoredEvent.name == "HandoffRequested", StoredEvent.handled_at.is_not(None))
    (event,) = _until(lambda: desk.rows(asked))
    assert event.error is None
    _until(lambda: desk.rows(select(ScheduledNotice).where(ScheduledNotice.state == "entered")))
    assert sorted(address for address, _ in desk.sent("email")) == ["b@example.com", "hola@amigro.example.mx"]
    assert is_alive(client, "beat")
    client.close()


def test_a_relay_with_a_wrong_setting_says_which_and_ends(database: Any, redis_url: str) -> None:
    environment = _environment(database, redis_url, "relay") | {"LINK_SECRET": "short", "REDIS_URL": ""}
    ended = subprocess.run(
        [sys.executable, "-m", "runtime.relay"], cwd=ROOT, env={"PATH": os.environ["PATH"], **environment},
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert ended.returncode == 78
    assert ended.stderr.count("\n") == 1
    assert "REDIS_URL is not set" in ended.stderr and "LINK_SECRET is wrong" in ended.stderr


def test_what_the_broker_does_not_take_is_due_again_at_once(desk: Desk, database: Any, redis_url: str) -> None:
    settings = read_app_settings(_environment(database, redis_url, "relay"))
    client = redis.Redis.from_url(redis_url)
    conversation = desk.chat()
    with desk.work() as uow:
        handoff.request_handoff(uow, conversation.id, now=desk.now)

    celery = make_celery(settings)
    away = make_celery(read_app_settings(_environment(database, "redis://127.0.0.1:1/0", "relay")))
    with psycopg.connect(settings.database_url, autocommit=True) as connection:
        with pytest.raises(Exception, match=r"(?i)refused"):
            Relay(settings.database_url, away, client).sweep(connection)
        relay = Relay(settings.database_url, celery, client)
        assert relay.sweep(connection) == 1
        assert relay.sweep(connection) == 0, "sent: left alone until its lease ends"
        assert client.llen(QUEUE) == 1
        desk.execute("UPDATE stored_events SET due_at = now() - interval '1 second'")
        client.rpush(QUEUE, *["x"] * 2000)
        assert relay.sweep(connection) == 0, "a worker that is away gets no flood"
    celery.close()
    away.close()
    client.close()


def test_the_relay_waits_for_a_database_that_is_away(database: Any, redis_url: str) -> None:
    settings = read_app_settings(_environment(database, redis_url, "relay"))
    client = redis.Redis.from_url(redis_url)
    celery = make_celery(settings)
    relay = Relay("postgresql://nobody@127.0.0.1:1/none?connect_timeout=1", celery, client)
    thread = threading.Thread(target=relay.run)
    thread.start()
    assert thread.is_alive()
    relay.ended.set()
    thread.join(30)
    assert not thread.is_alive()
    celery.close()
    client.close()


def _always_open(desk: Desk) -> None:
    """These tests go by the real clock: nobody is told out of office hours."""
    days = json.dumps([{"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "from": "00:00", "to": "23:59"}])
    desk.execute("UPDATE units SET settings = jsonb_set(settings, '{hours}', CAST(:days AS jsonb))", days=days)


def test_one_units_fault_does_not_stop_the_others(desk: Desk, database: Any, redis_url: str) -> None:
    wiring = wire(read_app_settings(_environment(database, redis_url, "app")))
    celery = make_celery(wiring.settings)
    tasks.register(celery, wiring)
    now = datetime.now(UTC)
    for unit, values in (("amigro", {}), ("huntu", {"code": "123456", "minutes": 10})):
        with desk.work(unit) as uow:
            schedule(uow, f"demo:{unit}", "one_time_code", values, now, address=f"{unit}@example.com", now=now)
    with pytest.raises(tasks.SomeFailed) as failed:
        celery.tasks["huntred.release_notices"].apply(throw=True)
    assert len(failed.value.exceptions) == 1
    assert [address for address, _ in desk.sent("email")] == ["huntu@example.com"]
    for name in ("huntred.time_out_handoffs", "huntred.remind_profiles", "huntred.purge"):
        celery.tasks[name].apply(throw=True)
    wiring.engine.dispose()
    celery.close()


def test_what_vacancies_want_is_kept_and_told_once_to_who_is_responsible(
    desk: Desk, database: Any, redis_url: str
) -> None:
    wiring = wire(read_app_settings(_environment(database, redis_url, "app")))
    celery = make_celery(wiring.settings)
    tasks.register(celery, wiring)
    _always_open(desk)
    owners = {unit: desk.user(unit) for unit in ("amigro", "huntu")}
    for unit, user in owners.items():
        Cards.of(desk, unit, consultant_id=user.id, published_at=desk.now).add("Rosa Ibáñez", "interview")
    for _ in range(2):
        celery.tasks["huntred.watch_vacancies"].apply(throw=True)
    assert sorted(address for address, _ in desk.sent("email")) == sorted(user.email for user in owners.values())
    wiring.engine.dispose()
    celery.close()


def test_the_worker_brings_vectors_over_and_takes_back_those_of_another_model(
    desk: Desk, database: Any, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = QdrantClient(":memory:")
    monkeypatch.setattr(QdrantStore, "at", classmethod(lambda cls, url, key: cls(client)))
    environment = _environment(database, redis_url, "app") | {"QDRANT_URL": "http://qdrant.example:6333"}
    wiring = wire(read_app_settings(environment))
    celery = make_celery(wiring.settings)
    tasks.register(celery, wiring)
    asked = desk.profile(headline="Soldador", skills=[])
    desk.profile("huntu", headline="Cajera", skills=[])
    store, model = wiring.vector_store, wiring.embedder
    assert store is not None
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Payload indexes have no effect")  # within the process
        store.keep("people", "left@1", "amigro", [(asked.id, 1)], model.encode(["Soldador"]))
        for name in ("huntred.encode_vacancies", "huntred.encode_people"):
            celery.tasks[name].apply(throw=True)
        assert set(store.known("people", model.name, "amigro")) == {asked.id}
        assert store.count("people", model.name, "huntu") == 1
    assert store.count("people", "left@1", "amigro") == 0
    wiring.engine.dispose()
    celery.close()
