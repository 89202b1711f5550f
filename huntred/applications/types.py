"""What goes into the applications service and comes out of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True)
class Answer:
    """To a knock-out question. value: text as typed is read by `rules.read_answer`."""

    question_id: UUID
    value: bool | Decimal | str


@dataclass(frozen=True)
class ApplicationStatus:
    """What a candidate is told about one application. company: empty where it is confidential.

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
