"""The supervisor over real, small child processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from runtime import supervisor as module
from runtime.child import is_alive, spawn
from runtime.health import Health
from runtime.supervisor import State, Supervisor, Task

ROOT = Path(__file__).resolve().parents[3]
STAY = "import time\nwhile True: time.sleep(0.05)"


class FakeClock:
    """Time that the test moves, so that back-off is tested without waiting for it."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def python_task(tmp_path: Path, name: str, code: str, **more) -> Task:
    log = tmp_path / f"{name}.log"

    def launch() -> subprocess.Popen[bytes]:
        with log.open("ab") as out:
            return spawn([sys.executable, "-c", code], env={"PATH": os.environ["PATH"]}, cwd=tmp_path, stdout=out)

    return Task(name=name, launch=launch, log=log, **more)


@pytest.fixture
def supervise(tmp_path):
    made: list[Supervisor] = []

    def make(*tasks: Task, **more) -> Supervisor:
        supervisor = Supervisor(tasks, **more)
        made.append(supervisor)
        return supervisor

    yield make
    for supervisor in made:
        supervisor.stop(at_once=lambda: True)


def tick_until(supervisor: Supervisor, condition) -> None:
    for _ in range(2000):
        supervisor.tick()
        if condition():
            return
        time.sleep(0.01)
    pytest.fail(f"never came: {[(task.name, task.state, task.reason) for task in supervisor.tasks]}")


def test_a_child_that_dies_is_started_again_after_1_2_4_up_to_30_seconds(tmp_path, supervise):
    clock = FakeClock()
    task = python_task(tmp_path, "crasher", "import sys; print('no luck', file=sys.stderr); sys.exit(3)")
    supervisor = supervise(task, clock=clock)
    supervisor.start_all()
    delays = []
    for turn in range(7):
        tick_until(supervisor, lambda: task.state is State.WAITING)
        assert task.restarts == turn
        assert task.reason == "ended with status 3: no luck"
        delays.append(task.due_at - clock.now)
        clock.now = task.due_at - 0.001
        supervisor.tick()
        assert task.state is State.WAITING, "not before its time"
        clock.now = task.due_at
        supervisor.tick()
    assert delays == [1, 2, 4, 8, 16, 30, 30]


def test_one_that_ran_well_for_a_minute_begins_at_one_second_again(tmp_path, supervise):
    clock = FakeClock()
    task = python_task(tmp_path, "steady", STAY)
    task.delay = 16.0
    supervisor = supervise(task, clock=clock)
    supervisor.start_all()
    supervisor.tick()
    clock.now += 61
    os.kill(task.pid, signal.SIGKILL)
    tick_until(supervisor, lambda: task.state is State.WAITING)
    assert task.due_at - clock.now == 1
    assert task.reason == "killed by SIGKILL"


def test_a_killed_child_comes_back_with_another_pid(tmp_path, supervise, monkeypatch):
    monkeypatch.setattr(module, "FIRST_DELAY", 0.05)
    task = python_task(tmp_path, "victim", STAY)
    task.delay = 0.05
    supervisor = supervise(task)
    supervisor.start_all()
    first = task.pid
    os.kill(first, signal.SIGKILL)
    tick_until(supervisor, lambda: task.restarts == 1 and task.process is not None)
    assert task.pid != first
    assert is_alive(task.pid)


def test_a_misconfigured_child_stays_down_and_says_why_in_one_line(tmp_path, supervise):
    code = "import sys; print('starting', flush=True); sys.stderr.write('LOOKUP_KEY is not set: give base64\\n'); sys.exit(78)"
    task = python_task(tmp_path, "unset", code)
    supervisor = supervise(task)
    supervisor.start_all()
    tick_until(supervisor, lambda: task.state is State.FAILED)
    assert task.reason == "LOOKUP_KEY is not set: give base64"
    supervisor.tick()
    assert task.process is None
    assert task.restarts == 0


def test_the_reason_is_of_this_start_not_of_an_older_one(tmp_path, supervise):
    task = python_task(tmp_path, "silent", "import sys; sys.exit(1)")
    task.log.write_text("an old sorrow\n")
    supervisor = supervise(task)
    supervisor.start_all()
    tick_until(supervisor, lambda: task.state is State.WAITING)
    assert task.reason == "ended with status 1"


def test_a_command_that_is_not_there_is_said_and_tried_again(tmp_path, supervise):
    def launch() -> subprocess.Popen[bytes]:
        return spawn([str(tmp_path / "nothing")], env={}, cwd=tmp_path)

    task = Task(name="ghost", launch=launch, log=tmp_path / "ghost.log")
    supervisor = supervise(task)
    supervisor.start_all()
    assert task.state is State.WAITING
    assert "No such file or directory" in task.reason


def test_one_that_hangs_is_ended_and_started_again(tmp_path, supervise):
    clock = FakeClock()
    answers = [True]
    task = python_task(tmp_path, "hanger", STAY, check=lambda: Health(answers[0], "silence"))
    supervisor = supervise(task, clock=clock)
    supervisor.start_all()
    tick_until(supervisor, lambda: task.state is State.WELL)
    first = task.pid
    answers[0] = False
    clock.now += 6
    tick_until(supervisor, lambda: task.state is State.UNWELL)
    assert is_alive(first), "not at the first silence"
    for _ in range(30):
        clock.now += 6
        for _ in range(5):
            supervisor.tick()
            time.sleep(0.005)
        if task.state is State.WAITING:
            break
    assert task.reason == "did not answer for 60 s"
    assert not is_alive(first)


def test_stop_goes_stage_by_stage(tmp_path, supervise):
    """Each child writes its name when it is asked to end; the later stage must not write before the earlier is gone."""
    ended = tmp_path / "ended"
    code = (
        "import signal, sys, time\n"
        "def end(*_):\n"
        "    time.sleep({pause})\n"
        f"    open({str(ended)!r}, 'a').write('{{name}}\\n')\n"
        "    sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, end)\n"
        "print('ready', flush=True)\n"
        "while True: time.sleep(0.05)\n"
    )
    tasks = [
        python_task(tmp_path, name, code.format(name=name, pause=pause), stop_stage=stage)
        for name, stage, pause in [("actions", 2, 0), ("gateway", 0, 0.3), ("rasa", 1, 0.2)]
    ]
    supervisor = supervise(*tasks)
    supervisor.start_all()
    tick_until(supervisor, lambda: all(task.log.exists() and "ready" in task.log.read_text() for task in tasks))
    pids = [task.pid for task in tasks]
    supervisor.stop()
    assert ended.read_text().split() == ["gateway", "rasa", "actions"]
    assert not [pid for pid in pids if is_alive(pid)]


def test_one_that_ignores_the_request_is_killed_with_what_it_started(tmp_path, supervise):
    pid_file = tmp_path / "grandchild"
    code = (
        "import signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "inner = subprocess.Popen([sys.executable, '-c', 'import signal,time\\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\\ntime.sleep(600)'])\n"
        f"open({str(pid_file)!r}, 'w').write(str(inner.pid))\n"
        "while True: time.sleep(0.05)\n"
    )
    task = python_task(tmp_path, "stubborn", code, grace_seconds=0.2)
    supervisor = supervise(task)
    supervisor.start_all()
    tick_until(supervisor, lambda: pid_file.exists() and pid_file.read_text())
    pids = [task.pid, int(pid_file.read_text())]
    supervisor.stop()
    deadline = time.monotonic() + 10
    while any(is_alive(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not [pid for pid in pids if is_alive(pid)]


def test_a_killed_supervisor_leaves_no_orphans(tmp_path):
    code = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "sys.path.insert(0, str(Path(sys.argv[2])))\n"
        "from tests.integration.runtime.test_supervisor import STAY, python_task\n"
        "from runtime.supervisor import Supervisor\n"
        "folder = Path(sys.argv[1])\n"
        "supervisor = Supervisor([python_task(folder, n, STAY) for n in 'abc'], state_file=folder / 'state.json')\n"
        "supervisor.start_all()\n"
        "supervisor.tick()\n"
        "print('up', flush=True)\n"
        "supervisor.run(lambda: False)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path), str(ROOT)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout.readline() == "up\n"
    pids = [entry["pid"] for entry in json.loads((tmp_path / "state.json").read_text())["processes"]]
    assert len(pids) == 3
    assert all(is_alive(pid) for pid in pids)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 10
    while any(is_alive(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not [pid for pid in pids if is_alive(pid)]


def test_the_state_file_says_what_an_operator_wants_to_know(tmp_path, supervise):
    task = python_task(tmp_path, "seen", STAY, port=5080)
    supervisor = supervise(task, state_file=tmp_path / "state.json")
    supervisor.start_all()
    supervisor.tick()
    state = json.loads((tmp_path / "state.json").read_text())
    assert state["pid"] == os.getpid()
    assert state["processes"][0] == {
        "name": "seen",
        "state": "well",
        "pid": task.pid,
        "port": 5080,
        "restarts": 0,
        "reason": "",
        "up_seconds": 0,
    }


def test_a_child_may_give_way_to_the_others(tmp_path):
    said = tmp_path / "said"
    with said.open("wb") as out:
        command = [sys.executable, "-c", "import os; print(os.nice(0))"]
        process = spawn(command, env={"PATH": os.environ["PATH"]}, cwd=tmp_path, stdout=out, niceness=7)
    assert process.wait(30) == 0
    assert int(said.read_text()) == min(os.nice(0) + 7, 19)
