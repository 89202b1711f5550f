"""The test bed that all other integration tests stand on."""

from __future__ import annotations

import subprocess

import psycopg
import pytest
import redis


def test_every_role_can_log_in_and_none_may_bypass_the_policies(database):
    for role in ("migrator", "gateway", "bot", "relay", "app"):
        with psycopg.connect(database.url(role)) as connection:
            row = connection.execute(
                "SELECT current_user, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
        assert row == (f"huntred_{role}", False, False)


def test_the_clone_is_migrated(database):
    with psycopg.connect(database.admin_url) as connection:
        assert connection.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)


@pytest.mark.parametrize("turn", ["first", "second"])
def test_each_test_finds_empty_tables(database, turn):
    """The row that the first one leaves, and an open transaction over it, are gone for the second."""
    with psycopg.connect(database.admin_url) as connection:
        assert connection.execute("SELECT count(*) FROM people").fetchone() == (0,)
        connection.execute("SELECT 1")
        connection.commit()
    if turn == "first":
        leftover = psycopg.connect(database.admin_url)
        leftover.execute("INSERT INTO people (id) VALUES (gen_random_uuid())")
        leftover.commit()
        leftover.execute("SELECT * FROM people")
        _LEFTOVERS.append(leftover)
    else:
        for connection in _LEFTOVERS:
            connection.close()


_LEFTOVERS: list[psycopg.Connection] = []


@pytest.mark.parametrize("turn", ["first", "second"])
def test_each_test_finds_an_empty_redis(redis_url, turn):
    client = redis.Redis.from_url(redis_url)
    assert client.dbsize() == 0
    client.set("left", turn)
    client.close()


def test_a_run_that_asks_for_nothing_starts_nothing(tmp_path):
    """A test without these fixtures leaves no server behind, not even for a moment."""
    from tests.bed import ROOT

    (tmp_path / "test_pure.py").write_text("def test_sum():\n    assert 1 + 1 == 2\n")
    result = subprocess.run(
        [
            "sh",
            "-c",
            f"unset TESTBED TESTBED_RUN; TMPDIR={tmp_path} exec {ROOT}/.venv/app/bin/python -m pytest -q "
            f"-p no:cacheprovider --rootdir {ROOT} -c {ROOT}/pyproject.toml {tmp_path}/test_pure.py",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert not list(tmp_path.glob("testbed-*/postgres"))
