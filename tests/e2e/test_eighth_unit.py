"""A unit that nobody has written code for, on a PostgreSQL and a Redis that the platform did not start.

The unit is three folders in a copy of the platform; the copy trains it, starts with it alone, and answers.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis

from huntred.db import migrate
from runtime.embedded import EmbeddedPostgres
from runtime.embedded_redis import EmbeddedRedis
from runtime.installation import ROOT
from runtime.ports import free_ports
from runtime.processes import DEFAULT_PORTS, ROLES
from tests.e2e.browser import Browser
from tests.e2e.test_web_chat import say, shown
from tests.platform import Platform

UNIT, NAME = "manglar", "Manglar"
# The folders that make a unit, and whose they are copied from.
_FOLDERS, _LIKE, _LIKE_NAME = ("data", "domain", "huntred/units/seed"), "huntred", "huntRED"
_NOT_COPIED = {"models", "node_modules", "var", "coverage", "results"}
_DATABASE = "reclutamiento"
_PORTS = (*DEFAULT_PORTS, "STANDINS_PORT", "STANDINS_SMTP_PORT")


@dataclass(frozen=True)
class Elsewhere:
    """The copy at work, with the servers that are not its own."""

    platform: Platform
    copy: Path
    postgres: EmbeddedPostgres
    redis: EmbeddedRedis

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.postgres.url(_DATABASE)) as connection:
            return connection.execute(query, values).fetchall()


def copy_with_one_more(folder: Path) -> Path:
    """A copy of this checkout with an eighth unit, which is a folder of each kind and nothing else."""

    def left_out(at: str, names: list[str]) -> set[str]:
        outside = {name for name in names if name in _NOT_COPIED or name.startswith(".")} if Path(at) == ROOT else set()
        return outside | {"__pycache__"}

    copy = folder / "copy"
    shutil.copytree(ROOT, copy, ignore=left_out)
    for shared in (".venv", ".rasa"):
        if (ROOT / shared).exists():
            (copy / shared).symlink_to(ROOT / shared)
    for place in _FOLDERS:
        shutil.copytree(copy / place / _LIKE, copy / place / UNIT)
        for file in (copy / place / UNIT).rglob("*.yml"):
            text = file.read_text(encoding="utf-8")
            text = text.replace(f"code: {_LIKE}\n", f"code: {UNIT}\n").replace(_LIKE_NAME, NAME)
            file.write_text(text.replace(f"_{_LIKE}\n", f"_{UNIT}\n"), encoding="utf-8")
    return copy


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Elsewhere]:
    folder = tmp_path_factory.mktemp("elsewhere")
    postgres = EmbeddedPostgres(folder / "postgres", password="una de otra casa", durable=False)
    cache = EmbeddedRedis(folder / "redis", password="otra de otra casa", durable=False)
    copy = copy_with_one_more(folder)
    postgres.start()
    try:
        cache.start()
        # Whoever keeps the server made roles and database; the platform gets no administrator.
        passwords = {role: f"palabra larga de {role}" for role in ROLES}
        migrate.create_roles(postgres.url("postgres"), {f"huntred_{role}": word for role, word in passwords.items()})
        migrate.create_database(postgres.url("postgres"), _DATABASE)
        environment = {name: str(port) for name, port in zip(_PORTS, free_ports(len(_PORTS)), strict=True)}
        environment |= {f"DATABASE_PASSWORD_{role.upper()}": word for role, word in passwords.items()}
        environment |= {
            "DATABASE_URL": postgres.url(_DATABASE, user="huntred_app", password=passwords["app"]),
            "REDIS_URL": cache.url, "BURST_WINDOW_SECONDS": "0",
        }  # fmt: skip
        with Platform.start(folder, units=(UNIT,), environment=environment, root=copy, train=True, timeout_seconds=900) as platform:
            yield Elsewhere(platform, copy, postgres, cache)
    finally:
        cache.stop()
        postgres.stop()


def test_three_folders_are_a_unit_that_greets_in_its_own_name(elsewhere: Elsewhere, browser: Browser) -> None:
    codes = {row[0] for row in elsewhere.rows("SELECT code FROM units")}
    assert UNIT in codes and len(codes) == 8
    assert elsewhere.platform.installation.units == [UNIT]
    with browser.page(width=390, height=800) as page:
        page.goto(f"{elsewhere.platform.url('gateway')}/chat/{UNIT}")
        say(page, "hola")
        shown(page, "aviso de privacidad")
        shown(page, NAME)
        page.get_by_role("button", name="Sí, acepto").last.click()
        shown(page, f"conocer más acerca de {NAME}")
    assert elsewhere.rows("SELECT DISTINCT unit FROM conversations") == [(UNIT,)]


def test_the_servers_are_others_and_stay_when_the_platform_ends(elsewhere: Elsewhere) -> None:
    """`make status` names no server of ours; after `make down` both answer, with all that was said."""
    assert {"postgres", "redis"} & set(elsewhere.platform.state()) == set()
    assert not (elsewhere.platform.installation.var / "postgres").exists()
    client = redis.Redis.from_url(elsewhere.redis.url)
    assert client.keys("huntred:*"), "beat keeps its times in the Redis of the others"
    said = elsewhere.rows("SELECT count(*) FROM messages")

    done = subprocess.run(
        [sys.executable, "-m", "runtime", "down", "--var", str(elsewhere.platform.installation.var)],
        cwd=elsewhere.copy, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0 and "all ended" in done.stdout, done.stdout + done.stderr
    assert elsewhere.platform.process.wait(20) == 0
    assert client.ping()
    client.close()
    assert elsewhere.rows("SELECT count(*) FROM messages") == said
