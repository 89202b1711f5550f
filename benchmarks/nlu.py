"""Which pipeline understands best: `.venv/bot/bin/python -m benchmarks.nlu [--only ours,before] [--judged 5]`

Five-fold cross-validation over the shared examples; variants of a sentence are never on both sides, and neither is a
topic out of scope (`bot/understanding/variants.py`). Then each is trained on everything, timed, weighed and judged by
tests/held_out/nlu/*.yml. Entities are left out: all of these pipelines go with the same extractor.

Ours brings its threshold with it; for the others one is chosen as ours is (5 % of what is rightly understood is
lost), on the other folds. `--judged` says how many of the folds are judged: DIET takes minutes for each.
"""

from __future__ import annotations

from bot.quiet import quieten

quieten("ERROR")

import argparse  # noqa: E402
import asyncio  # noqa: E402
import contextlib  # noqa: E402
import io  # noqa: E402
import os  # noqa: E402
import statistics  # noqa: E402
import sys  # noqa: E402
import tempfile  # noqa: E402
import time  # noqa: E402
from collections.abc import Iterator, Mapping, Sequence  # noqa: E402
from dataclasses import dataclass  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import numpy as np  # noqa: E402
from rasa.core.agent import Agent  # noqa: E402
from rasa.model_training import TrainingType, _train_graph  # noqa: E402
from rasa.shared.core.domain import Domain  # noqa: E402
from rasa.shared.core.training_data.structures import StoryGraph  # noqa: E402
from rasa.shared.importers.importer import TrainingDataImporter  # noqa: E402
from rasa.shared.nlu.training_data.loading import load_data  # noqa: E402
from rasa.shared.nlu.training_data.message import Message  # noqa: E402
from rasa.shared.nlu.training_data.training_data import TrainingData  # noqa: E402

from bot.components.intent_reader import examples_of  # noqa: E402
from bot.importer import UnitImporter  # noqa: E402
from bot.judgement import TURNED_AWAY, Judged, figures  # noqa: E402
from bot.understanding.reader import Learning  # noqa: E402
from bot.understanding.sentences import ENCODER  # noqa: E402
from bot.understanding.variants import OUT_OF_SCOPE, folds, topic_groups, variant_groups  # noqa: E402

_ROOT = Path(__file__).resolve().parents[1]
_FOLDS = 5
_WORDS: list[dict[str, Any]] = [
    {"name": "WhitespaceTokenizer"},
    {"name": "RegexFeaturizer", "case_sensitive": False},
    {"name": "LexicalSyntacticFeaturizer"},
    {"name": "CountVectorsFeaturizer", "strip_accents": "unicode"},
    {
        "name": "CountVectorsFeaturizer", "strip_accents": "unicode", "analyzer": "char_wb",
        "min_ngram": 2, "max_ngram": 4,
    },
]  # fmt: skip
_SENTENCES = {"name": "benchmarks.nlu_featurizer.SentenceFeaturizer"}
_LINEAR = {"name": "LogisticRegressionClassifier", "max_iter": 80, "solver": "lbfgs"}
_DIET = {"name": "DIETClassifier", "epochs": 50, "entity_recognition": False, "constrain_similarities": True}
_SMALL_DIET = {**_DIET, "number_of_transformer_layers": 0, "hidden_layers_sizes": {"text": [256, 128]}}
# With its transformer a round takes 100 s of processor; after 14 it knows 98 % of what it learns from.
_WHOLE_DIET = {**_DIET, "epochs": 12}

PIPELINES: Mapping[str, list[dict[str, Any]]] = {
    "ours": [
        {"name": "WhitespaceTokenizer"},
        {"name": "bot.components.intent_reader.LinearIntentReader"},
        {"name": "bot.components.scope_gate.ScopeGate"},
    ],
    "before": [*_WORDS, _LINEAR],
    "before_and_sentences": [*_WORDS, _SENTENCES, _LINEAR],
    "sentences_linear": [{"name": "WhitespaceTokenizer"}, _SENTENCES, _LINEAR],
    "diet": [*_WORDS, _WHOLE_DIET],
    "sentences_small_diet": [*_WORDS, _SENTENCES, _SMALL_DIET],
}


class Examples(TrainingDataImporter):
    """Some examples and one pipeline; no dialogue."""

    def __init__(self, pipeline: list[dict[str, Any]], messages: Sequence[Message], whole: TrainingData) -> None:
        self._config = {"recipe": "default.v1", "assistant_id": "benchmark", "language": "es", "pipeline": pipeline}
        # Training leaves its features on the messages: each begins with fresh ones.
        fresh = [Message(dict(message.data)) for message in messages]
        self._data = TrainingData(
            fresh, regex_features=whole.regex_features, lookup_tables=whole.lookup_tables
        )

    def get_domain(self) -> Domain:
        return Domain.empty()

    def get_stories(self, exclusion_percentage: int | None = None) -> StoryGraph:
        return StoryGraph([])

    def get_conversation_tests(self) -> StoryGraph:
        return StoryGraph([])

    def get_config(self) -> dict[str, Any]:
        return self._config

    def get_config_file_for_auto_config(self) -> str | None:
        return None

    def get_nlu_data(self, language: str | None = "es") -> TrainingData:
        return self._data


@dataclass(frozen=True)
class Said:
    """What a pipeline said of a message: its answer, and how far the best of ours stood above out of scope."""

    text: str
    intent: str
    answer: str
    best: str
    confidence: float
    lead: float


@dataclass(frozen=True)
class Trained:
    """seconds: of the training, by the wall's clock; cpu_seconds of this process. megabytes: of the model's file."""

    agent: Agent
    seconds: float
    cpu_seconds: float
    megabytes: float


def trained(importer: Examples, folder: Path) -> Trained:
    # The cache would give a fold's pipeline back in no time.
    os.environ["RASA_CACHE_ENABLED"] = "false"
    wall, cpu = time.monotonic(), time.process_time()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        _train_graph(importer, TrainingType.NLU, str(folder), "model.tar.gz")
    wall, cpu = time.monotonic() - wall, time.process_time() - cpu
    file = folder / "model.tar.gz"
    return Trained(Agent.load(str(file)), wall, cpu, file.stat().st_size / 2**20)


async def said_of(agent: Agent, messages: Sequence[tuple[str, str]]) -> tuple[list[Said], float]:
    """Return what was said of each (text, intent), and the median milliseconds of CPU a message."""
    await agent.parse_message(messages[0][0])
    said, took = [], []
    for text, intent in messages:
        start = time.process_time()
        parsed = await agent.parse_message(text)
        took.append((time.process_time() - start) * 1000)
        shares = {each["name"]: float(each["confidence"]) for each in parsed["intent_ranking"]}
        outside = shares.get(OUT_OF_SCOPE, 0.0)
        ours = {name: share for name, share in shares.items() if name not in TURNED_AWAY} or {"": 0.0}
        best = max(ours, key=lambda name: ours[name])
        answer = str(parsed["intent"]["name"])
        said.append(Said(text, intent, answer, best, float(parsed["intent"]["confidence"]), ours[best] - outside))
    return said, statistics.median(took)


def threshold(said: Sequence[Said]) -> float:
    """The lead below which 5 % of what is rightly understood would be lost."""
    right = [each.lead for each in said if each.intent == each.best]
    return float(np.quantile(right, Learning().turned_away)) if right else 0.0


def judged(said: Sequence[Said], least: float | None) -> list[Judged]:
    """least: the lead that a message needs; None: the pipeline's own answer counts."""
    return [
        Judged(
            each.text,
            each.intent,
            each.answer if least is None else each.best if each.lead >= least else OUT_OF_SCOPE,
            each.confidence,
        )
        for each in said
    ]


def compare(
    name: str, data: TrainingData, splits: Sequence[Any], held_out: Sequence[tuple[str, str]]
) -> Iterator[str]:
    """Yield the `name=value` lines of one pipeline: of the folds first, a training before those of the held-out."""
    messages = [message for message in data.intent_examples if message.get("text")]
    own = name == "ours"
    parts: list[list[Said]] = []
    for learnt, judging in splits:
        with tempfile.TemporaryDirectory() as folder:
            importer = Examples(PIPELINES[name], [messages[place] for place in learnt], data)
            model = trained(importer, Path(folder))
        part, _ = asyncio.run(
            said_of(model.agent, [(messages[place].get("text"), messages[place].get("intent")) for place in judging])
        )
        parts.append(part)
        yield f"{name}_fold_train_cpu_seconds={model.cpu_seconds:.1f}"
    answers: list[Judged] = []
    for number, part in enumerate(parts):
        others = [each for at, other in enumerate(parts) if at != number for each in other]
        answers += judged(part, None if own else threshold(others or part))
    yield from (f"{name}_cv_{line}" for line in figures(answers).lines())
    with tempfile.TemporaryDirectory() as folder:
        model = trained(Examples(PIPELINES[name], messages, data), Path(folder))
    said, milliseconds = asyncio.run(said_of(model.agent, held_out))
    least = None if own else threshold([each for part in parts for each in part])
    yield from (f"{name}_held_out_{line}" for line in figures(judged(said, least)).lines())
    yield f"{name}_cpu_ms={milliseconds:.2f}"
    yield f"{name}_train_seconds={model.seconds:.1f}"
    yield f"{name}_train_cpu_seconds={model.cpu_seconds:.1f}"
    yield f"{name}_megabytes={model.megabytes:.1f}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help=f"of {', '.join(PIPELINES)}")
    parser.add_argument("--judged", type=int, default=_FOLDS, help="how many of the five folds are judged")
    arguments = parser.parse_args()
    chosen = [name for name in arguments.only.split(",") if name] or list(PIPELINES)
    unknown = [name for name in chosen if name not in PIPELINES]
    if unknown:
        print(f"unknown pipeline {', '.join(unknown)}; there are {', '.join(PIPELINES)}", file=sys.stderr)
        return 2
    data = UnitImporter(str(_ROOT / "config.yml"), unit="amigro").get_nlu_data()
    examples = examples_of(data)
    groups = variant_groups(examples.shapes, examples.intents)
    groups = topic_groups(groups, examples.intents, ENCODER.encode(examples.texts))
    splits = folds(examples.intents, groups, _FOLDS)[: max(1, arguments.judged)]
    held_out = [
        (message.get("text"), message.get("intent"))
        for file in sorted((_ROOT / "tests" / "held_out" / "nlu").glob("*.yml"))
        for message in load_data(str(file)).intent_examples
    ]
    print(f"{len(examples.texts)} examples, {len(set(groups))} groups, {len(held_out)} held out", flush=True)
    for name in chosen:
        for line in compare(name, data, splits, held_out):
            print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
