"""Pairs of what may be one, people or vacancies (`huntred/alike`): found, told apart, handed on where two become one.

model, of each function: the table of the pairs, `DuplicatePair` or `VacancyPair`. A pair stands there once, the lower
id first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from contract.ids import new_id
from huntred.db.unit_of_work import UnitOfWork

_QUIET = {"synchronize_session": False}


class Compared(Protocol):
    """One of two that are compared."""

    @property
    def id(self) -> UUID: ...

    @property
    def updated_at(self) -> datetime: ...


@dataclass(frozen=True)
class Found:
    """Who or what may be the same as the one that was looked at. strength: how surely, 0 to 100."""

    id: UUID
    reasons: list[str]
    strength: int


def stamp(first: Compared, second: Compared) -> str:
    """What a page that compares the two carries along, so that a change meanwhile is noticed."""
    return "|".join(f"{row.id}@{row.updated_at.isoformat()}" for row in sorted((first, second), key=lambda row: row.id))


def pairs_of(model: Any, id_: UUID) -> ColumnElement[bool]:
    """The pairs that it is one of."""
    return or_(model.first_id == id_, model.second_id == id_)


def partner(model: Any, id_: UUID) -> ColumnElement[UUID]:
    """The other one of each of its pairs."""
    return func.coalesce(func.nullif(model.first_id, id_), model.second_id)


def with_both(model: Any, first: Any, second: Any) -> Select[Any]:
    """Select pairs, each with its two, the surest first. first, second: aliases of what is compared."""
    return (
        select(model, first, second)
        .join(first, first.id == model.first_id)
        .join(second, second.id == model.second_id)
        .order_by(model.strength.desc(), model.id.desc())
    )


def states(uow: UnitOfWork, model: Any, id_: UUID) -> dict[UUID, str]:
    """Return by its partners what became of each pair: open, or different."""
    rows = uow.session.execute(select(partner(model, id_), model.state).where(pairs_of(model, id_)))
    return {row[0]: row[1] for row in rows}


def keep(uow: UnitOfWork, model: Any, unit: str, id_: UUID, found: Iterable[Found], *, now: datetime) -> None:
    """Keep what was found of one as its open pairs; what a person said of a pair stays."""
    found = list(found)
    # What a change made untrue is no pair any more.
    uow.session.execute(
        delete(model).where(
            model.state == "open", pairs_of(model, id_), partner(model, id_).not_in([one.id for one in found])
        ),
        execution_options=_QUIET,
    )
    for one in found:
        low, high = sorted((id_, one.id))
        row = insert(model).values(
            id=new_id(), unit=unit, first_id=low, second_id=high, reasons=one.reasons, strength=one.strength,
            found_at=now,
        )  # fmt: skip
        uow.session.execute(
            row.on_conflict_do_update(
                index_elements=["first_id", "second_id"],
                set_={"reasons": row.excluded.reasons, "strength": row.excluded.strength},
            )
        )


def remember_different(
    uow: UnitOfWork, model: Any, first_id: UUID, second_id: UUID, *, user_id: UUID | None, now: datetime
) -> None:
    """Remember that two are two, found or not, there right now or not; saying it again changes nothing."""
    low, high = sorted((first_id, second_id))
    uow.session.execute(
        insert(model)
        .values(
            id=new_id(), unit=uow.unit, first_id=low, second_id=high, state="different", decided_by=user_id,
            found_at=now,
        )
        .on_conflict_do_update(
            index_elements=["first_id", "second_id"], set_={"state": "different", "decided_by": user_id}
        )
    )  # fmt: skip


def inherit_decisions(
    uow: UnitOfWork, model: Any, kept_id: UUID, other_id: UUID, *, user_id: UUID | None, now: datetime
) -> None:
    """Who or what was told apart from the other is told apart from the one that is left."""
    rows = uow.session.scalars(
        select(model).where(model.unit == uow.unit, model.state == "different", pairs_of(model, other_id))
    ).all()
    for row in rows:
        third = row.second_id if row.first_id == other_id else row.first_id
        if third != kept_id:
            remember_different(uow, model, kept_id, third, user_id=user_id, now=now)
