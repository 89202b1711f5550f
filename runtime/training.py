"""Runs bot.train in Rasa's environment; which models are current it knows itself, by their fingerprints."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from runtime import child
from runtime.installation import Installation
from runtime.log_files import last_words


class TrainingFailed(Exception):
    """bot.train ended badly; the text is one line and names its log."""


def has_model(installation: Installation, unit: str) -> bool:
    """Whether the unit has a current model."""
    pointer = Path(installation.values["MODELS_DIR"]) / unit / "current"
    return pointer.exists() and (pointer.parent / pointer.read_text().strip()).exists()


def train(
    installation: Installation,
    units: Sequence[str],
    *,
    force: bool = False,
    on_line: Callable[[str], None] = lambda _: None,
    interrupted: Callable[[], bool] = lambda: False,
) -> None:
    """Train those of the units whose data changed. Raises TrainingFailed with the trainer's last words."""
    log = installation.log_of("train")
    log.parent.mkdir(parents=True, exist_ok=True)
    offset = log.stat().st_size if log.exists() else 0
    command = [str(installation.root / ".venv/bot/bin/python"), "-m", "bot.train", "--units", ",".join(units)]
    command += ["--models", installation.values["MODELS_DIR"], *(["--force"] if force else [])]
    with log.open("ab") as out:
        process = child.spawn(
            command,
            env=installation.environment_of_training(),
            cwd=installation.root,
            stdout=subprocess.PIPE,
            stderr=out,
        )
        assert process.stdout is not None
        with process.stdout as stream:
            for raw in stream:
                out.write(raw)
                out.flush()
                on_line(raw.decode("utf-8", "replace").strip())
                if interrupted():
                    child.stop(process, grace_seconds=2)
        code = process.wait()
    if code != 0:
        raise TrainingFailed(f"training ended with status {code}: {last_words(log, offset)} (all of it: {log})")
