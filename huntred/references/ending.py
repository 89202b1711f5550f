"""How a request and its referees come to an end; of the services of this area alone."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import NotFound
from huntred.references import rules
from huntred.references.events import ReferencesReady
from huntred.references.models import Referee, ReferenceRequest


def close(referee: Referee, state: str, now: datetime) -> None:
    referee.state, referee.ended_at = state, now
    if state in ("declined", "opted_out"):
        # They want nothing to do with it: no address stays.
        referee.email = referee.phone = ""


def drop_draft(uow: UnitOfWork, referee: Referee) -> None:
    if referee.answer is not None:
        uow.session.delete(referee.answer)
        referee.answer = None


def settle(uow: UnitOfWork, request: ReferenceRequest, now: datetime) -> None:
    if request.state == "given" and all(one.state in rules.ENDED_REFEREE for one in request.referees):
        make_ready(uow, request, now)


def make_ready(uow: UnitOfWork, request: ReferenceRequest, now: datetime) -> None:
    for referee in request.referees:
        if referee.state == "asked":
            drop_draft(uow, referee)
            close(referee, "silent", now)
    request.state, request.ready_at, request.ended_at = "ready", now, now
    uow.session.flush()
    uow.record(ReferencesReady(request.id), unit=request.unit)


def end_all(uow: UnitOfWork, request: ReferenceRequest, state: str, now: datetime) -> None:
    request.state, request.ended_at = state, now
    for referee in request.referees:
        if referee.state in ("named", "asked"):
            drop_draft(uow, referee)
            close(referee, "dropped", now)
    uow.session.flush()


def locked(uow: UnitOfWork, request_id: UUID) -> ReferenceRequest:
    found = uow.session.scalars(
        select(ReferenceRequest)
        .where(ReferenceRequest.id == request_id)
        .with_for_update(of=ReferenceRequest)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound(f"reference request {request_id}")
    return found
