"""Amigro asks until when a permit is valid, where it ends at all, and takes a no for an answer."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from huntred.people.models import UnitProfile
from tests.factories.desk import Desk
from tests.factories.talk import Talk
from tests.integration.actions.test_candidate_road import Open, consented


def asked_for_the_permit(talk: Open) -> Talk:
    chat = consented(talk())
    chat.says("registrarme", "register")
    chat.says("Ana María López", "inform", name="Ana María López")
    assert chat.says("ana@example.com", "inform", email="ana@example.com") == ["utter_ask_work_permit"]
    return chat


@pytest.mark.parametrize("permit", ["Ciudadanía", "Residencia permanente", "Sin permiso"])
def test_a_permit_without_an_end_is_not_asked_about(talk: Open, desk: Desk, permit: str) -> None:
    assert asked_for_the_permit(talk).picks(permit) == ["utter_ask_city"]


def test_the_end_is_told_or_left_out(talk: Open, desk: Desk) -> None:
    chat = asked_for_the_permit(talk)
    assert chat.picks("Residencia temporal") == ["utter_ask_permit_expires"]
    assert chat.says("pues quién sabe", "chitchat", 0.4) == ["utter_invalid_permit_expires"]
    assert chat.picks("Omitir") == ["utter_ask_city"]
    assert desk.rows(select(UnitProfile.permit_expires_on)) == [None]


def test_the_day_is_kept(talk: Open, desk: Desk) -> None:
    chat = asked_for_the_permit(talk)
    chat.picks("Tarjeta humanitaria")
    assert chat.says("vence el 4 de octubre de 2027", "inform", date="4 de octubre de 2027") == ["utter_ask_city"]
    assert desk.rows(select(UnitProfile.permit_expires_on)) == [date(2027, 10, 4)]
