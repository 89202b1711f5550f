"""How well titles are found, and how fast the nearest of many vectors are.

    python -m benchmarks.matching [--sizes 10000,100000,1000000] [--model NAME ...]

MAP and MRR of BM25, character TF-IDF, USE and our own model (with any --model whose weights are on disk), on our
Mexican titles and, where `../shared/data` lies beside the project, on its half of MELO. Our own model was trained on
ESCO, whose labels are MELO's corpus: it knows that taxonomy, which the others do not. The Mexican titles were written
before the lexicon that it learned from, and apart from it.

Each model's MAP stands beside its ratio to TF-IDF's, the floor.

Then ms a query, memory and recall@20 of the index at each size, against exact search over the same vectors in the same
run. The vectors are those of titles joined with skills', as vacancies have them, with noise. Prints `name=value` last.
"""

from __future__ import annotations

import argparse
import os

# One thread, as in the processes that search.
for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[_variable] = "1"

import resource  # noqa: E402
import time  # noqa: E402
from collections.abc import Sequence  # noqa: E402
from pathlib import Path  # noqa: E402

import numpy as np  # noqa: E402

from huntred.matching.ports import Vectors  # noqa: E402
from ml.embeddings.index import EXACT_UP_TO, ExactIndex, IvfIndex, index_of  # noqa: E402
from ml.embeddings.registry import DEFAULT, embedder  # noqa: E402
from ml.embeddings.use import UseEmbedder  # noqa: E402
from ml.evaluation.retrieval import figures  # noqa: E402
from ml.evaluation.sets import RetrievalSet, read_set  # noqa: E402

_MEXICAN = Path("ml/evaluation/mexican_titles")
_SHARED = Path("../shared/data")
_MODELS = ("bm25", "tfidf", UseEmbedder.name, DEFAULT)
_QUERIES = 100
_MOST = 20


def sets() -> dict[str, RetrievalSet]:
    """The sets that are here."""
    found = {"mexican": read_set(*(_MEXICAN / f"{name}.tsv" for name in ("queries", "corpus", "qrels")))}
    for language in ("es", "en"):
        queries = _SHARED / "titles_queries_es.tsv.gz"
        if queries.exists():
            found[f"melo_es_{language}"] = read_set(
                queries,
                _SHARED / f"titles_corpus_{language}.tsv.gz",
                _SHARED / f"titles_relevant_{language}.tsv.gz",
            )
    return found


def quality(models: Sequence[str]) -> list[str]:
    lines = []
    for name, wanted in sets().items():
        floor = figures(wanted, "tfidf")[1].mean_average_precision
        for model in models:
            score, found = figures(wanted, model)
            print(
                f"{name:14} {model:26} {score:8} MAP {found.mean_average_precision:.3f}"
                f" MRR {found.mean_reciprocal_rank:.3f}",
                flush=True,
            )
            key = model.replace("-", "_").replace("/", "_").partition("@")[0]
            lines += [
                f"{name}_{key}_map={found.mean_average_precision:.4f}",
                f"{name}_{key}_mrr={found.mean_reciprocal_rank:.4f}",
                f"{name}_{key}_map_times_tfidf={found.mean_average_precision / floor:.3f}",
            ]
    return lines


def vacancies(size: int, chance: np.random.Generator) -> Vectors:
    """Vectors as vacancies have them: a title, two skills, and what makes each a little different."""
    texts = [text for path in ("queries", "corpus", "development/queries")
             for text in (_MEXICAN / f"{path}.tsv").read_text(encoding="utf-8").split("\n")]  # fmt: skip
    known = embedder().encode([text.split("\t")[1] for text in texts if "\t" in text])
    made = np.empty((size, known.shape[1]), dtype=np.float32)
    for first in range(0, size, 50_000):
        part = made[first : first + 50_000]
        title, one, other = (known[chance.integers(len(known), size=len(part))] for _ in range(3))
        part[:] = title + 0.3 * (one + other)
        part += chance.standard_normal(part.shape, dtype=np.float32) * np.float32(0.3 / np.sqrt(part.shape[1]))
        part /= np.linalg.norm(part, axis=1, keepdims=True)
    return made


def speed(size: int) -> list[str]:
    chance = np.random.default_rng(size)
    vectors = vacancies(size, chance)
    queries = vacancies(_QUERIES, chance)
    exact = ExactIndex(vectors)
    expected, exact_ms = _timed(exact, queries)
    began = time.perf_counter()
    index = index_of(vectors)
    built = time.perf_counter() - began
    found, index_ms = _timed(index, queries)
    recall = float(np.mean([len(set(a) & set(b)) / _MOST for a, b in zip(expected, found, strict=True)]))
    megabytes = vectors.nbytes / 1e6
    print(
        f"{size:>9,} vectors: exact {exact_ms:.2f} ms, {type(index).__name__} {index_ms:.2f} ms"
        f" (built in {built:.1f} s), recall@20 {recall:.3f}, {megabytes:.0f} MB",
        flush=True,
    )
    lines = [f"exact_{size}_ms={exact_ms:.3f}", f"index_{size}_ms={index_ms:.3f}", f"index_{size}_recall={recall:.4f}",
             f"index_{size}_mb={megabytes:.0f}"]  # fmt: skip
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    lines += [f"process_{size}_gb={most:.2f}", f"load_{size}={os.getloadavg()[0]:.1f}"]
    if size > EXACT_UP_TO:
        lines.append(f"index_{size}_times_faster={exact_ms / index_ms:.1f}")
    return lines


def _timed(index: ExactIndex | IvfIndex, queries: Vectors) -> tuple[list[list[int]], float]:
    """What is found, and the median ms of a query."""
    found, took = [], []
    for query in queries:
        began = time.perf_counter()
        found.append(index.search(query, _MOST).places.tolist())
        took.append((time.perf_counter() - began) * 1000)
    return found, float(np.median(took))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sizes", default="10000,100000,1000000")
    parser.add_argument("--model", action="append", default=[])
    given = parser.parse_args()
    lines = quality([*_MODELS, *given.model])
    for size in given.sizes.split(","):
        lines += speed(int(size))
    print("\n".join(lines))


if __name__ == "__main__":
    main()
