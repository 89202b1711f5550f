"""Interviews: list, read, book into a free slot, cancel."""

from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import Field

from backoffice import work
from backoffice.api.operations import Listed, Made, operation, require_match
from backoffice.api.resources.vacancies import listed
from backoffice.api.values import Given, PageQuery, Text500, Time, Told
from huntred.applications import service as applications
from huntred.errors import NotFound
from huntred.interviews import repository, service
from huntred.interviews.models import Interview, InterviewSlot

State = Literal["booked", "attended", "missed", "cancelled"]


class InterviewsQuery(PageQuery):
    """from, to: days in Mexico City."""

    state: State | Literal[""] = ""
    from_: date | None = Field(None, alias="from")
    to: date | None = None


class NewInterview(Given):
    """slot_id: one of /applications/{id}/free-slots."""

    application_id: UUID
    slot_id: UUID


class CancelGiven(Given):
    reason: Text500 = ""


class SlotTold(Told):
    id: UUID
    starts_at: Time
    ends_at: Time
    modality: Literal["in_person", "video"]
    address: str
    video_url: str


class InterviewTold(Told):
    id: UUID
    unit: str
    application_id: UUID
    slot: SlotTold
    interviewer_id: UUID
    state: State
    interviewer_answer: str
    attendance_confirmed_at: Time | None
    arrived_at: Time | None
    cancelled_at: Time | None
    cancelled_by: str
    reason: str
    booked_at: Time


def _slot_told(slot: InterviewSlot) -> SlotTold:
    return SlotTold(
        id=slot.id, starts_at=slot.starts_at, ends_at=slot.ends_at, modality=slot.modality, address=slot.address,
        video_url=slot.video_url,
    )  # fmt: skip


def interview_told(row: Interview) -> InterviewTold:
    return InterviewTold(
        id=row.id, unit=row.unit, application_id=row.application_id, slot=_slot_told(row.slot),
        interviewer_id=row.interviewer_id, state=row.state, interviewer_answer=row.interviewer_answer,
        attendance_confirmed_at=row.attendance_confirmed_at, arrived_at=row.arrived_at,
        cancelled_at=row.cancelled_at, cancelled_by=row.cancelled_by, reason=row.reason, booked_at=row.booked_at,
    )  # fmt: skip


@operation("GET", "/api/v1/interviews", "interviews:read", query=InterviewsQuery, answer=InterviewTold, many=True)
def list_interviews(query: InterviewsQuery) -> Listed:
    args: dict[str, str] = {"state": query.state}
    args |= {name: day.isoformat() for name, day in (("from", query.from_), ("to", query.to)) if day}
    return Listed(*listed("interviews", query, args, interview_told))


@operation("GET", "/api/v1/interviews/<uuid:id>", "interviews:read", answer=InterviewTold)
def get_interview(id: UUID) -> InterviewTold:
    return interview_told(service.get(work.current_work(), id))


@operation("GET", "/api/v1/applications/<uuid:id>/free-slots", "interviews:read", answer=SlotTold, many=True)
def list_free_slots(id: UUID) -> Listed:
    application = applications.get(work.current_work(), id)
    free = service.free_slots(work.work_of(application.unit), application.id, now=work.now(), limit=50)
    return Listed([_slot_told(slot) for slot in free])


@operation("POST", "/api/v1/interviews", "interviews:write", body=NewInterview, answer=InterviewTold, status=201)
def book_interview(body: NewInterview) -> Made:
    application = applications.get(work.current_work(), body.application_id)
    made = service.book_slot(work.work_of(application.unit), body.slot_id, application.id, now=work.now())
    work.session.flush()
    return Made(interview_told(made), ("api.get_interview", {"id": made.id}))


@operation(
    "POST", "/api/v1/interviews/<uuid:id>/cancel", "interviews:write", body=CancelGiven, answer=InterviewTold,
    matched=True,
)  # fmt: skip
def cancel_interview(id: UUID, body: CancelGiven) -> InterviewTold:
    row = repository.interview(work.current_work().session, id, lock=True)
    if row is None:
        raise NotFound(f"interview {id}")
    require_match(interview_told(row))
    return interview_told(service.cancel(work.work_of(row.unit), id, "consultant", body.reason, now=work.now()))
