"""Judges a unit's understanding by messages that it never saw: `python -m bot.judge_nlu --unit amigro FILE`

FILE is in Rasa's NLU format (YAML or JSON). The unit's model is trained on data/ first, unless it is up to date. Each
message that was understood wrongly is printed and written to results/<unit>/nlu_wrong.tsv with what it was taken for
and how surely; last come `name=value` lines (`bot.judgement.py` says what they mean).
"""

from __future__ import annotations

from bot.quiet import quieten

quieten("ERROR")

import argparse  # noqa: E402
import asyncio  # noqa: E402
import contextlib  # noqa: E402
import io  # noqa: E402
import statistics  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from collections.abc import Sequence  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import TYPE_CHECKING  # noqa: E402

from bot.importer import UnitImporter, UnitUnknown  # noqa: E402
from bot.judgement import Judged, figures  # noqa: E402
from bot.train import fingerprint, train  # noqa: E402

if TYPE_CHECKING:
    from rasa.core.agent import Agent


class MessagesInvalid(Exception):
    """The file cannot judge anything; the message says what to mend."""


def read_messages(file: Path, known: Sequence[str]) -> list[tuple[str, str]]:
    """Return (text, intent) of each example. known: the domain's intents. Raises MessagesInvalid."""
    from rasa.shared.exceptions import RasaException
    from rasa.shared.nlu.training_data.loading import load_data

    if not file.is_file():
        raise MessagesInvalid(f"there is no file {file}; give one in Rasa's NLU format: make test-nlu FILE=… BU=…")
    try:
        examples = load_data(str(file)).intent_examples
    except (RasaException, ValueError, KeyError, AttributeError, TypeError) as error:
        raise MessagesInvalid(f"{file} is not in Rasa's NLU format: {error}") from error
    messages = [(example.get("text"), example.get("intent")) for example in examples if example.get("text")]
    if not messages:
        raise MessagesInvalid(f"{file} holds no examples of intents; each needs `- intent:` and `examples: |`")
    unknown = sorted({intent for _, intent in messages} - set(known))
    if unknown:
        raise MessagesInvalid(f"{file} names intents that domain/shared/intents.yml does not: {', '.join(unknown)}")
    return messages


def model_for(root: Path, unit: str, models: Path) -> tuple[Path, float]:
    """Return the model of today's data and code, and the seconds that its training took (0: it was there)."""
    model = models / unit / f"{fingerprint(root, unit)}.tar.gz"
    if model.is_file():
        return model, 0.0
    print(f"{unit}: training …", file=sys.stderr, flush=True)
    start = time.monotonic()
    with contextlib.redirect_stderr(io.StringIO()):
        train(root, unit, models)
    return model, time.monotonic() - start


async def parse(agent: Agent, messages: Sequence[tuple[str, str]]) -> tuple[list[Judged], list[float]]:
    """Read each message as a turn would. Return what it was taken for and the milliseconds that each took."""
    # The first one reads the sentence encoder's weights.
    await agent.parse_message(messages[0][0])
    judged, took = [], []
    for text, intent in messages:
        start = time.perf_counter()
        answer = (await agent.parse_message(text))["intent"]
        took.append((time.perf_counter() - start) * 1000)
        judged.append(Judged(text, intent, str(answer["name"]), float(answer["confidence"])))
    return judged, took


def report(judged: Sequence[Judged], took: Sequence[float], wrong_file: Path) -> None:
    wrong_file.parent.mkdir(parents=True, exist_ok=True)
    rows = [
        f"{each.intent}\t{each.answer}\t{each.confidence:.3f}\t{' '.join(each.text.split())}"
        for each in judged
        if not each.right
    ]
    wrong_file.write_text("\n".join(["intent\ttaken_for\tconfidence\ttext", *rows]) + "\n", encoding="utf-8")
    for row in rows:
        print(row)
    print(f"{len(judged)} messages, {len(rows)} understood wrongly: {wrong_file}")
    print("\n".join(figures(judged).lines()))
    print(f"p50_ms={statistics.median(took):.2f}")
    print(f"p95_ms={sorted(took)[int(len(took) * 0.95)]:.2f}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--unit", default="amigro")
    parser.add_argument("--models", default="models", type=Path)
    arguments = parser.parse_args()
    root = Path.cwd()
    try:
        domain = UnitImporter(str(root / "config.yml"), unit=arguments.unit).get_domain()
        messages = read_messages(arguments.file, domain.intents)
    except (MessagesInvalid, UnitUnknown) as error:
        print(error, file=sys.stderr)
        return 2
    model, seconds = model_for(root, arguments.unit, arguments.models)
    from rasa.core.agent import Agent

    judged, took = asyncio.run(parse(Agent.load(str(model)), messages))
    report(judged, took, Path("results") / arguments.unit / "nlu_wrong.tsv")
    if seconds:
        print(f"train_seconds={seconds:.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
