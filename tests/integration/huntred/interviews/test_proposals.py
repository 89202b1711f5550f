"""Another time is a question: nothing moves before the yes, both times are held meanwhile, and nobody is there twice."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from huntred.events.models import StoredEvent
from huntred.interviews import proposals, service
from huntred.interviews.errors import CalendarClash, NoLongerFree, OnHoliday, ProposalOver, SlotTaken, TooLateToPropose
from huntred.interviews.models import Interview, InterviewProposal, InterviewSlot
from tests.factories.board import Board


def booked(board: Board, **slot: object) -> UUID:
    made = board.make_slot(**slot)  # type: ignore[arg-type]
    with board.work() as uow:
        return service.book_slot(uow, made.id, board.make_application().id, now=board.now).id


def proposed(board: Board, interview: UUID, **later: float) -> UUID:
    with board.work() as uow:
        at = board.now + timedelta(**later)
        return proposals.propose(uow, interview, at, board.consultant, now=board.now).id


def row(board: Board, interview: UUID) -> Interview:
    board.session.rollback()
    return board.session.get_one(Interview, interview, populate_existing=True)


def state(board: Board, proposal: UUID) -> str:
    board.session.rollback()
    return board.session.get_one(InterviewProposal, proposal, populate_existing=True).state


def test_the_interview_stays_until_the_yes_and_moves_then(board: Board) -> None:
    interview = booked(board)
    was = row(board, interview).slot_id
    proposal = proposed(board, interview, days=2)
    assert row(board, interview).slot_id == was

    with board.work() as uow:
        service.accept_proposal(uow, interview, now=board.now)

    moved = row(board, interview)
    assert (moved.slot.starts_at, moved.sequence) == (board.now + timedelta(days=2), 1)
    assert state(board, proposal) == "accepted"
    names = board.session.scalars(select(StoredEvent.name).order_by(StoredEvent.id)).all()
    assert names == ["InterviewBooked", "MoveProposed", "ProposalEnded", "InterviewMoved"]
    with pytest.raises(ProposalOver), board.work() as uow:
        service.accept_proposal(uow, interview, now=board.now)


def test_a_quarter_of_an_hour_later_overlaps_only_itself(board: Board) -> None:
    interview = booked(board)
    was = row(board, interview).slot_id
    proposed(board, interview, days=1, minutes=15)
    with board.work() as uow:
        service.accept_proposal(uow, interview, now=board.now)
    assert row(board, interview).slot.starts_at == board.now + timedelta(days=1, minutes=15)
    assert board.session.get_one(InterviewSlot, was).cancelled_at is not None  # half of it is taken


def test_a_no_and_an_undo_leave_everything_as_it_was(board: Board) -> None:
    interview = booked(board)
    was = row(board, interview).slot_id
    first = proposed(board, interview, days=2)
    with board.work() as uow:
        proposals.decline(uow, interview, now=board.now)
    second = proposed(board, interview, days=3)
    with board.work() as uow:
        proposals.withdraw(uow, second, now=board.now)

    assert (state(board, first), state(board, second)) == ("declined", "withdrawn")
    assert row(board, interview).slot_id == was
    made = board.session.scalars(select(InterviewSlot).where(InterviewSlot.id != was)).all()
    assert all(slot.cancelled_at is not None for slot in made)
    with pytest.raises(ProposalOver), board.work() as uow:
        service.accept_proposal(uow, interview, now=board.now)


def test_a_time_that_is_held_is_nobody_elses(board: Board) -> None:
    """Neither the open slot itself nor another of the interviewer at that time, whatever the unit sees."""
    interview = booked(board)
    open_slot = board.make_slot(timedelta(days=2))
    beside = board.make_slot(timedelta(days=2, minutes=15))
    proposed(board, interview, days=2)
    other = board.make_application()
    with board.work() as uow:
        assert service.free_slots(uow, other.id, now=board.now) == []
    with pytest.raises(SlotTaken), board.work() as uow:
        service.book_slot(uow, open_slot.id, other.id, now=board.now)
    with pytest.raises(CalendarClash) as refused, board.work() as uow:
        service.book_slot(uow, beside.id, other.id, now=board.now)
    assert refused.value.field == "interviewer"
    with board.work() as uow:
        service.accept_proposal(uow, interview, now=board.now)
    assert row(board, interview).slot_id == open_slot.id


def test_it_expires_before_the_old_time(board: Board) -> None:
    interview = booked(board)
    proposal = proposed(board, interview, days=4)
    before = board.now + timedelta(hours=22, minutes=59)
    late = board.now + timedelta(hours=23)
    with board.work() as uow:
        assert proposals.expire(uow, now=before) == 0
        with pytest.raises(ProposalOver):
            proposals.decline(uow, interview, now=late)
        assert proposals.expire(uow, now=late) == 1
    assert state(board, proposal) == "expired"


def test_what_cannot_be_asked(board: Board) -> None:
    interview = booked(board)
    for later, refusal in (
        (timedelta(minutes=70), TooLateToPropose), (timedelta(days=1), NoLongerFree),
        (timedelta(days=14), OnHoliday),  # 16 March 2026
    ):  # fmt: skip
        with pytest.raises(refusal), board.work() as uow:
            proposals.propose(uow, interview, board.now + later, board.consultant, now=board.now)
    with board.work() as uow:
        proposals.propose(
            uow, interview, board.now + timedelta(days=14), board.consultant, on_holiday=True, now=board.now
        )


def test_moving_or_cancelling_overtakes_the_question(board: Board) -> None:
    interview = booked(board)
    first = proposed(board, interview, days=2)
    second = proposed(board, interview, days=3)
    chosen = board.make_slot(timedelta(days=5))
    with board.work() as uow:
        service.reschedule(uow, interview, chosen.id, now=board.now)
    third = proposed(board, interview, days=6)
    with board.work() as uow:
        service.cancel(uow, interview, "consultant", "", now=board.now)
    assert [state(board, one) for one in (first, second, third)] == ["withdrawn"] * 3
