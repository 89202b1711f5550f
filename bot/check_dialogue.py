"""Validates a unit's training data and walks its test stories; one wrong prediction fails.

`python -m bot.check_dialogue --units amigro,huntu` (the models must be trained)
"""

from __future__ import annotations

from bot.quiet import quieten

quieten("ERROR")

import argparse  # noqa: E402
import asyncio  # noqa: E402
import contextlib  # noqa: E402
import io  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402

from bot.agents import model_of  # noqa: E402
from contract.settings import ALL_UNITS  # noqa: E402


def validate(unit: str, root: Path = Path()) -> bool:
    """As `rasa data validate`: intents, actions, slots, and rules that contradict each other. root: of data/."""
    from rasa.validator import Validator

    from bot.importer import UnitImporter

    validator = Validator.from_importer(UnitImporter(str(root / "config.yml"), unit=unit))
    return bool(
        validator.verify_domain_validity()
        and validator.verify_intents(ignore_warnings=True)
        and validator.verify_example_repetition_in_intents(ignore_warnings=True)
        and validator.verify_actions_in_stories_rules()
        and validator.verify_forms_in_stories_rules()
        and validator.verify_slot_mappings()
        and validator.verify_story_structure(ignore_warnings=False)
    )


async def walk(unit: str, model: Path, stories: Path, results: Path) -> int:
    """As `rasa test core`: return how many test stories were predicted wrongly."""
    from rasa.core.agent import Agent
    from rasa.core.test import test

    agent = Agent.load(str(model))
    results.mkdir(parents=True, exist_ok=True)
    report = await test(
        str(stories), agent, out_directory=str(results), fail_on_prediction_errors=False, e2e=True,
        disable_plotting=True, successes=False, errors=True, warnings=False,
    )  # fmt: skip
    stories_report = report["report"]["conversation_accuracy"]
    return int(stories_report["total"] - stories_report["correct"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", default=",".join(ALL_UNITS))
    parser.add_argument("--models", default="models", type=Path)
    arguments = parser.parse_args()
    passed = failed = 0
    for unit in arguments.units.split(","):
        if not validate(unit):
            print(f"{unit}: the training data is not valid", file=sys.stderr)
            failed += 1
            continue
        stories = Path("tests/conversations") / unit
        if not stories.is_dir():
            print(f"{unit}: valid; no test stories", flush=True)
            passed += 1
            continue
        results = Path("results") / unit
        with contextlib.redirect_stdout(io.StringIO()):
            wrong = asyncio.run(walk(unit, model_of(arguments.models, unit), stories, results))
        if wrong:
            print(f"{unit}: {wrong} test stories went wrong, see {results}/failed_test_stories.yml", file=sys.stderr)
            failed += 1
        else:
            print(f"{unit}: valid, and every test story is predicted", flush=True)
            passed += 1
    print(f"dialogue: {passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
