"""Groups fill up and never beyond, rooms and interviewers are booked once at a time, series change as a whole."""

from __future__ import annotations

import multiprocessing
from datetime import date, time, timedelta
from typing import Any

import psycopg
import pytest

from huntred.errors import FieldInvalid
from huntred.interviews import calendar, rooms, service
from huntred.interviews.errors import CalendarClash, OnHoliday, SlotHasInterview, SlotTaken
from huntred.interviews.models import InterviewSlot, Room
from huntred.interviews.rules import recurring_days
from huntred.interviews.types import SlotChange
from tests.factories.board import Board
from tests.integration.huntred.interviews.test_booking import _book
from tests.integration.huntred.interviews.test_service import plan


def test_a_group_fills_up_to_its_capacity(board: Board) -> None:
    slot = board.make_slot(capacity=2)
    with board.work() as uow:
        for _ in range(2):
            service.book_slot(uow, slot.id, board.make_application().id, now=board.now)
    with pytest.raises(SlotTaken), board.work() as uow:
        service.book_slot(uow, slot.id, board.make_application().id, now=board.now)
    with board.work() as uow:
        [entry] = calendar.between(uow, board.now, board.now + timedelta(days=2))
        assert (len(entry.guests), entry.places_left) == (2, 0)


def test_processes_that_race_for_a_group_never_exceed_it(board: Board, database: Any) -> None:
    context = multiprocessing.get_context("fork")
    slot = board.make_slot(capacity=2)
    rivals = [board.make_application() for _ in range(4)]
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

    assert said == ["booked", "booked", "slot_taken", "slot_taken"]
    assert board.session.get_one(InterviewSlot, slot.id, populate_existing=True).booked == 2


@pytest.mark.parametrize("what", ["interviewer", "room"])
def test_the_database_itself_refuses_a_second_one_at_one_time(board: Board, database: Any, what: str) -> None:
    """Whatever the code: two slots that overlap are never both booked."""
    room = Room(unit=board.unit, name="Sala Norte")
    board.add(room)
    slots = [
        board.make_slot(timedelta(days=1, minutes=minutes), room_id=room.id if what == "room" else None,
                        **({"interviewer_id": board.make_user()} if what == "room" else {}))
        for minutes in (0, 20)
    ]  # fmt: skip
    applications = [board.make_application() for _ in slots]
    with psycopg.connect(database.url("migrator")) as connection:
        insert = (
            "INSERT INTO interviews (id, unit, slot_id, application_id, interviewer_id, booked_at)"
            " VALUES (gen_random_uuid(), 'amigro', %s, %s, %s, now())"
        )
        pairs = list(zip(slots, applications, strict=True))
        connection.execute(insert, (pairs[0][0].id, pairs[0][1].id, pairs[0][0].interviewer_id))
        with pytest.raises(psycopg.errors.ExclusionViolation, match=f"ex_interview_slots_{what}"):
            connection.execute(insert, (pairs[1][0].id, pairs[1][1].id, pairs[1][0].interviewer_id))
        connection.rollback()


def test_a_room_is_one_interviews_at_a_time_and_the_refusal_names_it(board: Board) -> None:
    with board.work() as uow:
        room = rooms.add_room(uow, " Sala  Norte ", "Av. Juárez 10").id
        with pytest.raises(FieldInvalid):
            rooms.add_room(uow, "sala norte", "")
        made = service.make_slots(uow, plan(board, room_id=room, address=""), now=board.now).slots
        assert made[0].address == "Sala Norte, Av. Juárez 10"
    with pytest.raises(CalendarClash) as refused, board.work() as uow:
        service.make_slots(uow, plan(board, interviewer_id=board.make_user(), room_id=room), now=board.now)
    assert (refused.value.field, refused.value.problem) == ("room", "Sala Norte")


def test_a_series_is_changed_and_taken_away_where_nobody_is_booked(board: Board) -> None:
    with board.work() as uow:
        made = service.make_slots(uow, plan(board, to_time=time(9, 30), days=tuple(
            date(2026, 3, day) for day in (3, 4, 5, 6))), now=board.now).slots  # fmt: skip
        ids = [slot.id for slot in made]
        assert len({slot.series_id for slot in made}) == 1
        service.book_slot(uow, ids[2], board.make_application().id, now=board.now)
    change = SlotChange(time(16), 45, "in_person", "Av. Hidalgo 1", "", None, 3)
    with board.work() as uow:
        assert service.change_slot(uow, ids[1], change, following=True, now=board.now) == (2, 1)
        with pytest.raises(SlotHasInterview):
            service.change_slot(uow, ids[2], change, now=board.now)
    rows = [board.session.get_one(InterviewSlot, one, populate_existing=True) for one in ids]
    assert [row.starts_at.hour for row in rows] == [15, 22, 15, 22]  # 9 and 16 in Mexico City
    assert [row.capacity for row in rows] == [1, 3, 1, 3]
    board.session.rollback()
    with board.work() as uow:
        assert service.cancel_slot(uow, ids[0], following=True, now=board.now) == (3, 1)


def test_a_day_off_by_law_has_to_be_meant(board: Board) -> None:
    days = (date(2026, 3, 13), date(2026, 3, 16))
    with pytest.raises(OnHoliday) as refused, board.work() as uow:
        service.make_slots(uow, plan(board, days=days), now=board.now)
    assert refused.value.problem == "juarez:2026-03-16"
    with board.work() as uow:
        assert len(service.make_slots(uow, plan(board, days=days, on_holidays="skip"), now=board.now).slots) == 4
        assert len(service.make_slots(uow, plan(board, days=days, on_holidays="keep"), now=board.now).slots) == 4


def test_days_recur_by_weekday_every_so_many_weeks() -> None:
    first = date(2026, 3, 2)
    assert recurring_days(first, {0, 3}, count=4) == tuple(date(2026, 3, day) for day in (2, 5, 9, 12))
    assert recurring_days(first, {1}, every_weeks=2, until=date(2026, 3, 31)) == (
        date(2026, 3, 3), date(2026, 3, 17), date(2026, 3, 31),
    )  # fmt: skip
    assert recurring_days(first, set(), until=date(2026, 3, 31)) == ()
    assert len(recurring_days(first, set(range(7)))) == 366
