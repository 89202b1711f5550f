"""What can be refused about slots and interviews."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from huntred.errors import RuleBroken


class SlotTaken(RuleBroken):
    """Somebody else has booked it."""

    code = "slot_taken"


class NoLongerFree(RuleBroken):
    """It was cancelled, has passed, or overlaps another interview of the person or the interviewer."""

    code = "no_longer_free"


class CalendarClash(NoLongerFree):
    """Somebody or something is taken then.

    field: person, interviewer or room. problem: its name, where it may be known.
    """

    code = "calendar_clash"

    def __init__(self, field: str, problem: str) -> None:
        self.field, self.problem = field, problem
        super().__init__(f"{field} is taken: {problem}")


class OnHoliday(RuleBroken):
    """The time lies on a day off by law: it has to be meant. problem: its code and day, `juarez:2026-03-16`."""

    code = "on_holiday"

    def __init__(self, holiday: str, day: date) -> None:
        self.field, self.problem = "holidays", f"{holiday}:{day.isoformat()}"
        super().__init__(f"{day} is {holiday}")


class TooLateToPropose(RuleBroken):
    """The interview or the time proposed is too near for the candidate to answer."""

    code = "too_late_to_propose"


class ProposalOver(RuleBroken):
    """It was answered, taken back or has expired."""

    code = "proposal_over"


class AlreadyBooked(RuleBroken):
    """The application has an interview ahead: it can be moved, not booked again."""

    code = "already_booked"

    def __init__(self, interview_id: UUID) -> None:
        self.interview_id = interview_id
        super().__init__(f"interview {interview_id} is ahead")


class NotBookable(RuleBroken):
    """The application has ended or did not pass the vacancy's questions."""

    code = "not_bookable"


class InterviewOver(RuleBroken):
    """It was cancelled or has taken place: nothing about it can change."""

    code = "interview_over"


class VideoInterview(RuleBroken):
    """It takes place by video: nobody arrives anywhere."""

    code = "video_interview"


class TooEarlyToArrive(RuleBroken):
    """The interview is hours away: being near today proves nothing."""

    code = "too_early_to_arrive"


class PlaceUnknown(RuleBroken):
    """Neither the slot nor its vacancy has coordinates to measure from."""

    code = "place_unknown"


class SlotHasInterview(RuleBroken):
    """A slot with an interview is not taken away: cancel or move the interview first."""

    code = "slot_has_interview"
