"""Trains the weights of our own model: `ml/embeddings/weights/titles.npz`.

    python -m ml.training.titles [--data ../shared/data] [--lexicon ml/lexicon] [--out FILE] [--steps N] [--seed N]

Learns from ESCO's occupations and skills (labels in Spanish and English) and from our lexicon of Mexican titles and
skills where it is there. The same data and seed give the same weights. One thread, some nine minutes, 1.5 GB.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ml.embeddings.features import Vocabulary, hashes, words
from ml.embeddings.memory import Memory
from ml.embeddings.table import Floats, TitleTable
from ml.embeddings.titles import WEIGHTS
from ml.embeddings.use import UseEmbedder
from ml.training import concepts
from ml.training.batches import Batches
from ml.training.concepts import BadData, Concept
from ml.training.contrastive import Learner, Rates
from ml.training.variants import with_variants

# What the lexicon says counts more than its size: it alone knows Mexican terms.
_LEXICON_TIMES = 2
_SLOWEST = 0.02
# The variants are the same whatever the seed, so that runs differ by their learning alone.
_VARIANTS = 1
_TINY = np.float32(1e-8)


@dataclass(frozen=True)
class Plan:
    """dimensions: of a vector. features: rows of the table. skills: the share of batches that are of skills."""

    steps: int = 1600
    batch: int = 768
    dimensions: int = 256
    features: int = 40_000
    skills: float = 0.3
    seed: int = 2


def train(
    titles: Sequence[Concept],
    skills: Sequence[Concept],
    occupations: Sequence[Concept],
    plan: Plan,
    rates: Rates = Rates(),  # noqa: B008  # frozen
) -> TitleTable:
    """Learn a table from titles and skills, then remember the occupations. Prints how it goes on.

    occupations: their labels are among those of the titles.
    """
    chance = np.random.default_rng(plan.seed)
    whole = [*titles, *skills]
    known = list(dict.fromkeys(concepts.texts(whole)))
    place = {text: number for number, text in enumerate(known)}
    meaning = UseEmbedder().encode(known)
    centre = meaning.mean(axis=0)
    learner = Learner(
        _vocabulary(whole, plan.features), _directions(meaning - centre, plan.dimensions), centre, rates, chance
    )

    def looked_up(texts: Sequence[str]) -> Floats:
        return meaning[[place[text] for text in texts]]

    def encode(texts: Sequence[str]) -> Floats:
        parts = [texts[first : first + 2048] for first in range(0, len(texts), 2048)]
        return np.concatenate([learner.encode(part, looked_up(part)) for part in parts])

    of_titles, of_skills = Batches(titles, encode, chance), Batches(skills, encode, chance)
    losses: list[float] = []
    for step in range(plan.steps):
        batches = of_skills if skills and chance.random() < plan.skills else of_titles
        left, right, drawn = batches.draw(plan.batch)
        pace = max(_SLOWEST, 1.0 - step / plan.steps)
        losses.append(learner.step(left, right, drawn, looked_up([*left, *right]), pace=pace))
        if (step + 1) % 200 == 0:
            print(f"step {step + 1}: loss {np.mean(losses[-200:]):.3f}, {time.process_time():.0f} CPU-s", flush=True)
    return replace(learner.table(), memory=remembered(occupations, encode))


def remembered(occupations: Sequence[Concept], encode: Callable[[Sequence[str]], Floats]) -> Memory:
    """Return the middle of each occupation: Spanish and English count alike, however many labels each has.

    encode: texts in one form → unit vectors, with the weights as learned.
    """
    labels = list(concepts.texts(occupations))
    encoded = encode(labels)
    middles, first = [], 0
    for concept in occupations:
        middle = np.zeros(encoded.shape[1], dtype=np.float32)
        for language in (concept.es, concept.en):
            if language:
                whole = encoded[first : first + len(language)].sum(axis=0)
                middle += whole / (np.linalg.norm(whole) + _TINY)
                first += len(language)
        middles.append(middle / (np.linalg.norm(middle) + _TINY))
    groups = sorted({concept.kin for concept in occupations if concept.kin})
    number = {name: place for place, name in enumerate(groups)} | {"": -1}
    kin = np.array([number[concept.kin] for concept in occupations], dtype=np.int16)
    return Memory(np.stack(middles).astype(np.float32), kin=kin)


def _vocabulary(whole: Sequence[Concept], size: int) -> Vocabulary:
    """Keep the features that most concepts have; what few have says little of what is not known yet."""
    counted: Counter[int] = Counter()
    for concept in whole:
        said = {word for text in (*concept.es, *concept.en) for word in words(text)}
        counted.update({feature for word in said for feature in hashes(word)})
    kept = sorted(counted, key=lambda feature: (-counted[feature], feature))[:size]
    return Vocabulary(np.array(sorted(kept), dtype=np.uint32))


def _directions(meaning: Floats, dimensions: int) -> Floats:
    """Return the principal directions of USE's vectors, 512 × d: learning begins where USE already is."""
    values, vectors = np.linalg.eigh((meaning.T @ meaning).astype(np.float64))
    return np.asarray(vectors[:, np.argsort(-values)[:dimensions]], dtype=np.float32)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m ml.training.titles", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--lexicon", type=Path, default=Path("ml/lexicon"))
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--steps", type=int, default=Plan.steps)
    parser.add_argument("--seed", type=int, default=Plan.seed)
    given = parser.parse_args(arguments)
    try:
        own = {kind: _own(given.lexicon / f"{kind}.yml") for kind in ("titles", "skills")}
        known = concepts.esco(given.data, "occupations")
        skills = [*concepts.esco(given.data, "skills"), *own["skills"]]
    except BadData as error:
        print(f"training: {error}", file=sys.stderr)
        return 2
    chance = random.Random(_VARIANTS)
    titles = [with_variants(concept, chance) for concept in [*known, *own["titles"] * _LEXICON_TIMES]]
    table = train(titles, skills, [*known, *own["titles"]], Plan(steps=given.steps, seed=given.seed))
    given.out.parent.mkdir(parents=True, exist_ok=True)
    table.save(given.out)
    print(f"titles={len(titles)}\nskills={len(skills)}\nbytes={given.out.stat().st_size}")
    return 0


def _own(path: Path) -> list[Concept]:
    if not path.exists():
        print(f"training: {path} is not there, so Mexican terms are learned from ESCO alone", file=sys.stderr)
        return []
    return concepts.lexicon(path)


if __name__ == "__main__":
    raise SystemExit(main())
