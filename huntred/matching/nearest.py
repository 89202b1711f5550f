"""Finds, among very many of a unit, those that are worth ranking: vacancies for a person, people for a vacancy.

By meaning (vectors) and by words (BM25); a rough score of all that these bring, by what a ranker weighs too, leaves
some hundreds. Filters go first: the work permit always, and what lies within reach before what does not. The
ranker then weighs what is found, so that nothing here decides an order.

The tables hold vectors and words; each process that searches keeps its units' in memory and reads what changed (the
vectors only where no vector database is set). Who sees a division only is searched among what they see, read anew
each time.
"""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from huntred.db.unit_of_work import UnitOfWork
from huntred.matching import encoding, rough
from huntred.matching.lexemes import terms_of
from huntred.matching.meaning import InMemory, InStore, Mask, Meaning, Places
from huntred.matching.ports import (
    CandidateFeatures,
    Embedder,
    VacancyFeatures,
    VectorIndex,
    Vectors,
    VectorStore,
    Weights,
)
from huntred.matching.shelf import Shelf
from huntred.matching.shelving import COLUMNS, PEOPLE, VACANCIES, Kind, name_number, read

# How long what was read is taken as it is; whether it still holds is judged again when it is ranked.
_FRESH_SECONDS = 5.0
# A degree of latitude, and what a person may travel.
_KM_A_DEGREE, _REACH_KM = 111.2, 60.0
# So many of those that changed last and are not encoded yet are always ranked.
_UNENCODED = 100
# What each of the searches brings: by meaning and by words, within reach and anywhere.
_BROUGHT = 1_000
# How much a stem counts that stands in what else was told; and in a skill, where other work is asked for.
_DUTY, _OTHER = 0.3, 0.4


@dataclass(frozen=True)
class _Asked:
    """What is looked for, in the shelf's terms. Numbers that were not told are nan. everywhere: the work is remote."""

    vector: NDArray[np.float32]
    title: dict[int, float]
    beside: dict[int, float]
    where: rough.Place
    salary: float
    currency: int
    years: float
    permits: Sequence[str]
    everywhere: bool = False


class Nearest:
    """One a process; it may be used by several threads."""

    def __init__(
        self, embedder: Embedder, index_of: Callable[[Vectors], VectorIndex], store: VectorStore | None = None
    ) -> None:
        """index_of: gives the index that suits so many vectors in memory. store: where they lie instead."""
        self._embedder, self._index_of, self._store = embedder, index_of, store
        self._shelves: dict[tuple[str, str], Shelf] = {}
        self._locks: dict[tuple[str, str], threading.Lock] = {}
        self._lock = threading.Lock()

    def vacancies(
        self, uow: UnitOfWork, wanted: CandidateFeatures, permit: str, weights: Weights, *, most: int = 300
    ) -> list[UUID]:
        """Open vacancies of the unit that are worth ranking for a person, the likely ones first.

        permit: the person's work permit, empty where it is not known.
        """
        asked = _Asked(
            encoding.about(self._embedder, wanted.title, wanted.skills),
            *_words(uow.session, wanted.title, wanted.skills, wanted.background, other_work=wanted.asks_for_title),
            _place(wanted.latitude, wanted.longitude, wanted.city, wanted.region),
            _number(wanted.salary_monthly), name_number(wanted.salary_currency), _number(wanted.experience_years),
            [permit] if permit else [],
        )  # fmt: skip
        with self._shelf(uow, VACANCIES, uow.unit) as shelf:

            def parts(pool: Places) -> tuple[rough.Values, rough.Values]:
                pay = rough.salaries(_comparable(shelf, asked, pool), asked.salary)
                return pay, rough.years(shelf.columns["years"][pool], asked.years)

            return _likely(shelf, asked, parts, weights, most)

    def people(
        self, uow: UnitOfWork, unit: str, vacancy: VacancyFeatures, permits: Sequence[str], weights: Weights,
        *, most: int = 300,
    ) -> list[UUID]:  # fmt: skip
        """Profiles of the unit that are worth ranking for a vacancy, the likely ones first.

        permits: those that the vacancy accepts; none: all.
        """
        required = [requirement.name for requirement in vacancy.requirements]
        asked = _Asked(
            encoding.about(self._embedder, vacancy.title, required),
            *_words(uow.session, vacancy.title, required, ""),
            _place(vacancy.latitude, vacancy.longitude, vacancy.city, vacancy.region),
            _number(vacancy.salary_max if vacancy.salary_max is not None else vacancy.salary_min),
            name_number(vacancy.salary_currency), _number(vacancy.min_experience_years), permits, vacancy.remote,
        )  # fmt: skip
        with self._shelf(uow, PEOPLE, unit) as shelf:

            def parts(pool: Places) -> tuple[rough.Values, rough.Values]:
                pay = rough.salaries(asked.salary, _comparable(shelf, asked, pool))
                return pay, rough.years(asked.years, shelf.columns["years"][pool])

            return _likely(shelf, asked, parts, weights, most)

    @contextmanager
    def _shelf(self, uow: UnitOfWork, kind: Kind, unit: str) -> Iterator[Shelf]:
        """What is to be searched, for this thread alone; another unit's is read and searched meanwhile."""
        if uow.scope.divisions:
            # What a division sees changes with every application: nothing tells when.
            own = Shelf(self._meaning(kind, unit), COLUMNS)
            read(uow, own, kind, unit, self._embedder.name)
            yield own
            return
        key = (kind.row.__tablename__, unit)
        with self._lock:
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            now = time.monotonic()
            kept = self._shelves.get(key)
            if kept is None or (kind.kept_seconds is not None and now - kept.made_at > kind.kept_seconds):
                kept = self._shelves[key] = Shelf(self._meaning(kind, unit), COLUMNS)
            if now - kept.read_at > _FRESH_SECONDS:
                whole = kept.seen is None
                read(uow, kept, kind, unit, self._embedder.name)
                kept.read_at = time.monotonic()
                if whole:
                    # Hundreds of thousands of objects that stay: were they looked through again and again for garbage,
                    # one search in ten would wait for it.
                    gc.collect()
                    gc.freeze()
            yield kept

    def _meaning(self, kind: Kind, unit: str) -> Meaning:
        if self._store is None:
            return InMemory(self._index_of)
        return InStore(self._store, kind.name, self._embedder.name, unit)


def _likely(
    shelf: Shelf, asked: _Asked, parts: Callable[[Places], tuple[rough.Values, rough.Values]], weights: Weights,
    most: int,
) -> list[UUID]:  # fmt: skip
    """The rough best of what the searches bring. parts: what pay and experience of these places are worth."""
    waiting = list(shelf.unencoded)[-_UNENCODED:]
    if not shelf.ids:
        return waiting
    allowed = shelf.alive & shelf.accepting(asked.permits)
    title, beside = shelf.word_scores(asked.title), shelf.word_scores(asked.beside)
    pool = _pool(shelf, asked, allowed, title + beside)
    said = bool(asked.vector.any() or asked.title or asked.beside)
    work = rough.work(shelf.meaning.cosines(asked.vector, pool), title[pool], beside[pool], said=said)
    place = rough.places(asked.where, _places(shelf, pool))
    place[shelf.columns["remote"][pool] | asked.everywhere] = 1.0
    pay, experience = parts(pool)
    scores = rough.scores(work, place, pay, experience, weights)
    order = np.argsort(-scores, kind="stable")
    # Half of the room is for what lies within reach: where a town is asked for, nothing else is shown.
    here = order[place[order] > 0][: max(1, most // 2)]
    best = dict.fromkeys(pool[[*here, *order[:most]]].tolist())
    return [*(shelf.ids[row] for row in list(best)[:most]), *waiting]


def _pool(shelf: Shelf, asked: _Asked, allowed: Mask, by_words: rough.Values) -> Places:
    """What is worth a rough score: what the searches bring, within reach and anywhere."""
    masks = [allowed]
    if not asked.everywhere and (asked.where.town or not np.isnan(asked.where.latitude)):
        masks.append(allowed & _within_reach(shelf, asked.where))
    if not asked.vector.any() and not asked.title and not asked.beside:
        # Nothing is said of the work: what lies within reach, and the newest.
        newest = np.flatnonzero(allowed)[-_BROUGHT:]
        return np.union1d(newest, np.flatnonzero(masks[-1])) if len(masks) > 1 else newest
    brought = []
    for mask in masks:
        brought.append(shelf.meaning.nearest(asked.vector, _BROUGHT, mask))
        brought.append(_highest(np.where(mask, by_words, 0), _BROUGHT))
    return np.unique(np.concatenate(brought))


def _highest(scores: rough.Values, most: int) -> Places:
    """The places of the highest scores above 0, in no order."""
    places = np.flatnonzero(scores > 0)
    return places[np.argpartition(-scores[places], most)[:most]] if len(places) > most else places


def _within_reach(shelf: Shelf, where: rough.Place) -> Mask:
    """Remote, or within a box around the place; not told where (nan) is not within it."""
    high = _REACH_KM / _KM_A_DEGREE
    wide = high / max(0.1, float(np.cos(np.radians(where.latitude))))
    columns = shelf.columns
    near = (abs(columns["latitude"] - where.latitude) <= high) & (abs(columns["longitude"] - where.longitude) <= wide)
    same = (columns["town"] == where.town) & (where.town != 0)
    return np.asarray(columns["remote"] | near | same)


def _places(shelf: Shelf, pool: Places) -> rough.Place:
    columns = shelf.columns
    return rough.Place(*(columns[name][pool] for name in ("latitude", "longitude", "town", "region")))


def _comparable(shelf: Shelf, asked: _Asked, pool: Places) -> rough.Values:
    """Salaries in the currency that is asked in; others are as if nobody told."""
    same = shelf.columns["currency"][pool] == asked.currency
    return np.where(same, shelf.columns["salary"][pool], np.float32("nan"))


def _place(latitude: float | None, longitude: float | None, city: str, region: str) -> rough.Place:
    return rough.Place(_number(latitude), _number(longitude), name_number(city), name_number(region))


def _number(value: object) -> float:
    return float("nan") if value is None else float(str(value))


def _words(
    session: Session, title: str, skills: Sequence[str], duties: str, *, other_work: bool = False
) -> tuple[dict[int, float], dict[int, float]]:
    """How much each stem counts, of the title and of what stands beside it.

    other_work: the title is not that of the person whose skills these are.
    """
    of_title, of_skills, of_duties = (terms.tolist() for terms in terms_of(session, [title, " ".join(skills), duties]))
    skill = _OTHER if other_work else 1.0
    beside = dict.fromkeys(of_duties, _DUTY * skill) | dict.fromkeys(of_skills, skill)
    return dict.fromkeys(of_title, 1.0), beside
