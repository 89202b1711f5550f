"""People, what they told a unit, what they agreed to, and whom they invited.

A person belongs to the group and is bare; all that was told lives in the profile of a unit.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Numeric, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, validates
from sqlalchemy.types import Text

from huntred.db.base import Base, CreatedAt, Id, KeyRing, Sealed, UnitCode


class Person(Base):
    __tablename__ = "people"

    id: Mapped[Id]
    created_at: Mapped[CreatedAt]


class PersonIdentity(Base):
    """How a person is reached: kind `whatsapp`, `telegram`, `web` (value: the vendor's user id) or `email`."""

    __tablename__ = "identities"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    kind: Mapped[str]
    channel_account_id: Mapped[UUID | None] = mapped_column(ForeignKey("channel_accounts.id"))
    value: Mapped[str]
    verified_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]

    __table_args__ = (UniqueConstraint("unit", "kind", "channel_account_id", "value"),)


class UnitProfile(Base):
    """What a person told one unit. Of sex and the like nothing stands here: see `huntred.fairness` (LFT 133)."""

    __tablename__ = "unit_profiles"

    id: Mapped[Id]
    number: Mapped[int] = mapped_column(Identity(always=True), unique=True)
    unit: Mapped[UnitCode]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    first_name: Mapped[str] = mapped_column(server_default="")
    last_name: Mapped[str] = mapped_column(server_default="")
    second_last_name: Mapped[str] = mapped_column(server_default="")
    email: Mapped[str] = mapped_column(server_default="")
    phone: Mapped[str] = mapped_column(server_default="")
    birth_date_sealed: Mapped[str | None] = mapped_column(Sealed("unit_profiles.birth_date"), deferred=True)
    birth_hash: Mapped[str | None] = mapped_column(comment="of the birth date, to find the same person twice")
    curp_sealed: Mapped[str | None] = mapped_column(Sealed("unit_profiles.curp"), deferred=True)
    curp_hash: Mapped[str | None] = mapped_column(index=True)
    rfc_sealed: Mapped[str | None] = mapped_column(Sealed("unit_profiles.rfc"), deferred=True)
    rfc_hash: Mapped[str | None] = mapped_column(index=True)
    nationality: Mapped[str] = mapped_column(server_default="")
    work_permit: Mapped[str] = mapped_column(
        server_default="", comment="citizen, permanent, temporary, humanitarian, in_process, none"
    )
    permit_expires_on: Mapped[date | None] = mapped_column(comment="told by the person; never ranks, never leaves us")
    city: Mapped[str] = mapped_column(server_default="")
    state: Mapped[str] = mapped_column(server_default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    headline: Mapped[str] = mapped_column(server_default="", comment="the work that the person does or looks for")
    experience_years: Mapped[Decimal | None] = mapped_column(Numeric(4, 1))
    experience_text: Mapped[str] = mapped_column(server_default="")
    skills: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    salary_amount: Mapped[Decimal | None] = mapped_column(Numeric(14, 2), comment="expected, monthly gross")
    salary_currency: Mapped[str] = mapped_column(server_default="MXN")
    search_text: Mapped[str] = mapped_column(server_default="", comment="names, work, skills, place; folded")
    completed_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    compared_at: Mapped[datetime | None] = mapped_column(comment="updated_at as of the last look for duplicates")
    generated: Mapped[bool] = mapped_column(server_default="false")
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[CreatedAt]

    __table_args__ = (
        UniqueConstraint("unit", "person_id"),
        Index("ix_unit_profiles_unit_updated_at", "unit", "updated_at", "id"),
        Index("ix_unit_profiles_email", "unit", "email"),
        Index("ix_unit_profiles_phone", "unit", "phone", postgresql_where=text("phone <> ''")),
        Index("ix_unit_profiles_birth_hash", "unit", "birth_hash", postgresql_where=text("birth_hash IS NOT NULL")),
        Index(
            "ix_unit_profiles_uncompared", "unit", "updated_at",
            postgresql_where=text("compared_at IS NULL OR compared_at < updated_at"),
        ),
    )  # fmt: skip

    @validates("birth_date_sealed")
    def _hash_birth_date(self, key: str, value: str | None) -> str | None:
        self.birth_hash = birth_hash(value) if value else None
        return value


def birth_hash(iso_day: str) -> str:
    """Return by what a sealed birth date is found; nobody reads it back."""
    return KeyRing.lookup(f"birth:{iso_day}")


class Consent(Base):
    """The ledger: never updated, the latest row of person × unit × channel × purpose counts."""

    __tablename__ = "consents"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    channel: Mapped[str]
    purpose: Mapped[str] = mapped_column(
        comment="privacy_notice, messages, share_with:<unit>, share_with_client, family_group, fairness_statistics"
    )
    granted: Mapped[bool]
    version: Mapped[str] = mapped_column(server_default="", comment="of the text that was shown")
    evidence: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    at: Mapped[datetime]


class Referral(Base):
    """An invitation that a person forwards; the friend is known only on arriving and agreeing."""

    __tablename__ = "referrals"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    code: Mapped[str] = mapped_column(unique=True)
    inviter_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    invited_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    accepted_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]

    __table_args__ = (UniqueConstraint("unit", "invited_id"),)


class PersonMerge(Base):
    """Two people of one unit who turned out to be one: the other's rows hang on the kept one from then on.

    undo_sealed: what `huntred.duplicates.undoing` needs, as JSON; empty once the time to undo is over or somebody was
    erased. Profiles are no keys here: the other's row is gone, and the kept one's goes when it is merged in its turn.
    """

    __tablename__ = "person_merges"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    kept_person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    kept_profile_id: Mapped[UUID]
    other_person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    other_profile_id: Mapped[UUID] = mapped_column(index=True)
    merged_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    merged_at: Mapped[datetime]
    undone_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    undone_at: Mapped[datetime | None]
    undo_sealed: Mapped[str | None] = mapped_column(Sealed("person_merges.undo"), deferred=True)

    __table_args__ = (
        Index(
            "uq_person_merges_other", "unit", "other_person_id", unique=True,
            postgresql_where=text("undone_at IS NULL"),
        ),
    )  # fmt: skip


class DuplicatePair(Base):
    """Two profiles of a unit that may be one person's. state: open, or different (said by a person, remembered).

    first_id < second_id. reasons: email, phone, curp, rfc, birth (with a similar name), name. Profiles are no keys:
    what was said of one stays while it is merged into another.
    """

    __tablename__ = "duplicate_pairs"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    first_id: Mapped[UUID]
    second_id: Mapped[UUID] = mapped_column(index=True)
    reasons: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    strength: Mapped[int] = mapped_column(server_default="0", comment="0 to 100")
    state: Mapped[str] = mapped_column(server_default="open")
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    found_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("first_id", "second_id"),
        CheckConstraint("first_id < second_id", name="order"),
        CheckConstraint("state IN ('open', 'different')", name="state"),
        Index("ix_duplicate_pairs_open", "unit", "strength", "id", postgresql_where=text("state = 'open'")),
    )
