"""The calendar into which a user's interviews are written."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from huntred.db.base import Base, CreatedAt, Id, Sealed


class UserCalendar(Base):
    """A user's calendar, one at most. Its password opens all that the user keeps there: it is sealed.

    url: of the calendar; empty until one of `choices` (url, name) is chosen. written: what stands there, the digest of
    each entry by the interview's id; an empty digest: perhaps it stands there. fault: why the last try came to nothing
    (ports.FAULTS). ending: what was written is taken away, then the row. token: of who is writing now; stale:
    something changed meanwhile.
    """

    __tablename__ = "user_calendars"

    id: Mapped[Id]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), unique=True)
    server: Mapped[str]
    url: Mapped[str] = mapped_column(server_default="")
    name: Mapped[str] = mapped_column(server_default="")
    username: Mapped[str]
    password_sealed: Mapped[str] = mapped_column(Sealed("user_calendars.password"))
    choices: Mapped[list[dict[str, str]]] = mapped_column(JSONB, server_default="[]")
    written: Mapped[dict[str, str]] = mapped_column(JSONB, server_default="{}")
    ending: Mapped[bool] = mapped_column(server_default="false")
    due: Mapped[datetime]
    token: Mapped[UUID | None]
    stale: Mapped[bool] = mapped_column(server_default="false")
    attempts: Mapped[int] = mapped_column(server_default="0")
    fault: Mapped[str] = mapped_column(server_default="")
    synced_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]

    __table_args__ = (
        CheckConstraint("fault IN ('', 'login', 'not_found', 'not_a_calendar', 'full', 'away')", name="fault"),
        Index("ix_user_calendars_due", "due", postgresql_where=text("url <> ''")),
    )
