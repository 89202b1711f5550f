"""Campaigns that lead into a unit's chat by a link, how often the link was opened, and which chats came by it."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from huntred.db.base import Base, CreatedAt, Id, UnitCode


class Campaign(Base):
    """One link. What its code stands for is never told outside: it names no person, and nothing of the campaign."""

    __tablename__ = "campaigns"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    source: Mapped[str] = mapped_column(server_default="", comment="where it is shown, such as facebook")
    medium: Mapped[str] = mapped_column(server_default="", comment="what it is there, such as an advertisement")
    channel: Mapped[str] = mapped_column(comment="where the link leads")
    greeting: Mapped[str] = mapped_column(server_default="", comment="what WhatsApp is prefilled with")
    start: Mapped[str] = mapped_column(server_default="", comment="the flow that begins once they agreed")
    vacancy_id: Mapped[UUID | None] = mapped_column(ForeignKey("vacancies.id"), index=True)
    active: Mapped[bool] = mapped_column(server_default="true")
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[CreatedAt]

    __table_args__ = (
        CheckConstraint("channel IN ('whatsapp', 'telegram', 'web', 'page')", name="channel"),
        CheckConstraint("start IN ('', 'search', 'register', 'vacancy')", name="start"),
        CheckConstraint("(start = 'vacancy') = (vacancy_id IS NOT NULL)", name="vacancy"),
    )


class CampaignClicks(Base):
    """How often a link was opened on a day of the unit's time zone: numbers, nothing of who did."""

    __tablename__ = "campaign_clicks"

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    unit: Mapped[UnitCode]
    clicks: Mapped[int] = mapped_column(server_default="0")
    programs: Mapped[int] = mapped_column(server_default="0", comment="opened by bots: previews, crawlers")


class CampaignTouch(Base):
    """A conversation in which the code of a campaign was said. Of several the first keeps it, the last is known too."""

    __tablename__ = "campaign_touches"

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"), primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    unit: Mapped[UnitCode]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]

    __table_args__ = (Index("ix_campaign_touches_conversation_id", "conversation_id", "first_at"),)
