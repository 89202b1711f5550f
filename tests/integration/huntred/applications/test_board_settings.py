"""Limits, ageing and reasons of a unit's board."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from contract.ids import new_id
from huntred.applications import board_settings
from huntred.applications.board_settings import ReasonForm
from huntred.applications.models import RejectReason, Stage
from huntred.errors import FieldInvalid, NotFound
from tests.factories.board import Board


def test_limits_are_set_and_taken_away(board: Board) -> None:
    stage = board.stages["screening"]
    for wip_limit, ageing_days in ((5, 3), (None, None)):
        with board.work() as uow:
            board_settings.set_limits(uow, stage, wip_limit=wip_limit, ageing_days=ageing_days)
        board.session.expire_all()
        row = board.session.get_one(Stage, stage)
        assert (row.wip_limit, row.ageing_days) == (wip_limit, ageing_days)
    for wrong in (0, -1, 1000):
        with pytest.raises(FieldInvalid), board.work() as uow:
            board_settings.set_limits(uow, stage, wip_limit=wrong, ageing_days=None)


def test_a_stage_of_another_unit_is_not_there(board: Board) -> None:
    board.make_unit("huntu")
    foreign = board.session.scalars(select(Stage.id).where(Stage.unit == "huntu").limit(1)).one()
    for stage in (foreign, new_id()):
        with pytest.raises(NotFound), board.work() as uow:
            board_settings.set_limits(uow, stage, wip_limit=1, ageing_days=1)


def test_reasons_are_added_changed_and_switched_off(board: Board) -> None:
    with board.work() as uow:
        first = board_settings.add_reason(uow, ReasonForm("  Falta   experiencia ", "Gracias por {puesto}."))
        second = board_settings.add_reason(uow, ReasonForm("Otro motivo"))
    assert (first.name, first.ord, second.ord) == ("Falta experiencia", 1, 2)

    with pytest.raises(FieldInvalid) as refused, board.work() as uow:
        board_settings.change_reason(uow, second.id, ReasonForm("falta experiencia"))
    assert refused.value.problem == "already_there"
    with board.work() as uow:
        board_settings.change_reason(uow, first.id, ReasonForm("Falta experiencia", "", active=False))
    with board.work() as uow:
        assert [reason.name for reason in board_settings.reasons(uow)] == ["Otro motivo"]
        assert len(board_settings.reasons(uow, only_active=False)) == 2


@pytest.mark.parametrize("form", [ReasonForm(" "), ReasonForm("x" * 81), ReasonForm("Otro", "x" * 601)])
def test_a_wrong_reason_is_refused(board: Board, form: ReasonForm) -> None:
    with pytest.raises(FieldInvalid), board.work() as uow:
        board_settings.add_reason(uow, form)
    assert board.session.scalars(select(RejectReason)).all() == []


def test_a_reason_of_another_unit_is_not_there(board: Board) -> None:
    board.make_unit("huntu")
    foreign = RejectReason(unit="huntu", name="Otro", ord=1)
    board.add(foreign)
    with pytest.raises(NotFound), board.work() as uow:
        board_settings.change_reason(uow, foreign.id, ReasonForm("Mío"))
