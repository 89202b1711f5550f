"""What a candidate is given of their references, and what is deleted: on erasure, and when its time is over."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from huntred.db.unit_of_work import UnitOfWork
from huntred.references.models import Referee, ReferenceRequest
from huntred.references.service import of_person, settings

_QUIET = {"synchronize_session": False}


def exported(uow: UnitOfWork, person_id: UUID) -> list[dict[str, Any]]:
    """Return what a candidate is given: their own side, and of the answers those that the referee lets them read."""
    found = []
    for request in reversed(of_person(uow, person_id)):
        found.append(
            {
                "application_id": request.application_id, "state": request.state, "wanted": request.wanted,
                "asked_at": request.asked_at, "due_at": request.due_at, "agreed_at": request.agreed_at,
                "terms_version": request.terms_version, "given_at": request.given_at,
                "referees": [_exported(referee) for referee in request.referees],
            }
        )  # fmt: skip
    return found


def forget(uow: UnitOfWork, person_id: UUID) -> list[UUID]:
    """Delete all of a person who is erased; return the requests' ids, under which mails were sent."""
    return _delete(uow, ReferenceRequest.person_id == person_id)


def purge(uow: UnitOfWork, *, now: datetime) -> list[UUID]:
    """Delete what ended longer ago than the unit keeps it; return the requests' ids."""
    kept = timedelta(days=settings(uow, uow.unit).kept_days)
    return _delete(uow, ReferenceRequest.ended_at < now - kept)


def _delete(uow: UnitOfWork, condition: Any) -> list[UUID]:
    ids = list(uow.session.scalars(select(ReferenceRequest.id).where(ReferenceRequest.unit == uow.unit, condition)))
    uow.session.execute(delete(ReferenceRequest).where(ReferenceRequest.id.in_(ids)), execution_options=_QUIET)
    uow.session.expire_all()
    return ids


def _exported(referee: Referee) -> dict[str, Any]:
    """Who did not answer, and how, is the referee's to tell: such ones are `closed`, without an address."""
    waited_for = referee.state in ("named", "asked", "answered")
    told: dict[str, Any] = {
        "name": referee.name, "relation": referee.relation, "company": referee.company,
        "from_year": referee.from_year, "to_year": referee.to_year, "state": referee.state if waited_for else "closed",
        "email": referee.email if waited_for else "", "phone": referee.phone if waited_for else "",
    }  # fmt: skip
    answer = referee.answer
    if answer is not None and answer.sent_at is not None and answer.may_share:
        told["answer"] = {
            "relation_right": answer.relation_right, "relation_note": answer.relation_note,
            "from_year": answer.from_year, "to_year": answer.to_year, "ratings": answer.ratings,
            "not_observed": answer.unobserved, **answer.texts, "again": answer.again, "sent_at": answer.sent_at,
        }  # fmt: skip
    return told
