"""What goes into the applications service and comes out of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from contract.ids import new_id


@dataclass(frozen=True)
class Answer:
    """To a knock-out question. value: text as typed is read by `rules.read_answer`."""

    question_id: UUID
    value: bool | Decimal | str


@dataclass(frozen=True)
class ApplicationStatus:
    """What a candidate is told about one application. company: empty while it may not be named.

    interview_id, interview_at: the next one ahead, where there is one.
    """

    application_id: UUID
    number: int
    vacancy_id: UUID
    title: str
    company: str
    city: str
    stage_name: str
    stage_kind: str
    applied_at: datetime
    moved_at: datetime
    interview_id: UUID | None = None
    interview_at: datetime | None = None


@dataclass(frozen=True)
class Step:
    """Where somebody moves one or several, and why.

    A rejection names one of the unit's reasons or says why in words. message: what is told to who does not continue
    (the name of the position is filled in), none where nothing is to be told. over_limit: the stage may be full.
    batch_id: what is undone together. user_id: none for a program, which the audit names.
    """

    to_stage_id: UUID
    user_id: UUID | None
    reason: str = ""
    reject_reason_id: UUID | None = None
    message: str | None = None
    over_limit: bool = False
    batch_id: UUID = field(default_factory=new_id)


@dataclass(frozen=True)
class MoveNote:
    """Who and why, as a row of history keeps it. user_id: none where nobody moved it by hand."""

    user_id: UUID | None = None
    reason: str = ""
    reject_reason_id: UUID | None = None
    batch_id: UUID | None = None
    undoes_id: UUID | None = None


NOBODY = MoveNote()


@dataclass(frozen=True)
class Seen:
    """An application as somebody saw it."""

    application_id: UUID
    version: int


@dataclass(frozen=True)
class Stays:
    """One of several that is not moved. code: of the error that says why, or `already_there`."""

    application_id: UUID
    code: str


@dataclass(frozen=True)
class Batch:
    """What became of several, or would become."""

    moves: tuple[UUID, ...]
    stays: tuple[Stays, ...]
