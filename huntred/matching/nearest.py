"""Finds, among very many open vacancies of a unit, those that are worth ranking for a person.

The table holds the vectors; each process that searches keeps its units' in memory, with what filters go by, and reads
what changed. Filters go first: the work permit always, and what lies within reach before what does not. The ranker
then weighs what is found, so that nothing here decides an order.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select

from huntred.db.halfvec import from_wire
from huntred.db.unit_of_work import UnitOfWork
from huntred.matching import encoding
from huntred.matching.models import VacancyVector
from huntred.matching.ports import CandidateFeatures, Embedder, VectorIndex, Vectors
from huntred.vacancies.models import Vacancy

# How long what was read is taken as it is; whether a vacancy is still open is judged again when it is ranked.
_FRESH_SECONDS = 5.0
# Transactions commit later than their clocks say.
_OVERLAP = timedelta(minutes=2)
# What came after the index was built is compared one by one, until it is this share of all.
_UNINDEXED = 0.1
# A degree of latitude, and what a person may travel.
_KM_A_DEGREE, _REACH_KM = 111.2, 60.0
# Nobody is left out for not being encoded yet: so many of the newest are always ranked.
_UNENCODED = 100


@dataclass
class _Shelf:
    """A unit's vacancies as they were read. Rows of the arrays are places; a place is never given again."""

    ids: list[UUID] = field(default_factory=list)
    place: dict[UUID, int] = field(default_factory=dict)
    vectors: Vectors = field(default_factory=lambda: np.zeros((0, 0), dtype=np.float32))
    latitude: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, dtype=np.float32))
    longitude: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, dtype=np.float32))
    remote: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=bool))
    alive: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=bool))
    permits: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, dtype=np.int32))
    accepted: list[frozenset[str]] = field(default_factory=list)
    unencoded: dict[UUID, None] = field(default_factory=dict)
    index: VectorIndex | None = None
    indexed: int = 0
    seen: datetime | None = None
    read_at: float = 0.0


class Nearest:
    """One a process; it may be used by several threads."""

    def __init__(self, embedder: Embedder, index_of: Callable[[Vectors], VectorIndex]) -> None:
        """index_of: gives the index that suits so many vectors."""
        self._embedder, self._index_of = embedder, index_of
        self._shelves: dict[str, _Shelf] = {}
        self._lock = threading.Lock()

    def vacancies(self, uow: UnitOfWork, wanted: CandidateFeatures, permit: str, *, most: int = 150) -> list[UUID]:
        """Open vacancies of the unit that are worth ranking: within reach first, then anywhere.

        permit: the person's work permit, empty where it is not known. most: of each of the two.
        """
        with self._lock:
            shelf = self._shelves.setdefault(uow.unit, _Shelf())
            if time.monotonic() - shelf.read_at > _FRESH_SECONDS:
                self._read(uow, shelf)
                shelf.read_at = time.monotonic()
            open_to = shelf.alive & _accepted(shelf, permit)
            asked = encoding.about(self._embedder, wanted.title, wanted.skills)
            found: dict[int, None] = {}
            if wanted.latitude is not None and wanted.longitude is not None:
                found |= dict.fromkeys(self._search(shelf, asked, most, open_to & _within_reach(shelf, wanted)))
            found |= dict.fromkeys(self._search(shelf, asked, most, open_to))
            waiting = list(shelf.unencoded)[-_UNENCODED:]
            return [*(shelf.ids[place] for place in found), *waiting]

    def _search(self, shelf: _Shelf, asked: NDArray[np.float32], most: int, allowed: NDArray[np.bool_]) -> list[int]:
        if shelf.index is None:
            return []
        found = shelf.index.search(asked, most, allowed[: shelf.indexed])
        places, scores = found.places, found.scores
        later = np.flatnonzero(allowed[shelf.indexed :]) + shelf.indexed
        places = np.concatenate([places, later])
        scores = np.concatenate([scores, shelf.vectors[later] @ asked])
        return [int(place) for place in places[np.argsort(-scores, kind="stable")[:most]]]

    def _read(self, uow: UnitOfWork, shelf: _Shelf) -> None:
        rows = uow.session.execute(self._changed(uow.unit, shelf.seen)).all()
        if rows:
            latest = max(row.changed_at for row in rows)
            shelf.seen = latest if shelf.seen is None else max(shelf.seen, latest)
        for row in rows:
            shelf.unencoded.pop(row.id, None)
            old = shelf.place.pop(row.id, None)
            if old is not None:
                shelf.alive[old] = False
            if row.state == "open" and row.vector is None:
                shelf.unencoded[row.id] = None
        _append(shelf, [row for row in rows if row.state == "open" and row.vector is not None])
        if len(shelf.ids) - shelf.indexed > _UNINDEXED * max(1, len(shelf.ids)):
            _tidy(shelf)
            shelf.index, shelf.indexed = self._index_of(shelf.vectors), len(shelf.ids)

    def _changed(self, unit: str, since: datetime | None) -> Any:
        ours = (VacancyVector.vacancy_id == Vacancy.id) & (VacancyVector.model == self._embedder.name)
        query = (
            select(
                Vacancy.id, Vacancy.state, Vacancy.latitude, Vacancy.longitude,
                (Vacancy.modality == "remote").label("remote"), Vacancy.permits,
                func.halfvec_send(VacancyVector.vector).label("vector"),
                func.greatest(Vacancy.updated_at, VacancyVector.encoded_at).label("changed_at"),
            )
            .outerjoin(VacancyVector, ours)
            .where(Vacancy.unit == unit)
            .order_by(Vacancy.published_at)
        )  # fmt: skip
        if since is None:
            return query.where(Vacancy.state == "open")
        after = since - _OVERLAP
        return query.where(
            Vacancy.id.in_(
                select(Vacancy.id)
                .where(Vacancy.unit == unit, Vacancy.updated_at > after)
                .union(
                    select(VacancyVector.vacancy_id).where(
                        VacancyVector.unit == unit,
                        VacancyVector.model == self._embedder.name,
                        VacancyVector.encoded_at > after,
                    )
                )
            )
        )


def _append(shelf: _Shelf, rows: list[Any]) -> None:
    if not rows:
        return
    known = {accepted: code for code, accepted in enumerate(shelf.accepted)}
    codes = [known.setdefault(frozenset(row.permits), len(known)) for row in rows]
    shelf.accepted = list(known)
    vectors = from_wire([bytes(row.vector) for row in rows])
    shelf.vectors = np.concatenate([shelf.vectors, vectors]) if shelf.vectors.size else vectors
    nowhere = np.float32("nan")
    for name, values, kind in (
        ("latitude", [nowhere if row.latitude is None else row.latitude for row in rows], np.float32),
        ("longitude", [nowhere if row.longitude is None else row.longitude for row in rows], np.float32),
        ("remote", [row.remote for row in rows], np.bool_),
        ("alive", [True] * len(rows), np.bool_),
        ("permits", codes, np.int32),
    ):
        setattr(shelf, name, np.concatenate([getattr(shelf, name), np.array(values, dtype=kind)]))
    shelf.place |= {row.id: len(shelf.ids) + number for number, row in enumerate(rows)}
    shelf.ids += [row.id for row in rows]


def _tidy(shelf: _Shelf) -> None:
    """Leave out the places that were given up."""
    kept = np.flatnonzero(shelf.alive)
    shelf.ids = [shelf.ids[place] for place in kept]
    shelf.place = {key: place for place, key in enumerate(shelf.ids)}
    for name in ("vectors", "latitude", "longitude", "remote", "alive", "permits"):
        setattr(shelf, name, getattr(shelf, name)[kept])


def _accepted(shelf: _Shelf, permit: str) -> NDArray[np.bool_]:
    fits = [not accepted or not permit or permit in accepted for accepted in shelf.accepted]
    return np.array(fits, dtype=bool)[shelf.permits] if fits else np.zeros(0, dtype=bool)


def _within_reach(shelf: _Shelf, wanted: CandidateFeatures) -> NDArray[np.bool_]:
    """Remote, or within a box around the place; not told where (nan) is not within it."""
    latitude, longitude = wanted.latitude or 0.0, wanted.longitude or 0.0
    high = _REACH_KM / _KM_A_DEGREE
    wide = high / max(0.1, float(np.cos(np.radians(latitude))))
    return shelf.remote | ((abs(shelf.latitude - latitude) <= high) & (abs(shelf.longitude - longitude) <= wide))
