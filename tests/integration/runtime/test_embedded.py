"""The embedded servers: real binaries, real data directories."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
import redis

from runtime.child import is_alive
from runtime.embedded import EmbeddedError, EmbeddedPostgres
from runtime.embedded_redis import EmbeddedRedis

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def folder(tmp_path_factory):
    """A folder whose path holds a blank and quotes' neighbours, as a home folder may."""
    path = tmp_path_factory.mktemp("em bedded")
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def postgres(folder):
    server = EmbeddedPostgres(folder / "pg", password="p@ss/wörd %", durable=False)
    server.start()
    yield server
    server.stop()


def test_postgres_answers_only_with_its_password_and_keeps_what_was_committed(postgres):
    with psycopg.connect(postgres.url()) as connection:
        connection.execute("CREATE TABLE kept (word text)")
        connection.execute("INSERT INTO kept VALUES ('árbol')")
        version, zone = connection.execute(
            "SELECT current_setting('server_version'), current_setting('timezone')"
        ).fetchone()
    assert version.startswith("16.")
    assert zone == "UTC"
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(postgres.url(password="guessed"))

    postgres.stop()
    postgres.start()

    with psycopg.connect(postgres.url()) as connection:
        assert connection.execute("SELECT word FROM kept").fetchone() == ("árbol",)


def test_postgres_listens_on_loopback_only_and_has_vector(postgres):
    with psycopg.connect(postgres.url()) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("127.0.0.1",)
        assert connection.execute("SHOW unix_socket_directories").fetchone() == ("",)
        names = {row[0] for row in connection.execute("SELECT name FROM pg_available_extensions")}
    assert "vector" in names


def test_postgres_starts_over_the_lock_file_of_a_killed_server(postgres):
    with psycopg.connect(postgres.url()) as connection:
        connection.execute("CREATE TABLE survivor (n int)")
    os.kill(postgres.process.pid, signal.SIGKILL)
    postgres.process.wait()
    # Its pid may belong to anybody by now, for instance to us.
    lock = postgres.data / "postmaster.pid"
    lock.write_text(lock.read_text().replace(str(postgres.process.pid), str(os.getpid()), 1))

    again = EmbeddedPostgres(postgres.folder, password=postgres.password, durable=False)
    again.start()
    try:
        with psycopg.connect(again.url()) as connection:
            connection.execute("SELECT * FROM survivor")
    finally:
        again.stop()


def test_postgres_refuses_the_data_of_another_version(folder):
    (folder / "pg" / "data").mkdir(parents=True)
    (folder / "pg" / "data" / "PG_VERSION").write_text("14\n")
    with pytest.raises(EmbeddedError, match=r"holds a database of PostgreSQL 14, this is PostgreSQL 16; dump it"):
        EmbeddedPostgres(folder / "pg", password="x" * 16).start()
    assert (folder / "pg" / "data" / "PG_VERSION").read_text() == "14\n"


def test_postgres_says_when_the_secret_is_not_the_one_of_its_data(postgres):
    postgres.stop()
    stranger = EmbeddedPostgres(postgres.folder, password="another one", durable=False)
    with pytest.raises(EmbeddedError, match="made with another password"):
        stranger.start()
    assert stranger.process is None


def test_a_port_in_use_is_named(folder):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(EmbeddedError, match=f"port {port}, wanted by PostgreSQL, is in use"):
            EmbeddedPostgres(folder / "pg", password="x" * 16, port=port, durable=False).start()
        with pytest.raises(EmbeddedError, match=f"port {port}, wanted by Redis, is in use"):
            EmbeddedRedis(folder / "redis", password="x" * 16, port=port).start()


def test_a_full_disk_is_named_and_leaves_no_half_database(folder):
    if os.geteuid() != 0:
        pytest.skip("mounting a small disk needs root")
    small = folder / "small"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(small)], check=False).returncode:
        pytest.skip("this machine does not allow mounting")
    try:
        with pytest.raises(EmbeddedError, match="No space left on device"):
            EmbeddedPostgres(small, password="x" * 16, durable=False).start()
        assert not (small / "data").exists()
    finally:
        subprocess.run(["umount", str(small)], check=True)


def test_redis_keeps_its_keys_over_a_restart_and_wants_its_password(folder):
    server = EmbeddedRedis(folder / "redis", password="sécret word")
    server.start()
    try:
        client = redis.Redis.from_url(server.url)
        client.set("k", "v")
        client.close()
        with pytest.raises(redis.exceptions.AuthenticationError):
            redis.Redis(port=server.port, single_connection_client=True)
        server.stop()
        server.start()
        client = redis.Redis.from_url(server.url)
        assert client.get("k") == b"v"
        client.close()
        command = Path(f"/proc/{server.process.pid}/cmdline").read_bytes()
        assert "sécret".encode() not in command
    finally:
        server.stop()


def test_servers_end_with_a_killed_parent(folder):
    code = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from runtime.embedded import EmbeddedPostgres\n"
        "from runtime.embedded_redis import EmbeddedRedis\n"
        "postgres = EmbeddedPostgres(Path(sys.argv[1]) / 'pg', password='x' * 16, durable=False)\n"
        "redis = EmbeddedRedis(Path(sys.argv[1]) / 'redis', password='x' * 16)\n"
        "postgres.start(); redis.start()\n"
        "print(postgres.process.pid, redis.process.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    result = subprocess.run([sys.executable, "-c", code, str(folder)], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == -signal.SIGKILL, result.stderr
    pids = [int(word) for word in result.stdout.split()]
    assert len(pids) == 2
    deadline = time.monotonic() + 20
    while any(is_alive(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [pid for pid in pids if is_alive(pid)]
