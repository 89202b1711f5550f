"""What designers see and make: masked turns, proposed changes with their examples, and the queue of their tests.

Seen in the scope of a unit's designers (`app.design`), who see nothing else of the unit.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from huntred.db.base import Base, CreatedAt, Id, UnitCode
from huntred.db.halfvec import Halfvec


class Turn(Base):
    """A message that a real person wrote, masked, with what it was taken for.

    reason: unsure (hardly understood), corrected (the person then chose another meaning: `suggested`), handed_over
    (a person of the team was asked for right after), plain (understood; kept to compare models). group_id: of likes.
    state: open → used (stands in a change) | set_aside.
    """

    __tablename__ = "workbench_turns"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    message_id: Mapped[UUID] = mapped_column(unique=True, comment="not a key: old messages go")
    conversation_id: Mapped[UUID] = mapped_column(index=True, comment="whose erasure takes this along")
    text: Mapped[str] = mapped_column(comment="masked; what was written is not kept here")
    intent: Mapped[str]
    confidence: Mapped[float]
    reason: Mapped[str]
    suggested: Mapped[str] = mapped_column(server_default="")
    vector: Mapped[NDArray[np.float32] | None] = mapped_column(Halfvec(), comment="of the masked text")
    group_id: Mapped[UUID | None]
    state: Mapped[str] = mapped_column(server_default="open")
    at: Mapped[datetime] = mapped_column(comment="when it was written")
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("reason IN ('unsure', 'corrected', 'handed_over', 'plain')", name="reason"),
        CheckConstraint("state IN ('open', 'used', 'set_aside')", name="state"),
        Index("ix_workbench_turns_unit_at", "unit", "at", "message_id"),
        Index(
            "ix_workbench_turns_open", "unit", "group_id",
            postgresql_where=sql("state = 'open' AND reason <> 'plain'"),
        ),
    )  # fmt: skip


class Change(Base):
    """A proposed change of the training examples, tested with the model of its unit. closed: no longer worked on."""

    __tablename__ = "workbench_changes"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    title: Mapped[str]
    created_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[CreatedAt]
    closed_at: Mapped[datetime | None]


class Example(Base):
    """One sentence that a change adds to an intent. turn_id: the turn that taught it."""

    __tablename__ = "workbench_examples"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    change_id: Mapped[UUID] = mapped_column(ForeignKey("workbench_changes.id", ondelete="CASCADE"))
    turn_id: Mapped[UUID | None] = mapped_column(ForeignKey("workbench_turns.id", ondelete="SET NULL"), index=True)
    intent: Mapped[str]
    text: Mapped[str] = mapped_column(comment="in Rasa's format; personal data replaced by invented ones")
    added_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    added_at: Mapped[CreatedAt]

    __table_args__ = (UniqueConstraint("change_id", "text"),)


class Job(Base):
    """One test of a change: what it adds as it stood when it was asked for, how far it is, what came of it.

    state: queued → running → done | failed | cancelled. due: when running, the lease's expiry. done: 0 to 100.
    result: see `bot/workbench/testing.py`. model: the archive that was tested, until it is too old.
    """

    __tablename__ = "workbench_jobs"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    change_id: Mapped[UUID] = mapped_column(ForeignKey("workbench_changes.id", ondelete="CASCADE"), index=True)
    additions: Mapped[list[dict[str, str]]] = mapped_column(JSONB, comment="[{intent, text}]")
    state: Mapped[str] = mapped_column(server_default="queued")
    step: Mapped[str] = mapped_column(server_default="")
    done: Mapped[int] = mapped_column(server_default="0")
    attempts: Mapped[int] = mapped_column(server_default="0")
    token: Mapped[UUID | None]
    due: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(server_default="")
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    patch: Mapped[str] = mapped_column(server_default="")
    model_name: Mapped[str] = mapped_column(server_default="")
    model_sha256: Mapped[str] = mapped_column(server_default="")
    model: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    published_id: Mapped[int | None] = mapped_column(BigInteger, comment="of published_models")
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    asked_at: Mapped[CreatedAt]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("state IN ('queued', 'running', 'done', 'failed', 'cancelled')", name="state"),
        Index("ix_workbench_jobs_waiting", "asked_at", postgresql_where=sql("state IN ('queued', 'running')")),
    )


# What a designer's scope opens, and nothing else (backoffice/scoping.py).
OF_DESIGNERS = (Turn, Change, Example, Job)
