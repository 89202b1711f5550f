"""Starting one child process so that it can neither outlive us nor block us.

What lives here: spawn (own process group, a signal from the kernel when we die), stop (ask, wait, kill).
What does not: when to start again (runtime.supervisor) and what to run (runtime.processes).
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform.startswith("linux") else None


def _die_with_parent(death_signal: signal.Signals, parent_pid: int, niceness: int) -> Callable[[], None]:
    def prepare() -> None:
        if niceness:
            os.nice(niceness)
        if _libc is None:
            return
        _libc.prctl(_PR_SET_PDEATHSIG, int(death_signal))
        if os.getppid() != parent_pid:
            # The parent died between fork and prctl: no signal would ever come.
            os._exit(0)

    return prepare


def spawn(
    command: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path,
    stdin: IO[bytes] | int = subprocess.DEVNULL,
    stdout: IO[bytes] | int | None = None,
    stderr: IO[bytes] | int | None = subprocess.STDOUT,
    death_signal: signal.Signals = signal.SIGTERM,
    niceness: int = 0,
) -> subprocess.Popen[bytes]:
    """Start `command` in a process group of its own; the kernel sends it `death_signal` when we die.

    niceness: how much it gives way to other processes, 0 to 19.
    Call it from the main thread: the kernel watches the thread that forked, not the whole process.
    """
    return subprocess.Popen(
        list(command),
        env=dict(env),
        cwd=cwd,
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        start_new_session=True,
        preexec_fn=_die_with_parent(death_signal, os.getpid(), niceness),
    )


def signal_group(process: subprocess.Popen[bytes], which: signal.Signals) -> None:
    """Send a signal to the child and to what it started; a group that is gone is no error."""
    try:
        os.killpg(process.pid, which)
    except ProcessLookupError:
        pass


def stop(
    process: subprocess.Popen[bytes], *, first: signal.Signals = signal.SIGTERM, grace_seconds: float = 10.0
) -> int:
    """Ask the child to end, wait for `grace_seconds`, then kill its whole group. Returns its exit code."""
    if process.poll() is None:
        process.send_signal(first)
        try:
            process.wait(grace_seconds)
        except subprocess.TimeoutExpired:
            pass
    # Also after a clean exit: grandchildren that ignored their parent's end go with the group.
    signal_group(process, signal.SIGKILL)
    return process.wait()


def wait_for_exit(pid: int, *, timeout_seconds: float) -> bool:
    """Wait until a process that is not our child is gone. Returns False when it is still there."""
    deadline = time.monotonic() + timeout_seconds
    while time.monotonic() < deadline:
        if not is_alive(pid):
            return True
        time.sleep(0.05)
    return not is_alive(pid)


def is_alive(pid: int) -> bool:
    """Whether a process with this id runs (a zombie does not count)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    stat = Path(f"/proc/{pid}/stat")
    if stat.exists():
        try:
            return stat.read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
        except (OSError, IndexError):
            return False
    return True
