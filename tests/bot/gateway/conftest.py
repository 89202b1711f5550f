"""Fixtures of the gateway's tests: one set of stand-ins for the run, one gateway a test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.bed import Database
from tests.bot.gateway.town import Running, Town, free_port, running, settings_for
from tests.standins.client import StandinsClient
from tests.standins.process import standins_process


@pytest.fixture(scope="session")
def port() -> int:
    return free_port()


@pytest.fixture(scope="session")
def _standins(port: int) -> Iterator[StandinsClient]:
    with standins_process(f"http://127.0.0.1:{port}") as client:
        yield client


@pytest.fixture
def standins(_standins: StandinsClient) -> StandinsClient:
    """The vendors, with nothing in memory."""
    _standins.reset()
    return _standins


@pytest.fixture
def town(database: Database, port: int) -> Iterator[Town]:
    """The database with units and accounts."""
    town = Town(database, port)
    town.seed()
    yield town
    town.close()


@pytest.fixture
def gateway(town: Town, standins: StandinsClient, redis_url: str) -> Iterator[Running]:
    settings = settings_for(
        town.database, town.port, WHATSAPP_API_URL=standins.base_url, TELEGRAM_API_URL=standins.base_url,
        SLACK_API_URL=standins.base_url, X_API_URL=standins.base_url,
        MESSENGER_API_URL=f"{standins.base_url}/messenger", INSTAGRAM_API_URL=f"{standins.base_url}/instagram",
        SMTP_URL=standins.smtp_url, REDIS_URL=redis_url,
    )  # fmt: skip
    with running(settings) as found:
        yield found
