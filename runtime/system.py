"""Programs and libraries of the machine that no package manager of ours brings: checked, put in by
apt where allowed.
"""

from __future__ import annotations

import ctypes.util
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class SystemPart:
    """One thing that the machine has to have."""

    name: str
    packages: tuple[str, ...]
    wanted_by: str
    is_here: Callable[[], bool]

    @property
    def command(self) -> str:
        """The one command that puts it in."""
        sudo = "" if os.geteuid() == 0 else "sudo "
        return f"{sudo}apt-get install -y --no-install-recommends {' '.join(self.packages)}"


def chromium_path() -> str | None:
    """The browser that the tests drive."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        if found:
            return found
    return None


def _writes_pdfs(root: Path) -> bool:
    return "weasyprint==" in (root / "requirements/app.txt").read_text()


def parts(root: Path, *, tests: bool) -> list[SystemPart]:
    """What this checkout needs: Pango once PDFs are written, Chromium for the tests only."""
    needed = []
    if _writes_pdfs(root):
        needed.append(
            SystemPart(
                "Pango",
                ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "fonts-dejavu-core"),
                "PDF documents",
                lambda: bool(ctypes.util.find_library("pango-1.0") and ctypes.util.find_library("pangoft2-1.0")),
            )
        )
    if tests:
        needed.append(
            SystemPart("Chromium", ("chromium",), "the tests of the pages", lambda: chromium_path() is not None)
        )
    return needed


def provide(root: Path, *, tests: bool, say: Callable[[str], None]) -> list[SystemPart]:
    """Put in what is missing, where we may; returns what is still missing."""
    missing = [part for part in parts(root, tests=tests) if not part.is_here()]
    if not missing or os.geteuid() != 0 or shutil.which("apt-get") is None:
        return missing
    packages = [package for part in missing for package in part.packages]
    say(f"apt-get install {' '.join(packages)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    for command in (install, ["apt-get", "update"], install):
        result = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        if command is install and result.returncode == 0:
            break
    return [part for part in missing if not part.is_here()]
