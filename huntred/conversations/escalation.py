"""Who is told that a person waits, and who next where nobody takes the conversation.

division (consultants of the divisions that the person applied to) → unit (its consultants) → lead (who runs the unit,
at the unit's own address) → super_admin. A level where nobody is on duty is passed over. Each step is a row, told once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from contract.ids import new_id
from huntred.access import rules
from huntred.access import service as access
from huntred.access.models import User
from huntred.applications import repository as applications
from huntred.conversations import repository
from huntred.conversations.events import HandoffEscalated
from huntred.conversations.models import Conversation, Handoff, HandoffStep
from huntred.db.unit_of_work import UnitOfWork
from huntred.notifications import alerts
from huntred.units import service as units

LEVELS = ("division", "unit", "lead", "super_admin")
_MINUTES = 10


@dataclass(frozen=True)
class Told:
    """Who answers at a level: users, or an address where it is nobody in particular."""

    users: tuple[User, ...] = ()
    address: str = ""

    def __bool__(self) -> bool:
        return bool(self.users or self.address)


def minutes_of(settings: dict[str, object]) -> int:
    """Return after how many minutes a unit lets a waiting person go up to the next level."""
    conversation = settings.get("conversation")
    given = conversation.get("escalate_after_minutes") if isinstance(conversation, dict) else None
    return max(1, int(given)) if isinstance(given, int) else _MINUTES


def escalate(uow: UnitOfWork, *, now: datetime) -> int:
    """Take each person who has waited long enough at a level to the next one; return how many.

    The first step follows the request at once (waiting_handlers.py); where that was lost, it is taken here. Of a
    demonstration nobody waits: no mail goes to a unit's address for it.
    """
    since = now - timedelta(minutes=minutes_of(units.get(uow, uow.unit).settings))
    latest = select(func.max(HandoffStep.at)).where(HandoffStep.handoff_id == Handoff.id).scalar_subquery()
    at_the_top = select(HandoffStep.id).where(HandoffStep.handoff_id == Handoff.id, HandoffStep.level == LEVELS[-1])
    waiting = uow.session.scalars(
        select(Handoff)
        .join(Conversation, Conversation.id == Handoff.conversation_id)
        .where(
            Handoff.unit == uow.unit,
            Handoff.state == "queued",
            Conversation.generated.is_(False),
            func.coalesce(latest, Handoff.requested_at) <= since,
            ~at_the_top.exists(),
        )
        .order_by(Handoff.requested_at)
        .limit(200)
    ).all()
    return sum(1 for handoff in waiting if next_step(uow, handoff, now=now) is not None)


def next_step(uow: UnitOfWork, handoff: Handoff, *, now: datetime) -> HandoffStep | None:
    """Record the next level that somebody answers at; None where there is none, or another process was faster."""
    done = set(uow.session.scalars(select(HandoffStep.level).where(HandoffStep.handoff_id == handoff.id)))
    conversation = repository.get(uow, handoff.conversation_id)
    start = max((LEVELS.index(level) + 1 for level in done), default=0)
    for level in LEVELS[start:]:
        if not told_at(uow, conversation, level):
            continue
        id_ = uow.session.scalar(
            insert(HandoffStep)
            .values(id=new_id(), unit=handoff.unit, handoff_id=handoff.id, level=level, at=now)
            .on_conflict_do_nothing(index_elements=["handoff_id", "level"])
            .returning(HandoffStep.id)
        )
        if id_ is None:
            return None
        uow.record(HandoffEscalated(id_), unit=handoff.unit)
        return uow.session.get_one(HandoffStep, id_)
    return None


def is_first(uow: UnitOfWork, step: HandoffStep) -> bool:
    """Whether no level was told before this one."""
    before = select(HandoffStep.id).where(
        HandoffStep.handoff_id == step.handoff_id, HandoffStep.level.in_(LEVELS[: LEVELS.index(step.level)])
    )
    return uow.session.scalar(before.limit(1)) is None


def told_at(uow: UnitOfWork, conversation: Conversation, level: str) -> Told:
    """Return who is told at a level: those on duty who may answer."""
    if level == "lead":
        return Told(address=units.get(uow, conversation.unit).settings.get("contact", {}).get("email", ""))
    if level == "super_admin":
        found = access.super_administrators(uow)
    else:
        role = rules.DIVISION_CONSULTANT if level == "division" else rules.CONSULTANT
        divisions = applications.divisions_of_person(uow.session, conversation.unit, conversation.person_id)
        found = [
            user
            for user in access.users(uow)
            if rules.may(user, "reply")
            and any(
                grant.role == role
                and grant.unit == conversation.unit
                and (role == rules.CONSULTANT or grant.division_id in divisions)
                for grant in user.grants
            )
        ]
    off = alerts.off_duty(uow, [user.id for user in found])
    return Told(tuple(user for user in found if user.id not in off))
