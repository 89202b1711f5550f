"""What happens to an interview after it was booked."""

from __future__ import annotations

from datetime import date, time, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from contract.ids import new_id
from huntred.errors import FieldInvalid, NotFound
from huntred.events.models import StoredEvent
from huntred.interviews import calendar, service
from huntred.interviews.errors import (
    CalendarClash,
    InterviewOver,
    NoLongerFree,
    PlaceUnknown,
    SlotHasInterview,
    SlotTaken,
    TooEarlyToArrive,
    VideoInterview,
)
from huntred.interviews.models import Interview, InterviewSlot
from tests.factories.board import Board

METRE = 1 / 111_195  # of latitude, in degrees


def booked(board: Board, **slot: object) -> UUID:
    made = board.make_slot(**slot)  # type: ignore[arg-type]
    with board.work() as uow:
        return service.book_slot(uow, made.id, board.make_application().id, now=board.now).id


def events(board: Board) -> list[str]:
    board.session.rollback()
    return list(board.session.scalars(select(StoredEvent.name).order_by(StoredEvent.id)))


def row(board: Board, interview: UUID) -> Interview:
    board.session.rollback()
    return board.session.get_one(Interview, interview, populate_existing=True)


def test_moving_frees_the_old_slot_and_asks_everybody_anew(board: Board) -> None:
    interview = booked(board)
    old = row(board, interview).slot_id
    new = board.make_slot(timedelta(days=2))
    with board.work() as uow:
        service.confirm_attendance(uow, interview, now=board.now)
        service.interviewer_answers(uow, interview, "confirmed", now=board.now)
    with board.work() as uow:
        service.reschedule(uow, interview, new.id, now=board.now)
        service.reschedule(uow, interview, new.id, now=board.now)

    moved = row(board, interview)
    assert (moved.slot_id, moved.sequence, moved.interviewer_answer) == (new.id, 1, "pending")
    assert moved.attendance_confirmed_at is None
    assert events(board).count("InterviewMoved") == 1
    with board.work() as uow:
        service.book_slot(uow, old, board.make_application().id, now=board.now)


def test_an_interview_moves_into_a_time_that_overlaps_its_own(board: Board) -> None:
    interview = booked(board)
    quarter_later = board.make_slot(timedelta(days=1, minutes=15))
    with board.work() as uow:
        service.reschedule(uow, interview, quarter_later.id, now=board.now)
    assert row(board, interview).slot_id == quarter_later.id


def test_nobody_moves_into_a_taken_or_a_lost_slot(board: Board) -> None:
    interview, taken = booked(board), board.make_slot(timedelta(days=2))
    gone = board.make_slot(timedelta(days=3), cancelled_at=board.now)
    with board.work() as uow:
        service.book_slot(uow, taken.id, board.make_application().id, now=board.now)
    for slot, refusal in ((taken, SlotTaken), (gone, NoLongerFree)):
        with pytest.raises(refusal), board.work() as uow:
            service.reschedule(uow, interview, slot.id, now=board.now)


def test_cancelling_twice_tells_once_and_frees_the_slot(board: Board) -> None:
    interview = booked(board)
    for _ in range(2):
        with board.work() as uow:
            service.cancel(uow, interview, "candidate", " ya no puedo ", now=board.now)

    cancelled = row(board, interview)
    assert (cancelled.state, cancelled.cancelled_by, cancelled.reason) == ("cancelled", "candidate", "ya no puedo")
    assert events(board).count("InterviewCancelled") == 1
    with board.work() as uow:
        service.book_slot(uow, cancelled.slot_id, board.make_application().id, now=board.now)
    with pytest.raises(InterviewOver), board.work() as uow:
        service.confirm_attendance(uow, interview, now=board.now)


def test_attendance_is_confirmed_once(board: Board) -> None:
    interview = booked(board)
    said = []
    for _ in range(2):
        with board.work() as uow:
            said.append(service.confirm_attendance(uow, interview, now=board.now))
    assert said == [True, False]
    assert events(board).count("AttendanceConfirmed") == 1


@pytest.mark.parametrize(("metres", "arrived"), [(0, True), (199, True), (201, False), (5_000, False)])
def test_arrival_counts_within_two_hundred_metres(board: Board, metres: int, arrived: bool) -> None:
    interview = booked(board, latitude=25.6866, longitude=-100.3161)
    near = board.now + timedelta(days=1) - timedelta(minutes=10)
    with board.work() as uow:
        said = service.arrive(uow, interview, 25.6866 + metres * METRE, -100.3161, now=near)

    assert said.arrived is arrived
    assert abs(said.metres - metres) <= 1
    assert (row(board, interview).arrived_at is not None) is arrived
    assert events(board).count("CandidateArrived") == arrived


def test_arriving_again_is_told_once(board: Board) -> None:
    interview = booked(board, latitude=25.6866, longitude=-100.3161)
    near = board.now + timedelta(days=1)
    for _ in range(2):
        with board.work() as uow:
            assert service.arrive(uow, interview, 25.6866, -100.3161, now=near).arrived
    assert events(board).count("CandidateArrived") == 1


def test_nobody_arrives_at_a_video_interview_nor_hours_before_nor_nowhere(board: Board) -> None:
    near = board.now + timedelta(days=1)
    video = booked(board, modality="video", video_url="https://video.example.com/a")
    with pytest.raises(VideoInterview), board.work() as uow:
        service.arrive(uow, video, 25.0, -100.0, now=near)
    placed = booked(board, starts_in=timedelta(days=2), latitude=25.0, longitude=-100.0)
    with pytest.raises(TooEarlyToArrive), board.work() as uow:
        service.arrive(uow, placed, 25.0, -100.0, now=near)
    unplaced = booked(board, starts_in=timedelta(days=1, hours=1), address="Av. Juárez 10")
    with pytest.raises(PlaceUnknown), board.work() as uow:
        service.arrive(uow, unplaced, 25.0, -100.0, now=near)
    with pytest.raises(FieldInvalid), board.work() as uow:
        service.arrive(uow, placed, 99.0, -100.0, now=near)


def test_a_slot_without_an_address_is_where_the_vacancy_is(board: Board) -> None:
    interview = booked(board)
    with board.work() as uow:
        assert service.arrive(uow, interview, 25.6866, -100.3161, now=board.now + timedelta(days=1)).arrived


def test_the_next_interview_of_a_person_is_the_soonest_that_is_not_over(board: Board) -> None:
    person = board.make_person()
    with board.work() as uow:
        for days in (3, 1):
            application = board.make_application(profile=person)
            service.book_slot(uow, board.make_slot(timedelta(days=days)).id, application.id, now=board.now)
    with board.work() as uow:
        soonest = service.next_of_person(uow, person.person_id, now=board.now)
        assert soonest is not None and soonest.slot.starts_at == board.now + timedelta(days=1)
        later = service.next_of_person(uow, person.person_id, now=board.now + timedelta(days=2))
        assert later is not None and later.slot.starts_at == board.now + timedelta(days=3)
        assert service.next_of_person(uow, person.person_id, now=board.now + timedelta(days=9)) is None


def test_a_decline_cancels_the_interview_and_takes_the_slot_away(board: Board) -> None:
    interview = booked(board)
    with board.work() as uow:
        service.interviewer_answers(uow, interview, "declined", now=board.now)

    declined = row(board, interview)
    assert (declined.state, declined.cancelled_by, declined.interviewer_answer) == (
        "cancelled",
        "interviewer",
        "declined",
    )
    assert declined.slot.cancelled_at == board.now
    assert events(board)[-2:] == ["InterviewCancelled", "InterviewerAnswered"]


def test_handing_over_changes_the_interviewer_if_they_are_free(board: Board) -> None:
    interview, colleague = booked(board), board.make_user()
    with board.work() as uow:
        service.interviewer_answers(uow, interview, "handed_over", hand_over_to=colleague, now=board.now)
    assert row(board, interview).interviewer_id == colleague

    busy = board.make_user()
    with board.work() as uow:
        taken = board.make_slot(interviewer_id=busy)
        service.book_slot(uow, taken.id, board.make_application().id, now=board.now)
    with pytest.raises(NoLongerFree), board.work() as uow:
        service.interviewer_answers(uow, interview, "handed_over", hand_over_to=busy, now=board.now)


def test_nothing_is_handed_to_nobody_oneself_or_a_stranger(board: Board) -> None:
    board.make_unit("huntu")
    interview, stranger = booked(board), board.make_user("huntu")
    for colleague in (None, board.consultant, stranger, new_id()):
        with pytest.raises(FieldInvalid), board.work() as uow:
            service.interviewer_answers(uow, interview, "handed_over", hand_over_to=colleague, now=board.now)


def test_confirming_again_says_nothing_more(board: Board) -> None:
    interview = booked(board)
    for _ in range(2):
        with board.work() as uow:
            service.interviewer_answers(uow, interview, "confirmed", now=board.now)
    assert events(board).count("InterviewerAnswered") == 1


def test_an_interview_of_another_unit_is_not_found(board: Board) -> None:
    interview = booked(board)
    with pytest.raises(NotFound), board.work(units=("huntu",)) as uow:
        service.cancel(uow, interview, "candidate", "", now=board.now)


def test_the_outcome_is_noted_afterwards(board: Board) -> None:
    interview = booked(board)
    with pytest.raises(FieldInvalid), board.work() as uow:
        service.record_outcome(uow, interview, True, now=board.now)
    with board.work() as uow:
        service.record_outcome(uow, interview, True, now=board.now + timedelta(days=2))
    assert row(board, interview).state == "attended"


def plan(board: Board, **values: object) -> service.SlotPlan:
    given = {
        "interviewer_id": board.consultant, "days": (date(2026, 3, 3), date(2026, 3, 4)), "from_time": time(9),
        "to_time": time(11), "minutes": 30, "address": "Av. Juárez 10",
    }  # fmt: skip
    return service.SlotPlan(**(given | values))  # type: ignore[arg-type]


def test_slots_are_made_in_local_time_and_not_twice(board: Board) -> None:
    with board.work() as uow:
        made = service.make_slots(uow, plan(board), now=board.now).slots
    with pytest.raises(CalendarClash) as refused, board.work() as uow:
        service.make_slots(uow, plan(board, minutes=60), now=board.now)
    assert (refused.value.field, refused.value.problem[:7]) == ("interviewer", "Usuaria")

    assert len(made) == 8
    assert made[0].starts_at.isoformat() == "2026-03-03T09:00:00-06:00"
    stored = board.session.get_one(InterviewSlot, made[0].id)
    assert stored.starts_at == board.now + timedelta(days=1)


def test_no_slots_are_made_in_the_past(board: Board) -> None:
    with board.work() as uow:
        assert service.make_slots(uow, plan(board, days=(date(2026, 3, 1),)), now=board.now).slots == []


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"minutes": 0}, "minutes"),
        ({"days": ()}, "days"),
        ({"to_time": time(8)}, "to_time"),
        ({"modality": "phone"}, "modality"),
        ({"modality": "video", "address": ""}, "video_url"),
        ({"timezone": "Marte"}, "timezone"),
        ({"interviewer_id": UUID(int=1)}, "interviewer_id"),
    ],
)
def test_a_plan_that_makes_no_sense_names_the_field(board: Board, values: dict[str, object], field: str) -> None:
    with pytest.raises(FieldInvalid) as refused, board.work() as uow:
        service.make_slots(uow, plan(board, **values), now=board.now)
    assert refused.value.field == field


def test_only_a_free_slot_is_taken_away(board: Board) -> None:
    interview, free = booked(board), board.make_slot(timedelta(days=2))
    with board.work() as uow:
        service.cancel_slot(uow, free.id, now=board.now)
    with pytest.raises(SlotHasInterview), board.work() as uow:
        service.cancel_slot(uow, row(board, interview).slot_id, now=board.now)


def test_the_week_shows_who_comes_to_whom(board: Board) -> None:
    booked(board)
    board.make_slot(timedelta(days=2))
    board.make_slot(timedelta(days=3), cancelled_at=board.now)
    board.make_slot(timedelta(days=30))
    with board.work() as uow:
        shown = calendar.between(uow, board.now, board.now + timedelta(days=7))

    assert [[guest.name for guest in entry.guests] for entry in shown] == [["Ana Núñez López"], []]
    assert shown[0].guests[0].vacancy_title == "Operario de producción"
    assert shown[0].interviewer_name.startswith("Usuaria")
