"""What the person is told of their CV, in the chat that it came by; the words stand in domain/ and wording.yml."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import undefer

from contract.message import Inbound
from huntred.conversations.lane import enter
from huntred.conversations.language import language_of
from huntred.conversations.models import Conversation
from huntred.cv import service
from huntred.cv.models import CvFile
from huntred.cv.rules import Proposed, says_something
from huntred.db.unit_of_work import UnitOfWork
from huntred.languages import MAIN, words_in
from huntred.people import service as people
from huntred.people.recap import shown

_FILE = Path(__file__).with_name("wording.yml")
_AT_ONCE = 50
_SHOWN_JOBS = 3
_SHOWN_NAME = 80
# A question in a form is not talked over; one that was left is waited for no longer than this.
_FORM_LEFT = timedelta(minutes=30)


def words(language: str = MAIN) -> dict[str, Any]:
    """Return the pieces in a language (ISO 639-1); what it lacks is in Spanish, as the values of a profile are."""
    return words_in(_FILE, language)


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
        response, values = saying(uow, cv, language_of(uow, conversation), now=now)
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


def saying(uow: UnitOfWork, cv: CvFile, language: str = MAIN, *, now: datetime) -> tuple[str, dict[str, str]]:
    """Return the response of domain/ that fits, and its values."""
    name = words(language)["named"].format(name=cv.name[:_SHOWN_NAME]) if cv.name else ""
    if cv.state == "held":
        return "utter_cv_needs_consent", {"name": name}
    if cv.state != "read":
        return f"utter_error_{cv.error_code}", {}
    if cv.answer == "known":
        return "utter_cv_known", {"name": name}
    if not says_something(service.content(cv)):
        return "utter_cv_nothing", {"name": name}
    return "utter_cv_recap", recap_values(uow, cv, language, now=now)


def recap_values(uow: UnitOfWork, cv: CvFile, language: str = MAIN, *, now: datetime) -> dict[str, str]:
    """Return what utter_cv_recap is filled with: what was read, line by line."""
    texts = words(language)
    profile = people.profile_of(uow, cv.person_id)
    lines = [
        texts["line"].format(label=label(one.field, language), value=_read(one, texts))
        for one in service.proposed_by(cv, now=now)
    ]
    lines += [
        texts["corrected"].format(label=label(field, language), value=shown(field, profile))
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


def difference_lines(
    uow: UnitOfWork, cv: CvFile, differing: tuple[Proposed, ...], language: str = MAIN
) -> str:
    profile, texts = people.profile_of(uow, cv.person_id), words(language)
    return "\n".join(
        texts["difference"].format(
            label=label(one.field, language), told=shown(one.field, profile), read=_read(one, texts)
        )
        for one in differing
    )


def _read(one: Proposed, texts: dict[str, Any]) -> str:
    """What the CV says, as its person reads it: only years are written out, the rest is theirs."""
    if one.field != "experience_years":
        return one.text
    years = one.text.partition(" ")[0]
    return str(texts["year"] if years == "1" else texts["years"].format(years=years))


def label(field: str, language: str = MAIN) -> str:
    return str(words(language)["fields"][field])
