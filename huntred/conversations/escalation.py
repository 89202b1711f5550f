"""Who is told that a person waits, and who next where nobody takes the conversation.

division (consultants of the divisions that the person applied to) → unit (its consultants) → lead (who runs the unit,
at the unit's own address) → super_admin. A level where nobody may be told now (off duty, out of hours, in their quiet
time) is passed over and told when its time comes. Each step is a row, told once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from contract.ids import new_id
from huntred.access import rules
from huntred.access import service as access
from huntred.applications import repository as applications
from huntred.conversations import repository
from huntred.conversations.events import HandoffEscalated
from huntred.conversations.models import Conversation, Handoff, HandoffStep
from huntred.db.unit_of_work import UnitOfWork
from huntred.notifications import alerts
from huntred.notifications.alerts import Reached
from huntred.units import service as units
from huntred.units.office_hours import of_unit

LEVELS = ("division", "unit", "lead", "super_admin")
_MINUTES = 10
_MOST_AT_ONCE = 200


@dataclass(frozen=True)
class Told:
    """Who answers at a level: users, or an address where it is nobody in particular."""

    users: tuple[Reached, ...] = ()
    address: str = ""

    def __bool__(self) -> bool:
        return bool(self.users or self.address)


class Team:
    """Who of a unit may be told at one moment; read once for all who wait."""

    def __init__(self, uow: UnitOfWork, unit: str, *, now: datetime) -> None:
        self._uow, self._unit, self._now = uow, units.get(uow, unit), now

    def at(self, conversation: Conversation, level: str) -> Told:
        """Return who is told at a level: those on duty who may answer and may be told now."""
        if level == "lead":
            return Told(address=self._address)
        if level == "super_admin":
            return Told(self._administrators)
        role = rules.DIVISION_CONSULTANT if level == "division" else rules.CONSULTANT
        grants = [
            (reached, grant)
            for reached in self._consultants
            for grant in reached.user.grants
            if grant.role == role and grant.unit == self._unit.code
        ]
        if level == "division" and grants:
            session = self._uow.session
            theirs = applications.divisions_of_person(session, conversation.unit, conversation.person_id)
            grants = [(reached, grant) for reached, grant in grants if grant.division_id in theirs]
        return Told(tuple({reached.user.id: reached for reached, _ in grants}.values()))

    @cached_property
    def _consultants(self) -> list[Reached]:
        answering = [user for user in access.users(self._uow) if rules.may(user, "reply")]
        return alerts.reached(self._uow, answering, self._unit, now=self._now)

    @cached_property
    def _administrators(self) -> tuple[Reached, ...]:
        found = access.super_administrators(self._uow)
        return tuple(alerts.reached(self._uow, found, self._unit, now=self._now))

    @cached_property
    def _address(self) -> str:
        """The unit's own mailbox is read in its office hours."""
        if of_unit(self._unit.settings, self._unit.timezone).opened_at(self._now) is None:
            return ""
        return str(self._unit.settings.get("contact", {}).get("email", ""))


def minutes_of(settings: dict[str, object]) -> int:
    """Return after how many minutes a unit lets a waiting person go up to the next level."""
    conversation = settings.get("conversation")
    given = conversation.get("escalate_after_minutes") if isinstance(conversation, dict) else None
    return max(1, int(given)) if isinstance(given, int) else _MINUTES


def escalate(uow: UnitOfWork, *, now: datetime) -> int:
    """Take each person who has waited long enough at a level to the next one; return how many.

    The first step follows the request at once (waiting_handlers.py); where that was lost, or nobody might be told
    then, it is taken here. Of a demonstration nobody waits: no mail goes to a unit's address for it.
    """
    since = now - timedelta(minutes=minutes_of(units.get(uow, uow.unit).settings))
    latest = select(func.max(HandoffStep.at)).where(HandoffStep.handoff_id == Handoff.id).scalar_subquery()
    # The top may have been told first, in a night in which it alone wanted to be: then the others come by day.
    told = select(HandoffStep.id).where(HandoffStep.handoff_id == Handoff.id)
    whole = told.where(HandoffStep.level == LEVELS[-1]).exists() & told.where(HandoffStep.level == "unit").exists()
    waiting = uow.session.scalars(
        select(Handoff)
        .join(Conversation, Conversation.id == Handoff.conversation_id)
        .where(
            Handoff.unit == uow.unit, Handoff.state == "queued", Conversation.generated.is_(False),
            func.coalesce(latest, Handoff.requested_at) <= since, ~whole,
        )
        .order_by(Handoff.requested_at)
        .limit(_MOST_AT_ONCE)
    ).all()  # fmt: skip
    team = Team(uow, uow.unit, now=now)
    return sum(1 for handoff in waiting if next_step(uow, handoff, team, now=now) is not None)


def next_step(uow: UnitOfWork, handoff: Handoff, team: Team, *, now: datetime) -> HandoffStep | None:
    """Record the next level that somebody answers at; None where there is none, or another process was faster."""
    done = set(uow.session.scalars(select(HandoffStep.level).where(HandoffStep.handoff_id == handoff.id)))
    conversation = repository.get(uow, handoff.conversation_id)
    for level in LEVELS:
        if level in done or not team.at(conversation, level):
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
        HandoffStep.handoff_id == step.handoff_id, HandoffStep.id != step.id, HandoffStep.at <= step.at
    )
    return uow.session.scalar(before.limit(1)) is None
