"""make up, make status, make down and make check, over an installation in a temporary folder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from runtime.child import is_alive
from tests.platform import ROOT, Platform


def command(*words: str, var: Path, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    given = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "COLUMNS": "200", **(environment or {})}
    return subprocess.run(
        [sys.executable, "-m", "runtime", *words, "--var", str(var)],
        cwd=ROOT,
        env=given,
        capture_output=True,
        text=True,
        timeout=170,
        stdin=subprocess.DEVNULL,
    )


@pytest.fixture(scope="module")
def platform(tmp_path_factory):
    """Postgres, Redis, migrations and seeds for real; the processes are started, models or not."""
    folder = tmp_path_factory.mktemp("up")
    with Platform.start(folder, units=["amigro"], well=False) as running:
        yield running


def test_it_brings_up_servers_with_a_migrated_and_seeded_database(platform):
    with psycopg.connect(platform.admin_url) as connection:
        codes = {row[0] for row in connection.execute("SELECT code FROM units")}
    assert {"amigro", "huntu", "huntred_executive", "sexsi"} <= codes
    platform.wait_until_well(names=["postgres", "redis", "standins"])


def test_a_second_one_is_refused_and_says_why(platform):
    again = command("up", var=platform.installation.var)
    assert again.returncode == 1
    assert f"this installation runs already (process {platform.process.pid})" in again.stderr


def test_status_lists_every_process_with_its_memory(platform):
    platform.wait_until_well(names=["postgres"])
    answer = command("status", var=platform.installation.var)
    assert answer.returncode in {0, 1}
    for name in ("postgres", "redis", "gateway", "rasa", "actions", "backoffice", "relay", "worker", "beat", "trainer"):
        assert name in answer.stdout
    (line,) = [line for line in answer.stdout.splitlines() if line.split()[:1] == ["postgres"]]
    assert " MB " in line
    assert str(platform.pid("postgres")) in line


def test_logs_shows_one_and_names_those_there_are(platform):
    assert "database system is ready" in command("logs", "postgres", var=platform.installation.var).stdout
    unknown = command("logs", "postgre", var=platform.installation.var)
    assert unknown.returncode == 2
    assert "postgres" in unknown.stdout


def test_check_sees_the_running_database(platform):
    answer = command("check", var=platform.installation.var)
    assert "✓ Database" in answer.stdout
    assert "✓ Schema" in answer.stdout
    assert "✓ Settings (bot)" in answer.stdout


def test_a_killed_database_comes_back_with_all_it_held(platform):
    platform.wait_until_well(names=["postgres"])
    with psycopg.connect(platform.admin_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS held (word text)")
        connection.execute("INSERT INTO held VALUES ('kept')")
    platform.wait_until_back("postgres", platform.kill("postgres"))
    with psycopg.connect(platform.admin_url) as connection:
        assert connection.execute("SELECT word FROM held LIMIT 1").fetchone() == ("kept",)


def test_down_ends_everything_in_order_and_up_starts_again_over_the_same_data(platform, tmp_path):
    pids = [entry["pid"] for entry in platform.state().values() if entry["pid"]]
    assert len(pids) > 2
    answer = command("down", var=platform.installation.var)
    assert answer.returncode == 0, answer.stdout
    assert "all ended" in answer.stdout
    assert platform.process.wait(20) == 0
    assert not [pid for pid in pids if is_alive(pid)]
    assert "nothing runs here" in command("status", var=platform.installation.var).stdout
    assert "nothing runs here" in command("down", var=platform.installation.var).stdout

    folder = platform.installation.var.parent
    with Platform.start(folder, units=["amigro"], well=False) as again, psycopg.connect(again.admin_url) as connection:
        assert connection.execute("SELECT word FROM held LIMIT 1").fetchone() == ("kept",)
        connection.close()
        pids = [entry["pid"] for entry in again.state().values() if entry["pid"]]
        os.kill(again.process.pid, signal.SIGKILL)
        again.process.wait()
        deadline = time.monotonic() + 30
        while any(is_alive(pid) for pid in pids) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not [pid for pid in pids if is_alive(pid)], "kill -9 of make up leaves no orphan"


@pytest.mark.parametrize(
    ("environment", "words", "reason"),
    [
        ({}, ["--units", "amigro,nadie"], "unknown unit nadie; there are amigro, huntu"),
        ({"RASA_PORT": "hello"}, [], "RASA_PORT is wrong ('hello'): give a TCP port"),
        ({"ADMIN_DATABASE_URL": "postgresql://postgres:x@127.0.0.1:9/postgres"}, [], "does not let us in"),
    ],
)
def test_what_is_wrong_is_one_line_and_nothing_is_left_running(tmp_path, environment, words, reason):
    answer = command("up", "--no-train", "--no-demo", *words, var=tmp_path / "var", environment=environment)
    assert answer.returncode == 1
    lines = [line for line in answer.stderr.splitlines() if line.strip()]
    assert len(lines) == 1, answer.stderr
    assert reason in lines[0]
    assert "Traceback" not in answer.stdout + answer.stderr
