"""Who stands on a vacancy's shortlist, and the links that were given to the client."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from huntred.db.base import Base, CreatedAt, Id, UnitCode
from huntred.people.models import UnitProfile


class ShortlistEntry(Base):
    """One person on the shortlist of one vacancy. note: the team's own; no client sees it."""

    __tablename__ = "shortlist_entries"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    vacancy_id: Mapped[UUID] = mapped_column(ForeignKey("vacancies.id", ondelete="CASCADE"))
    profile_id: Mapped[UUID] = mapped_column(ForeignKey("unit_profiles.id", ondelete="CASCADE"), index=True)
    ord: Mapped[int]
    note: Mapped[str] = mapped_column(server_default="")
    added_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[CreatedAt]

    profile: Mapped[UnitProfile] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (
        UniqueConstraint("vacancy_id", "profile_id"),
        Index("ix_shortlist_entries_vacancy_id_ord", "vacancy_id", "ord"),
    )


class ShortlistShare(Base):
    """A link that shows the shortlist as it stands, until it expires or is taken back."""

    __tablename__ = "shortlist_shares"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    vacancy_id: Mapped[UUID] = mapped_column(ForeignKey("vacancies.id", ondelete="CASCADE"), index=True)
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
