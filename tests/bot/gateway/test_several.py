"""Two gateway processes on one port: the kernel deals out, each tells of itself, and one that dies is not missed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.bot.gateway.test_whatsapp_in import body, post, said
from tests.bot.gateway.town import Town, environment, free_port
from tests.standins.client import StandinsClient

ROOT = Path(__file__).resolve().parents[3]


@dataclass
class Process:
    popen: subprocess.Popen[bytes]
    health: str

    def is_well(self) -> bool:
        try:
            return httpx.get(self.health, timeout=2).status_code == 200
        except httpx.HTTPError:
            return False


@pytest.fixture
def pair(town: Town, standins: StandinsClient) -> Iterator[list[Process]]:
    """Both of them, well."""
    pair = []
    for _ in range(2):
        own = free_port()
        given = environment(
            town.database.url("gateway"), town.port, GATEWAY_PROCESSES="2", HEALTH_PORT=str(own),
            WHATSAPP_API_URL=standins.base_url, TELEGRAM_API_URL=standins.base_url, SMTP_URL=standins.smtp_url,
        )  # fmt: skip
        popen = subprocess.Popen([sys.executable, "-m", "bot.gateway"], env={**os.environ, **given}, cwd=ROOT)
        pair.append(Process(popen, f"http://127.0.0.1:{own}/health"))
    try:
        town.until(lambda: all(process.is_well() for process in pair), timeout=60)
        yield pair
    finally:
        for process in pair:
            process.popen.send_signal(signal.SIGTERM)
        for process in pair:
            process.popen.wait(30)


def received(process: Process) -> float:
    """How many messages came in through this one."""
    shown = httpx.get(process.health.replace("health", "metrics")).text
    lines = [line for line in shown.splitlines() if line.startswith('gateway_received_total{channel="whatsapp"}')]
    return float(lines[0].split()[-1]) if lines else 0.0


def test_both_take_messages_and_one_goes_on_alone(town: Town, pair: list[Process]) -> None:
    sent = 0
    deadline = time.monotonic() + 60
    while not all(received(process) for process in pair):
        assert time.monotonic() < deadline, "the kernel never chose both"
        # A connection of its own each time: it is connections that the kernel deals out.
        assert post(town, body(said("hola", f"wamid.{sent}"))).status_code == 200
        sent += 1
    pair[0].popen.kill()
    pair[0].popen.wait()
    for _ in range(10):
        assert post(town, body(said("hola", f"wamid.{sent}"))).status_code == 200
        sent += 1
    assert len(town.inbox()) == sent
    assert not pair[0].is_well() and pair[1].is_well()
