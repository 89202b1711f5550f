"""What is asked, of whom, and what they answered. Referees are third persons: what is kept of them has an end."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from huntred.db.base import Base, CreatedAt, Id, UnitCode


class ReferenceRequest(Base):
    """state: asked → agreed (the candidate consented) → given (referees are asked) → ready; or declined, cancelled.

    terms_version: of the words that the candidate agreed to; empty before. ready_at: everybody answered, or due_at.
    """

    __tablename__ = "reference_requests"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    application_id: Mapped[UUID] = mapped_column(ForeignKey("applications.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    wanted: Mapped[int] = mapped_column(comment="how many referees")
    due_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(server_default="asked")
    asked_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    asked_at: Mapped[datetime]
    terms_version: Mapped[str] = mapped_column(server_default="")
    agreed_at: Mapped[datetime | None]
    given_at: Mapped[datetime | None]
    ready_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None] = mapped_column(comment="when a consultant put the summary away from Hoy")

    referees: Mapped[list[Referee]] = relationship(
        order_by="Referee.ord", lazy="selectin", back_populates="request", passive_deletes=True
    )

    __table_args__ = (
        CheckConstraint("wanted BETWEEN 1 AND 5", name="wanted"),
        CheckConstraint("state IN ('asked', 'agreed', 'given', 'ready', 'declined', 'cancelled')", name="state"),
        Index(
            "ix_reference_requests_due", "unit", "due_at",
            postgresql_where=text("state IN ('asked', 'agreed', 'given')"),
        ),
        Index("ix_reference_requests_unseen", "unit", postgresql_where=text("seen_at IS NULL")),
    )  # fmt: skip


class Referee(Base):
    """Somebody whom the candidate named. state: named → asked → answered | declined | opted_out | silent | dropped.

    from_year, to_year: worked together as the candidate says; to_year None: still. asked_at: of the one mail, or of
    the consultant's task to call.
    """

    __tablename__ = "referees"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    request_id: Mapped[UUID] = mapped_column(ForeignKey("reference_requests.id", ondelete="CASCADE"), index=True)
    ord: Mapped[int]
    name: Mapped[str]
    relation: Mapped[str]
    company: Mapped[str]
    email: Mapped[str] = mapped_column(server_default="")
    phone: Mapped[str] = mapped_column(server_default="")
    from_year: Mapped[int]
    to_year: Mapped[int | None]
    state: Mapped[str] = mapped_column(server_default="named")
    asked_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]

    request: Mapped[ReferenceRequest] = relationship(back_populates="referees", lazy="joined", innerjoin=True)
    answer: Mapped[ReferenceAnswer | None] = relationship(
        lazy="selectin", back_populates="referee", passive_deletes=True
    )

    __table_args__ = (
        CheckConstraint("relation IN ('boss', 'peer', 'report', 'client')", name="relation"),
        CheckConstraint(
            "state IN ('named', 'asked', 'answered', 'declined', 'opted_out', 'silent', 'dropped')", name="state"
        ),
    )


class ReferenceAnswer(Base):
    """What a referee said; a draft until sent_at. ratings: competence → 1 to 5; unobserved: what they did not see.

    relation_right: whether it is as the candidate said. texts: by open question. source: link, or phone (written down
    by a consultant, recorded_by). may_share: whether the candidate may read it.
    """

    __tablename__ = "reference_answers"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    referee_id: Mapped[UUID] = mapped_column(ForeignKey("referees.id", ondelete="CASCADE"))
    relation_right: Mapped[bool | None]
    relation_note: Mapped[str] = mapped_column(server_default="")
    from_year: Mapped[int | None]
    to_year: Mapped[int | None]
    still: Mapped[bool] = mapped_column(server_default="false", comment="they still work together")
    ratings: Mapped[dict[str, int]] = mapped_column(JSONB, server_default="{}")
    unobserved: Mapped[list[str]] = mapped_column(JSONB, server_default="[]", comment="said not to have been observed")
    texts: Mapped[dict[str, str]] = mapped_column(JSONB, server_default="{}")
    again: Mapped[str] = mapped_column(server_default="", comment="yes, doubts, no")
    may_share: Mapped[bool | None]
    source: Mapped[str] = mapped_column(server_default="link")
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    saved_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]

    referee: Mapped[Referee] = relationship(back_populates="answer")

    __table_args__ = (
        UniqueConstraint("referee_id"),
        CheckConstraint("again IN ('', 'yes', 'doubts', 'no')", name="again"),
        CheckConstraint("source IN ('link', 'phone')", name="source"),
    )


class RefereeOptOut(Base):
    """An address that wants no such mail any more. Only its HMAC: the wish outlives the address."""

    __tablename__ = "referee_opt_outs"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    email_hash: Mapped[str]
    at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("unit", "email_hash"),)

