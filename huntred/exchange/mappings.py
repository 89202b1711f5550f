"""Mappings that a unit keeps by name: of files on their way in, offered again by their heads, and on their way out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from contract.ids import new_id
from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import FieldInvalid, NotFound
from huntred.exchange.models import ExchangeMapping

IN, OUT = "in", "out"
PEOPLE, APPLICATIONS, VACANCIES = KINDS = ("people", "applications", "vacancies")
_LONGEST_NAME = 60
_MOST = 100


def kept(uow: UnitOfWork, direction: str, kind: str = "") -> list[ExchangeMapping]:
    """Return those of the units of this work, by name."""
    query = select(ExchangeMapping).where(ExchangeMapping.direction == direction)
    if kind:
        query = query.where(ExchangeMapping.kind == kind)
    return list(uow.session.scalars(query.order_by(ExchangeMapping.name, ExchangeMapping.id)))


def get(uow: UnitOfWork, mapping_id: UUID) -> ExchangeMapping:
    """Raises NotFound."""
    found = uow.session.get(ExchangeMapping, mapping_id)
    if found is None:
        raise NotFound(f"mapping {mapping_id}")
    return found


def of_heads(uow: UnitOfWork, kind: str, fingerprint: str) -> ExchangeMapping | None:
    """Return the mapping that was kept last for files of these heads."""
    return uow.session.scalar(
        select(ExchangeMapping)
        .where(
            ExchangeMapping.unit == uow.unit, ExchangeMapping.direction == IN, ExchangeMapping.kind == kind,
            ExchangeMapping.fingerprint == fingerprint,
        )
        .order_by(ExchangeMapping.updated_at.desc())
        .limit(1)
    )  # fmt: skip


def keep(
    uow: UnitOfWork, direction: str, kind: str, name: str, told: Mapping[str, Any], *, user_id: UUID | None,
    now: datetime, fingerprint: str = "",
) -> None:  # fmt: skip
    """Keep it under the name; the same name again is overwritten. Raises FieldInvalid."""
    name = " ".join(name.split())
    if not name:
        raise FieldInvalid("mapping_name", "missing")
    if len(name) > _LONGEST_NAME:
        raise FieldInvalid("mapping_name", "too_long")
    others = [one.name for one in kept(uow, direction, kind) if one.unit == uow.unit]
    if name not in others and len(others) >= _MOST:
        raise FieldInvalid("mapping_name", "too_many")
    row = insert(ExchangeMapping).values(
        id=new_id(), unit=uow.unit, direction=direction, kind=kind, name=name, fingerprint=fingerprint,
        told=dict(told), updated_by=user_id, updated_at=now,
    )  # fmt: skip
    uow.session.execute(
        row.on_conflict_do_update(
            index_elements=["unit", "direction", "kind", "name"],
            set_={
                "told": row.excluded.told, "fingerprint": row.excluded.fingerprint, "updated_by": user_id,
                "updated_at": now,
            },
        ),
        execution_options={"populate_existing": True},
    )  # fmt: skip


def forget(uow: UnitOfWork, mapping_id: UUID) -> None:
    """Raises NotFound."""
    uow.session.delete(get(uow, mapping_id))
