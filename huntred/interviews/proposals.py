"""Another time for an interview, proposed to its candidate: the old time stands until the answer, both are held.

Accepting moves the interview by `service.reschedule`, the one way in which interviews move.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from huntred.applications import service as applications
from huntred.applications.models import Application
from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import NotFound
from huntred.interviews import repository, rules
from huntred.interviews.errors import CalendarClash, InterviewOver, NoLongerFree, ProposalOver, TooLateToPropose
from huntred.interviews.events import MoveProposed, ProposalEnded
from huntred.interviews.models import Interview, InterviewProposal, InterviewSlot
from huntred.interviews.slots import require_no_holiday


def get(uow: UnitOfWork, proposal_id: UUID) -> InterviewProposal:
    """Raises NotFound."""
    proposal = repository.proposal(uow.session, proposal_id)
    if proposal is None:
        raise NotFound(f"proposal {proposal_id}")
    return proposal


def propose(
    uow: UnitOfWork, interview_id: UUID, starts_at: datetime, user_id: UUID, *, on_holiday: bool = False, now: datetime
) -> InterviewProposal:
    """Ask the candidate to come at another time; an earlier question that is open is replaced.

    A slot of the same interviewer that begins then and has a place left is used, else one is made. Asking for the
    same time again changes nothing. Raises NotFound, InterviewOver, TooLateToPropose, NoLongerFree, CalendarClash,
    OnHoliday.
    """
    repository.lock_calendars_of(uow.session, interview_id)
    interview = repository.interview(uow.session, interview_id, lock=True)
    if interview is None:
        raise NotFound(f"interview {interview_id}")
    if interview.state != "booked" or interview.slot.ends_at <= now:
        raise InterviewOver(f"interview {interview_id}")
    application, slot = applications.get(uow, interview.application_id), interview.slot
    if starts_at == slot.starts_at:
        raise NoLongerFree(f"interview {interview_id} is at that time")
    expires_at = rules.answer_until(now, slot.starts_at, starts_at)
    if expires_at is None:
        raise TooLateToPropose(f"interview {interview_id}")
    require_no_holiday(uow, starts_at, slot.timezone, meant=on_holiday)
    waiting = repository.waiting_proposals(uow.session, [interview.id]).get(interview.id)
    if waiting is not None and waiting.slot.starts_at == starts_at:
        return waiting
    end_waiting(uow, interview.id, "withdrawn", now=now)
    target, made = _target(uow, interview, application, starts_at, now)
    proposal = InterviewProposal(
        unit=interview.unit, division_id=interview.division_id, interview_id=interview.id, slot=target, slot_made=made,
        state="waiting", proposed_by=user_id, proposed_at=now, expires_at=expires_at,
    )  # fmt: skip
    uow.session.add(proposal)
    uow.session.flush()
    uow.record(MoveProposed(proposal.id), unit=interview.unit)
    return proposal


def _target(
    uow: UnitOfWork, interview: Interview, application: Application, starts_at: datetime, now: datetime
) -> tuple[InterviewSlot, bool]:
    """Return the slot to move to and whether it was made for this."""
    old = interview.slot
    for slot in _open_at(uow, interview, application, starts_at):
        held = repository.held_for_proposals(uow.session, slot.id, but=interview.id)
        if slot.booked + held < slot.capacity:
            _require_free(uow, slot, interview, application)
            return slot, False
    slot = InterviewSlot(
        unit=old.unit, division_id=old.division_id, vacancy_id=application.vacancy_id,
        interviewer_id=interview.interviewer_id, starts_at=starts_at, ends_at=starts_at + (old.ends_at - old.starts_at),
        modality=old.modality, address=old.address, latitude=old.latitude, longitude=old.longitude,
        video_url=old.video_url, room_id=old.room_id, capacity=1, booked=0, timezone=old.timezone, generated=False,
        created_at=now,
    )  # fmt: skip
    uow.session.add(slot)
    uow.session.flush()
    _require_free(uow, slot, interview, application)
    return slot, True


def _open_at(
    uow: UnitOfWork, interview: Interview, application: Application, starts_at: datetime
) -> list[InterviewSlot]:
    query = (
        select(InterviewSlot)
        .where(
            InterviewSlot.unit == interview.unit,
            InterviewSlot.interviewer_id == interview.interviewer_id,
            InterviewSlot.starts_at == starts_at,
            InterviewSlot.cancelled_at.is_(None),
            InterviewSlot.vacancy_id.is_(None) | (InterviewSlot.vacancy_id == application.vacancy_id),
        )
        .order_by(InterviewSlot.vacancy_id.is_(None), InterviewSlot.id)
        .with_for_update(of=InterviewSlot)
        .execution_options(populate_existing=True)
    )
    return list(uow.session.scalars(query))


def _require_free(uow: UnitOfWork, slot: InterviewSlot, interview: Interview, application: Application) -> None:
    taken = repository.busy(
        uow.session, slot, application.person_id, interview.interviewer_id, but=interview.id
    )
    if taken:
        raise CalendarClash(
            taken, repository.name_of(uow.session, taken, interview.interviewer_id, slot.room_id)
        )


def waiting_of(uow: UnitOfWork, interview_ids: list[UUID]) -> dict[UUID, InterviewProposal]:
    """The proposals that wait for an answer, by interview."""
    return repository.waiting_proposals(uow.session, interview_ids) if interview_ids else {}


def withdraw(uow: UnitOfWork, proposal_id: UUID, *, now: datetime) -> InterviewProposal:
    """Take the question back while nobody has answered. Raises NotFound, ProposalOver."""
    proposal = _locked(uow, proposal_id)
    if proposal.state == "withdrawn":
        return proposal
    _require_waiting(proposal)
    _end(uow, proposal, "withdrawn", None, now)
    return proposal


def decline(uow: UnitOfWork, interview_id: UUID, *, now: datetime) -> InterviewProposal:
    """The candidate cannot: the interview stays where it is. Raises NotFound, ProposalOver."""
    proposal = _waiting(uow, interview_id, now)
    _end(uow, proposal, "declined", None, now)
    return proposal


def accepted_slot(uow: UnitOfWork, interview_id: UUID, *, now: datetime) -> InterviewProposal:
    """Note the candidate's yes; the caller moves the interview to the slot. Raises NotFound, ProposalOver."""
    proposal = _waiting(uow, interview_id, now)
    _end(uow, proposal, "accepted", proposal.slot_id, now)
    return proposal


def end_waiting(
    uow: UnitOfWork, interview_id: UUID, state: str, *, keep_slot: UUID | None = None, now: datetime
) -> None:
    """End the question that is open about an interview, if any. keep_slot: stays though made for it."""
    waiting = repository.waiting_proposals(uow.session, [interview_id]).get(interview_id)
    if waiting is not None:
        _close(uow, waiting, state, keep_slot, now)


def expire(uow: UnitOfWork, *, now: datetime) -> int:
    """End the questions of this unit that nobody answered in time; return how many."""
    ended = 0
    for proposal_id in repository.expired_proposals(uow.session, uow.unit, now):
        proposal = _locked(uow, proposal_id)
        if proposal.state == "waiting":
            _end(uow, proposal, "expired", None, now)
            ended += 1
    return ended


def _locked(uow: UnitOfWork, proposal_id: UUID) -> InterviewProposal:
    seen = repository.proposal(uow.session, proposal_id)
    if seen is None:
        raise NotFound(f"proposal {proposal_id}")
    repository.lock_calendars_of(uow.session, seen.interview_id)
    repository.interview(uow.session, seen.interview_id, lock=True)
    proposal = repository.proposal(uow.session, proposal_id, lock=True)
    if proposal is None:
        raise NotFound(f"proposal {proposal_id}")
    return proposal


def _waiting(uow: UnitOfWork, interview_id: UUID, now: datetime) -> InterviewProposal:
    seen = repository.waiting_proposals(uow.session, [interview_id]).get(interview_id)
    if seen is None:
        raise ProposalOver(f"interview {interview_id}")
    proposal = _locked(uow, seen.id)
    _require_waiting(proposal)
    if proposal.expires_at <= now:
        raise ProposalOver(f"proposal {proposal.id} has expired")
    return proposal


def _require_waiting(proposal: InterviewProposal) -> None:
    if proposal.state != "waiting":
        raise ProposalOver(f"proposal {proposal.id} is {proposal.state}")


def _end(uow: UnitOfWork, proposal: InterviewProposal, state: str, keep_slot: UUID | None, now: datetime) -> None:
    """End it by itself, of which people are told; what overtakes it (`end_waiting`) is told of in its own words."""
    _close(uow, proposal, state, keep_slot, now)
    uow.record(ProposalEnded(proposal.id, state), unit=proposal.unit)


def _close(uow: UnitOfWork, proposal: InterviewProposal, state: str, keep_slot: UUID | None, now: datetime) -> None:
    proposal.state = state
    proposal.ended_at = now
    if proposal.slot_made and proposal.slot_id != keep_slot:
        proposal.slot.cancelled_at = now
    uow.session.flush()
