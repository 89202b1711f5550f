"""The models that units talk with, as the back office lists and chooses among them.

New ones are published by `make publish` (`runtime/publishing.py`): what is chosen here has been published before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update

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


def list_models(uow: UnitOfWork, *, most: int = 8) -> list[UnitModel]:
    """Return the last models of each unit in scope, by unit and then the newest first."""
    current = func.max(models.c.id).filter(models.c.taken_back_at.is_(None)).over(partition_by=models.c.unit)
    place = func.row_number().over(partition_by=models.c.unit, order_by=models.c.id.desc())
    ranked = select(
        models.c.id, models.c.unit, models.c.name, models.c.published_at, models.c.published_by,
        models.c.taken_back_at, models.c.content.is_not(None).label("kept"),
        (models.c.id == current).is_(True).label("current"), place.label("place"),
    ).where(models.c.unit.in_(uow.scope.units)).subquery()  # fmt: skip
    rows = uow.session.execute(select(ranked).where(ranked.c.place <= most).order_by(ranked.c.unit, ranked.c.place))
    return [
        UnitModel(
            row.id, row.unit, row.name, row.published_at, row.published_by, row.taken_back_at, row.kept, row.current
        )
        for row in rows
    ]


def make_current(uow: UnitOfWork, model_id: int, user_id: UUID, *, now: datetime) -> str:
    """Let the unit's turns run with this model, and take back those that came after it. Return its unit.

    Raises NotFound, also for one whose content is gone.
    """
    unit = uow.session.scalar(
        select(models.c.unit).where(
            models.c.id == model_id, models.c.content.is_not(None), models.c.unit.in_(uow.scope.units)
        )
    )
    if unit is None:
        raise NotFound("model")
    # The same lock as publishing takes: whoever publishes meanwhile comes after, and is current.
    uow.session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"publish {unit}"))))
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
