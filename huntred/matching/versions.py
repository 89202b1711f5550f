"""The versions of a unit's weights: which are in force, which were before, and what was learned and how it did.

Whatever weights a unit gets, by hand or learned, stand here, so that going back is one step.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import delete, select, update

from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import NotFound
from huntred.matching.combining import checked, default_weights
from huntred.matching.models import RankingVersion, RankingWeights
from huntred.matching.ports import Learned

Origin = Literal["written", "learned", "factory"]


def of_unit(uow: UnitOfWork, *, most: int = 20) -> list[RankingVersion]:
    """Return the unit's versions, latest first."""
    query = select(RankingVersion).where(RankingVersion.unit == uow.unit).limit(most)
    return list(uow.session.scalars(query.order_by(RankingVersion.made_at.desc(), RankingVersion.id.desc())))


def latest_learned(uow: UnitOfWork) -> RankingVersion | None:
    """Return what came of the last time that weights were learned."""
    return uow.session.scalar(
        select(RankingVersion)
        .where(RankingVersion.unit == uow.unit, RankingVersion.origin == "learned")
        .order_by(RankingVersion.made_at.desc(), RankingVersion.id.desc())
        .limit(1)
    )


def keep_learned(uow: UnitOfWork, learned: Learned, needed: int, *, now: datetime) -> RankingVersion:
    """Keep what was learned: offered where it is better, else with the reason why it is not. needed: decisions."""
    _outdate_offers(uow)
    # A week without enough says nothing that the next one does not.
    uow.session.execute(
        delete(RankingVersion).where(RankingVersion.unit == uow.unit, RankingVersion.state == "insufficient")
    )
    state = "insufficient" if not learned.enough else "offered" if learned.better else "lost"
    figures = {name: value for name, value in asdict(learned).items() if name not in {"weights", "enough"}}
    row = RankingVersion(
        unit=uow.unit, origin="learned", state=state, weights=dict(learned.weights),
        figures={**figures, "needed": needed}, made_at=now,
    )  # fmt: skip
    uow.session.add(row)
    uow.session.flush()
    return row


def publish(uow: UnitOfWork, version_id: UUID, user_id: UUID | None, *, now: datetime) -> RankingVersion:
    """Weigh so from now on. Raises NotFound for whatever is not offered: nothing that lost is ever switched on."""
    row = uow.session.get(RankingVersion, version_id, with_for_update=True, populate_existing=True)
    if row is None or row.unit != uow.unit or row.state != "offered":
        raise NotFound("version")
    _retire(uow, "former")
    row.state, row.in_force_at, row.user_id = "in_force", now, user_id
    _weigh(uow, row, user_id, now)
    return row


def put_in_force(
    uow: UnitOfWork, weights: Mapping[str, float], user_id: UUID | None, origin: Origin, *, now: datetime
) -> RankingVersion:
    """Weigh so from now on, as somebody wrote it or as the platform comes."""
    _outdate_offers(uow)
    _retire(uow, "former")
    row = RankingVersion(
        unit=uow.unit, origin=origin, state="in_force", weights=dict(weights), user_id=user_id, made_at=now,
        in_force_at=now,
    )  # fmt: skip
    uow.session.add(row)
    uow.session.flush()
    _weigh(uow, row, user_id, now)
    return row


def back(uow: UnitOfWork, user_id: UUID | None, *, now: datetime) -> RankingVersion | None:
    """Weigh as before today's weights; None where nothing was before: then as the platform comes.

    Raises NotFound where the unit has weighed as the platform comes all along.
    """
    if not _retire(uow, "taken_back"):
        raise NotFound("version")
    _outdate_offers(uow)
    before = uow.session.scalar(
        select(RankingVersion)
        .where(RankingVersion.unit == uow.unit, RankingVersion.state == "former")
        .order_by(RankingVersion.in_force_at.desc(), RankingVersion.id.desc())
        .limit(1)
        .with_for_update()
    )
    if before is not None:
        before.state = "in_force"
    _weigh(uow, before, user_id, now)
    return before


def can_go_back(uow: UnitOfWork) -> bool:
    query = select(RankingVersion.id).where(RankingVersion.unit == uow.unit, RankingVersion.state == "in_force")
    return uow.session.scalar(query) is not None


def _weigh(uow: UnitOfWork, version: RankingVersion | None, user_id: UUID | None, now: datetime) -> None:
    """Bring what ranks to the version; without one, or with the factory's, there is no row of the unit's own."""
    row = uow.session.get(RankingWeights, uow.unit)
    if version is None or version.origin == "factory":
        if row is not None:
            uow.session.delete(row)
    else:
        if row is None:
            row = RankingWeights(unit=uow.unit)
            uow.session.add(row)
        # A feature that came later than the version has everybody's weight.
        row.weights = checked({**default_weights(uow.unit), **version.weights})
        row.user_id, row.updated_at = user_id, now
    uow.session.flush()


def _retire(uow: UnitOfWork, state: str) -> bool:
    return _change(uow, "in_force", state)


def _outdate_offers(uow: UnitOfWork) -> bool:
    """What was held against other weights than those of today says nothing of them."""
    return _change(uow, "offered", "outdated")


def _change(uow: UnitOfWork, from_state: str, to_state: str) -> bool:
    changed = uow.session.scalars(
        update(RankingVersion)
        .where(RankingVersion.unit == uow.unit, RankingVersion.state == from_state)
        .values(state=to_state)
        .returning(RankingVersion.id),
    ).all()
    return bool(changed)
