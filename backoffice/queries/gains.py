"""What the pages of points and rewards read besides the area's own service."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from huntred.gains.models import Reward, RewardRequest
from huntred.people.models import UnitProfile

_MOST = 100


@dataclass(frozen=True)
class Asked:
    request: RewardRequest
    profile: UnitProfile


def requests(session: Session, unit: str, *, waiting: bool) -> list[Asked]:
    """What waits, the longest first; or what was decided, the latest first."""
    state = RewardRequest.state == "asked"
    order = RewardRequest.asked_at if waiting else RewardRequest.decided_at.desc()
    rows = session.execute(
        select(RewardRequest, UnitProfile)
        .join(
            UnitProfile, and_(UnitProfile.person_id == RewardRequest.person_id, UnitProfile.unit == RewardRequest.unit)
        )
        .where(RewardRequest.unit == unit, state if waiting else ~state)
        .order_by(order, RewardRequest.id)
        .limit(_MOST)
    )
    return [Asked(row[0], row[1]) for row in rows]


def request(session: Session, request_id: UUID) -> RewardRequest | None:
    return session.get(RewardRequest, request_id)


def reward(session: Session, reward_id: UUID) -> Reward | None:
    return session.get(Reward, reward_id)
