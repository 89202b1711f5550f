"""What can be refused about a mentor's session."""

from __future__ import annotations

from huntred.errors import RuleBroken


class MentorTimeTaken(RuleBroken):
    """Somebody was faster, the mentor's week is full, or the person has something else then."""

    code = "mentor_time_taken"


class MentorSessionOpen(RuleBroken):
    """The person has a session ahead: one at a time, so that there is room for others."""

    code = "mentor_session_open"


class MentorSessionOver(RuleBroken):
    """It was answered, cancelled or is past."""

    code = "mentor_session_over"
