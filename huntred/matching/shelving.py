"""Reads what a shelf keeps of a unit's vacancies and people: the whole of it once, then what changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from zlib import crc32

import numpy as np
from sqlalchemy import ColumnElement, Select, Text, Uuid, any_, func, literal, literal_column, select
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import ARRAY

from contract.text import normalise
from huntred.db.halfvec import from_wire
from huntred.db.unit_of_work import UnitOfWork
from huntred.matching.lexemes import unpacked
from huntred.matching.models import ProfileVector, VacancyVector
from huntred.matching.repository import says_of_work
from huntred.matching.shelf import Shelf
from huntred.people.models import UnitProfile
from huntred.vacancies.models import Vacancy
from huntred.vacancies.rules import monthly

# Transactions commit later than their clocks say.
_OVERLAP = timedelta(minutes=2)
_NOT_TOLD = float("nan")

COLUMNS: dict[str, Any] = {
    "latitude": np.float32, "longitude": np.float32, "town": np.uint32, "region": np.uint32, "remote": np.bool_,
    "salary": np.float32, "currency": np.uint32, "years": np.float32, "permits": np.int32,
}  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """name: of the kind in a vector database. query: of a unit's rows with a model's vector. listed: may be found.

    kept_seconds: after so long all of it is read anew, so that what was erased leaves the memory too; None: never.
    """

    name: str
    row: type[Vacancy] | type[UnitProfile]
    vector: type[VacancyVector] | type[ProfileVector]
    key: Any
    listed: ColumnElement[bool]
    columns: Callable[[Any], tuple[Any, ...]]
    read: tuple[Any, ...]
    order: Any
    kept_seconds: float | None = None

    def query(self, unit: str, model: str, *, vectors: bool) -> Select[Any]:
        """All of the unit's rows, and whether the model's vector is there. vectors: with the vector itself."""
        row, vector = self.row, self.vector
        return (
            select(
                row.id, row.city, row.latitude, row.longitude, *self.read, self.listed.label("listed"),
                vector.model.is_not(None).label("encoded"), vector.words, self._changed_at(),
                *([func.halfvec_send(vector.vector).label("vector")] if vectors else []),
            )
            .outerjoin(vector, (self.key == row.id) & (vector.model == model))
            .where(row.unit == unit)
            .order_by(self.order)
        )  # fmt: skip

    def changes(self, unit: str, model: str, since: datetime, horizon: str) -> Select[Any]:
        """Which rows changed since then, and when.

        horizon: the oldest transaction that was not over when the shelf was read; what older ones wrote was seen.
        """
        row, vector, after = self.row, self.vector, since - _OVERLAP

        def late(table: Any) -> ColumnElement[bool]:
            written: ColumnElement[Any] = literal_column(f"{table.__tablename__}.xmin")
            return func.age(written) <= func.age(literal(horizon).op("::")(literal_column("xid")))

        touched = select(row.id).where(row.unit == unit, row.updated_at > after, late(row))
        encoded = select(self.key).where(
            vector.unit == unit, vector.model == model, vector.encoded_at > after, late(vector)
        )
        return (
            select(row.id, self._changed_at())
            .outerjoin(vector, (self.key == row.id) & (vector.model == model))
            .where(row.unit == unit, row.id.in_(touched.union(encoded)))
        )

    def _changed_at(self) -> Any:
        return func.greatest(self.row.updated_at, self.vector.encoded_at).label("changed_at")


def _of_vacancy(row: Any) -> tuple[Any, ...]:
    top = row.salary_max if row.salary_max is not None else row.salary_min
    pay = monthly(top, row.salary_period)
    return row.region, row.modality == "remote", pay, row.salary_currency, row.min_experience_years, row.permits


def _of_profile(row: Any) -> tuple[Any, ...]:
    permits = [row.work_permit] if row.work_permit else []
    return row.state, False, row.salary_amount or None, row.salary_currency, row.experience_years, permits


VACANCIES = Kind(
    "vacancies", Vacancy, VacancyVector, VacancyVector.vacancy_id, Vacancy.state == "open", _of_vacancy,
    (Vacancy.region, Vacancy.modality, Vacancy.salary_min, Vacancy.salary_max, Vacancy.salary_period,
     Vacancy.salary_currency, Vacancy.min_experience_years, Vacancy.permits),
    Vacancy.published_at,
)  # fmt: skip
PEOPLE = Kind(
    "people", UnitProfile, ProfileVector, ProfileVector.profile_id, says_of_work(), _of_profile,
    (UnitProfile.state, UnitProfile.salary_amount, UnitProfile.salary_currency, UnitProfile.experience_years,
     UnitProfile.work_permit),
    UnitProfile.updated_at, kept_seconds=3600.0,
)  # fmt: skip


def read(uow: UnitOfWork, shelf: Shelf, kind: Kind, unit: str, model: str) -> None:
    """Bring the shelf to what stands in the tables, as far as this work sees them."""
    oldest = func.pg_snapshot_xmin(func.pg_current_snapshot())
    now, horizon = uow.session.execute(select(func.now(), sql_cast(oldest, Text))).one()
    query = kind.query(unit, model, vectors=shelf.meaning.in_memory)
    if shelf.seen is None:
        query = query.where(kind.listed)
    else:
        # Of the overlap comes what was not over yet, some of it as it was: only what is new is read whole.
        told = uow.session.execute(kind.changes(unit, model, shelf.seen, shelf.horizon))
        changed = [row.id for row in told if shelf.versions.get(row.id) != row.changed_at]
        if not changed:
            shelf.seen, shelf.horizon = now, horizon
            return
        # An array: after a large import there are more than a statement has room for parameters.
        query = query.where(kind.row.id == any_(literal(changed, ARRAY(Uuid))))
    rows = uow.session.execute(query).all()
    shelf.seen, shelf.horizon = now, horizon
    for row in rows:
        shelf.take_away(row.id)
        shelf.versions[row.id] = row.changed_at
        if row.listed and not row.encoded:
            shelf.unencoded[row.id] = None
    kept = [row for row in rows if row.listed and row.encoded]
    if kept:
        vectors = [bytes(row.vector) for row in kept] if shelf.meaning.in_memory else []
        shelf.put(
            [row.id for row in kept], from_wire(vectors),
            [unpacked(bytes(row.words)) for row in kept], _columns(shelf, kind, kept),
        )  # fmt: skip


@lru_cache(maxsize=20_000)
def name_number(name: str) -> int:
    """Return a number for a name, the same for what is written alike; 0 where it is empty."""
    folded = normalise(name)
    return crc32(folded.encode()) if folded else 0


def _columns(shelf: Shelf, kind: Kind, rows: Sequence[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {name: [] for name in COLUMNS}
    for row in rows:
        region, remote, salary, currency, years, permits = kind.columns(row)
        for name, value in (
            ("latitude", _number(row.latitude)), ("longitude", _number(row.longitude)),
            ("town", name_number(row.city)), ("region", name_number(region)), ("remote", remote),
            ("salary", _number(salary)), ("currency", name_number(currency)), ("years", _number(years)),
            ("permits", shelf.permits_number(permits)),
        ):  # fmt: skip
            found[name].append(value)
    return found


def _number(value: Any) -> float:
    return _NOT_TOLD if value is None else float(value)
