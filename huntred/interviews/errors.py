"""What can be refused about slots and interviews."""

from __future__ import annotations

from uuid import UUID

from huntred.errors import RuleBroken


class SlotTaken(RuleBroken):
    """Somebody else has booked it."""

    code = "slot_taken"


class NoLongerFree(RuleBroken):
    """It was cancelled, has passed, or overlaps another interview of the person or the interviewer."""

    code = "no_longer_free"


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
