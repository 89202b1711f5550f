"""Measures odd neighbours: whether everyday titles lie nearer to like work than to what only sounds alike.

    python -m ml.evaluation.neighbours [--titles FILE] [--model NAME]

A file of `title<TAB>near | near …<TAB>far | far …` with a header. Prints what is odd, a line each, then `order=` (the
share of pairs of a near and a far title that stand in the right order) and `clean=` (the share of titles of which all
do).
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from huntred.matching.ports import Embedder
from ml.embeddings.registry import DEFAULT, UnknownModel, embedder
from ml.evaluation.sets import BadSet

SET = Path(__file__).parent / "mexican_neighbours" / "titles.tsv"


@dataclass(frozen=True)
class Title:
    text: str
    near: tuple[str, ...]
    far: tuple[str, ...]


@dataclass(frozen=True)
class Odd:
    """far came before near, by so much of the cosine."""

    title: str
    near: str
    far: str
    by: float


def read_titles(path: Path = SET) -> list[Title]:
    """Raises BadSet; a missing file raises OSError."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        try:
            return [Title(row["title"], _split(row["near"]), _split(row["far"])) for row in rows]
        except (KeyError, AttributeError, UnicodeDecodeError):
            raise BadSet(f"{path}: expected the columns title, near and far") from None


def odd_ones(titles: Sequence[Title], encoder: Embedder) -> list[Odd]:
    """Return every pair that stands in the wrong order."""
    texts = list(dict.fromkeys(text for one in titles for text in (one.text, *one.near, *one.far)))
    vectors = dict(zip(texts, encoder.encode(texts), strict=True))

    def cosine(one: str, other: str) -> float:
        return float(vectors[one] @ vectors[other])

    return [
        Odd(one.text, near, far, cosine(one.text, far) - cosine(one.text, near))
        for one in titles for near in one.near for far in one.far
        if cosine(one.text, far) >= cosine(one.text, near)
    ]  # fmt: skip


def shares(titles: Sequence[Title], odd: Sequence[Odd]) -> tuple[float, float]:
    """Return the share of pairs, and of titles, that are in order."""
    pairs = sum(len(one.near) * len(one.far) for one in titles)
    return 1 - len(odd) / pairs, 1 - len({one.title for one in odd}) / len(titles)


def _split(field: str) -> tuple[str, ...]:
    return tuple(text.strip() for text in field.split("|") if text.strip())


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m ml.evaluation.neighbours", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--titles", type=Path, default=SET)
    parser.add_argument("--model", default=DEFAULT)
    given = parser.parse_args(arguments)
    try:
        titles = read_titles(given.titles)
        odd = odd_ones(titles, embedder(given.model))
    except (BadSet, UnknownModel, OSError) as error:
        print(f"neighbours: {error}", file=sys.stderr)
        return 2
    for one in sorted(odd, key=lambda one: -one.by):
        print(f"{one.title}: {one.far} before {one.near} ({one.by:.2f})")
    order, clean = shares(titles, odd)
    print(f"titles={len(titles)}\norder={order:.4f}\nclean={clean:.4f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
