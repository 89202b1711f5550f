"""What referees say: answers kept and sent, a no, and never again; and what nobody answered in time."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from contract.ids import new_id
from huntred.db.base import KeyRing
from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import NotFound
from huntred.references import rules
from huntred.references.ending import close, drop_draft, locked, make_ready, settle
from huntred.references.errors import RefereeAnswered
from huntred.references.events import RefereeAnsweredUs
from huntred.references.models import Referee, RefereeOptOut, ReferenceAnswer, ReferenceRequest
from huntred.references.rules import AnswerForm


def save_answer(
    uow: UnitOfWork, referee_id: UUID, form: AnswerForm, *, send: bool, user_id: UUID | None = None, now: datetime
) -> ReferenceAnswer:
    """Keep what a referee says: as a draft, or sent, which is once and for all. user_id: the consultant who called.

    Raises NotFound, FieldInvalid, RefereeAnswered.
    """
    referee = _waited_for(uow, referee_id, now)
    rules.check_answer(form, today=now.date(), whole=send)
    answer = referee.answer
    if answer is None:
        answer = ReferenceAnswer(unit=referee.unit, referee=referee)
        uow.session.add(answer)
    answer.relation_right, answer.relation_note = form.relation_right, form.relation_note.strip()
    answer.from_year, answer.still = form.from_year, form.still
    answer.to_year = None if form.still else form.to_year
    answer.ratings = {code: value for code, value in form.ratings.items() if value is not None}
    answer.unobserved = [code for code, value in form.ratings.items() if value is None]
    answer.texts = {name: text.strip() for name, text in form.texts.items() if name in rules.QUESTIONS}
    answer.again, answer.may_share = form.again, form.may_share
    answer.source, answer.recorded_by = ("phone", user_id) if user_id else ("link", None)
    answer.saved_at = now
    if send:
        answer.sent_at = now
        _answered(uow, referee, "answered", now)
    uow.session.flush()
    return answer


def refuse_to_answer(uow: UnitOfWork, referee_id: UUID, *, now: datetime) -> None:
    """A referee does not want to answer this; their draft goes. Raises NotFound, RefereeAnswered."""
    referee = _waited_for(uow, referee_id, now)
    drop_draft(uow, referee)
    _answered(uow, referee, "declined", now)
    uow.session.flush()


def opt_out(uow: UnitOfWork, referee_id: UUID, *, now: datetime) -> None:
    """Never write to this address again, for no candidate of the unit; what they did not answer is over.

    Again: nothing. Works also after they answered. Raises NotFound.
    """
    referee = _referee(uow, referee_id)
    email = referee.email
    if email:
        uow.session.execute(
            insert(RefereeOptOut)
            .values(id=new_id(), unit=referee.unit, email_hash=_hash(email), at=now)
            .on_conflict_do_nothing()
        )
    same = select(Referee.id).where(Referee.unit == referee.unit, Referee.email == email, Referee.state == "asked")
    ids = set(uow.session.scalars(same)) if email else set()
    if referee.state == "asked":
        ids.add(referee.id)
    for id_ in sorted(ids, key=str):
        one = _referee(uow, id_)
        locked(uow, one.request_id)
        uow.session.refresh(one, ["state"])
        if one.state == "asked":
            drop_draft(uow, one)
            _answered(uow, one, "opted_out", now)
    uow.session.flush()


def wants_no_mail(uow: UnitOfWork, email: str) -> bool:
    query = select(RefereeOptOut.id).where(RefereeOptOut.unit == uow.unit, RefereeOptOut.email_hash == _hash(email))
    return uow.session.scalar(query) is not None


def end_due(uow: UnitOfWork, *, now: datetime) -> int:
    """End what is past its day in this unit; return how many."""
    query = select(ReferenceRequest.id).where(
        ReferenceRequest.unit == uow.unit, ReferenceRequest.state.in_(rules.OPEN_STATES), ReferenceRequest.due_at <= now
    )
    ended = 0
    for request_id in uow.session.scalars(query).all():
        request = locked(uow, request_id)
        if request.state in rules.OPEN_STATES and request.due_at <= now:
            make_ready(uow, request, now)
            ended += 1
    return ended


def _referee(uow: UnitOfWork, referee_id: UUID) -> Referee:
    referee = uow.session.get(Referee, referee_id)
    if referee is None:
        raise NotFound(f"referee {referee_id}")
    return referee


def _waited_for(uow: UnitOfWork, referee_id: UUID, now: datetime) -> Referee:
    referee = _referee(uow, referee_id)
    request = locked(uow, referee.request_id)
    uow.session.refresh(referee, ["state", "answer"])
    if referee.state != "asked" or request.state != "given" or request.due_at <= now:
        raise RefereeAnswered(f"referee {referee_id} is {referee.state}")
    return referee


def _answered(uow: UnitOfWork, referee: Referee, outcome: str, now: datetime) -> None:
    close(referee, outcome, now)
    uow.session.flush()
    uow.record(RefereeAnsweredUs(referee.id, outcome), unit=referee.unit)
    settle(uow, referee.request, now)


def _hash(email: str) -> str:
    return KeyRing.lookup(f"referee:{email.strip().lower()}")
