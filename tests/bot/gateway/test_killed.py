"""The gateway as a process: killed, stopped, started wrongly."""

from __future__ import annotations

import hashlib
import hmac
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from contract.message import Message
from tests.bot.gateway.test_whatsapp_in import SECRET, body, said
from tests.bot.gateway.town import Town, environment, free_port
from tests.standins.client import StandinsClient

ROOT = Path(__file__).resolve().parents[3]


def start(variables: dict[str, str]) -> subprocess.Popen[str]:
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.Popen(
        [sys.executable, "-m", "bot.gateway"], cwd=ROOT, env={**inherited, **variables}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


@contextmanager
def process(town: Town, standins: StandinsClient) -> Iterator[subprocess.Popen[str]]:
    """A gateway that answers; killed at the end whatever happens."""
    found = start(
        environment(
            town.database.url("gateway"), town.port, WHATSAPP_API_URL=standins.base_url,
            TELEGRAM_API_URL=standins.base_url, SMTP_URL=standins.smtp_url, LEASE_SECONDS="1",
        )
    )  # fmt: skip
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                if httpx.get(f"{town.url}/health").status_code == 200:
                    break
            except httpx.HTTPError:
                pass
            assert found.poll() is None, found.stdout and found.stdout.read()
            assert time.monotonic() < deadline, "the gateway does not answer"
            time.sleep(0.05)
        yield found
    finally:
        if found.poll() is None:
            found.kill()
        found.communicate()


def flood(town: Town, answered: set[str], ended: threading.Event, lane: int) -> None:
    """Send batches of three until told to stop; note what was answered by 200."""
    with httpx.Client(timeout=5) as client:
        for number in range(100_000):
            if ended.is_set():
                return
            wamids = [f"wamid.{lane}.{number}.{part}" for part in range(3)]
            raw = body(*(said(wamid, wamid, user=f"5215500{lane:02}{part}") for part, wamid in enumerate(wamids)))
            signature = "sha256=" + hmac.new(SECRET.encode(), raw, hashlib.sha256).hexdigest()
            try:
                url = f"{town.url}/webhooks/whatsapp/demo/webhook"
                answer = client.post(url, content=raw, headers={"X-Hub-Signature-256": signature})
            except httpx.HTTPError:
                return
            if answer.status_code == 200:
                answered.update(wamids)


def test_what_was_answered_is_stored_and_a_retry_doubles_nothing(town: Town, standins: StandinsClient) -> None:
    answered: set[str] = set()
    with process(town, standins) as gateway:
        ended = threading.Event()
        threads = [threading.Thread(target=flood, args=(town, answered, ended, lane)) for lane in range(8)]
        for thread in threads:
            thread.start()
        town.until(lambda: len(answered) > 150)
        gateway.send_signal(signal.SIGKILL)
        gateway.wait()
        ended.set()
        for thread in threads:
            thread.join()
    stored = [row["vendor_id"] for row in town.inbox()]
    assert len(stored) == len(set(stored)) and answered <= set(stored)
    # Batches are whole or not there.
    per_batch: dict[str, int] = {}
    for wamid in stored:
        batch = wamid.rpartition(".")[0]
        per_batch[batch] = per_batch.get(batch, 0) + 1
    assert set(per_batch.values()) == {3}
    with process(town, standins):
        for batch in list(per_batch)[-20:]:
            lane = int(batch.split(".")[1])
            raw = body(*(said(f"{batch}.{n}", f"{batch}.{n}", user=f"5215500{lane:02}{n}") for n in range(3)))
            signature = "sha256=" + hmac.new(SECRET.encode(), raw, hashlib.sha256).hexdigest()
            url = f"{town.url}/webhooks/whatsapp/demo/webhook"
            assert httpx.post(url, content=raw, headers={"X-Hub-Signature-256": signature}).status_code == 200
    assert len(town.inbox()) == len(stored)


def test_a_killed_sender_loses_nothing_and_doubles_nothing(town: Town, standins: StandinsClient) -> None:
    """Killed while it sends: statuses settle what had gone, and everything else goes afterwards, in order."""
    people = [f"52155000002{n:02}" for n in range(10)]
    with process(town, standins) as gateway:
        for person in people:
            standins.send_text(person, "whatsapp:amigro", "hola")
        standins.wait_until_delivered()
        chats = {row["user_id"]: row["id"] for row in town.rows("SELECT id, user_id FROM chats")}
        town.db.execute(
            "INSERT INTO conversations (id, unit, chat_id, channel) SELECT gen_random_uuid(), 'amigro', id, channel FROM chats"
        )
        town.db.execute(
            "UPDATE chats SET conversation_id = (SELECT id FROM conversations v WHERE v.chat_id = chats.id)"
        )
        rows = [town.say(chats[person], Message("text", f"m{n}")) for n in range(12) for person in people]
        town.until(lambda: len(town.rows("SELECT 1 FROM outbox WHERE state IN ('sent', 'delivered', 'read')")) > 20)
        gateway.send_signal(signal.SIGKILL)
        gateway.wait()
    open_rows = town.rows("SELECT id FROM outbox WHERE state IN ('waiting', 'sending')")
    assert open_rows, "killed too late to show anything"
    with process(town, standins):
        standins.wait_until_delivered(60)  # the statuses that found nobody come again
        # Whatever is still in doubt is so because it never went: its lease and Meta's time to tell are over by now.
        town.db.execute("UPDATE outbox SET due = now() - interval '61 s' WHERE state = 'sending' AND due < now()")
        for row in rows:
            town.until_state(row, "sent", "delivered", "read", timeout=60)
    for person in people:
        told = [shown.text for shown in standins.messages(person, "whatsapp:amigro")]
        assert list(dict.fromkeys(told)) == [f"m{n}" for n in range(12)]
        doubled = len(told) - 12
        marked = town.rows("SELECT 1 FROM outbox WHERE chat_id = %s AND possible_duplicate", chats[person])
        assert doubled <= len(marked)


def test_a_stop_finishes_what_is_under_way(town: Town, standins: StandinsClient) -> None:
    with process(town, standins) as gateway:
        answered: set[str] = set()
        ended = threading.Event()
        threads = [threading.Thread(target=flood, args=(town, answered, ended, lane)) for lane in range(4)]
        for thread in threads:
            thread.start()
        town.until(lambda: len(answered) > 50)
        gateway.send_signal(signal.SIGTERM)
        assert gateway.wait(30) == 0
        ended.set()
        for thread in threads:
            thread.join()
    assert answered <= {row["vendor_id"] for row in town.inbox()}


def test_missing_settings_are_one_line_and_status_78() -> None:
    found = start({"GATEWAY_PORT": "many"})
    output, _ = found.communicate(timeout=60)
    assert found.returncode == 78
    assert output.startswith("gateway: ") and len(output.strip().splitlines()) == 1
    for name in ("DATABASE_URL", "ENCRYPTION_KEYS", "LINK_SECRET", "GATEWAY_PORT"):
        assert name in output


@pytest.mark.parametrize("broken", ["schema", "server", "port"])
def test_what_is_missing_is_said_in_one_line(town: Town, broken: str) -> None:
    url = town.database.url("gateway")
    if broken == "schema":
        url = url.rpartition("/")[0] + "/postgres"
    if broken == "server":
        url = f"postgresql://huntred_gateway:x@127.0.0.1:{free_port()}/x"
    taken = None
    if broken == "port":
        import socket

        taken = socket.create_server(("127.0.0.1", town.port))
    found = start(environment(url, town.port))
    output, _ = found.communicate(timeout=60)
    if taken:
        taken.close()
    last = output.strip().splitlines()[-1]
    assert found.returncode == 1, output
    assert last.startswith("gateway: "), output
    assert {"schema": "runtime migrate", "server": "connection", "port": str(town.port)}[broken] in last
