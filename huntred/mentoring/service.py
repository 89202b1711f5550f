"""Keep mentors, find one by field and time, ask for a session, answer, cancel, and note what came of it.

A session holds its time from the moment it is asked for. Mentor and person are each in one place at a time: by the
locks of the calendars, the database's own constraint, and `app_busy`, which interviews ask too.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, text, update

from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import FieldInvalid, NotFound
from huntred.interviews.repository import lock_calendars
from huntred.mentoring import rules
from huntred.mentoring.errors import MentorSessionOpen, MentorSessionOver, MentorTimeTaken
from huntred.mentoring.events import MentorSessionAnswered, MentorSessionAsked, MentorSessionCancelled
from huntred.mentoring.models import Mentor, MentorSession
from huntred.mentoring.rules import MentorForm, Span

__all__ = [
    "Match", "MentorForm", "ahead_of", "answer", "ask", "cancel", "create", "expire", "fields_on_offer", "forget",
    "free_times", "get", "get_session", "matches", "mentors", "note_outcome", "sessions", "update_mentor",
]  # fmt: skip
_BUSY = text("SELECT app_busy(:person, NULL, NULL, :since, :upto, NULL, NULL)")


@dataclass(frozen=True)
class Match:
    """A mentor of the field with the soonest times that suit both."""

    mentor: Mentor
    times: tuple[Span, ...]


def create(uow: UnitOfWork, form: MentorForm, *, now: datetime) -> Mentor:
    """Raises FieldInvalid."""
    mentor = Mentor(unit=uow.unit, created_at=now)
    _write(mentor, form, now)
    uow.session.add(mentor)
    uow.session.flush()
    return mentor


def update_mentor(uow: UnitOfWork, mentor_id: UUID, form: MentorForm, *, now: datetime) -> Mentor:
    """Replace what is written; sessions that stand, stand. Raises NotFound, FieldInvalid."""
    mentor = get(uow, mentor_id)
    _write(mentor, form, now)
    uow.session.flush()
    return mentor


def get(uow: UnitOfWork, mentor_id: UUID) -> Mentor:
    """Raises NotFound."""
    mentor = uow.session.get(Mentor, mentor_id)
    if mentor is None:
        raise NotFound(f"mentor {mentor_id}")
    return mentor


def mentors(uow: UnitOfWork) -> list[Mentor]:
    """Return those that this scope sees, who gives time first, by name."""
    return list(uow.session.scalars(select(Mentor).order_by(Mentor.active.desc(), Mentor.name, Mentor.id)))


def fields_on_offer(uow: UnitOfWork) -> list[str]:
    """Return the fields in which somebody gives time, those of most mentors first."""
    counted: dict[str, int] = {}
    for mentor in uow.session.scalars(select(Mentor).where(Mentor.unit == uow.unit, Mentor.active)):
        for code in mentor.fields:
            counted[code] = counted.get(code, 0) + 1
    return sorted(counted, key=lambda code: (-counted[code], code))


def matches(
    uow: UnitOfWork, person_id: UUID, field: str, *, now: datetime, limit: int = 3, times: int = 3
) -> list[Match]:
    """Return the mentors of a field who have time, whoever can soonest first."""
    query = select(Mentor).where(Mentor.unit == uow.unit, Mentor.active, Mentor.fields.contains([field]))
    found = [
        Match(mentor, tuple(free_times(uow, mentor, person_id, now=now, limit=times)))
        for mentor in uow.session.scalars(query)
    ]
    found = [match for match in found if match.times]
    found.sort(key=lambda match: (match.times[0].starts_at, match.mentor.name))
    return found[:limit]


def free_times(
    uow: UnitOfWork, mentor: Mentor, person_id: UUID, *, now: datetime, limit: int = 6
) -> list[Span]:
    """Return the mentor's times at which the person has nothing either, soonest first."""
    free = rules.free(
        rules.offered(mentor.availability, mentor.timezone, mentor.session_minutes, now=now),
        _taken(uow, mentor.id, now), mentor.timezone, mentor.weekly_capacity,
    )  # fmt: skip
    return list(itertools.islice((span for span in free if not _busy(uow, person_id, span)), limit))


def ask(
    uow: UnitOfWork, mentor_id: UUID, person_id: UUID, starts_at: datetime, *, field: str = "",
    conversation_id: UUID | None = None, now: datetime,
) -> MentorSession:  # fmt: skip
    """Ask the mentor for one of their free times; the same again returns the same session.

    Raises NotFound, MentorTimeTaken, MentorSessionOpen.
    """
    lock_calendars(uow.session, (mentor_id, person_id))
    mentor = get(uow, mentor_id)
    ahead = ahead_of(uow, person_id, now=now)
    if ahead is not None:
        if ahead.mentor_id == mentor_id and ahead.starts_at == starts_at:
            return ahead
        raise MentorSessionOpen(f"person {person_id}")
    free = free_times(uow, mentor, person_id, now=now, limit=1000) if mentor.active else []
    span = next((span for span in free if span.starts_at == starts_at), None)
    if span is None:
        raise MentorTimeTaken(f"mentor {mentor_id} at {starts_at}")
    session = MentorSession(
        unit=mentor.unit, mentor=mentor, person_id=person_id, conversation_id=conversation_id, field=field,
        starts_at=span.starts_at, ends_at=span.ends_at, state="asked", asked_at=now,
        answer_until=rules.answer_until(now, span.starts_at), sequence=0,
    )  # fmt: skip
    uow.session.add(session)
    uow.session.flush()
    uow.record(MentorSessionAsked(session.id), unit=mentor.unit)
    return session


def answer(uow: UnitOfWork, session_id: UUID, accepts: bool, *, reason: str = "", now: datetime) -> MentorSession:
    """The mentor's yes or no; the same again changes nothing. Raises NotFound, MentorSessionOver."""
    session = _locked(uow, session_id)
    wanted = "accepted" if accepts else "declined"
    if session.state == wanted:
        return session
    if session.state != "asked" or session.starts_at <= now:
        raise MentorSessionOver(f"session {session_id} is {session.state}")
    session.state, session.answered_at, session.reason = wanted, now, reason.strip()
    session.sequence += 1
    uow.record(MentorSessionAnswered(session.id, wanted), unit=session.unit)
    return session


def cancel(uow: UnitOfWork, session_id: UUID, by: str, *, reason: str = "", now: datetime) -> MentorSession:
    """Take it back before it begins; again changes nothing. Raises NotFound, MentorSessionOver."""
    session = _locked(uow, session_id)
    if session.state == "cancelled":
        return session
    if session.state not in rules.OPEN_STATES or session.starts_at <= now:
        raise MentorSessionOver(f"session {session_id} is {session.state}")
    was = session.state
    session.state, session.ended_at, session.ended_by, session.reason = "cancelled", now, by, reason.strip()
    session.sequence += 1
    uow.record(MentorSessionCancelled(session.id, by, was), unit=session.unit)
    return session


def note_outcome(uow: UnitOfWork, session_id: UUID, happened: bool, outcome: str, *, now: datetime) -> MentorSession:
    """Keep whether it took place and what came of it; may be corrected.

    Raises NotFound, FieldInvalid, MentorSessionOver.
    """
    session = _locked(uow, session_id)
    if session.state not in ("accepted", "done", "missed"):
        raise MentorSessionOver(f"session {session_id} is {session.state}")
    if session.starts_at > now:
        raise FieldInvalid("outcome", "not_yet")
    if len(outcome) > rules.LONGEST_OUTCOME:
        raise FieldInvalid("outcome", "too_long")
    session.state = "done" if happened else "missed"
    session.outcome, session.outcome_at = outcome.strip(), now
    return session


def expire(uow: UnitOfWork, *, now: datetime) -> int:
    """End what no mentor answered in time, in this unit; return how many."""
    query = select(MentorSession.id).where(
        MentorSession.unit == uow.unit, MentorSession.state == "asked", MentorSession.answer_until <= now
    )
    ended = 0
    for session_id in uow.session.scalars(query).all():
        session = _locked(uow, session_id)
        if session.state == "asked":
            session.state, session.ended_at = "expired", now
            uow.record(MentorSessionAnswered(session.id, "expired"), unit=session.unit)
            ended += 1
    return ended


def get_session(uow: UnitOfWork, session_id: UUID) -> MentorSession:
    """Raises NotFound."""
    session = uow.session.get(MentorSession, session_id)
    if session is None:
        raise NotFound(f"mentor session {session_id}")
    return session


def ahead_of(uow: UnitOfWork, person_id: UUID, *, now: datetime) -> MentorSession | None:
    """Return the person's session that is asked for or stands, and is not over."""
    query = select(MentorSession).where(
        MentorSession.unit == uow.unit, MentorSession.person_id == person_id,
        MentorSession.state.in_(rules.OPEN_STATES), MentorSession.ends_at > now,
    )  # fmt: skip
    return uow.session.scalars(query.order_by(MentorSession.starts_at).limit(1)).first()


def sessions(
    uow: UnitOfWork, *, mentor_id: UUID | None = None, person_id: UUID | None = None, limit: int = 200
) -> list[MentorSession]:
    """Return sessions that this scope sees, latest first."""
    query = select(MentorSession).order_by(MentorSession.starts_at.desc(), MentorSession.id).limit(limit)
    if mentor_id is not None:
        query = query.where(MentorSession.mentor_id == mentor_id)
    if person_id is not None:
        query = query.where(MentorSession.person_id == person_id)
    return list(uow.session.scalars(query))


def forget(uow: UnitOfWork, person_id: UUID, *, now: datetime) -> None:
    """Free the times of a person who is erased, and what was written of them; that they met stays."""
    theirs = (MentorSession.unit == uow.unit, MentorSession.person_id == person_id)
    ahead = (*theirs, MentorSession.state.in_(rules.OPEN_STATES), MentorSession.starts_at > now)
    for session_id in uow.session.scalars(select(MentorSession.id).where(*ahead)).all():
        cancel(uow, session_id, "person", now=now)
    uow.session.execute(
        update(MentorSession).where(*theirs).values(outcome="", reason=""),
        execution_options={"synchronize_session": False},
    )


def _write(mentor: Mentor, form: MentorForm, now: datetime) -> None:
    rules.check(form)
    mentor.name, mentor.email = " ".join(form.name.split()), form.email.strip().lower()
    mentor.about, mentor.meeting_place = form.about.strip(), form.meeting_place.strip()
    mentor.fields = list(dict.fromkeys(form.fields))
    mentor.availability = rules.stored(form.availability or {})
    mentor.timezone, mentor.weekly_capacity = form.timezone, form.weekly_capacity
    mentor.session_minutes, mentor.active, mentor.updated_at = form.session_minutes, form.active, now


def _locked(uow: UnitOfWork, session_id: UUID) -> MentorSession:
    seen = get_session(uow, session_id)
    lock_calendars(uow.session, (seen.mentor_id, seen.person_id))
    found = uow.session.scalars(
        select(MentorSession)
        .where(MentorSession.id == session_id)
        .with_for_update(of=MentorSession)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound(f"mentor session {session_id}")
    return found


def _taken(uow: UnitOfWork, mentor_id: UUID, now: datetime) -> list[Span]:
    """What the mentor has, from a week back on: a week that has begun counts whole."""
    query = select(MentorSession.starts_at, MentorSession.ends_at).where(
        MentorSession.mentor_id == mentor_id, MentorSession.state.in_((*rules.OPEN_STATES, "done")),
        MentorSession.starts_at > now - timedelta(days=7),
    )  # fmt: skip
    return [Span(row.starts_at, row.ends_at) for row in uow.session.execute(query)]


def _busy(uow: UnitOfWork, person_id: UUID, span: Span) -> bool:
    values = {"person": person_id, "since": span.starts_at, "upto": span.ends_at}
    return uow.session.scalar(_BUSY, values) is not None
