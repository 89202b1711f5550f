"""Measures how well a model finds titles: `map=` and `mrr=`, 0 to 1.

    python -m ml.evaluation.retrieval --queries Q --corpus C --qrels R [--model NAME]

queries and corpus hold `id<TAB>text`, one a line, with or without a header. qrels holds `query 0 document grade`
(TREC) or `query document [grade]`, tabs or spaces. Several lines of the corpus may share an id: they are labels of
one concept, which scores as its best label does. Files may be gzipped.

--model: bm25, tfidf, or any name that `ml.embeddings.registry` knows (left out: the default). A model of vectors scores
by its cosine alone, as the search does.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from ml.embeddings.registry import DEFAULT, UnknownModel, embedder
from ml.evaluation.lexical import Bm25, CharacterTfidf
from ml.evaluation.metrics import Figures, Scorer, measure
from ml.evaluation.scorers import vectors
from ml.evaluation.sets import BadSet, RetrievalSet, read_set

_LEXICAL: dict[str, Callable[[Sequence[str]], Scorer]] = {"bm25": Bm25, "tfidf": CharacterTfidf}


def figures(wanted: RetrievalSet, model: str) -> tuple[str, Figures]:
    """Measure one model on one set; says how it was scored, by `vectors` or by `words`. Raises UnknownModel."""
    corpus = [text for _, text in wanted.corpus]
    if model in _LEXICAL:
        return "words", measure(wanted, _LEXICAL[model](corpus))
    return "vectors", measure(wanted, vectors(embedder(model), corpus))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m ml.evaluation.retrieval", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    for name in ("queries", "corpus", "qrels"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--model", default=DEFAULT)
    given = parser.parse_args(arguments)
    try:
        wanted = read_set(given.queries, given.corpus, given.qrels)
        chosen, found = figures(wanted, given.model)
    except (BadSet, UnknownModel, OSError) as error:
        print(f"retrieval: {error}", file=sys.stderr)
        return 2
    print(f"model={given.model}\nscore={chosen}\nqueries={found.queries}\ncorpus={len(wanted.corpus)}")
    print(f"map={found.mean_average_precision:.4f}\nmrr={found.mean_reciprocal_rank:.4f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
