"""What a unit gives points for, its levels and its rewards: rows that the super administrator edits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select

from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import FieldInvalid, NotFound
from huntred.gains.models import GainLevel, GainRule, Reward
from huntred.gains.rules import EVENTS

_MOST_POINTS = 100_000
# So that a name fits on a button of every channel.
_LONGEST_NAME = 24
_LONGEST_DESCRIPTION = 200


@dataclass(frozen=True)
class RuleForm:
    points: int
    badge: str
    badge_after: int
    active: bool


@dataclass(frozen=True)
class RewardForm:
    """cost_amount: what it costs the unit, in MXN."""

    name: str
    description: str
    cost_points: int
    cost_amount: Decimal | None
    active: bool


def rules_of(uow: UnitOfWork) -> dict[str, GainRule]:
    """Return the unit's rules by event."""
    return {rule.event: rule for rule in uow.session.scalars(select(GainRule).where(GainRule.unit == uow.unit))}


def levels_of(uow: UnitOfWork) -> list[GainLevel]:
    return list(
        uow.session.scalars(select(GainLevel).where(GainLevel.unit == uow.unit).order_by(GainLevel.from_points))
    )


def rewards_of(uow: UnitOfWork) -> list[Reward]:
    """Return all rewards, those that rest too, in order."""
    return list(uow.session.scalars(select(Reward).where(Reward.unit == uow.unit).order_by(Reward.ord, Reward.id)))


def save_rule(uow: UnitOfWork, event: str, form: RuleForm) -> None:
    """Say what one kind of event is worth from now on; what was earned stays. Raises NotFound, FieldInvalid."""
    if event not in EVENTS:
        raise NotFound(f"event {event}")
    if not 0 <= form.points <= _MOST_POINTS:
        raise FieldInvalid("points", "out_of_range")
    if not 1 <= form.badge_after <= 1000:
        raise FieldInvalid("badge_after", "out_of_range")
    if len(form.badge) > _LONGEST_NAME:
        raise FieldInvalid("badge", "too_long")
    rule = rules_of(uow).get(event)
    if rule is None:
        rule = GainRule(unit=uow.unit, event=event)
        uow.session.add(rule)
    rule.points, rule.badge, rule.badge_after, rule.active = form.points, form.badge, form.badge_after, form.active
    uow.session.flush()


def save_levels(uow: UnitOfWork, levels: Sequence[tuple[str, int]]) -> None:
    """Take these for the unit's levels, by name and the points they begin at. Raises FieldInvalid."""
    names, starts = [name for name, _ in levels], [points for _, points in levels]
    if len(set(names)) != len(names) or len(set(starts)) != len(starts):
        raise FieldInvalid("level", "already_there")
    if any(not 0 <= points <= _MOST_POINTS for points in starts):
        raise FieldInvalid("from_points", "out_of_range")
    if any(len(name) > _LONGEST_NAME for name in names):
        raise FieldInvalid("level", "too_long")
    for level in levels_of(uow):
        uow.session.delete(level)
    uow.session.flush()
    uow.session.add_all(GainLevel(unit=uow.unit, name=name, from_points=points) for name, points in levels)
    uow.session.flush()


def save_reward(uow: UnitOfWork, form: RewardForm, reward_id: UUID | None = None) -> Reward:
    """Offer a reward or change one; who asked for it before gets it as it was. Raises NotFound, FieldInvalid."""
    if not form.name:
        raise FieldInvalid("reward", "missing")
    if len(form.name) > _LONGEST_NAME:
        raise FieldInvalid("reward", "too_long")
    if len(form.description) > _LONGEST_DESCRIPTION:
        raise FieldInvalid("description", "too_long")
    if not 0 < form.cost_points <= _MOST_POINTS:
        raise FieldInvalid("cost_points", "out_of_range")
    if form.cost_amount is not None and form.cost_amount < 0:
        raise FieldInvalid("cost_amount", "out_of_range")
    rewards = rewards_of(uow)
    if any(other.name == form.name and other.id != reward_id for other in rewards):
        raise FieldInvalid("reward", "already_there")
    reward = next((one for one in rewards if one.id == reward_id), None)
    if reward is None:
        if reward_id is not None:
            raise NotFound(f"reward {reward_id}")
        last = uow.session.scalar(select(func.max(Reward.ord)).where(Reward.unit == uow.unit)) or 0
        reward = Reward(unit=uow.unit, ord=last + 1)
        uow.session.add(reward)
    reward.name, reward.description, reward.active = form.name, form.description, form.active
    reward.cost_points, reward.cost_amount = form.cost_points, form.cost_amount
    uow.session.flush()
    return reward
