"""A slot is never booked twice, nobody has two interviews at once; the database backs both."""

from __future__ import annotations

import multiprocessing
import threading
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from huntred.applications.models import Stage
from huntred.db.session import Scope, make_engine
from huntred.db.unit_of_work import unit_of_work
from huntred.errors import NotFound, RuleBroken
from huntred.events.models import StoredEvent
from huntred.interviews.errors import AlreadyBooked, NoLongerFree, NotBookable, SlotTaken
from huntred.interviews.models import Interview
from huntred.interviews.service import book_slot, free_slots
from huntred.people.models import UnitProfile
from tests.factories.board import Board


def test_two_candidates_cannot_take_one_slot(board: Board) -> None:
    slot, first, second = board.make_slot(), board.make_application(), board.make_application()
    with board.work() as uow:
        book_slot(uow, slot.id, first.id, now=board.now)

    with pytest.raises(SlotTaken), board.work() as uow:
        book_slot(uow, slot.id, second.id, now=board.now)


def test_the_same_request_again_returns_the_same_interview_and_tells_nobody_twice(board: Board) -> None:
    slot, application = board.make_slot(), board.make_application()
    with board.work() as uow:
        first = book_slot(uow, slot.id, application.id, now=board.now).id
    with board.work() as uow:
        assert book_slot(uow, slot.id, application.id, now=board.now).id == first

    assert board.session.scalars(select(StoredEvent.name)).all() == ["InterviewBooked"]


def _book(url: str, slot_id: UUID, application_id: UUID, now: Any, ready: Any, answers: Any) -> None:
    engine = make_engine(url)
    ready.wait(30)
    try:
        with unit_of_work(engine, Scope(units=("amigro",))) as uow:
            book_slot(uow, slot_id, application_id, now=now)
        answers.put("booked")
    except RuleBroken as refused:
        answers.put(refused.code)
    finally:
        engine.dispose()


def test_processes_that_race_for_one_slot_get_it_once(board: Board, database: Any) -> None:
    context = multiprocessing.get_context("fork")  # each process opens its own connections
    for day in (1, 2, 3):
        slot = board.make_slot(timedelta(days=day))
        rivals = [board.make_application() for _ in range(3)]
        ready, answers = context.Barrier(len(rivals)), context.Queue()
        processes = [
            context.Process(target=_book, args=(database.url("app"), slot.id, rival.id, board.now, ready, answers))
            for rival in rivals
        ]
        for process in processes:
            process.start()
        said = sorted(answers.get(timeout=60) for _ in rivals)
        for process in processes:
            process.join(30)

        assert said == ["booked", "slot_taken", "slot_taken"]
        held = select(func.count()).where(Interview.slot_id == slot.id, Interview.state == "booked")
        assert board.session.scalar(held) == 1
        board.session.rollback()


def test_one_person_racing_for_two_slots_at_one_time_gets_one(board: Board) -> None:
    """Two vacancies, two interviewers, one hour: only the person's calendar stands in between."""
    person = board.make_person()
    colleague = board.make_user()
    slots = [board.make_slot(), board.make_slot(timedelta(days=1, minutes=15), interviewer_id=colleague)]
    applications = [board.make_application(profile=person) for _ in slots]
    answers: list[str] = []
    ready = threading.Barrier(2)

    def book(index: int) -> None:
        ready.wait(30)
        try:
            with board.work() as uow:
                book_slot(uow, slots[index].id, applications[index].id, now=board.now)
            answers.append("booked")
        except RuleBroken as refused:
            answers.append(refused.code)

    threads = [threading.Thread(target=book, args=(index,)) for index in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert sorted(answers) == ["booked", "calendar_clash"]


def test_an_interviewer_is_not_booked_twice_at_one_time(board: Board) -> None:
    """Slots of one interviewer that overlap may exist; only one of them can be taken."""
    slots = [board.make_slot(), board.make_slot(timedelta(days=1, minutes=20))]
    with board.work() as uow:
        book_slot(uow, slots[0].id, board.make_application().id, now=board.now)

    other = board.make_application()
    with board.work() as uow:
        assert free_slots(uow, other.id, now=board.now) == []
    with pytest.raises(NoLongerFree), board.work() as uow:
        book_slot(uow, slots[1].id, other.id, now=board.now)


def test_nobody_is_in_two_places_in_two_units(board: Board) -> None:
    """The other unit's interview cannot be seen from here, and counts all the same."""
    board.make_unit("huntu")
    person = board.make_person()
    with board.work() as uow:
        book_slot(uow, board.make_slot().id, board.make_application(profile=person).id, now=board.now)
    other = Board(board.session, board.engine, board.now, unit="huntu", company=board.company)
    other.stages = {stage.kind: stage.id for stage in board.session.scalars(select(Stage).where(Stage.unit == "huntu"))}
    other.consultant = other.make_user()
    there = UnitProfile(unit="huntu", person_id=person.person_id)
    other.add(there)
    slot, application = other.make_slot(), other.make_application(profile=there)
    with pytest.raises(NoLongerFree), other.work() as uow:
        book_slot(uow, slot.id, application.id, now=board.now)


def test_slots_that_touch_do_not_overlap(board: Board) -> None:
    first, next_one = board.make_slot(), board.make_slot(timedelta(days=1, minutes=30))
    with board.work() as uow:
        book_slot(uow, first.id, board.make_application().id, now=board.now)
        book_slot(uow, next_one.id, board.make_application().id, now=board.now)


def test_the_database_refuses_a_second_booking_by_itself(board: Board) -> None:
    slot, first, second = board.make_slot(), board.make_application(), board.make_application()
    rows = [
        Interview(
            unit=board.unit, slot_id=slot.id, application_id=application.id, interviewer_id=board.consultant,
            booked_at=board.now,
        )
        for application in (first, second)
    ]  # fmt: skip
    with pytest.raises(IntegrityError, match="ck_interview_slots_booked"):
        board.add(*rows)
    board.session.rollback()


def test_a_slot_that_passed_or_was_cancelled_is_no_longer_free(board: Board) -> None:
    application = board.make_application()
    for slot in (board.make_slot(timedelta(minutes=-5)), board.make_slot(cancelled_at=board.now)):
        with pytest.raises(NoLongerFree), board.work() as uow:
            book_slot(uow, slot.id, application.id, now=board.now)


def test_a_slot_of_another_vacancy_or_unit_is_not_found(board: Board) -> None:
    board.make_unit("huntu")
    own, foreign = board.make_slot(vacancy_id=board.make_vacancy().id), board.make_slot()
    foreign.unit = "huntu"
    board.add(foreign)
    application = board.make_application()
    for slot in (own, foreign):
        with pytest.raises(NotFound), board.work() as uow:
            book_slot(uow, slot.id, application.id, now=board.now)


def test_an_application_with_an_interview_ahead_books_no_second_one(board: Board) -> None:
    application = board.make_application()
    slots = [board.make_slot(), board.make_slot(timedelta(days=2))]
    with board.work() as uow:
        book_slot(uow, slots[0].id, application.id, now=board.now)
    with pytest.raises(AlreadyBooked), board.work() as uow:
        book_slot(uow, slots[1].id, application.id, now=board.now)


def test_a_further_round_can_be_booked_once_the_first_is_over(board: Board) -> None:
    application = board.make_application()
    first, second = board.make_slot(), board.make_slot(timedelta(days=4))
    with board.work() as uow:
        earlier = book_slot(uow, first.id, application.id, now=board.now).id
    with board.work() as uow:
        book_slot(uow, second.id, application.id, now=board.now + timedelta(days=2))

    assert board.session.get_one(Interview, earlier).state == "missed"


@pytest.mark.parametrize(("stage", "knocked_out"), [("rejected", False), ("withdrawn", False), ("new", True)])
def test_who_is_out_books_nothing(board: Board, stage: str, knocked_out: bool) -> None:
    slot, application = board.make_slot(), board.make_application(stage=stage, knocked_out=knocked_out)
    with pytest.raises(NotBookable), board.work() as uow:
        book_slot(uow, slot.id, application.id, now=board.now)


def test_booking_moves_the_application_to_the_interview_stage(board: Board) -> None:
    slot, application = board.make_slot(), board.make_application()
    with board.work() as uow:
        book_slot(uow, slot.id, application.id, now=board.now)

    board.session.refresh(application)
    assert application.stage_id == board.stages["interview"]
    assert [move.to_stage_id for move in application.moves] == [board.stages["interview"]]


def test_free_slots_are_spread_over_days_and_leave_out_what_cannot_be_taken(board: Board) -> None:
    application = board.make_application()
    tomorrow = [board.make_slot(timedelta(days=1, minutes=30 * i)) for i in range(8)]
    later = board.make_slot(timedelta(days=3))
    board.make_slot(timedelta(minutes=20))
    board.make_slot(timedelta(days=1, hours=9), cancelled_at=board.now)
    board.make_slot(timedelta(days=1, hours=10), vacancy_id=board.make_vacancy().id)
    with board.work() as uow:
        offered = free_slots(uow, application.id, now=board.now, limit=3)

    ids = [slot.id for slot in offered]
    assert len(ids) == 3
    assert later.id in ids
    assert set(ids) - {later.id} <= {slot.id for slot in tomorrow}
    assert [slot.starts_at for slot in offered] == sorted(slot.starts_at for slot in offered)


def test_slots_of_the_vacancy_itself_go_before_those_for_all(board: Board) -> None:
    application = board.make_application()
    board.make_slot()
    own = board.make_slot(timedelta(days=5), vacancy_id=application.vacancy_id)
    with board.work() as uow:
        assert [slot.id for slot in free_slots(uow, application.id, now=board.now)] == [own.id]
