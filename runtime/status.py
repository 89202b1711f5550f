"""make down, make status, make logs: what an operator does to a platform that runs in another terminal."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from runtime import child, log_files
from runtime.installation import Installation

_COLOURS = {"well": "green", "starting": "yellow", "waiting": "yellow", "unwell": "red", "failed": "bold red"}


def running_pid(installation: Installation) -> int | None:
    """The process id of the supervisor, if one holds the lock (a stale pid never counts)."""
    path = installation.run / "supervisor.lock"
    if not path.exists():
        return None
    with path.open("r+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            text = lock.read().strip()
            return int(text) if text.isdigit() else None
    return None


def read_state(installation: Installation) -> dict[str, Any]:
    """What the supervisor last wrote; empty while it still prepares."""
    try:
        return dict(json.loads((installation.run / "supervisor.json").read_text()))
    except (FileNotFoundError, ValueError):
        return {}


def down(installation: Installation, console: Console) -> int:
    """Ask the supervisor to end and wait until it has."""
    pid = running_pid(installation)
    if pid is None:
        console.print("nothing runs here")
        return 0
    os.kill(pid, signal.SIGTERM)
    console.print(f"process {pid} ends everything …")
    began = time.monotonic()
    if not child.wait_for_exit(pid, timeout_seconds=90):
        console.print(f"process {pid} did not end within 90 s; kill -9 {pid} ends it and all its processes")
        return 1
    console.print(f"all ended after {time.monotonic() - began:.1f} s")
    return 0


def status(installation: Installation, console: Console) -> int:
    """Print the table; non-zero where something is not well."""
    pid = running_pid(installation)
    if pid is None:
        console.print("nothing runs here; make up starts it")
        return 3
    state = read_state(installation)
    if not state:
        console.print(f"process {pid} is preparing; its processes have not been started yet")
        return 0
    table = Table(box=None, padding=(0, 2))
    for column in ("process", "state", "pid", "port", "memory", "restarts"):
        table.add_column(column, justify="right" if column in {"pid", "port", "memory", "restarts"} else "left")
    total = 0
    for entry in state["processes"]:
        memory = memory_of(entry["pid"]) if entry["pid"] else 0
        total += memory
        colour = _COLOURS.get(entry["state"], "default")
        table.add_row(
            entry["name"],
            f"[{colour}]{entry['state']}[/]",
            str(entry["pid"] or "—"),
            str(entry["port"] or "—"),
            f"{memory / 2**20:.0f} MB" if memory else "—",
            str(entry["restarts"]),
        )
    table.add_row("[dim]together[/]", "", "", "", f"{total / 2**20:.0f} MB", "")
    console.print(table)
    for entry in state["processes"]:
        if entry["reason"]:
            console.print(f"{entry['name']}: {entry['reason']}", markup=False, highlight=False, soft_wrap=True)
    return 0 if all(entry["state"] == "well" for entry in state["processes"]) else 1


def logs(installation: Installation, console: Console, process: str, *, lines: int, follow: bool) -> int:
    """Print the end of a log, and what is added to it until Ctrl-C."""
    log = installation.log_of(process)
    known = sorted(path.stem for path in installation.logs.glob("*.log")) if installation.logs.is_dir() else []
    if process not in known:
        console.print(f"no log of {process or 'no process'}; there are: {', '.join(known) or 'none yet'}", markup=False)
        return 2
    for line in log_files.tail(log, lines):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    if follow:
        try:
            _follow(log, console)
        except KeyboardInterrupt:
            pass
    return 0


def memory_of(pid: int) -> int:
    """Proportional memory of a process and of all that belong to its group, in bytes."""
    total = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            group = int((folder / "stat").read_text().rpartition(")")[2].split()[2])
            if group != pid:
                continue
            total += _proportional(folder)
        except (OSError, ValueError, IndexError):
            continue
    return total


def _proportional(folder: Path) -> int:
    """Shared pages counted once: PostgreSQL's children share most of theirs."""
    try:
        text = (folder / "smaps_rollup").read_text()
        name = "Pss:"
    except OSError:
        text = (folder / "status").read_text()
        name = "VmRSS:"
    for line in text.splitlines():
        if line.startswith(name):
            return int(line.split()[1]) * 1024
    return 0


def _follow(log: Path, console: Console) -> None:
    position = log.stat().st_size
    while True:
        size = log.stat().st_size
        if size < position:
            position = 0  # it was rotated
        if size > position:
            with log.open("rb") as stream:
                stream.seek(position)
                text = stream.read().decode("utf-8", "replace")
                position = stream.tell()
            console.print(text, end="", markup=False, highlight=False, soft_wrap=True)
        time.sleep(0.3)
