"""Tests one change: `python -m bot.workbench.testing JOB TOKEN`, started by the trainer.

On a copy of the data with the change in it: validation, every intent before and after, training, the test
conversations, and what real turns (masked) would be taken for. The result and the model go into the job's row.
"""

from __future__ import annotations

from bot.quiet import quieten

quieten("ERROR")

import asyncio  # noqa: E402
import hashlib  # noqa: E402
import logging  # noqa: E402
import os  # noqa: E402
import shutil  # noqa: E402
import sys  # noqa: E402
import tempfile  # noqa: E402
import time  # noqa: E402
import warnings  # noqa: E402
from collections.abc import Callable, Sequence  # noqa: E402
from dataclasses import dataclass  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402
from uuid import UUID  # noqa: E402

from bot.workbench.queue import LeaseLost, Queue  # noqa: E402
from contract.nlu_patch import IntentWithoutExamples, patch, read_files, with_additions  # noqa: E402
from contract.settings import read_bot_settings  # noqa: E402

_TURNS = 200
_SHOWN = 40
_LONGEST_PROBLEMS = 6000


@dataclass(frozen=True)
class Place:
    """root: of this checkout. copy: the same with the change. models: MODELS_DIR. scratch: goes when we end."""

    root: Path
    copy: Path
    models: Path
    scratch: Path


def test_change(
    queue: Queue, id_: UUID, token: UUID, place: Place, told: Callable[[str, float], None]
) -> tuple[dict[str, Any], str, Path | None]:
    """Return the result, the patch, and the model's file where one could be trained. told: hears step and share."""
    from bot.importer import UnitImporter
    from bot.train import fingerprint, train
    from bot.workbench.comparing import FOLDS, Comparison

    started = time.monotonic()
    order = queue.order(id_, token)
    files = read_files(place.root)
    changed = with_additions(files, order.additions)
    _copy(place, changed)
    told("validating", 0.05)
    valid, problems = _validated(place.copy, order.unit)
    result: dict[str, Any] = {
        "passed": False, "valid": valid, "problems": problems, "stories_wrong": None, "intents": [], "mended": [],
        "made": [], "judged": 0, "folds": FOLDS, "macro_f1": {"before": None, "after": None},
        "oos_recall": {"before": None, "after": None}, "turns": {"read": 0, "changed_count": 0, "changed": []},
    }  # fmt: skip
    model: Path | None = None
    if valid:
        told("judging", 0.1)
        importers = [UnitImporter(str(root / "config.yml"), unit=order.unit) for root in (place.root, place.copy)]
        kept = place.models / "workbench" / f"before-{fingerprint(place.root, order.unit)}-{FOLDS}.json"
        result |= Comparison(*importers).run(kept, lambda share: told("judging", 0.1 + 0.45 * share))
        told("training", 0.55)
        model = train(place.copy, order.unit, place.scratch / "models")
        told("conversations", 0.8)
        result["stories_wrong"] = _walked(place, order.unit, model)
        told("turns", 0.9)
        result["turns"] = _read_turns(queue, order.unit, place, model)
        told("keeping", 0.98)
    result["passed"] = valid and not result["stories_wrong"]
    result["seconds"] = round(time.monotonic() - started)
    return result, patch(files, changed), model


def _copy(place: Place, changed: dict[str, str]) -> None:
    for folder in ("data", "domain"):
        shutil.copytree(place.root / folder, place.copy / folder)
    shutil.copy(place.root / "config.yml", place.copy / "config.yml")
    for path, text in changed.items():
        (place.copy / path).write_text(text, encoding="utf-8")


class _Heard(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


def _validated(root: Path, unit: str) -> tuple[bool, str]:
    """Whether `rasa data validate` finds the data valid, and what it says."""
    from rasa.shared.exceptions import RasaException

    from bot.check_dialogue import validate

    heard, logger = _Heard(), logging.getLogger("rasa")
    level = logger.level
    logger.addHandler(heard)
    logger.setLevel(logging.WARNING)
    try:
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always", UserWarning)
            try:
                valid = validate(unit, root)
            except RasaException as error:
                valid = False
                heard.lines.append(str(error))
    finally:
        logger.removeHandler(heard)
        logger.setLevel(level)
    lines = [*heard.lines, *(str(each.message) for each in warned if issubclass(each.category, UserWarning))]
    # What is said of valid data is said of today's too: only what is wrong is shown.
    return valid, "" if valid else "\n".join(dict.fromkeys(lines)).replace(f"{root}/", "")[:_LONGEST_PROBLEMS]


def _walked(place: Place, unit: str, model: Path) -> int | None:
    """How many test conversations went wrong; None where this installation has none."""
    from bot.check_dialogue import walk

    stories = place.root / "tests" / "conversations" / unit
    if not stories.is_dir():
        return None
    return asyncio.run(walk(unit, model, stories, place.scratch / "results"))


def _read_turns(queue: Queue, unit: str, place: Place, model: Path) -> dict[str, Any]:
    """What real turns are taken for by the model in use and by the new one."""
    from bot.agents import ModelMissing, model_of

    nothing: dict[str, Any] = {"read": 0, "changed_count": 0, "changed": []}
    texts = queue.turns(unit, _TURNS)
    if not texts:
        return nothing
    current = place.scratch / "current.tar.gz"
    if not queue.current_model(unit, current):
        try:
            current = model_of(place.models, unit)
        except ModelMissing:
            return nothing
    before, after = (asyncio.run(_parsed(file, texts)) for file in (current, model))
    changed = [
        {
            "text": text, "before": was[0], "before_confidence": was[1], "after": now[0], "after_confidence": now[1],
        }
        for text, was, now in zip(texts, before, after, strict=True)
        if was[0] != now[0]
    ]  # fmt: skip
    return {"read": len(texts), "changed_count": len(changed), "changed": changed[:_SHOWN]}


async def _parsed(model: Path, texts: Sequence[str]) -> list[tuple[str, float]]:
    from rasa.core.agent import Agent

    agent = Agent.load(str(model))
    found = []
    for text in texts:
        # The marks of what was masked are no words of people.
        intent = (await agent.parse_message(text.replace("[", "").replace("]", "").strip()))["intent"]
        found.append((str(intent["name"]), float(intent["confidence"])))
    return found


def main() -> int:
    id_, token = UUID(sys.argv[1]), UUID(sys.argv[2])
    settings = read_bot_settings()
    queue, root = Queue(settings.database_url), Path.cwd()
    cache = root / ".rasa" / "cache"
    with tempfile.TemporaryDirectory(prefix="workbench-") as folder:
        scratch = Path(folder)
        writable = os.access(cache if cache.is_dir() else root, os.W_OK)
        os.environ.setdefault("RASA_CACHE_DIRECTORY", str(cache if writable else scratch / "cache"))
        place = Place(root, scratch / "copy", Path(settings.models_dir), scratch)
        place.copy.mkdir()
        try:
            result, written, model = test_change(
                queue, id_, token, place, lambda step, share: queue.progress(id_, token, step, round(share * 100))
            )
            content = model.read_bytes() if model is not None else None
            digest = hashlib.sha256(content).hexdigest() if content is not None else ""
            queue.finish(id_, token, result, written, model.name if model else "", digest, content)
        except LeaseLost:
            return 0
        except IntentWithoutExamples as error:
            print(f"IntentWithoutExamples: {error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
