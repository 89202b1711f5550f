"""Applying, withdrawing, moving, and how things stand."""

from __future__ import annotations

import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from huntred.applications import service
from huntred.applications.errors import (
    AlreadyApplied,
    AnswersMissing,
    ApplicationEnded,
    ProfileIncomplete,
)
from huntred.applications.models import Application, ApplicationMove
from huntred.applications.service import Answer
from huntred.errors import FieldInvalid, NotFound
from huntred.events.models import StoredEvent
from huntred.interviews import service as interviews
from huntred.interviews.models import Interview
from huntred.vacancies.errors import VacancyNotOpen
from tests.factories.board import Board

QUESTIONS = (
    ("yes_no", "¿Puedes rolar turnos?", {"answer": True}),
    ("number", "¿Cuántos años has trabajado en almacén?", {"min": 1}),
)


def test_who_answers_well_is_new_and_not_knocked_out(board: Board) -> None:
    vacancy, person = board.make_vacancy(questions=QUESTIONS), board.make_person()
    with board.work() as uow:
        rolling, years = service.questions(uow, vacancy.id)
        made = service.apply(
            uow, vacancy.id, person.person_id, [Answer(years.id, "como 2 años"), Answer(rolling.id, "Sí, claro")], None,
            now=board.now, score=Decimal("0.8123"),
        )  # fmt: skip

    stored = board.session.get_one(Application, made.id)
    assert stored.stage_id == board.stages["new"]
    assert stored.knocked_out is False
    assert stored.score == Decimal("0.8123")
    assert [item["passed"] for item in stored.answers] == [True, True]
    assert stored.number >= 5001
    assert board.session.scalars(select(StoredEvent.name)).all() == ["ApplicationReceived"]
    moves = board.session.scalars(select(ApplicationMove)).all()
    assert [(move.from_stage_id, move.to_stage_id) for move in moves] == [(None, board.stages["new"])]


def test_a_wrong_answer_marks_the_application_and_refuses_nobody(board: Board) -> None:
    vacancy, person = board.make_vacancy(questions=QUESTIONS), board.make_person()
    with board.work() as uow:
        rolling, years = service.questions(uow, vacancy.id)
        answers = [Answer(rolling.id, False), Answer(years.id, Decimal(3))]
        made = service.apply(uow, vacancy.id, person.person_id, answers, None, now=board.now)
    assert made.knocked_out is True


def test_every_question_wants_an_answer_that_can_be_read(board: Board) -> None:
    vacancy, person = board.make_vacancy(questions=QUESTIONS), board.make_person()
    with board.work() as uow:
        rolling, years = service.questions(uow, vacancy.id)
    with pytest.raises(AnswersMissing) as missing, board.work() as uow:
        service.apply(uow, vacancy.id, person.person_id, [Answer(rolling.id, True)], None, now=board.now)
    assert missing.value.question_ids == [years.id]
    with pytest.raises(FieldInvalid), board.work() as uow:
        answers = [Answer(rolling.id, "depende"), Answer(years.id, "2")]
        service.apply(uow, vacancy.id, person.person_id, answers, None, now=board.now)
    assert board.session.scalars(select(Application)).all() == []


def test_an_incomplete_profile_hears_what_is_missing(board: Board) -> None:
    vacancy, person = board.make_vacancy(), board.make_person(email="", skills=[])
    with pytest.raises(ProfileIncomplete) as refused, board.work() as uow:
        service.apply(uow, vacancy.id, person.person_id, [], None, now=board.now)
    assert set(refused.value.fields) == {"skills", "email"}


@pytest.mark.parametrize("state", ["draft", "paused", "closed", "filled"])
def test_only_an_open_vacancy_takes_applications(board: Board, state: str) -> None:
    vacancy, person = board.make_vacancy(state=state), board.make_person()
    with pytest.raises(VacancyNotOpen), board.work() as uow:
        service.apply(uow, vacancy.id, person.person_id, [], None, now=board.now)


def test_applying_again_names_the_application_that_is_there(board: Board) -> None:
    vacancy, person = board.make_vacancy(), board.make_person()
    with board.work() as uow:
        first = service.apply(uow, vacancy.id, person.person_id, [], None, now=board.now)
    with pytest.raises(AlreadyApplied) as refused, board.work() as uow:
        service.apply(uow, vacancy.id, person.person_id, [], None, now=board.now)
    assert refused.value.number == first.number


def test_two_messages_that_apply_at_once_make_one_application(board: Board) -> None:
    vacancy, person = board.make_vacancy(), board.make_person()
    ready = threading.Barrier(3)
    said: list[str] = []

    def go() -> None:
        ready.wait(30)
        try:
            with board.work() as uow:
                service.apply(uow, vacancy.id, person.person_id, [], None, now=board.now)
            said.append("applied")
        except AlreadyApplied:
            said.append("already")

    threads = [threading.Thread(target=go) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(said) == ["already", "already", "applied"]


def test_a_withdrawn_application_opens_again_as_the_same_one(board: Board) -> None:
    vacancy, person = board.make_vacancy(), board.make_person()
    with board.work() as uow:
        first = service.apply(uow, vacancy.id, person.person_id, [], None, now=board.now)
    for _ in range(2):
        with board.work() as uow:
            service.withdraw(uow, first.id, person.person_id, now=board.now)
    with board.work() as uow:
        again = service.apply(uow, vacancy.id, person.person_id, [], None, now=board.now)

    assert (again.id, again.number) == (first.id, first.number)
    names = board.session.scalars(select(StoredEvent.name).order_by(StoredEvent.id)).all()
    assert names == ["ApplicationReceived", "ApplicationWithdrawn", "ApplicationReceived"]


def test_withdrawing_cancels_the_interview_ahead(board: Board) -> None:
    application, slot = board.make_application(), board.make_slot()
    with board.work() as uow:
        interview = interviews.book_slot(uow, slot.id, application.id, now=board.now).id
    with board.work() as uow:
        service.withdraw(uow, application.id, application.person_id, now=board.now)

    cancelled = board.session.get_one(Interview, interview)
    assert (cancelled.state, cancelled.cancelled_by) == ("cancelled", "candidate")


def test_nobody_withdraws_what_is_anothers_or_over(board: Board) -> None:
    application, over = board.make_application(), board.make_application(stage="rejected")
    with pytest.raises(NotFound), board.work() as uow:
        service.withdraw(uow, application.id, over.person_id, now=board.now)
    with pytest.raises(ApplicationEnded), board.work() as uow:
        service.withdraw(uow, over.id, over.person_id, now=board.now)


def test_the_writer_sees_own_applications_with_the_next_interview(board: Board) -> None:
    person = board.make_person()
    older = board.make_application(board.make_vacancy("Almacenista"), person, created_at=board.now - timedelta(days=2))
    newer = board.make_application(
        board.make_vacancy("Director general", confidential=True), person, stage="screening", created_at=board.now
    )
    board.make_application()
    with board.work() as uow:
        interviews.book_slot(uow, board.make_slot().id, older.id, now=board.now)
    with board.work() as uow:
        shown = service.of_person(uow, person.person_id, now=board.now)

    assert [(status.number, status.stage_kind) for status in shown] == [
        (newer.number, "screening"),
        (older.number, "interview"),
    ]
    assert shown[0].company == ""
    assert shown[1].company == "Industrias del Norte"
    assert shown[1].interview_at == board.now + timedelta(days=1)


def test_by_email_finds_the_address_whatever_its_case(board: Board) -> None:
    person = board.make_person(email="ana@example.com")
    application = board.make_application(profile=person)
    with board.work() as uow:
        assert [status.number for status in service.by_email(uow, " Ana@Example.com ")] == [application.number]
        assert service.by_email(uow, "nadie@example.com") == []
        assert service.by_email(uow, "") == []


def test_a_number_of_somebody_else_is_not_found(board: Board) -> None:
    own, other = board.make_application(), board.make_application()
    with board.work() as uow:
        assert service.get_by_number(uow, own.number, own.person_id).id == own.id
        with pytest.raises(NotFound):
            service.get_by_number(uow, other.number, own.person_id)


def test_the_division_of_the_vacancy_guards_its_applications(board: Board) -> None:
    from huntred.units.models import Division

    north, south = (Division(unit=board.unit, code=code, name=code) for code in ("north", "south"))
    board.add(north, south)
    vacancy, person = board.make_vacancy(division_id=north.id), board.make_person()
    with board.work() as uow:
        made = service.apply(uow, vacancy.id, person.person_id, [], None, now=board.now).id
    with board.work(divisions=(north.id,)) as uow:
        assert service.get(uow, made).division_id == north.id
    with pytest.raises(NotFound), board.work(divisions=(south.id,)) as uow:
        service.get(uow, made)
