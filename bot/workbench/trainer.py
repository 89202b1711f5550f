"""The process `trainer`: takes tests from the queue, one at a time. `python -m bot.workbench.trainer`

It stays small; the work is done by a process of its own (`bot/workbench/testing.py`), which gives its memory back when
it ends, and which the kernel ends with this one. A kill -9 of either costs one try: the lease ends, and the test begins
again.
"""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import psycopg
import redis

from bot.workbench.queue import LEASE_SECONDS, MOST_ATTEMPTS, Claimed, Queue
from contract.settings import EXIT_MISCONFIGURED, BotSettings, SettingsInvalid, read_bot_settings

logger = logging.getLogger(__name__)
_SWEEP_SECONDS = 5.0
_LOOK_SECONDS = 1.0
# As runtime/heartbeat.py reads it.
_HEARTBEAT, _HEARTBEAT_SECONDS, _HEARTBEAT_EVERY = "heartbeat:trainer", 30, 10.0
_PR_SET_PDEATHSIG = 1
_SAID = 4000


class Trainer:
    """database_url: of the role huntred_bot. command: what tests one job; its id and token are added."""

    def __init__(self, database_url: str, command: list[str] | None = None) -> None:
        self._url = database_url
        self._queue = Queue(database_url)
        self._command = command or [sys.executable, "-m", "bot.workbench.testing"]
        self._stopped = threading.Event()

    def stop(self) -> None:
        """End soon; the test that runs waits for another try."""
        self._stopped.set()

    def run(self) -> None:
        while not self._stopped.is_set():
            try:
                if not self.run_one():
                    self._wait()
            except psycopg.Error as error:
                logger.warning("the queue of tests does not answer: %s", error)
                self._stopped.wait(_SWEEP_SECONDS)

    def run_one(self) -> bool:
        """Test what waits longest, if anything does; return whether there was something."""
        job = self._queue.claim()
        if job is None:
            return False
        logger.info("testing %s of %s, try %d", job.id, job.unit, job.attempts)
        process = subprocess.Popen(
            [*self._command, str(job.id), str(job.token)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True,
            preexec_fn=_die_with_parent(os.getpid()),
        )  # fmt: skip
        said: list[bytes] = []
        reading = threading.Thread(target=lambda: said.append(_tail(process)), daemon=True)
        reading.start()
        ours = self._watch(job, process)
        _end(process)
        reading.join(timeout=5)
        if not ours or process.returncode == 0:
            return True
        if self._stopped.is_set() or (process.returncode < 0 and job.attempts < MOST_ATTEMPTS):
            self._queue.let_go(job)
        elif process.returncode < 0:
            self._queue.fail(job, "Interrupted")
        else:
            self._queue.fail(job, b"".join(said).decode("utf-8", "replace").strip() or f"exit {process.returncode}")
        return True

    def _watch(self, job: Claimed, process: subprocess.Popen[bytes]) -> bool:
        """Renew the lease until the process ends; False as soon as the job is not ours any more."""
        renewed = time.monotonic()
        while process.poll() is None and not self._stopped.wait(_LOOK_SECONDS):
            try:
                if not self._queue.renew(job):
                    return process.poll() is not None
                renewed = time.monotonic()
            except psycopg.Error as error:
                logger.warning("the lease of %s cannot be renewed: %s", job.id, error)
                if time.monotonic() - renewed > LEASE_SECONDS:
                    return False
        return True

    def _wait(self) -> None:
        with psycopg.connect(self._url, autocommit=True, connect_timeout=10) as connection:
            connection.execute("LISTEN workbench")
            for _ in connection.notifies(timeout=_SWEEP_SECONDS, stop_after=1):
                return


def _tail(process: subprocess.Popen[bytes]) -> bytes:
    """The end of what it said; all of it is read, so that it never blocks."""
    last = b""
    assert process.stderr is not None
    for line in process.stderr:
        last = (last + line)[-_SAID:]
    return last


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


def _die_with_parent(parent: int) -> Callable[[], None]:
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform.startswith("linux") else None

    def prepare() -> None:
        # People who talk come first.
        os.nice(10)
        if libc is not None:
            libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))
            if os.getppid() != parent:
                os._exit(0)

    return prepare


def _beat(settings: BotSettings, stopped: threading.Event) -> None:
    client = redis.Redis.from_url(settings.redis_url, socket_timeout=5)
    while True:
        try:
            client.set(_HEARTBEAT, "1", ex=_HEARTBEAT_SECONDS)
        except redis.exceptions.RedisError as error:
            logger.warning("no heartbeat: %s", error)
        if stopped.wait(_HEARTBEAT_EVERY):
            return


def main() -> int:
    try:
        settings = read_bot_settings()
    except SettingsInvalid as error:
        print(error, file=sys.stderr)
        return EXIT_MISCONFIGURED
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    trainer, stopped = Trainer(settings.database_url), threading.Event()

    def end(*_: object) -> None:
        trainer.stop()
        stopped.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    beating = threading.Thread(target=_beat, args=(settings, stopped), daemon=True)
    beating.start()
    trainer.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
