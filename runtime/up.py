"""`make up`: everything from a bare checkout to all processes well, then watching them until it is
told to end.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from rich.console import Console

from runtime import child, frontend, heartbeat, publishing, training
from runtime.backup.shipping import archive_settings
from runtime.embedded import EmbeddedError, EmbeddedPostgres
from runtime.embedded_redis import EmbeddedRedis
from runtime.frontend import FrontendError
from runtime.installation import Installation, InstallationError
from runtime.log_files import last_words
from runtime.processes import PROCESSES, numbers
from runtime.publishing import PublishingFailed
from runtime.steps import Steps
from runtime.supervised import backup_tasks, process_tasks, server_tasks, standin_tasks
from runtime.supervisor import State, Supervisor, Task
from runtime.training import TrainingFailed

_NEEDED_DISK = 1 * 2**30


class UpFailed(Exception):
    """The platform cannot start; one line that says why and what to do."""


class AlreadyRunning(UpFailed):
    """Another supervisor of this installation runs."""


@contextmanager
def only_one(installation: Installation) -> Iterator[None]:
    """Hold the installation's lock: the kernel gives it back however we end."""
    path = installation.run / "supervisor.lock"
    lock: IO[str] = path.open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        pid = lock.read().strip() or "?"
        lock.close()
        raise AlreadyRunning(f"this installation runs already (process {pid}); see make status, or make down") from None
    try:
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield
    finally:
        (installation.run / "supervisor.json").unlink(missing_ok=True)
        lock.truncate(0)
        lock.close()


@dataclass
class Platform:
    """One run of the whole platform."""

    installation: Installation
    console: Console
    with_demo: bool = True
    with_training: bool = True
    _ended: list[int] = field(default_factory=list)
    _postgres: EmbeddedPostgres | None = None
    _redis: EmbeddedRedis | None = None
    _supervisor: Supervisor | None = None

    def run(self, units: Sequence[str]) -> int:
        """Bring it up, keep it up, take it down. Returns the exit status. Raises UpFailed."""
        installation = self.installation
        for which in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(which, lambda number, _: self._ended.append(number))
        installation.make_folders()
        with only_one(installation):
            try:
                began = time.monotonic()
                with Steps(self.console) as steps:
                    self._prepare(steps, units)
                    troubled = self._start_processes(steps)
                if not self._ended:
                    self._welcome(time.monotonic() - began, troubled)
                    assert self._supervisor is not None
                    self._supervisor.run(lambda: bool(self._ended))
            except (EmbeddedError, InstallationError, FrontendError, PublishingFailed, TrainingFailed) as error:
                raise UpFailed(str(error)) from None
            except OSError as error:
                raise UpFailed(_plainly(error)) from None
            finally:
                self._stop()
        return 0

    # --- before the processes
    # ----------------------------------------------------------------------------------

    def _prepare(self, steps: Steps, units: Sequence[str]) -> None:
        installation = self.installation
        with steps.step("Settings and folders"):
            free = shutil.disk_usage(installation.var).free
            if free < _NEEDED_DISK:
                raise UpFailed(f"only {free / 2**30:.1f} GB of disk are free at {installation.var}; 1 GB is needed")
            installation.load()
            installation.choose_units(units)
            installation.choose_ports()
        for note in installation.notes:
            self.console.print(f"  note: {note}", markup=False)
        if not frontend.is_current(installation.root):
            with steps.step("Front-end libraries"):
                frontend.install(installation.root)
        self._start_servers(steps)
        self._leave_if_told()
        self._command(steps, "Database schema", "migrate")
        self._command(steps, "Business units", "seed")
        if self.with_demo and installation.values["ENVIRONMENT"] == "development":
            self._command(steps, "Demo data", "demo")
        if self.with_training:
            self._train(steps)
            self._publish(steps)

    def _start_servers(self, steps: Steps) -> None:
        installation, values = self.installation, self.installation.values
        if not installation.outside_database:
            self._postgres = EmbeddedPostgres(
                installation.var / "postgres",
                password=values["DATABASE_PASSWORD_ADMIN"],
                port=int(values["POSTGRES_PORT"]),
                log=installation.log_of("postgres"),
                settings=archive_settings(installation.wal_spool) if installation.keeps_backups else None,
            )
            with steps.step("PostgreSQL"):
                self._postgres.start()
        if not installation.outside_redis:
            self._redis = EmbeddedRedis(
                installation.var / "redis",
                password=values["REDIS_PASSWORD"],
                port=int(values["REDIS_PORT"]),
                log=installation.log_of("redis"),
            )
            with steps.step("Redis"):
                self._redis.start()

    def _command(self, steps: Steps, what: str, command: str) -> None:
        """One of our own one-shot commands, in a process of its own with the migrator's settings."""
        installation = self.installation
        log = installation.log_of(command)
        with steps.step(what) as say, log.open("ab") as out:
            process = child.spawn(
                [sys.executable, "-m", "runtime", command],
                env=installation.environment_of_command(),
                cwd=installation.root,
                stdout=subprocess.PIPE,
                stderr=out,
            )
            assert process.stdout is not None
            with process.stdout as stream:
                for raw in stream:
                    out.write(raw)
                    say(raw.decode("utf-8", "replace").strip())
                    if self._ended:
                        child.stop(process, grace_seconds=3)
            code = process.wait()
        self._leave_if_told()
        if code != 0:
            raise UpFailed(f"{command} ended with status {code}: {last_words(log)} (all of it: {log})")

    def _train(self, steps: Steps) -> None:
        units = self.installation.units
        with steps.step("Training", total=len(units)) as say:
            done = 0

            def on_line(line: str) -> None:
                nonlocal done
                done += not line.endswith("…")
                say(line, min(done, len(units)))

            training.train(self.installation, units, on_line=on_line, interrupted=lambda: bool(self._ended))
        self._leave_if_told()

    def _publish(self, steps: Steps) -> None:
        """What was never published before: a model that was taken back stays so."""
        installation = self.installation
        with steps.step("Models", total=len(installation.units)) as say:
            for done, unit in enumerate(installation.units, start=1):
                models, url = Path(installation.values["MODELS_DIR"]), installation.database_url("migrator")
                name = publishing.publish(url, models, unit, only_new=True)
                say(f"{unit}: {f'published {name}' if name else 'nothing new'}", done)
        self._leave_if_told()

    def _leave_if_told(self) -> None:
        if self._ended:
            raise UpFailed("interrupted")

    # --- the processes
    # -----------------------------------------------------------------------------------------

    def _start_processes(self, steps: Steps) -> list[Task]:
        installation = self.installation
        self._forget_heartbeats()
        tasks = [
            *server_tasks(self._postgres, self._redis),
            *standin_tasks(installation),
            *backup_tasks(installation),
            *(task for process in PROCESSES for task in process_tasks(installation, process)),
        ]
        self._supervisor = Supervisor(tasks, state_file=installation.run / "supervisor.json")
        patience = max(process.start_seconds for process in PROCESSES)
        with steps.step("Processes", total=len(tasks)) as say:
            console_is_live = self.console.is_terminal

            def on_change(task: Task) -> None:
                well = sum(other.state is State.WELL for other in tasks)
                if task.state is State.STARTING and not console_is_live:
                    return
                words = f"{task.name} {task.state.value}" + (f": {task.reason}" if task.reason else "")
                say(words, well)

            self._supervisor.on_change = on_change
            self._supervisor.start_all()
            troubled = self._supervisor.wait_until_well(lambda: bool(self._ended), timeout_seconds=patience)
        self._supervisor.on_change = self._report
        return troubled

    def _forget_heartbeats(self) -> None:
        import redis

        client = redis.Redis.from_url(self.installation.values["REDIS_URL"], socket_timeout=5)
        try:
            silent = [process for process in PROCESSES if process.port is None]
            many = numbers(self.installation.values)
            client.delete(
                *(
                    heartbeat.key(process.name_of(number))
                    for process in silent
                    for number in range(1, (many[process.copies] if process.copies else 1) + 1)
                )
            )
        except redis.exceptions.RedisError as error:
            raise UpFailed(f"Redis does not answer: {error}") from None
        finally:
            client.close()

    def _report(self, task: Task) -> None:
        if task.state is State.STOPPED:
            return
        colour = {State.WELL: "green", State.FAILED: "red", State.WAITING: "yellow"}.get(task.state, "default")
        self.console.print(f"[{colour}]{task.name} {task.state.value}[/]", end="", highlight=False)
        self.console.print(f"  {task.reason}" if task.reason else "", markup=False, highlight=False, soft_wrap=True)

    # --- the end
    # -----------------------------------------------------------------------------------------------

    def _stop(self) -> None:
        told = len(self._ended)
        if self._supervisor is not None:
            self.console.print("ending all processes …")
            self._supervisor.stop(at_once=lambda: len(self._ended) > max(told, 1))
        # Where the way up broke off, the servers are not the supervisor's yet; a stopped one is no error.
        if self._redis is not None:
            self._redis.stop()
        if self._postgres is not None:
            self._postgres.stop()

    def _welcome(self, seconds: float, troubled: Sequence[Task]) -> None:
        from runtime.welcome import show

        show(self.console, self.installation, seconds, troubled)


def _plainly(error: OSError) -> str:
    if error.errno == 28:
        where = f" ({error.filename})" if error.filename else ""
        return f"the disk is full{where}: free some space and run make up again"
    return str(error)


def up(units: Sequence[str], *, var: Path | None = None, demo: bool = True, train: bool = True) -> int:
    """The command's body; prints one line and returns non-zero where it cannot go on."""
    console = Console()
    installation = Installation() if var is None else Installation(var=var.resolve())
    platform = Platform(installation, console, with_demo=demo, with_training=train)
    try:
        return platform.run(units)
    except UpFailed as error:
        Console(stderr=True).print(f"make up: {error}", style="bold red", markup=False, highlight=False, soft_wrap=True)
        return 1
