"""What the person is told of their CV, in the chat that it came by; the words stand in domain/ and wording.yml."""

from __future__ import annotations

import functools
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import or_, select
from sqlalchemy.orm import undefer

from contract.message import Inbound
from huntred.conversations.lane import enter
from huntred.conversations.models import Conversation
from huntred.cv import service
from huntred.cv.models import CvFile
from huntred.cv.rules import Proposed, says_something
from huntred.db.unit_of_work import UnitOfWork
from huntred.people import service as people
from huntred.people.recap import shown

_FILE = Path(__file__).with_name("wording.yml")
_AT_ONCE = 50
_SHOWN_JOBS = 3
_SHOWN_NAME = 80
# A question in a form is not talked over; one that was left is waited for no longer than this.
_FORM_LEFT = timedelta(minutes=30)


@functools.cache
def words() -> dict[str, Any]:
    return dict(yaml.safe_load(_FILE.read_text(encoding="utf-8")))


def tell_read(uow: UnitOfWork, *, now: datetime) -> int:
    """Tell this unit's people what came of their CVs; return how many were told.

    Nobody is told while a person of the team has the conversation, or a form of the assistant waits for an answer.
    """
    rows = uow.session.execute(
        select(CvFile, Conversation)
        .join(Conversation, Conversation.id == CvFile.conversation_id)
        .where(
            CvFile.unit == uow.unit, CvFile.source == "chat", CvFile.told_at.is_(None), CvFile.state != "waiting",
            CvFile.answer.in_(("", "known")), Conversation.handling.in_(("bot", "closed")),
            or_(Conversation.current_step == "", Conversation.last_inbound_at < now - _FORM_LEFT),
        )
        .order_by(CvFile.created_at)
        .limit(_AT_ONCE)
        .options(undefer(CvFile.content_sealed))
        .with_for_update(of=CvFile, skip_locked=True)
    ).all()  # fmt: skip
    for cv, conversation in rows:
        response, values = saying(uow, cv, now=now)
        # An answer to what the person sent, and no notice that could be opted out of.
        content = {"response": response, "values": values, "purpose": "reply"}
        key = f"notice:cv:{cv.id}:{cv.state}:{int(now.timestamp())}"
        enter(
            uow, conversation.chat_id, "notice", Inbound("notice", values=content), key, now=now, unit=uow.unit,
            conversation_id=conversation.id,
        )  # fmt: skip
        cv.told_at = now
    uow.session.flush()
    return len(rows)


def saying(uow: UnitOfWork, cv: CvFile, *, now: datetime) -> tuple[str, dict[str, str]]:
    """Return the response of domain/ that fits, and its values."""
    name = words()["named"].format(name=cv.name[:_SHOWN_NAME]) if cv.name else ""
    if cv.state == "held":
        return "utter_cv_needs_consent", {"name": name}
    if cv.state != "read":
        return f"utter_error_{cv.error_code}", {}
    if cv.answer == "known":
        return "utter_cv_known", {"name": name}
    if not says_something(service.content(cv)):
        return "utter_cv_nothing", {"name": name}
    return "utter_cv_recap", recap_values(uow, cv, now=now)


def recap_values(uow: UnitOfWork, cv: CvFile, *, now: datetime) -> dict[str, str]:
    """Return what utter_cv_recap is filled with: what was read, line by line."""
    texts = words()
    profile = people.profile_of(uow, cv.person_id)
    lines = [texts["line"].format(label=label(one.field), value=one.text) for one in service.proposed_by(cv, now=now)]
    lines += [
        texts["corrected"].format(label=label(field), value=shown(field, profile))
        for field in dict.fromkeys(cv.dropped)
        if shown(field, profile)
    ]
    jobs = [
        ", ".join(part.value for part in (job.title, job.employer) if part)
        for job in service.content(cv).experience
        if job.title or job.employer
    ]
    if jobs:
        listed = "; ".join(jobs[:_SHOWN_JOBS])
        if len(jobs) > _SHOWN_JOBS:
            listed = texts["more_jobs"].format(jobs=listed, count=len(jobs) - _SHOWN_JOBS)
        lines.append(texts["jobs"].format(jobs=listed))
    return {"recap": "\n".join(lines), "cv_id": str(cv.id)}


def difference_lines(uow: UnitOfWork, cv: CvFile, differing: tuple[Proposed, ...]) -> str:
    profile = people.profile_of(uow, cv.person_id)
    return "\n".join(
        words()["difference"].format(label=label(one.field), told=shown(one.field, profile), read=one.text)
        for one in differing
    )


def label(field: str) -> str:
    return str(words()["fields"][field])
