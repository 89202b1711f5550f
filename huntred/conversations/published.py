"""The models that units talk with, as the back office lists and chooses among them.

New ones are published by `make publish` (`runtime/publishing.py`) or, once tested, by a designer (`publish_tested`);
what both say to the database stands in `contract/publishing.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, insert, select, text, update

from contract.publishing import FORGET_OLD_CONTENTS, LOCK
from contract.tables import published_models as models
from huntred.access.service import audit
from huntred.db.unit_of_work import UnitOfWork
from huntred.db.wakeups import wake_after_commit
from huntred.errors import NotFound


@dataclass(frozen=True)
class UnitModel:
    """One line of a unit's list. current: what its turns run with; kept: it can still be gone back to."""

    id: int
    unit: str
    name: str
    published_at: datetime
    published_by: str
    taken_back_at: datetime | None
    kept: bool
    current: bool


def list_models(uow: UnitOfWork, *, units: Sequence[str] | None = None, most: int = 8) -> list[UnitModel]:
    """Return the last models of each unit, by unit and then the newest first.

    units: those of the scope unless given.
    """
    current = func.max(models.c.id).filter(models.c.taken_back_at.is_(None)).over(partition_by=models.c.unit)
    place = func.row_number().over(partition_by=models.c.unit, order_by=models.c.id.desc())
    ranked = select(
        models.c.id, models.c.unit, models.c.name, models.c.published_at, models.c.published_by,
        models.c.taken_back_at, models.c.content.is_not(None).label("kept"),
        (models.c.id == current).is_(True).label("current"), place.label("place"),
    ).where(models.c.unit.in_(uow.scope.units if units is None else units)).subquery()  # fmt: skip
    rows = uow.session.execute(select(ranked).where(ranked.c.place <= most).order_by(ranked.c.unit, ranked.c.place))
    return [
        UnitModel(
            row.id, row.unit, row.name, row.published_at, row.published_by, row.taken_back_at, row.kept, row.current
        )
        for row in rows
    ]


def publish_tested(
    uow: UnitOfWork, unit: str, name: str, sha256: str, content: Select[Any], by: str
) -> int:
    """Publish a model whose archive the query gives; where it is the current one, nothing changes. Return its id.

    Nothing is audited here: whoever calls says by what right.
    """
    uow.session.execute(text(LOCK.format(unit=":unit")), {"unit": unit})
    current = uow.session.execute(
        select(models.c.id, models.c.sha256)
        .where(models.c.unit == unit, models.c.taken_back_at.is_(None))
        .order_by(models.c.id.desc())
        .limit(1)
    ).first()
    if current is not None and current.sha256 == sha256:
        return int(current.id)
    # From table to table: the archive never passes through this process.
    id_ = uow.session.scalar(
        insert(models)
        .values(unit=unit, name=name, sha256=sha256, content=content.scalar_subquery(), published_by=by)
        .returning(models.c.id)
    )
    assert id_ is not None
    uow.session.execute(text(FORGET_OLD_CONTENTS.format(unit=":unit")), {"unit": unit})
    wake_after_commit(uow.session, "models")
    return int(id_)


def make_current(
    uow: UnitOfWork, model_id: int, user_id: UUID, *, now: datetime, units: Sequence[str] | None = None
) -> str:
    """Let the unit's turns run with this model, and take back those that came after it. Return its unit.

    units: those of the scope unless given. Raises NotFound, also for one whose content is gone.
    """
    unit = uow.session.scalar(
        select(models.c.unit).where(
            models.c.id == model_id,
            models.c.content.is_not(None),
            models.c.unit.in_(uow.scope.units if units is None else units),
        )
    )
    if unit is None:
        raise NotFound("model")
    # The same lock as publishing takes: whoever publishes meanwhile comes after, and is current.
    uow.session.execute(text(LOCK.format(unit=":unit")), {"unit": unit})
    uow.session.execute(update(models).where(models.c.id == model_id).values(taken_back_at=None))
    uow.session.execute(
        update(models)
        .where(models.c.unit == unit, models.c.id > model_id, models.c.taken_back_at.is_(None))
        .values(taken_back_at=now)
    )
    change = {"current": [None, True]}
    audit(uow, "model.make_current", "published_models", model_id, change, user_id=user_id, unit=unit)
    wake_after_commit(uow.session, "models")
    return str(unit)
