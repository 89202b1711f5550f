"""What the supervisor keeps running here: the table's processes, the embedded servers, in development the stand-ins."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

from runtime import child, health
from runtime.backup.state import OVERDUE, BackupState
from runtime.embedded import EmbeddedPostgres
from runtime.embedded_redis import EmbeddedRedis
from runtime.installation import Installation
from runtime.processes import Process, numbers
from runtime.supervisor import State, Task


def process_tasks(installation: Installation, process: Process) -> list[Task]:
    """A process of the table as often as the settings say."""
    many = numbers(installation.values)
    copies = many[process.copies] if process.copies else 1
    return [process_task(installation, process, number) for number in range(1, copies + 1)]


def process_task(installation: Installation, process: Process, number: int = 1) -> Task:
    """One process of the table, with its own settings and no others."""
    values = installation.values
    name, environment = process.name_of(number), installation.environment_of(process, number)
    port = int(environment.get(process.port) or values[process.port]) if process.port else None
    own_port = environment.get("HEALTH_PORT") if process.name == "gateway" else None
    check = (
        health.http_check(f"http://127.0.0.1:{own_port or port}/health")
        if port
        else health.heartbeat_check(values["REDIS_URL"], name)
    )
    niceness = numbers(values)[process.niceness] if process.niceness else 0
    task = _task(installation, name, process.command(installation.root), environment, niceness)
    task.check, task.port = check, port
    task.stop_stage, task.grace_seconds = process.stop_stage, process.grace_seconds
    return task


def standin_tasks(installation: Installation) -> list[Task]:
    """In development without vendors' addresses, the tests' stand-ins are WhatsApp, Telegram and the mail server."""
    if not installation.with_standins or not (installation.root / "tests/standins/__main__.py").exists():
        return []
    port = int(installation.values["STANDINS_PORT"])
    command = [sys.executable, "-m", "tests.standins"]
    # It is the outside world, which does not compute here.
    niceness = numbers(installation.values)["RASA_NICENESS"]
    task = _task(installation, "standins", command, installation.environment_of_standins(), niceness)
    task.check, task.port = health.http_check(f"http://127.0.0.1:{port}/health"), port
    task.stop_stage, task.grace_seconds = 0, 5.0
    return [task]


def backup_tasks(installation: Installation) -> list[Task]:
    """Where BACKUP_TO is set: what ships the embedded database's log and takes its base backups."""
    if not installation.keeps_backups:
        return []
    state = BackupState(installation.run / "backup.json")
    task = _task(
        installation, "backup", [sys.executable, "-m", "runtime.backup"], installation.environment_of_backup()
    )
    since = time.time()

    def check() -> health.Health:
        trouble = state.trouble(now=BackupState.now())
        # The first base backup of a large database takes its time.
        return health.Health(not trouble or time.time() - since < OVERDUE.total_seconds(), trouble or "ships the log")

    # Ended after what writes, before the database.
    task.check, task.stop_stage, task.grace_seconds = check, 3, 20.0
    return [task]


def server_tasks(postgres: EmbeddedPostgres | None, redis: EmbeddedRedis | None) -> list[Task]:
    """The embedded servers run already; from here on the supervisor watches them too, and ends them last."""
    tasks = []
    for name, server, stage in (("postgres", postgres, 9), ("redis", redis, 8)):
        if server is None or server.process is None:
            continue

        def launch(server: EmbeddedPostgres | EmbeddedRedis = server) -> subprocess.Popen[bytes]:
            server.start()
            assert server.process is not None
            return server.process

        tasks.append(
            Task(
                name=name,
                launch=launch,
                log=server.log,
                check=health.postgres_check(server.url())
                if isinstance(server, EmbeddedPostgres)
                else health.redis_check(server.url),
                stop_stage=stage,
                port=server.port,
                stop_signal=signal.SIGINT if name == "postgres" else signal.SIGTERM,
                grace_seconds=20,
                process=server.process,
                state=State.STARTING,
                started_at=time.monotonic(),
            )
        )
    return tasks


def _task(
    installation: Installation, name: str, command: list[str], environment: dict[str, str], niceness: int = 0
) -> Task:
    log = installation.log_of(name)

    def launch() -> subprocess.Popen[bytes]:
        with log.open("ab") as out:
            return child.spawn(command, env=environment, cwd=installation.root, stdout=out, niceness=niceness)

    return Task(name=name, launch=launch, log=log)
