"""Ask for references, take the candidate's yes and the referees whom they name.

Nobody is asked before the candidate agreed and confirmed the list. What referees say stands in answering.py, what is
given out and deleted in keeping.py; who is told of what, in notifications/reference_handlers.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from huntred.applications import service as applications
from huntred.cv import service as cvs
from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import FieldInvalid, NotFound
from huntred.people import service as people
from huntred.privacy import service as privacy
from huntred.references import answering, rules
from huntred.references.ending import close, end_all, locked, settle
from huntred.references.errors import (
    RefereeAnswered,
    RefereesEnough,
    RefereeTwice,
    ReferencesNotAgreed,
    ReferencesOff,
    ReferencesOpen,
    ReferencesOver,
)
from huntred.references.events import RefereesGiven, ReferencesAsked, ReferencesCancelled, ReferencesDeclined
from huntred.references.models import Referee, ReferenceRequest
from huntred.references.rules import RefereeForm
from huntred.references.summary import Job
from huntred.units import service as units

__all__ = [
    "RefereeForm", "Settings", "add_referee", "agree", "ask", "cancel", "change_referee", "decline", "get",
    "get_referee", "give", "jobs_of", "note_seen", "of_application", "of_person", "open_of_person", "remove_referee",
    "settings",
]  # fmt: skip

# Who may still be taken off the list: dropped ones were asked once, before a yes was taken back.
_UNASKED = ("named", "dropped")


@dataclass(frozen=True)
class Settings:
    """Of a unit. asked: whether it asks for references at all."""

    asked: bool
    remind_after_days: int
    kept_days: int


def settings(uow: UnitOfWork, unit: str) -> Settings:
    held = units.get(uow, unit).settings
    return Settings(
        bool(held.get("references")),
        int(held.get("references_remind_after_days", rules.REMIND_AFTER_DAYS)),
        int(held.get("references_kept_days", rules.KEPT_DAYS)),
    )


def ask(
    uow: UnitOfWork, application_id: UUID, wanted: int | None, due_on: date | None, *, user_id: UUID | None,
    now: datetime,
) -> ReferenceRequest:
    """Ask the candidate of an application for so many referees. due_on: the last day, in the unit's time zone.

    Raises NotFound, FieldInvalid, ReferencesOff, ReferencesOpen.
    """
    application = applications.get(uow, application_id)
    unit = units.get(uow, application.unit)
    if not unit.settings.get("references"):
        raise ReferencesOff(unit.code)
    zone = ZoneInfo(unit.timezone)
    rules.check_request(wanted, due_on, today=now.astimezone(zone).date())
    assert wanted is not None and due_on is not None
    people.lock(uow, application.person_id)
    if any(one.state in rules.OPEN_STATES for one in of_application(uow, application_id)):
        raise ReferencesOpen(f"application {application.number}")
    due_at = datetime.combine(due_on, time(23, 59), zone)
    request = ReferenceRequest(
        unit=application.unit, application_id=application.id, person_id=application.person_id, wanted=wanted,
        due_at=due_at, state="asked", asked_by=user_id, asked_at=now, terms_version="",
    )  # fmt: skip
    uow.session.add(request)
    uow.session.flush()
    uow.record(ReferencesAsked(request.id), unit=request.unit)
    return request


def get(uow: UnitOfWork, request_id: UUID) -> ReferenceRequest:
    """Raises NotFound."""
    request = uow.session.get(ReferenceRequest, request_id)
    if request is None:
        raise NotFound(f"reference request {request_id}")
    return request


def get_referee(uow: UnitOfWork, referee_id: UUID) -> Referee:
    """Raises NotFound."""
    referee = uow.session.get(Referee, referee_id)
    if referee is None:
        raise NotFound(f"referee {referee_id}")
    return referee


def of_application(uow: UnitOfWork, application_id: UUID) -> list[ReferenceRequest]:
    """Return its requests, latest first."""
    query = select(ReferenceRequest).where(ReferenceRequest.application_id == application_id)
    return list(uow.session.scalars(query.order_by(ReferenceRequest.asked_at.desc(), ReferenceRequest.id.desc())))


def of_person(uow: UnitOfWork, person_id: UUID) -> list[ReferenceRequest]:
    """Return a person's requests in this unit, latest first."""
    query = select(ReferenceRequest).where(
        ReferenceRequest.unit == uow.unit, ReferenceRequest.person_id == person_id
    )
    return list(uow.session.scalars(query.order_by(ReferenceRequest.asked_at.desc(), ReferenceRequest.id.desc())))


def open_of_person(uow: UnitOfWork, person_id: UUID, *, now: datetime) -> ReferenceRequest | None:
    """Return what the candidate can still answer: asked for and not past; a no may become a yes until then."""
    found = [one for one in of_person(uow, person_id) if one.due_at > now]
    ranked = [one for state in ("agreed", "asked", "given", "declined") for one in found if one.state == state]
    return ranked[0] if ranked else None


def agree(
    uow: UnitOfWork, request_id: UUID, channel: str, *, evidence: dict[str, Any] | None = None, now: datetime
) -> ReferenceRequest:
    """The candidate agrees that referees whom they name are asked; again adds nothing.

    Raises NotFound, ReferencesOver.
    """
    request = locked(uow, request_id)
    if request.state in ("agreed", "given"):
        return request
    if request.state not in ("asked", "declined") or request.due_at <= now:
        raise ReferencesOver(f"request {request_id} is {request.state}")
    if request.state == "declined":
        others = of_application(uow, request.application_id)
        if any(one.state in rules.OPEN_STATES for one in others):
            raise ReferencesOver(f"request {request_id} was followed by another")
    privacy.allow_references(
        uow, request.person_id, True, channel, rules.TERMS_VERSION,
        {"request_id": str(request.id), **(evidence or {})}, now=now,
    )  # fmt: skip
    request.state, request.agreed_at, request.terms_version = "agreed", now, rules.TERMS_VERSION
    request.ended_at = request.seen_at = None
    uow.session.flush()
    return request


def decline(uow: UnitOfWork, request_id: UUID, channel: str, *, now: datetime) -> ReferenceRequest:
    """The candidate wants to give none now, or takes a yes back: whoever has not answered is asked no more.

    Again changes nothing. Raises NotFound, ReferencesOver.
    """
    request = locked(uow, request_id)
    if request.state == "declined":
        return request
    if request.state not in rules.OPEN_STATES:
        raise ReferencesOver(f"request {request_id} is {request.state}")
    privacy.allow_references(
        uow, request.person_id, False, channel, rules.TERMS_VERSION, {"request_id": str(request.id)}, now=now
    )
    end_all(uow, request, "declined", now)
    uow.record(ReferencesDeclined(request.id), unit=request.unit)
    return request


def cancel(uow: UnitOfWork, request_id: UUID, *, now: datetime) -> ReferenceRequest:
    """A consultant takes it back; what was answered stays. Again changes nothing. Raises NotFound, ReferencesOver."""
    request = locked(uow, request_id)
    if request.state == "cancelled":
        return request
    if request.state not in rules.OPEN_STATES:
        raise ReferencesOver(f"request {request_id} is {request.state}")
    end_all(uow, request, "cancelled", now)
    request.seen_at = now
    uow.record(ReferencesCancelled(request.id), unit=request.unit)
    return request


def add_referee(uow: UnitOfWork, request_id: UUID, form: RefereeForm, *, now: datetime) -> Referee:
    """Keep a referee of the candidate's; nobody writes to them before `give`.

    Raises NotFound, FieldInvalid, ReferencesNotAgreed, ReferencesOver, RefereesEnough, RefereeTwice.
    """
    request = _naming(uow, request_id, now)
    form = rules.checked(form, today=now.date())
    if len(request.referees) >= request.wanted:
        raise RefereesEnough(f"request {request_id}")
    _check_once(uow, request, form, None)
    referee = Referee(
        unit=request.unit, request=request, ord=max((one.ord for one in request.referees), default=0) + 1,
        state="named", created_at=now, **_columns(form),
    )  # fmt: skip
    uow.session.add(referee)
    uow.session.flush()
    return referee


def change_referee(uow: UnitOfWork, referee_id: UUID, form: RefereeForm, *, now: datetime) -> Referee:
    """Put right what was said of one who is not asked. Raises as `add_referee`, and RefereeAnswered."""
    referee = _unasked(uow, referee_id)
    request = _naming(uow, referee.request_id, now)
    form = rules.checked(form, today=now.date())
    _check_once(uow, request, form, referee.id)
    for name, value in _columns(form).items():
        setattr(referee, name, value)
    uow.session.flush()
    return referee


def remove_referee(uow: UnitOfWork, referee_id: UUID, *, now: datetime) -> None:
    """Raises NotFound, ReferencesNotAgreed, ReferencesOver, RefereeAnswered."""
    referee = _unasked(uow, referee_id)
    request = _naming(uow, referee.request_id, now)
    request.referees.remove(referee)
    uow.session.delete(referee)
    uow.session.flush()


def give(uow: UnitOfWork, request_id: UUID, *, now: datetime) -> ReferenceRequest:
    """The candidate confirms: from here on the referees are asked. Again changes nothing.

    Raises NotFound, FieldInvalid (nobody is named), ReferencesNotAgreed, ReferencesOver.
    """
    request = locked(uow, request_id)
    if request.state == "given":
        return request
    _check_naming(request, now)
    if not request.referees:
        raise FieldInvalid("referee_name", "missing")
    request.state, request.given_at = "given", now
    for referee in request.referees:
        if referee.state not in _UNASKED:
            continue  # of an earlier yes, which was taken back
        if referee.email and answering.wants_no_mail(uow, referee.email):
            close(referee, "opted_out", now)
        else:
            referee.state, referee.asked_at = "asked", now
    uow.session.flush()
    uow.record(RefereesGiven(request.id), unit=request.unit)
    settle(uow, request, now)
    return request


def note_seen(uow: UnitOfWork, request_id: UUID, *, now: datetime) -> None:
    """Put it away from Hoy. Raises NotFound."""
    request = get(uow, request_id)
    request.seen_at = request.seen_at or now


def jobs_of(uow: UnitOfWork, person_id: UUID) -> list[Job] | None:
    """Return the jobs of the latest CV that was read; None where there is none, or it names no employer."""
    read = next((cv for cv in cvs.of_person(uow, person_id) if cv.state == "read"), None)
    if read is None:
        return None
    jobs = [
        Job(job.employer.value, _year(job.start), None if job.current else _year(job.end))
        for job in cvs.content(read).experience
        if job.employer is not None
    ]
    return jobs or None


def _unasked(uow: UnitOfWork, referee_id: UUID) -> Referee:
    referee = get_referee(uow, referee_id)
    if referee.state not in _UNASKED:
        raise RefereeAnswered(f"referee {referee_id} is {referee.state}")
    return referee


def _naming(uow: UnitOfWork, request_id: UUID, now: datetime) -> ReferenceRequest:
    request = locked(uow, request_id)
    _check_naming(request, now)
    return request


def _check_naming(request: ReferenceRequest, now: datetime) -> None:
    if request.state in ("asked", "declined"):
        raise ReferencesNotAgreed(f"request {request.id}")
    if request.state != "agreed" or request.due_at <= now:
        raise ReferencesOver(f"request {request.id} is {request.state}")


def _check_once(uow: UnitOfWork, request: ReferenceRequest, form: RefereeForm, but: UUID | None) -> None:
    own = people.profile_of(uow, request.person_id)
    others: Sequence[Any] = [own, *(one for one in request.referees if one.id != but)]
    for other in others:
        if (form.email and other.email.lower() == form.email) or (form.phone and other.phone == form.phone):
            raise RefereeTwice(f"request {request.id}")


def _columns(form: RefereeForm) -> dict[str, Any]:
    return {
        "name": form.name, "relation": form.relation, "company": form.company, "email": form.email,
        "phone": form.phone, "from_year": form.from_year, "to_year": form.to_year,
    }  # fmt: skip


def _year(found: Any) -> int | None:
    return int(found.value[:4]) if found is not None and found.value[:4].isdigit() else None
