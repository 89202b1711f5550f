"""What a unit gives points for and offers for them; the ledger of what was earned, and the rewards asked for."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from huntred.db.base import Base, CreatedAt, Id, UnitCode


class GainRule(Base):
    """What one kind of event is worth in a unit. event: of `rules.EVENTS`; without a badge it only gives points."""

    __tablename__ = "gain_rules"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    event: Mapped[str]
    points: Mapped[int]
    badge: Mapped[str] = mapped_column(server_default="", comment="its name; empty: none")
    badge_after: Mapped[int] = mapped_column(server_default="1", comment="how many such events earn the badge")
    active: Mapped[bool] = mapped_column(server_default="true")

    __table_args__ = (
        UniqueConstraint("unit", "event"),
        CheckConstraint("points >= 0", name="points"),
        CheckConstraint("badge_after >= 1", name="badge_after"),
    )


class GainLevel(Base):
    """A level is reached by what was earned altogether; spending takes nobody down."""

    __tablename__ = "gain_levels"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    name: Mapped[str]
    from_points: Mapped[int]

    __table_args__ = (
        UniqueConstraint("unit", "from_points"),
        UniqueConstraint("unit", "name"),
        CheckConstraint("from_points >= 0", name="from_points"),
    )


class Reward(Base):
    """What points can be spent on. cost_amount: what granting it costs the unit; nobody who looks for work pays."""

    __tablename__ = "rewards"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    name: Mapped[str]
    description: Mapped[str] = mapped_column(server_default="")
    cost_points: Mapped[int]
    cost_amount: Mapped[Decimal | None] = mapped_column(Numeric(14, 2), comment="to the unit, never to the person")
    cost_currency: Mapped[str] = mapped_column(server_default="MXN")
    ord: Mapped[int]
    active: Mapped[bool] = mapped_column(server_default="true")

    __table_args__ = (UniqueConstraint("unit", "name"), CheckConstraint("cost_points > 0", name="cost_points"))


class Gain(Base):
    """The ledger: added to, never changed. source_id: the profile or interview that earned it, once."""

    __tablename__ = "gains"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    event: Mapped[str]
    source_id: Mapped[UUID]
    points: Mapped[int] = mapped_column(comment="of the rule as it stood then")
    at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("unit", "person_id", "event", "source_id"),)


class RewardRequest(Base):
    """A reward that somebody asked for. Its points are held while it is `asked` and spent once `granted`."""

    __tablename__ = "reward_requests"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    reward_id: Mapped[UUID] = mapped_column(ForeignKey("rewards.id"))
    name: Mapped[str] = mapped_column(comment="of the reward as it stood when it was asked for, like its costs")
    cost_points: Mapped[int]
    cost_amount: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    cost_currency: Mapped[str] = mapped_column(server_default="MXN")
    state: Mapped[str] = mapped_column(server_default="asked")
    asked_at: Mapped[CreatedAt]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    note: Mapped[str] = mapped_column(server_default="", comment="of who decided, told to the person")

    __table_args__ = (
        CheckConstraint("state IN ('asked', 'granted', 'declined')", name="state"),
        Index(
            "uq_reward_requests_open", "unit", "person_id", "reward_id", unique=True,
            postgresql_where=text("state = 'asked'"),
        ),
        Index("ix_reward_requests_waiting", "unit", "asked_at", postgresql_where=text("state = 'asked'")),
    )  # fmt: skip
