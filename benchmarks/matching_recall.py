"""What retrieval loses: the first twenty among some hundreds that were found, against those among all.

    python -m benchmarks.matching_recall [--rows 10000] [--searches 40]

On the demo data and on a crowd drawn by a seed (tests/factories/crowd.py): vacancies for people, by their profile and
by a search that names work and town; people for vacancies. Floor: as many, the nearest by the vectors alone. Prints
`name=value` last.
"""

from __future__ import annotations

import argparse
import os

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[_variable] = "1"

import random  # noqa: E402
from collections.abc import Callable  # noqa: E402
from functools import partial  # noqa: E402
from typing import Any  # noqa: E402
from unittest import mock  # noqa: E402

from benchmarks.matching_stage import UNIT, encode, fill, ids, stage  # noqa: E402
from benchmarks.platform import show  # noqa: E402
from huntred.matching import nearest, rough, service  # noqa: E402
from huntred.matching.nearest import Nearest  # noqa: E402
from huntred.matching.service import SearchQuery, people_for, vacancies_for  # noqa: E402
from ml.embeddings.index import index_of  # noqa: E402
from ml.embeddings.registry import embedder  # noqa: E402
from ml.ranking import SemanticRanker  # noqa: E402
from runtime.demo.content import UNITS  # noqa: E402
from tests.factories import crowd  # noqa: E402
from tests.factories.desk import Desk  # noqa: E402

_MOST = 20
_PEOPLE = "SELECT person_id FROM unit_profiles WHERE unit = :unit AND headline <> '' ORDER BY id"
_VACANCIES = "SELECT id FROM vacancies WHERE unit = :unit AND state = 'open' ORDER BY id"

_Search = Callable[..., list[tuple[Any, Any]]]


def measure(desk: Desk, unit: str, searches: int, chance: random.Random) -> dict[str, list[float]]:
    """Recall of each search, by kind. Whatever the size, nothing is ranked whole."""
    ranker, near = SemanticRanker(), Nearest(embedder(), index_of)
    people, vacancies = ids(desk, _PEOPLE, unit), ids(desk, _VACANCIES, unit)
    found: dict[str, list[float]] = {"profile": [], "search": [], "people": []}

    def compare(kind: str, search: _Search) -> None:
        with desk.work(unit) as uow:
            whole = search(uow, nearest=None)
            with mock.patch.object(service, "RANKED_WHOLE", 0):
                found[kind].append(crowd.recall(whole, search(uow, nearest=near), _MOST))

    def offered(uow: Any, person: Any, query: SearchQuery, **given: Any) -> list[tuple[Any, Any]]:
        ranked = vacancies_for(uow, ranker, person, query, limit=_MOST, now=desk.now, **given)
        return [(one.vacancy.id, one.score) for one in ranked]

    def fitting(uow: Any, vacancy: Any, **given: Any) -> list[tuple[Any, Any]]:
        return [(one.profile.id, one.score) for one in people_for(uow, ranker, vacancy, limit=_MOST, **given)]

    for person in chance.sample(people, min(searches, len(people))):
        compare("profile", lambda uow, person=person, **given: offered(uow, person, SearchQuery(), **given))
        trade = chance.choice(crowd.trades())
        query = SearchQuery(title=chance.choice(trade.headlines), city=chance.choice(crowd.TOWNS))
        compare("search", lambda uow, person=person, query=query, **given: offered(uow, person, query, **given))
    for vacancy in chance.sample(vacancies, min(searches, len(vacancies))):
        compare("people", partial(lambda uow, vacancy, **given: fitting(uow, vacancy, **given), vacancy=vacancy))
    return found


def by_vectors_alone() -> Any:
    """The floor: nothing but the cosine."""
    return mock.patch.multiple(rough, scores=lambda work, *_: work, work=lambda cosines, *_, **__: cosines)


def report(name: str, found: dict[str, list[float]]) -> dict[str, float]:
    return {f"{name}_{kind}_recall": round(sum(values) / max(1, len(values)), 4) for kind, values in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--searches", type=int, default=40)
    given = parser.parse_args()
    figures: dict[str, float] = {}
    with stage(demo=True) as desk:
        encode(desk, UNITS)
        joined: dict[str, list[float]] = {}
        for unit in UNITS:
            for kind, values in measure(desk, unit, given.searches, random.Random(unit)).items():
                joined.setdefault(kind, []).extend(values)
        figures |= report("demo", joined)
        print(figures, flush=True)
    with stage() as desk:
        fill(desk, vacancies=given.rows, people=given.rows)
        encode(desk)
        figures |= report("crowd", measure(desk, UNIT, given.searches, random.Random(1)))
        print(figures, flush=True)
        with by_vectors_alone():
            figures |= report("floor", measure(desk, UNIT, given.searches, random.Random(1)))
    for name, value in figures.items():
        print(f"{name}={value:.4f}")
    show(ranked_at_most=service.WORTH_RANKING, rows=given.rows, brought=nearest._BROUGHT)


if __name__ == "__main__":
    main()
