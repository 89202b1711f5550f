"""Keeps a vector database as the tables are. They hold what there is; it can be lost and is filled again from them.

What was encoded since the last time goes in. What is no longer in the tables goes out at once where the numbers
differ, and within the hour in any case: somebody who was erased leaves no vector behind.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Engine, func, select

from huntred.db.halfvec import from_wire
from huntred.db.session import Scope
from huntred.db.unit_of_work import UnitOfWork, unit_of_work
from huntred.matching.ports import VectorStore
from huntred.matching.shelving import Kind

# Transactions commit later than their clocks say.
_OVERLAP = timedelta(minutes=2)
_COMPARED_EVERY = timedelta(hours=1)
_AT_ONCE = 2_000


@dataclass
class _Seen:
    """encoded_at: of the latest row that went in. compared_at: when both sides were laid side by side."""

    encoded_at: datetime | None = None
    compared_at: datetime | None = None


@dataclass
class Mirror:
    """One a process that keeps the database; what it remembers only spares work."""

    store: VectorStore
    _seen: dict[tuple[str, str, str], _Seen] = field(default_factory=dict)

    def keep(self, engine: Engine, unit: str, kind: Kind, model: str, *, now: datetime) -> int:
        """Bring the unit's points to what stands in the table; return how many were put in. Raises StoreDown.

        No transaction is open while the database is spoken to.
        """
        table, where = kind.vector, (kind.name, model, unit)
        ours = (table.unit == unit, table.model == model)
        seen = self._seen.get(where, _Seen())
        changed: list[UUID] = []
        with _reading(engine, unit) as uow:
            latest, standing = uow.session.execute(select(func.max(table.encoded_at), func.count()).where(*ours)).one()
            if seen.encoded_at is not None and latest is not None and latest != seen.encoded_at:
                new = select(kind.key).where(*ours, table.encoded_at > seen.encoded_at - _OVERLAP)
                changed = list(uow.session.scalars(new))
        self._put(engine, unit, kind, model, changed)
        put, compared_at = len(changed), seen.compared_at
        if compared_at is None or now - compared_at >= _COMPARED_EVERY or self.store.count(*where) != standing:
            put += self._compare(engine, unit, kind, model)
            compared_at = now
        self._seen[where] = _Seen(latest, compared_at)
        return put

    def forget_models(self, kind: Kind, kept: Sequence[str]) -> None:
        """Delete what there is of every other model, e.g. of the one that was replaced. Raises StoreDown."""
        self.store.forget_models(kind.name, kept)
        self._seen = {where: seen for where, seen in self._seen.items() if where[0] != kind.name or where[1] in kept}

    def _compare(self, engine: Engine, unit: str, kind: Kind, model: str) -> int:
        """Lay both sides' ids and versions side by side, and mend what differs."""
        table, where = kind.vector, (kind.name, model, unit)
        known = self.store.known(*where)
        with _reading(engine, unit) as uow:
            rows = uow.session.execute(
                select(kind.key, table.encoded_at).where(table.unit == unit, table.model == model)
            )
            standing = {id_: _version(encoded_at) for id_, encoded_at in rows}
        if gone := known.keys() - standing.keys():
            self.store.forget(*where, list(gone))
        other = [id_ for id_, version in standing.items() if known.get(id_) != version]
        self._put(engine, unit, kind, model, other)
        return len(other)

    def _put(self, engine: Engine, unit: str, kind: Kind, model: str, ids: Sequence[UUID]) -> None:
        table = kind.vector
        for first in range(0, len(ids), _AT_ONCE):
            with _reading(engine, unit) as uow:
                rows = uow.session.execute(
                    select(kind.key, table.encoded_at, func.halfvec_send(table.vector)).where(
                        table.model == model, kind.key.in_(ids[first : first + _AT_ONCE])
                    )
                ).all()
            marked = [(id_, _version(encoded_at)) for id_, encoded_at, _ in rows]
            self.store.keep(kind.name, model, unit, marked, from_wire([bytes(vector) for *_, vector in rows]))


def _reading(engine: Engine, unit: str) -> AbstractContextManager[UnitOfWork]:
    return unit_of_work(engine, Scope(units=(unit,)))


def _version(encoded_at: datetime) -> int:
    """Of a row: the microsecond at which it was encoded."""
    return round(encoded_at.timestamp() * 1_000_000)
