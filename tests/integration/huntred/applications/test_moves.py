"""Moving one and several: history, versions, limits, reasons, and the way back."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import select

from contract.ids import new_id
from huntred.applications import moves
from huntred.applications.errors import MovedMeanwhile, NothingToUndo, StageFull
from huntred.applications.models import Application, ApplicationMove, RejectReason, Stage
from huntred.applications.types import Seen, Stays, Step
from huntred.errors import FieldInvalid, NotFound
from huntred.events.models import StoredEvent
from huntred.interviews import service as interviews
from huntred.interviews.models import Interview
from tests.factories.board import Board


def _step(board: Board, kind: str, **values: Any) -> Step:
    return Step(board.stages[kind], board.consultant, **values)


def _stands(board: Board, application: Application) -> Application:
    board.session.expire_all()
    return board.session.get_one(Application, application.id)


def _history(board: Board, application: Application) -> list[ApplicationMove]:
    query = select(ApplicationMove).where(ApplicationMove.application_id == application.id)
    return list(board.session.scalars(query.order_by(ApplicationMove.version)))


def _limit(board: Board, kind: str, wip_limit: int) -> None:
    board.session.get_one(Stage, board.stages[kind]).wip_limit = wip_limit
    board.session.commit()


def test_a_move_writes_history_with_who_and_why(board: Board) -> None:
    application = board.make_application()
    step = _step(board, "screening", reason=" buen perfil ")
    with board.work() as uow:
        moves.move(uow, application.id, step, 0, now=board.now)

    [move] = _history(board, application)
    assert (move.user_id, move.reason, move.at) == (board.consultant, "buen perfil", board.now)
    assert (move.from_stage_id, move.to_stage_id) == (board.stages["new"], board.stages["screening"])
    assert (move.version, move.batch_id) == (1, step.batch_id)
    assert _stands(board, application).version == 1
    assert "ApplicationMoved" in board.session.scalars(select(StoredEvent.name)).all()


def test_who_moves_what_another_moved_meanwhile_is_told_where_it_is(board: Board) -> None:
    """Even where it came back to the stage in which it was seen."""
    application = board.make_application()
    with board.work() as uow:
        moves.move(uow, application.id, _step(board, "offer"), 0, now=board.now)
    with board.work() as uow:
        moves.move(uow, application.id, _step(board, "new"), 1, now=board.now)

    with pytest.raises(MovedMeanwhile) as refused, board.work() as uow:
        moves.move(uow, application.id, _step(board, "screening"), 0, now=board.now)
    assert (refused.value.stage_id, refused.value.version) == (board.stages["new"], 2)
    assert len(_history(board, application)) == 2


def test_of_two_who_move_the_same_at_once_one_is_told(board: Board) -> None:
    application = board.make_application()
    ready, said = threading.Barrier(2), []

    def go(kind: str) -> None:
        ready.wait(30)
        try:
            with board.work() as uow:
                moves.move(uow, application.id, _step(board, kind), 0, now=board.now)
            said.append("moved")
        except MovedMeanwhile:
            said.append("told")

    threads = [threading.Thread(target=go, args=(kind,)) for kind in ("screening", "offer")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(said) == ["moved", "told"]
    assert len(_history(board, application)) == 1


def test_to_where_it_stands_already_nothing_happens(board: Board) -> None:
    application = board.make_application()
    with board.work() as uow:
        moves.move(uow, application.id, _step(board, "new"), 0, now=board.now)
    assert _history(board, application) == []


def test_a_rejection_needs_a_reason_and_cancels_the_interview(board: Board) -> None:
    application = board.make_application()
    with board.work() as uow:
        interview = interviews.book_slot(uow, board.make_slot().id, application.id, now=board.now).id
    for reason in ("", " "):
        with pytest.raises(FieldInvalid) as refused, board.work() as uow:
            moves.move(uow, application.id, _step(board, "rejected", reason=reason), 1, now=board.now)
        assert (refused.value.field, refused.value.problem) == ("reject_reason", "missing")
    with board.work() as uow:
        moves.move(uow, application.id, _step(board, "rejected", reason="no vive cerca"), 1, now=board.now)
    assert board.session.get_one(Interview, interview).cancelled_by == "consultant"


def test_a_rejection_takes_a_reason_of_its_own_unit_only(board: Board) -> None:
    board.make_unit("huntu")
    own = RejectReason(unit=board.unit, name="Falta experiencia", ord=1)
    foreign = RejectReason(unit="huntu", name="Falta experiencia", ord=1)
    board.add(own, foreign)
    application = board.make_application()

    for wrong in (foreign.id, new_id()):
        with pytest.raises(FieldInvalid), board.work(units=("amigro", "huntu")) as uow:
            moves.move(uow, application.id, _step(board, "rejected", reject_reason_id=wrong), 0, now=board.now)
    with board.work() as uow:
        moves.move(uow, application.id, _step(board, "rejected", reject_reason_id=own.id), 0, now=board.now)
    assert [move.reject_reason_id for move in _history(board, application)] == [own.id]


def test_a_message_that_is_to_be_told_is_neither_empty_nor_too_long(board: Board) -> None:
    application = board.make_application()
    for message, problem in ((" ", "missing"), ("x" * 601, "too_long")):
        step = _step(board, "rejected", reason="no", message=message)
        with pytest.raises(FieldInvalid) as refused, board.work() as uow:
            moves.move(uow, application.id, step, 0, now=board.now)
        assert (refused.value.field, refused.value.problem) == ("message", problem)


def test_nothing_moves_to_a_stage_of_another_unit_or_of_none(board: Board) -> None:
    board.make_unit("huntu")
    application = board.make_application()
    foreign = board.session.scalars(select(Stage.id).where(Stage.unit == "huntu").limit(1)).one()
    for stage in (foreign, new_id()):
        with pytest.raises(NotFound), board.work(units=("amigro", "huntu")) as uow:
            moves.move(uow, application.id, Step(stage, board.consultant), 0, now=board.now)


def test_a_full_stage_takes_no_more_of_that_vacancy_unless_knowingly(board: Board) -> None:
    vacancy = board.make_vacancy()
    standing = board.make_application(vacancy, stage="screening")
    one, other = board.make_application(vacancy), board.make_application()
    _limit(board, "screening", 1)

    with pytest.raises(StageFull) as refused, board.work() as uow:
        moves.move(uow, one.id, _step(board, "screening"), 0, now=board.now)
    assert refused.value.limit == 1
    with board.work() as uow:  # another vacancy has room
        moves.move(uow, other.id, _step(board, "screening"), 0, now=board.now)
    with board.work() as uow:
        moves.move(uow, one.id, _step(board, "screening", over_limit=True), 0, now=board.now)
    assert _stands(board, one).stage_id == _stands(board, standing).stage_id == board.stages["screening"]


def test_the_last_place_is_taken_once(board: Board) -> None:
    vacancy = board.make_vacancy()
    made = [board.make_application(vacancy) for _ in range(4)]
    _limit(board, "screening", 1)
    ready, said = threading.Barrier(4), []

    def go(application: Application) -> None:
        ready.wait(30)
        try:
            with board.work() as uow:
                moves.move(uow, application.id, _step(board, "screening"), 0, now=board.now)
            said.append("moved")
        except StageFull:
            said.append("full")

    threads = [threading.Thread(target=go, args=(one,)) for one in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(said) == ["full", "full", "full", "moved"]


def test_several_move_together_and_what_changed_meanwhile_stays(board: Board) -> None:
    vacancy = board.make_vacancy()
    first, second, third, moved, there = (board.make_application(vacancy) for _ in range(5))
    for one, kind in ((moved, "offer"), (there, "screening")):
        with board.work() as uow:
            moves.move(uow, one.id, _step(board, kind), 0, now=board.now)
    _limit(board, "screening", 3)
    seen = [Seen(one.id, version) for one, version in ((first, 0), (moved, 0), (there, 1), (second, 0), (third, 0))]
    step = _step(board, "screening")

    with board.work() as uow:
        expected = moves.preview(uow, seen, step)
    assert _stands(board, first).version == 0
    with board.work() as uow:
        batch = moves.move_many(uow, seen, step, now=board.now)

    assert batch == expected
    assert batch.moves == (first.id, second.id)
    assert batch.stays == (
        Stays(moved.id, "moved_meanwhile"), Stays(there.id, "already_there"), Stays(third.id, "stage_full"),
    )  # fmt: skip
    assert _stands(board, moved).stage_id == board.stages["offer"]
    assert {move.batch_id for one in (first, second) for move in _history(board, one)} == {step.batch_id}


def test_one_that_is_not_seen_refuses_all(board: Board) -> None:
    application = board.make_application()
    with pytest.raises(NotFound), board.work() as uow:
        moves.move_many(
            uow, [Seen(application.id, 0), Seen(new_id(), 0)], _step(board, "screening"), now=board.now
        )
    assert _stands(board, application).stage_id == board.stages["new"]


def test_what_was_moved_together_goes_back_as_history_once(board: Board) -> None:
    one, gone = board.make_application(), board.make_application()
    step = _step(board, "screening")
    with board.work() as uow:
        moves.move_many(uow, [Seen(one.id, 0), Seen(gone.id, 0)], step, now=board.now)
    with board.work() as uow:  # somebody moved one of them on
        moves.move(uow, gone.id, _step(board, "offer"), 1, now=board.now)

    with pytest.raises(NothingToUndo), board.work() as uow:
        moves.undo(uow, step.batch_id, board.make_user(), now=board.now)
    with board.work() as uow:
        batch = moves.undo(uow, step.batch_id, board.consultant, now=board.now)
    assert (batch.moves, batch.stays) == ((one.id,), (Stays(gone.id, "moved_meanwhile"),))
    assert _stands(board, one).stage_id == board.stages["new"]
    assert _stands(board, gone).stage_id == board.stages["offer"]
    there, back = _history(board, one)
    assert (back.undoes_id, back.to_stage_id, back.version) == (there.id, board.stages["new"], 2)
    with pytest.raises(NothingToUndo), board.work() as uow:
        moves.undo(uow, step.batch_id, board.consultant, now=board.now)


def test_applying_again_and_booking_count_as_moves(board: Board) -> None:
    from huntred.applications import service

    vacancy, person = board.make_vacancy(), board.make_person()
    with board.work() as uow:
        made = service.apply(uow, vacancy.id, person.person_id, [], None, now=board.now)
        service.withdraw(uow, made.id, person.person_id, now=board.now)
        service.apply(uow, vacancy.id, person.person_id, [], None, now=board.now)
        interviews.book_slot(uow, board.make_slot().id, made.id, now=board.now)
    assert [move.version for move in _history(board, made)] == [0, 1, 2, 3]
    assert _stands(board, made).version == 3
