"""What a change does to the understanding: each intent before and after, and which confusions it makes or mends.

Grouped cross-validation over the examples that were there before: both sides are judged by the same messages, and an
added sentence never teaches the fold that judges a variant of it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, INTENT_RANKING_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from sklearn.metrics import f1_score

from bot.components.intent_reader import SCOPE_THRESHOLD, examples_of
from bot.components.scope_gate import ScopeGate
from bot.importer import UnitImporter
from bot.judgement import Judged, figures
from bot.understanding.reader import Examples, Heard, IntentReader, Learning, hear, learn
from bot.understanding.variants import OUT_OF_SCOPE, folds, topic_groups, variant_groups

FOLDS = 3
_SHOWN = 12


class Comparison:
    """before, after: of the same unit, on the data as it is and as it would be."""

    def __init__(self, before: UnitImporter, after: UnitImporter) -> None:
        self._old = examples_of(before.get_nlu_data())
        new = examples_of(after.get_nlu_data())
        there = Counter(zip(self._old.texts, self._old.intents, strict=True))
        added = []
        for place, key in enumerate(zip(new.texts, new.intents, strict=True)):
            if there[key]:
                there[key] -= 1
            else:
                added.append(place)
        self._added = new.of(np.array(added, dtype=np.intp))
        config = after.get_config()
        self._learning = Learning(**_settings(config, "LinearIntentReader", Learning.__dataclass_fields__))
        gate = ScopeGate.get_default_config()
        self._gate = ScopeGate({**gate, **_settings(config, "ScopeGate", list(gate))})

    def run(self, kept: Path, told: Callable[[float], None]) -> dict[str, Any]:
        """Return intents, mended, made, macro_f1, oos_recall, judged, folds. told: hears the share that is done.

        kept: the file that holds what was answered before, for the next change on the same data.
        """
        old = self._old
        heard = hear(old.texts)
        told(0.15)
        groups = variant_groups(old.shapes, old.intents)
        splits = folds(old.intents, topic_groups(groups, old.intents, heard.vectors), FOLDS)
        before = _read(kept, len(old.texts))
        added = hear(self._added.texts) if self._added.texts else None
        after: list[str] = [""] * len(old.texts)
        answered: list[str] = [""] * len(old.texts)
        for number, (learnt, judging) in enumerate(splits):
            if before is None:
                reader = learn(old.of(learnt), heard.of(learnt), self._learning)
                self._answer(reader, heard, judging, answered)
            told(0.15 + 0.85 * (number + 0.5) / len(splits))
            taught = self._teaches(judging)
            examples, features = _joined(old.of(learnt), heard.of(learnt), self._added, added, taught)
            self._answer(learn(examples, features, self._learning), heard, judging, after)
            told(0.15 + 0.85 * (number + 1) / len(splits))
        if before is None:
            before = answered
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_text(json.dumps(before), encoding="utf-8")
        return self._figures(before, after)

    def _teaches(self, judging: NDArray[np.intp]) -> NDArray[np.intp]:
        """The added sentences that are no variant of one that is judged."""
        if not self._added.texts:
            return np.array([], dtype=np.intp)
        judged = self._old.of(judging)
        groups = variant_groups([*judged.shapes, *self._added.shapes], [*judged.intents, *self._added.intents])
        taken = set(groups[: len(judged.texts)])
        own = groups[len(judged.texts) :]
        return np.array([place for place, group in enumerate(own) if group not in taken], dtype=np.intp)

    def _answer(self, reader: IntentReader, heard: Heard, places: NDArray[np.intp], into: list[str]) -> None:
        """As a turn would: the reader's shares, then the scope gate with the unit's thresholds."""
        shares = reader.probabilities(heard.of(places))
        messages = []
        for place, row in zip(places, shares, strict=True):
            ranking = [
                {INTENT_NAME_KEY: reader.intents[at], PREDICTED_CONFIDENCE_KEY: float(row[at])}
                for at in (-row).argsort(kind="stable")[:10]
            ]
            message = Message({TEXT: self._old.texts[place]})
            message.set(INTENT, ranking[0])
            message.set(INTENT_RANKING_KEY, ranking)
            message.set(SCOPE_THRESHOLD, reader.scope.threshold)
            messages.append(message)
        for place, message in zip(places, self._gate.process(messages), strict=True):
            into[place] = str(message.get(INTENT)[INTENT_NAME_KEY])

    def _figures(self, before: Sequence[str], after: Sequence[str]) -> dict[str, Any]:
        old = self._old
        named = sorted(set(old.intents) - {OUT_OF_SCOPE})
        each = [f1_score(old.intents, said, labels=named, average=None, zero_division=0) for said in (before, after)]
        added = Counter(self._added.intents)
        rows = [
            {"intent": name, "before": float(was), "after": float(now), "added": added[name]}
            for name, was, now in zip(named, *each, strict=True)
        ]
        # What moved, or was to move; a hundred intents that stayed as they were say nothing.
        rows = [row for row in rows if row["added"] or abs(row["after"] - row["before"]) >= 0.0005]
        rows.sort(key=lambda row: (-row["added"], row["after"] - row["before"]))
        totals = [
            figures([Judged(*told, 1.0) for told in zip(old.texts, old.intents, said, strict=True)])
            for said in (before, after)
        ]
        mended, made = _confusions(old, before, after)
        return {
            "intents": rows, "mended": mended, "made": made, "judged": len(old.texts), "folds": FOLDS,
            "macro_f1": {"before": totals[0].macro_f1, "after": totals[1].macro_f1},
            "oos_recall": {"before": totals[0].oos_recall, "after": totals[1].oos_recall},
        }  # fmt: skip


def _confusions(
    old: Examples, before: Sequence[str], after: Sequence[str]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the pairs (meant, taken for) that became fewer, and those that became more, the greatest first."""
    was, now = Counter(zip(old.intents, before, strict=True)), Counter(zip(old.intents, after, strict=True))
    rows: list[dict[str, Any]] = []
    for intent, answer in {*was, *now}:
        pair = (intent, answer)
        if intent == answer or was[pair] == now[pair]:
            continue
        example = next(
            (
                text
                for text, meant, first, then in zip(old.texts, old.intents, before, after, strict=True)
                if meant == intent and first != then and answer in (first, then)
            ),
            "",
        )
        rows.append({"intent": intent, "answer": answer, "before": was[pair], "after": now[pair], "example": example})
    rows.sort(key=lambda row: (-abs(row["after"] - row["before"]), row["intent"], row["answer"]))
    mended = [row for row in rows if row["after"] < row["before"]][:_SHOWN]
    return mended, [row for row in rows if row["after"] > row["before"]][:_SHOWN]


def _joined(
    learnt: Examples, heard: Heard, added: Examples, added_heard: Heard | None, places: NDArray[np.intp]
) -> tuple[Examples, Heard]:
    if added_heard is None or not len(places):
        return learnt, heard
    more, more_heard = added.of(places), added_heard.of(places)
    return (
        Examples(
            [*learnt.texts, *more.texts], [*learnt.shapes, *more.shapes], [*learnt.intents, *more.intents]
        ),
        Heard([*heard.sounds, *more_heard.sounds], np.vstack([heard.vectors, more_heard.vectors])),
    )


def _settings(config: dict[str, Any], component: str, names: Any) -> dict[str, Any]:
    for each in config.get("pipeline", []):
        if str(each["name"]).rsplit(".", 1)[-1] == component:
            return {name: each[name] for name in names if name in each}
    return {}


def _read(file: Path, count: int) -> list[str] | None:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, list) and len(found) == count else None
