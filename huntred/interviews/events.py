"""What happened to an interview. Times are ISO 8601 text once stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from huntred.events.types import Event


@dataclass(frozen=True)
class InterviewBooked(Event):
    interview_id: UUID


@dataclass(frozen=True)
class InterviewMoved(Event):
    """was_at: when it would have been. was_with: who would have led it. by: candidate or consultant."""

    interview_id: UUID
    was_at: datetime
    was_with: UUID
    by: str = "candidate"


@dataclass(frozen=True)
class InterviewCancelled(Event):
    """by: candidate, interviewer or consultant."""

    interview_id: UUID
    by: str


@dataclass(frozen=True)
class AttendanceConfirmed(Event):
    interview_id: UUID


@dataclass(frozen=True)
class CandidateArrived(Event):
    interview_id: UUID


@dataclass(frozen=True)
class InterviewAttended(Event):
    """Somebody of the team said afterwards that the candidate came."""

    interview_id: UUID


@dataclass(frozen=True)
class InterviewerAnswered(Event):
    """answer: confirmed, declined or handed_over. was_with: who was asked."""

    interview_id: UUID
    answer: str
    was_with: UUID


@dataclass(frozen=True)
class MoveProposed(Event):
    proposal_id: UUID


@dataclass(frozen=True)
class ProposalEnded(Event):
    """state: accepted, declined, withdrawn or expired."""

    proposal_id: UUID
    state: str
