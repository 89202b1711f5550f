"""The whole reading of a message: words, sounds, n-grams, sentence vectors, classifier, scope.

Kept in a folder as numbers and plain text, never as a pickle.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from bot.understanding.ngrams import GramIndex, letter_grams, word_grams
from bot.understanding.scope import Scope, settle
from bot.understanding.sentences import ENCODER, Vectors
from bot.understanding.softmax import Features, Floats, Softmax, fit
from bot.understanding.variants import OUT_OF_SCOPE, folds, topic_groups, variant_groups
from bot.understanding.words import sound, spoken_words

# Sentence vectors are of length 1, as are the rows of n-grams: this is how much more they are heard.
_LOUDNESS = np.float32(1.5)


@dataclass(frozen=True)
class Learning:
    """strength: as scikit-learn's C. turned_away: see `scope.settle`. folds: of the calibration; fewer, faster."""

    strength: float = 10.0
    turned_away: float = 0.05
    folds: int = 3


@dataclass(frozen=True)
class Examples:
    """texts as written; shapes: the same with entity names for values (variants are told by them); their intents."""

    texts: Sequence[str]
    shapes: Sequence[str]
    intents: Sequence[str]

    def of(self, places: NDArray[np.intp]) -> Examples:
        return Examples(
            [self.texts[place] for place in places],
            [self.shapes[place] for place in places],
            [self.intents[place] for place in places],
        )


@dataclass(frozen=True)
class Heard:
    """Messages as features: how their words sound, and their sentence vectors (messages, 1024)."""

    sounds: Sequence[Sequence[str]]
    vectors: Vectors

    def of(self, places: NDArray[np.intp]) -> Heard:
        return Heard([self.sounds[place] for place in places], self.vectors[places])


def hear(texts: Sequence[str]) -> Heard:
    """Prepare messages: the vector of the text as written beside that of its words in full."""
    words = [spoken_words(text) for text in texts]
    # In one batch: the encoder's weights pass through the processor's cache once.
    vectors = ENCODER.encode([*texts, *(" ".join(said) for said in words)])
    vectors = np.hstack([vectors[: len(texts)], vectors[len(texts) :]])
    return Heard([[sound(word) for word in said] for said in words], vectors)


@dataclass
class IntentReader:
    """intents: in the order of the columns. Reading is safe from several threads: nothing is written to."""

    intents: Sequence[str] = ()
    scope: Scope = field(default_factory=Scope)
    _words: GramIndex = field(default_factory=lambda: GramIndex(word_grams, rare=2))
    _letters: GramIndex = field(default_factory=lambda: GramIndex(letter_grams, rare=2))
    _model: Softmax = field(default_factory=lambda: Softmax(np.zeros((0, 0), dtype=np.float32)))

    @property
    def outside(self) -> int | None:
        """The column of `out_of_scope`."""
        return list(self.intents).index(OUT_OF_SCOPE) if OUT_OF_SCOPE in self.intents else None

    def probabilities(self, heard: Heard) -> NDArray[np.float64]:
        """Return (messages, intents), each row summing to 1."""
        return self.scope.probabilities(self._logits(heard), self.outside)

    def _logits(self, heard: Heard) -> Floats:
        return self._model.logits(self._features(heard))

    def _features(self, heard: Heard) -> Features:
        grams = sp.hstack([self._words.rows(heard.sounds), self._letters.rows(heard.sounds)], format="csr")
        return Features(grams, heard.vectors * _LOUDNESS)

    def save(self, folder: Path) -> None:
        about = {"intents": list(self.intents), "scope": asdict(self.scope)}
        (folder / "reader.json").write_text(json.dumps(about), encoding="utf-8")
        np.save(folder / "weights.npy", self._model.weights, allow_pickle=False)
        self._words.save(folder, "words")
        self._letters.save(folder, "letters")

    @classmethod
    def load(cls, folder: Path) -> IntentReader:
        about = json.loads((folder / "reader.json").read_text(encoding="utf-8"))
        reader = cls(about["intents"], Scope(**about["scope"]))
        reader._model = Softmax(np.load(folder / "weights.npy", allow_pickle=False))
        reader._words.load(folder, "words")
        reader._letters.load(folder, "letters")
        return reader


def learn(examples: Examples, heard: Heard, learning: Learning) -> IntentReader:
    """Train, then settle confidence and threshold on what models of the folds said of sentences unknown to them."""
    # NumPy and SciPy let go of the interpreter while they multiply: fits beside each other take half as long on two
    # cores.
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        whole = pool.submit(_fitted, examples.intents, heard, learning)
        groups = variant_groups(examples.shapes, examples.intents)
        groups = topic_groups(groups, examples.intents, heard.vectors)
        parts = folds(examples.intents, groups, learning.folds) if len(set(groups)) >= learning.folds else []
        partials = [
            pool.submit(_fitted, [examples.intents[place] for place in learnt], heard.of(learnt), learning)
            for learnt, _ in parts
        ]
    reader = whole.result()
    if not parts:
        return reader
    classes = np.searchsorted(reader.intents, examples.intents)
    unseen = np.zeros((len(classes), len(reader.intents)), dtype=np.float32)
    for (_, judged), fitted in zip(parts, partials, strict=True):
        partial = fitted.result()
        columns = np.searchsorted(reader.intents, partial.intents)
        said = partial._logits(heard.of(judged))
        # An intent that stands in one fold alone was unknown to that fold's model.
        unseen[judged] = said.min()
        unseen[np.ix_(judged, columns)] = said
    reader.scope = settle(unseen, classes, reader.outside, learning.turned_away)
    return reader


def _fitted(intents: Sequence[str], heard: Heard, learning: Learning) -> IntentReader:
    reader = IntentReader(sorted(set(intents)))
    reader._words.learn(heard.sounds)
    reader._letters.learn(heard.sounds)
    classes = np.searchsorted(reader.intents, intents)
    reader._model = fit(reader._features(heard), classes, len(reader.intents), learning.strength)
    return reader
