"""Awards points once, tells how somebody stands, and takes and decides requests for rewards.

How a unit gives and what it offers is edited in `offers.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from contract.ids import new_id
from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import FieldInvalid, NotFound
from huntred.gains.errors import PointsShort, RewardAskedAlready, RewardDecidedAlready, RewardGone
from huntred.gains.events import RewardDecided
from huntred.gains.models import Gain, GainLevel, GainRule, Reward, RewardRequest
from huntred.gains.rules import Standing, standing
from huntred.people import service as people

_LONGEST_NOTE = 300


def award(uow: UnitOfWork, person_id: UUID, event: str, source_id: UUID, *, now: datetime) -> bool:
    """Give what the unit's rule says, once for each source; return whether anything was given."""
    rule = uow.session.scalar(
        select(GainRule).where(GainRule.unit == uow.unit, GainRule.event == event, GainRule.active)
    )
    if rule is None:
        return False
    given = uow.session.execute(
        insert(Gain)
        .values(
            id=new_id(),
            unit=uow.unit,
            person_id=person_id,
            event=event,
            source_id=source_id,
            points=rule.points,
            at=now,
        )
        .on_conflict_do_nothing()
        .returning(Gain.id)
    )
    return given.scalar() is not None


def is_played(uow: UnitOfWork) -> bool:
    """Whether this unit gives points at all."""
    found = uow.session.scalar(select(GainRule.id).where(GainRule.unit == uow.unit, GainRule.active).limit(1))
    return found is not None


def standing_of(uow: UnitOfWork, person_id: UUID) -> Standing:
    """Return how far the person has come in this unit."""
    rows = uow.session.execute(
        select(Gain.event, func.count(), func.sum(Gain.points))
        .where(Gain.unit == uow.unit, Gain.person_id == person_id)
        .group_by(Gain.event)
    ).all()
    used = uow.session.scalar(
        select(func.coalesce(func.sum(RewardRequest.cost_points), 0)).where(
            RewardRequest.unit == uow.unit, RewardRequest.person_id == person_id,
            RewardRequest.state.in_(("asked", "granted")),
        )
    )  # fmt: skip
    levels = uow.session.scalars(select(GainLevel).where(GainLevel.unit == uow.unit)).all()
    rules = uow.session.scalars(select(GainRule).where(GainRule.unit == uow.unit).order_by(GainRule.event)).all()
    return standing(
        sum(int(row[2]) for row in rows), int(used or 0), {row[0]: int(row[1]) for row in rows}, levels, rules
    )


def ledger(uow: UnitOfWork, person_id: UUID) -> list[Gain]:
    """Return what the person earned here, latest first."""
    return list(
        uow.session.scalars(
            select(Gain).where(Gain.unit == uow.unit, Gain.person_id == person_id).order_by(Gain.at.desc(), Gain.id)
        )
    )


def offered(uow: UnitOfWork) -> list[Reward]:
    """Return the rewards that can be asked for, in the unit's order."""
    query = select(Reward).where(Reward.unit == uow.unit, Reward.active).order_by(Reward.ord, Reward.id)
    return list(uow.session.scalars(query))


def get_reward(uow: UnitOfWork, reward_id: UUID) -> Reward:
    """Raises RewardGone where it is offered no more or never was."""
    reward = uow.session.scalar(select(Reward).where(Reward.unit == uow.unit, Reward.id == reward_id))
    if reward is None or not reward.active:
        raise RewardGone
    return reward


def require_affordable(uow: UnitOfWork, person_id: UUID, reward: Reward) -> None:
    """Raises RewardAskedAlready, PointsShort."""
    if any(one.reward_id == reward.id and one.state == "asked" for one in requests_of(uow, person_id)):
        raise RewardAskedAlready
    if standing_of(uow, person_id).available < reward.cost_points:
        raise PointsShort


def ask_reward(uow: UnitOfWork, person_id: UUID, reward_id: UUID, *, now: datetime) -> RewardRequest:
    """Ask for a reward; its points are held from here on. Raises RewardGone, RewardAskedAlready, PointsShort."""
    reward = get_reward(uow, reward_id)
    people.lock(uow, person_id)  # two requests at once would both see the same points
    require_affordable(uow, person_id, reward)
    request = RewardRequest(
        unit=uow.unit, person_id=person_id, reward_id=reward.id, name=reward.name, cost_points=reward.cost_points,
        cost_amount=reward.cost_amount, cost_currency=reward.cost_currency, state="asked", asked_at=now,
    )  # fmt: skip
    uow.session.add(request)
    uow.session.flush()
    return request


def decide(
    uow: UnitOfWork, request_id: UUID, granted: bool, user_id: UUID, note: str, *, now: datetime
) -> RewardRequest:
    """Grant or decline; declined, the points are free again. A no is explained to the person.

    Raises NotFound, RewardDecidedAlready, FieldInvalid.
    """
    request = uow.session.scalar(
        select(RewardRequest).where(RewardRequest.unit == uow.unit, RewardRequest.id == request_id).with_for_update()
    )
    if request is None:
        raise NotFound(f"reward request {request_id}")
    if request.state != "asked":
        raise RewardDecidedAlready
    note = " ".join(note.split())
    if not note and not granted:
        raise FieldInvalid("note", "missing")
    if len(note) > _LONGEST_NOTE:
        raise FieldInvalid("note", "too_long")
    request.state = "granted" if granted else "declined"
    request.decided_at, request.decided_by, request.note = now, user_id, note
    uow.record(RewardDecided(request.id))
    uow.session.flush()
    return request


def get_request(uow: UnitOfWork, request_id: UUID) -> RewardRequest | None:
    """Return a request; None where it was erased meanwhile."""
    return uow.session.scalar(
        select(RewardRequest).where(RewardRequest.unit == uow.unit, RewardRequest.id == request_id)
    )


def requests_of(uow: UnitOfWork, person_id: UUID) -> list[RewardRequest]:
    """Return what the person asked for here, latest first."""
    return list(
        uow.session.scalars(
            select(RewardRequest)
            .where(RewardRequest.unit == uow.unit, RewardRequest.person_id == person_id)
            .order_by(RewardRequest.asked_at.desc(), RewardRequest.id.desc())
        )
    )


def waiting_requests(uow: UnitOfWork, units: Sequence[str]) -> list[RewardRequest]:
    """Return what waits for a decision in these units, the longest first; the first 200."""
    return list(
        uow.session.scalars(
            select(RewardRequest)
            .where(RewardRequest.unit.in_(units), RewardRequest.state == "asked")
            .order_by(RewardRequest.asked_at, RewardRequest.id)
            .limit(200)
        )
    )


def forget(uow: UnitOfWork, person_id: UUID) -> None:
    """Erase what the person earned and asked for in this unit."""
    for table in (RewardRequest, Gain):
        uow.session.execute(delete(table).where(table.unit == uow.unit, table.person_id == person_id))
