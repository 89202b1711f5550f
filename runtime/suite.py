"""`make test`: everything that CI runs, stage by stage, with one summary and one exit status.

A stage that fails does not keep the later ones from running (somebody waits for all the news), but the
whole fails.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from runtime import child, frontend, system
from runtime.installation import ROOT, Installation
from runtime.processes import LIBRARY_ENVIRONMENT

APP = str(ROOT / ".venv/app/bin/python")
BOT = str(ROOT / ".venv/bot/bin/python")
_TOOLS = ROOT / ".venv/app/bin"
_COVERAGE = ROOT / "coverage"
# Of the tests of the app's environment, those of a later stage; and Rasa's.
_AFTER_TRAINING = ("e2e", "faults", "simulation/test_small.py", "bot")


@dataclass
class Outcome:
    """How one stage ended."""

    stage: str
    passed: bool
    seconds: float
    last_words: str


@dataclass
class Suite:
    """One run of the stages."""

    scratch: Path
    wanted: frozenset[str] = frozenset()
    testbed: subprocess.Popen[bytes] | None = None
    training: subprocess.Popen[bytes] | None = None

    # --- stages
    # ------------------------------------------------------------------------------------------------

    def lint(self) -> bool:
        return self._run([str(_TOOLS / "ruff"), "check", "."])

    def imports(self) -> bool:
        return self._run([str(_TOOLS / "lint-imports")], {"PYTHONPATH": str(ROOT)})

    def types(self) -> bool:
        app = self._run([str(_TOOLS / "mypy"), *_packages("contract", "huntred", "actions", "runtime", "benchmarks")])
        bot = self._run(
            [
                str(_TOOLS / "mypy"),
                "--python-executable",
                BOT,
                "--python-version",
                "3.10",
                *_packages("contract", "bot"),
            ]
        )
        return app and bot

    def app(self) -> bool:
        """Unit and integration tests of the app environment."""
        frontend.install(ROOT)
        for part in system.provide(ROOT, tests=True, say=print):
            print(f"{part.name} is missing ({part.wanted_by}): {part.command}")
        return self._pytest(
            APP,
            "app",
            ["tests", *(f"--ignore=tests/{other}" for other in _AFTER_TRAINING), "-n", "2", "--dist=loadfile"],
        )

    def bot(self) -> bool:
        """Tests of what runs inside Rasa's environment; the next stage's training, of one core, begins beside them."""
        if "train" in self.wanted:
            self.training = self._train()
        return self._pytest(BOT, "bot", ["tests/bot", "-n", "2", "--dist", "loadfile"], LIBRARY_ENVIRONMENT["bot"])

    def lint_dialogue(self) -> bool:
        """Every response on every channel of its unit; the error codes come from the business's side."""
        codes = self.scratch / "error-codes.json"
        self.scratch.mkdir(parents=True, exist_ok=True)
        with codes.open("wb") as out:
            command = [APP, "-m", "runtime.error_codes"]
            process = child.spawn(command, env=dict(os.environ), cwd=ROOT, stdout=out, stderr=None)
            if process.wait() != 0:
                print("the error codes cannot be listed: python -m runtime.error_codes")
                return False
        return self._run([BOT, "-m", "bot.lint_dialogue", "--codes", str(codes)], LIBRARY_ENVIRONMENT["bot"])

    def train(self) -> bool:
        """Models of all units, from the texts of this checkout; what is current is not trained again."""
        self.training = self.training or self._train()
        passed = self.training.wait() == 0
        self.training = None
        print(self._trained.read_text(encoding="utf-8", errors="replace"), flush=True)
        return passed

    @property
    def _trained(self) -> Path:
        return self.scratch / "train.txt"

    def _train(self) -> subprocess.Popen[bytes]:
        self.scratch.mkdir(parents=True, exist_ok=True)
        with self._trained.open("wb") as told:
            return self._begin([APP, "-m", "runtime", "train"], None, stdout=told)

    def dialogue(self) -> bool:
        """rasa data validate and rasa test core for every unit: a wrong prediction fails."""
        return self._run([BOT, "-m", "bot.check_dialogue"], LIBRARY_ENVIRONMENT["bot"])

    def e2e(self) -> bool:
        """The whole platform with the stand-ins, in Chromium too."""
        if not (ROOT / "tests/e2e").is_dir():
            print("there are no end-to-end tests")
            return False
        # In processes of their own: a browser that is open leaves its event loop running. The roads wait most of their
        # time, so that simulated people talk and the pages are looked at meanwhile.
        self.scratch.mkdir(parents=True, exist_ok=True)
        told = self.scratch / "pages.txt"
        with told.open("wb") as pages_told:
            beside = ["tests/simulation/test_small.py", "tests/e2e/pages"]
            pages = self._begin_pytest(APP, "pages", beside, stdout=pages_told)
            roads = self._pytest(APP, "e2e", ["tests/e2e", "--ignore=tests/e2e/pages"])
            seen = pages.wait() == 0
        print(told.read_text(encoding="utf-8", errors="replace"), flush=True)
        return self._pytest(APP, "faults", ["tests/faults", "-m", "not long"]) and roads and seen

    def coverage(self) -> bool:
        """Both environments together, against the threshold in pyproject.toml."""
        data = sorted(str(path) for path in _COVERAGE.glob(".coverage.*"))
        if not data:
            print("no coverage was measured: run the stages app and bot with it")
            return False
        whole = _COVERAGE / "whole"
        where = {"COVERAGE_FILE": str(whole)}
        coverage = [APP, "-m", "coverage"]
        return self._run([*coverage, "combine", "--keep", *data], where) and self._run([*coverage, "report"], where)

    # --- how
    # ---------------------------------------------------------------------------------------------------

    def _pytest(self, python: str, name: str, arguments: Sequence[str], more: dict[str, str] | None = None) -> bool:
        return self._begin_pytest(python, name, arguments, more).wait() == 0

    def _begin_pytest(
        self, python: str, name: str, arguments: Sequence[str], more: dict[str, str] | None = None,
        stdout: IO[bytes] | None = None,
    ) -> subprocess.Popen[bytes]:  # fmt: skip
        environment = {
            **(more or {}),
            "COVERAGE_FILE": str(_COVERAGE / f".coverage.{name}"),
            "TESTBED": str(self._bed()),
            "CHROMIUM": system.chromium_path() or "",
        }
        # One stage measures a part; the whole is held against the threshold by the stage coverage.
        measured = ["--cov", "--cov-report=", "--cov-fail-under=0"]
        return self._begin([python, "-m", "pytest", "-q", *measured, *arguments], environment, stdout)

    def _bed(self) -> Path:
        """One PostgreSQL and one Redis for all stages."""
        described = self.scratch / "testbed.json"
        if self.testbed is None or self.testbed.poll() is not None:
            command = [APP, "-m", "runtime.testbed", "--folder", str(self.scratch)]
            self.testbed = child.spawn(command, env=dict(os.environ), cwd=ROOT, stderr=None)
            deadline = time.monotonic() + 180
            while not described.exists():
                if self.testbed.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError("the test bed cannot start; its reason stands above")
                time.sleep(0.05)
        return described

    def _run(self, command: Sequence[str], more: dict[str, str] | None = None) -> bool:
        return self._begin(command, more).wait() == 0

    def _begin(
        self, command: Sequence[str], more: dict[str, str] | None, stdout: IO[bytes] | None = None
    ) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "CI": "true", **(more or {})}
        stderr = None if stdout is None else subprocess.STDOUT
        return child.spawn(command, env=environment, cwd=ROOT, stdout=stdout, stderr=stderr)

    def close(self) -> None:
        """Stop the test bed, and a training that nobody waited for, and forget what they held."""
        if self.training is not None:
            child.stop(self.training, grace_seconds=5)
        if self.testbed is not None:
            child.stop(self.testbed, grace_seconds=20)
        shutil.rmtree(self.scratch, ignore_errors=True)


STAGES: dict[str, Callable[[Suite], bool]] = {
    "lint": Suite.lint,
    "types": Suite.types,
    "imports": Suite.imports,
    "app": Suite.app,
    "bot": Suite.bot,
    "lint-dialogue": Suite.lint_dialogue,
    "train": Suite.train,
    "dialogue": Suite.dialogue,
    "e2e": Suite.e2e,
    "coverage": Suite.coverage,
}


def _packages(*names: str) -> list[str]:
    return [word for name in names if (ROOT / name).is_dir() for word in ("-p", name)]


def run(only: Sequence[str]) -> int:
    """Run the stages and print the summary. Returns the exit status."""
    unknown = [name for name in only if name not in STAGES]
    if unknown:
        print(f"unknown stage {', '.join(unknown)}; there are {', '.join(STAGES)}", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    Installation().make_folders()
    _COVERAGE.mkdir(exist_ok=True)
    if not only:
        for old in _COVERAGE.glob(".coverage.*"):
            old.unlink()
    suite = Suite(ROOT / "var" / f"suite-{os.getpid()}", frozenset(only or STAGES))
    outcomes: list[Outcome] = []
    began = time.monotonic()
    try:
        for name, stage in STAGES.items():
            if only and name not in only:
                continue
            print(f"\n=== {name} {'=' * (70 - len(name))}", flush=True)
            start = time.monotonic()
            words = ""
            try:
                passed = stage(suite)
            except (RuntimeError, OSError, frontend.FrontendError) as error:
                passed, words = False, str(error)
                print(words)
            outcomes.append(Outcome(name, passed, time.monotonic() - start, words))
    finally:
        suite.close()
    print(f"\n=== summary {'=' * 63}")
    for outcome in outcomes:
        verdict = "passed" if outcome.passed else "FAILED"
        print(f"{verdict:<8}{outcome.stage:<12}{outcome.seconds:7.1f} s  {outcome.last_words}")
    failed = [outcome.stage for outcome in outcomes if not outcome.passed]
    print(
        f"{'FAILED: ' + ', '.join(failed) if failed else 'all passed'} in {time.monotonic() - began:.0f} s",
        flush=True,
    )
    return 1 if failed else 0


def main() -> None:
    parser = argparse.ArgumentParser(description="Everything that CI runs.")
    parser.add_argument("--only", default="", help=f"some of: {', '.join(STAGES)}")
    arguments = parser.parse_args()
    sys.exit(run([word.strip() for word in arguments.only.split(",") if word.strip()]))


if __name__ == "__main__":
    main()
