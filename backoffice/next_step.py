"""What matters now about a person, and the one thing to do next: what waits longest or comes first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from huntred.applications.models import Application
from huntred.conversations.models import Conversation
from huntred.cv.models import CvFile
from huntred.interviews.models import Interview

_ENDED = frozenset({"hired", "rejected", "withdrawn"})
# Untouched for so long, an application waits for the team.
_STILL = timedelta(days=2)


@dataclass(frozen=True)
class NextStep:
    """kind: a key of the page's texts. id: of what is opened. at: since when, or when. what: what it is about."""

    kind: str
    id: UUID | None = None
    at: datetime | None = None
    what: str = ""


def next_step(
    conversations: Sequence[Conversation],
    applications: Sequence[Application],
    interviews: Sequence[Interview],
    cvs: Sequence[CvFile],
    missing: Sequence[str],
    *,
    now: datetime,
) -> NextStep:
    """Somebody who waits comes first, then an outcome that is missing, what is next, what stands still, what lacks."""
    for conversation in conversations:
        if conversation.handling == "queued":
            return NextStep("waits", conversation.id, conversation.last_inbound_at)
    booked = sorted(
        (one for one in interviews if one.state == "booked"), key=lambda one: one.slot.starts_at
    )  # fmt: skip
    for interview in booked:
        kind = "interview_over" if interview.slot.ends_at < now else "interview_ahead"
        return NextStep(kind, interview.id, interview.slot.starts_at, interview.application.vacancy.title)
    still = [one for one in applications if one.stage.kind not in _ENDED and one.moved_at < now - _STILL]
    if still:
        oldest = min(still, key=lambda one: one.moved_at)
        return NextStep("application_still", oldest.id, oldest.moved_at, oldest.vacancy.title)
    for cv in cvs:
        if cv.state in ("refused", "failed") and cv is cvs[0]:
            return NextStep("cv_unread", cv.id, cv.read_at)
    for application in applications:
        if application.stage.kind not in _ENDED:
            return NextStep("application_open", application.id, application.moved_at, application.vacancy.title)
    if missing:
        return NextStep("incomplete", conversations[0].id if conversations else None)
    return NextStep("nothing")
