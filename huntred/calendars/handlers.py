"""What happens to an interview is seen soon in the calendars of whom it concerns."""

from __future__ import annotations

from typing import Any

from huntred.calendars import service
from huntred.db.unit_of_work import UnitOfWork
from huntred.events.registry import Context, handles
from huntred.interviews.events import InterviewBooked, InterviewCancelled, InterviewerAnswered, InterviewMoved
from huntred.interviews.models import Interview


def _write_soon(uow: UnitOfWork, event: Any, context: Context) -> None:
    interview = uow.session.get_one(Interview, event.interview_id)
    users = {interview.interviewer_id, interview.application.vacancy.consultant_id, getattr(event, "was_with", None)}
    service.bring_forward(uow, [user for user in users if user is not None], now=context.now)


for _event in (InterviewBooked, InterviewMoved, InterviewCancelled, InterviewerAnswered):
    handles(_event)(_write_soon)
