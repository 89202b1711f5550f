"""Keeps the processes running: starts, watches, starts again with back-off, ends in order.

What lives here: the life of children, from the main thread of one process. What does not: which processes
there are (runtime.processes), what comes before them (runtime.up), what an operator sees (runtime.status).

A child that ends is started again after 1, 2, 4 … 30 s; one that ran well for a minute begins at 1 s
again. One that ends with EX_CONFIG (78) is misconfigured: it stays down and its last line says why. One
that was well and then does not answer for a minute is ended and started again.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from contract.settings import EXIT_MISCONFIGURED
from runtime import child, log_files
from runtime.health import Check, Health

FIRST_DELAY = 1.0
LONGEST_DELAY = 30.0
HOPELESS_RESTARTS = 3
SETTLED_SECONDS = 60.0
HUNG_SECONDS = 60.0
_TICK_SECONDS = 0.1
_QUICK_CHECK_SECONDS = 0.5
_SLOW_CHECK_SECONDS = 5.0


class State(str, Enum):
    """Where a process stands."""

    STARTING = "starting"
    WELL = "well"
    UNWELL = "unwell"
    WAITING = "waiting"  # it ended and will be started again
    FAILED = "failed"  # it cannot start; a person has to mend something
    STOPPED = "stopped"


@dataclass
class Task:
    """One process to keep running. `launch` starts it and returns it; everything else is kept by the
    supervisor.
    """

    name: str
    launch: Callable[[], subprocess.Popen[bytes]]
    log: Path
    check: Check | None = None
    stop_stage: int = 1
    stop_signal: signal.Signals = signal.SIGTERM
    grace_seconds: float = 10.0
    port: int | None = None

    process: subprocess.Popen[bytes] | None = None
    state: State = State.STOPPED
    reason: str = ""
    restarts: int = 0
    started_at: float = 0.0
    was_well: bool = False
    well_at: float = 0.0
    due_at: float = 0.0
    delay: float = FIRST_DELAY
    log_offset: int = 0
    next_check_at: float = 0.0
    pending: Future[Health] | None = None

    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process else None


@dataclass
class Supervisor:
    """Runs tasks until `stop()`; call everything from the main thread."""

    tasks: Sequence[Task]
    state_file: Path | None = None
    on_change: Callable[[Task], None] = lambda _: None
    clock: Callable[[], float] = time.monotonic
    started_at: float = field(default_factory=time.time)
    _pool: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(max_workers=8, thread_name_prefix="health")
    )
    _written: str = ""
    _next_rotation: float = 0.0

    def start(self, task: Task) -> None:
        """Start one task now."""
        task.log.parent.mkdir(parents=True, exist_ok=True)
        task.log_offset = task.log.stat().st_size if task.log.exists() else 0
        task.pending = None
        try:
            task.process = task.launch()
        except (OSError, RuntimeError, ValueError) as error:
            task.process = None
            self._schedule(task, f"cannot start: {str(error).splitlines()[0] if str(error) else error!r}")
            return
        task.started_at = self.clock()
        task.next_check_at = task.started_at
        task.was_well = False
        # While it starts again, why it ended is the news.
        self._set(task, State.STARTING if task.check else State.WELL, task.reason if task.restarts else "")

    def start_all(self) -> None:
        """Start every task that does not run, in the order of the table."""
        for task in self.tasks:
            if task.process is None and task.state is State.STOPPED:
                self.start(task)

    def tick(self) -> None:
        """Look once at every task; returns quickly."""
        now = self.clock()
        for task in self.tasks:
            if task.process is not None:
                code = task.process.poll()
                if code is not None:
                    self._ended(task, code)
                else:
                    self._look(task, now)
            elif task.state is State.WAITING and now >= task.due_at:
                task.restarts += 1
                self.start(task)
        if now >= self._next_rotation:
            self._next_rotation = now + 5.0
            for task in self.tasks:
                log_files.rotate(task.log)
        self._write_state()

    def run(self, until: Callable[[], bool]) -> None:
        """Look again and again until `until()` says yes."""
        while not until():
            self.tick()
            time.sleep(_TICK_SECONDS)

    def wait_until_well(self, until: Callable[[], bool], *, timeout_seconds: float) -> list[Task]:
        """Wait for all tasks; returns those that are not well when time is up or that die again and again."""
        deadline = self.clock() + timeout_seconds

        def is_settled(task: Task) -> bool:
            hopeless = task.restarts >= HOPELESS_RESTARTS and not task.was_well
            return task.state in {State.WELL, State.FAILED} or hopeless

        def done() -> bool:
            return all(is_settled(task) for task in self.tasks) or until() or self.clock() > deadline

        self.run(done)
        return [task for task in self.tasks if task.state is not State.WELL]

    def stop(self, *, at_once: Callable[[], bool] = lambda: False) -> None:
        """End all: stage by stage, in each stage together. `at_once`: a second Ctrl-C, nobody is
        waited for.
        """
        for stage in sorted({task.stop_stage for task in self.tasks}):
            members = [task for task in self.tasks if task.stop_stage == stage and task.process is not None]
            for task in members:
                if task.process is not None and task.process.poll() is None:
                    task.process.send_signal(task.stop_signal)
            began = self.clock()
            for task in members:
                while task.process is not None and task.process.poll() is None:
                    if at_once() or self.clock() - began > task.grace_seconds:
                        break
                    time.sleep(0.02)
                if task.process is not None:
                    child.stop(task.process, first=signal.SIGKILL, grace_seconds=5)
                task.process = None
                self._set(task, State.STOPPED, "")
        for task in self.tasks:
            if task.state is not State.STOPPED:
                self._set(task, State.STOPPED, "")
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._write_state()

    # --- the life of one task
    # ----------------------------------------------------------------------------------

    def _ended(self, task: Task, code: int) -> None:
        if task.process is not None:
            # What it started and left behind would hold its port.
            child.signal_group(task.process, signal.SIGKILL)
        task.process = None
        words = log_files.last_words(task.log, task.log_offset)
        if code == EXIT_MISCONFIGURED:
            self._set(task, State.FAILED, words or "its settings are wrong")
            return
        how = f"killed by {signal.Signals(-code).name}" if code < 0 else f"ended with status {code}"
        self._schedule(task, f"{how}{': ' + words if words else ''}")

    def _schedule(self, task: Task, reason: str) -> None:
        now = self.clock()
        if task.was_well and now - task.well_at >= SETTLED_SECONDS:
            task.delay = FIRST_DELAY
        task.due_at = now + task.delay
        task.delay = min(task.delay * 2, LONGEST_DELAY)
        self._set(task, State.WAITING, reason)

    def _look(self, task: Task, now: float) -> None:
        if task.check is None:
            if not task.was_well:
                task.was_well, task.well_at = True, now
            return
        if task.pending is not None:
            if not task.pending.done():
                return
            health = task.pending.result()
            task.pending = None
            settled = task.was_well and health.well
            task.next_check_at = now + (_SLOW_CHECK_SECONDS if settled else _QUICK_CHECK_SECONDS)
            self._judge(task, health, now)
        elif now >= task.next_check_at:
            task.pending = self._pool.submit(task.check)

    def _judge(self, task: Task, health: Health, now: float) -> None:
        if health.well:
            if task.state is not State.WELL:
                task.well_at = now
            task.was_well = True
            self._set(task, State.WELL, "")
            task.next_check_at = now + _SLOW_CHECK_SECONDS
            task.due_at = now
        elif not task.was_well:
            task.reason = task.reason if task.restarts else health.detail
        else:
            if task.state is State.WELL:
                task.due_at = now
            self._set(task, State.UNWELL, health.detail)
            if now - task.due_at > HUNG_SECONDS and task.process is not None:
                # It lives and does not answer: as good as dead.
                child.stop(task.process, first=task.stop_signal, grace_seconds=2)
                task.process = None
                self._schedule(task, f"did not answer for {HUNG_SECONDS:.0f} s")

    def _set(self, task: Task, state: State, reason: str) -> None:
        changed = (task.state, task.reason) != (state, reason)
        task.state, task.reason = state, reason
        if changed:
            self.on_change(task)

    def _write_state(self) -> None:
        if self.state_file is None:
            return
        now = self.clock()
        described = {
            "pid": os.getpid(),
            "started_at": self.started_at,
            "processes": [
                {
                    "name": task.name,
                    "state": task.state.value,
                    "pid": task.pid,
                    "port": task.port,
                    "restarts": task.restarts,
                    "reason": task.reason,
                    "up_seconds": int(now - task.started_at) // 5 * 5 if task.process else 0,
                }
                for task in self.tasks
            ],
        }
        text = json.dumps(described, indent=1)
        if text != self._written:
            draft = self.state_file.with_suffix(".new")
            draft.write_text(text)
            draft.replace(self.state_file)
            self._written = text
