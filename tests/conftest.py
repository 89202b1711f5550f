"""Fixtures that every test may use; nothing is started until a test asks for it.

Runs in both environments: no SQLAlchemy, Flask or Rasa here.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest

from tests.bed import Database, describe, end_run, redis_database, start_run

IN_BOT_ENVIRONMENT = sys.version_info < (3, 11)

# tests/bot needs Rasa's environment, everything else ours.
_here = Path(__file__).parent
collect_ignore = (
    [path.name for path in _here.iterdir() if path.is_dir() and path.name != "bot"] if IN_BOT_ENVIRONMENT else ["bot"]
)


def pytest_configure(config: pytest.Config) -> None:
    if not IN_BOT_ENVIRONMENT:
        # In the bot environment the warnings are those of Rasa's own old dependencies.
        config.addinivalue_line("filterwarnings", "error")
    if not hasattr(config, "workerinput"):
        config.stash[_RUN] = start_run()


def pytest_unconfigure(config: pytest.Config) -> None:
    folder = config.stash.get(_RUN, None)
    if folder is not None:
        end_run(folder)


_RUN: pytest.StashKey[str | None] = pytest.StashKey()


@pytest.fixture(scope="session")
def _database() -> Iterator[Database]:
    database = Database.clone(describe())
    yield database
    database.drop()


@pytest.fixture
def database(_database: Database) -> Database:
    """A migrated database with empty tables: `.url(role)`, `.admin_url`, `.clean()`."""
    _database.clean()
    return _database


@pytest.fixture(scope="session")
def _redis_url() -> str:
    return redis_database(describe())


@pytest.fixture
def redis_url(_redis_url: str) -> str:
    """An empty Redis database of this pytest process."""
    import redis

    client = redis.Redis.from_url(_redis_url)
    client.flushdb()
    client.close()
    return _redis_url


@pytest.fixture
def now() -> datetime:
    """The moment at which every test takes place: Monday 2026-03-02, 9:00 in Mexico City."""
    return datetime(2026, 3, 2, 15, 0, tzinfo=timezone.utc)
