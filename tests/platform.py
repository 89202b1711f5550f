"""The whole platform for one test: `make up` in a folder of its own, on free ports, with real processes.

    with Platform.start(tmp_path, units=["amigro"]) as platform:
        platform.url("gateway"), platform.pid("rasa"), platform.kill("rasa"), platform.wait_until_well()

Needs the environments and, where `rasa` is to be well, the models of those units (`make train`).
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runtime import child
from runtime.installation import ROOT, Installation


class PlatformFailed(AssertionError):
    """The platform did not do what was waited for; the text holds what make up said."""


@dataclass
class Platform:
    """A running platform."""

    process: subprocess.Popen[bytes]
    installation: Installation
    said: Path

    @classmethod
    def start(
        cls,
        folder: Path,
        *,
        units: Sequence[str] = ("amigro",),
        demo: bool = False,
        environment: dict[str, str] | None = None,
        timeout_seconds: float = 300,
        well: bool = True,
        entry: str = "runtime",
        root: Path = ROOT,
        train: bool = False,
    ) -> Platform:
        """Start it and return once all processes are well (well=False: once they have been started).

        entry: the module whose `up` starts it; a test's own may put other modules in place of some processes.
        root: another copy of the platform, with environments of its own or linked ones.
        """
        folder.mkdir(parents=True, exist_ok=True)
        said = folder / "up.log"
        given = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        # Nobody gives way here: the browsers and tests that are the outside world compute on the same processors.
        given |= {"COLUMNS": "200", "RASA_NICENESS": "0", "WORKER_NICENESS": "0", **(environment or {})}
        command = [sys.executable, "-m", entry, "up", "--var", str(folder / "var")]
        command.append("--train" if train else "--no-train")
        command += ["--units", ",".join(units), "--demo" if demo else "--no-demo"]
        with said.open("ab") as out:
            process = child.spawn(command, env=given, cwd=root, stdout=out)
        platform = cls(process, Installation(root=root, var=(folder / "var").resolve(), environment=given), said)
        try:
            platform.wait_for(lambda: bool(platform.state()), timeout_seconds, "its processes are started")
            platform.installation.load()
            ports = json.loads((platform.installation.var / "ports.json").read_text())
            platform.installation.values |= {name: str(port) for name, port in ports.items()}
            platform.installation.settle_addresses()
            platform.installation.choose_units(list(units))
            if well:
                platform.wait_until_well(timeout_seconds)
        except BaseException:
            platform.stop()
            raise
        return platform

    def __enter__(self) -> Platform:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    # --- looking -----------------------------------------------------------------------------------------------

    def state(self) -> dict[str, dict[str, Any]]:
        """What the supervisor says of each process, by name; empty before they are started."""
        try:
            described = json.loads((self.installation.run / "supervisor.json").read_text())
        except (FileNotFoundError, ValueError):
            return {}
        return {entry["name"]: entry for entry in described["processes"]}

    def pid(self, name: str) -> int:
        return int(self.state()[name]["pid"])

    def url(self, name: str) -> str:
        """The address of a process that listens: gateway, backoffice, actions, rasa, standins."""
        return f"http://127.0.0.1:{self.installation.values[f'{name.upper()}_PORT']}"

    def database_url(self, role: str = "migrator") -> str:
        return self.installation.database_url(role)

    @property
    def admin_url(self) -> str:
        """The platform's database as superuser: no policy applies."""
        base = self.installation.values["ADMIN_DATABASE_URL"]
        return base.rpartition("/")[0] + "/huntred"

    def log(self, name: str) -> str:
        return self.installation.log_of(name).read_text(errors="replace")

    # --- waiting -----------------------------------------------------------------------------------------------

    def wait_until_well(self, timeout_seconds: float = 240, names: Iterable[str] | None = None) -> None:
        """Wait until all (or these) processes are well."""

        def are_well() -> bool:
            state = self.state()
            chosen = list(names) if names is not None else list(state)
            return bool(state) and all(state[name]["state"] == "well" for name in chosen)

        self.wait_for(are_well, timeout_seconds, "all processes are well")

    def wait_for(self, condition: Callable[[], bool], timeout_seconds: float, what: str) -> None:
        """Wait for something; a platform that ended meanwhile, or time that is up, fails with all that is known."""
        deadline = time.monotonic() + timeout_seconds
        while not condition():
            if self.process.poll() is not None:
                raise PlatformFailed(f"make up ended with status {self.process.returncode}:\n{self._story()}")
            if time.monotonic() > deadline:
                raise PlatformFailed(f"after {timeout_seconds:.0f} s it is not so that {what}:\n{self._story()}")
            time.sleep(0.05)

    # --- doing -------------------------------------------------------------------------------------------------

    def kill(self, name: str) -> int:
        """SIGKILL one process; the supervisor starts it again. Returns the id that died."""
        pid = self.pid(name)
        os.kill(pid, signal.SIGKILL)
        return pid

    def wait_until_back(self, name: str, died: int, timeout_seconds: float = 120) -> None:
        """Wait until a killed process runs again under another id, and is well."""

        def is_back() -> bool:
            entry = self.state().get(name, {})
            return entry.get("state") == "well" and entry.get("pid") not in {None, died}

        self.wait_for(is_back, timeout_seconds, f"{name} is back")

    def stop(self) -> int:
        """Ctrl-C; returns make up's exit status."""
        return child.stop(self.process, first=signal.SIGINT, grace_seconds=90)

    def _story(self) -> str:
        troubled = [f"{n}: {e['state']} {e['reason']}" for n, e in self.state().items() if e["state"] != "well"]
        return self.said.read_text(errors="replace")[-4000:] + "\n" + "\n".join(troubled)
