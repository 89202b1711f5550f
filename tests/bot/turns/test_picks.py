"""Typing a number, a title or an id picks what was shown last."""

from __future__ import annotations

import pytest

from bot.picks import as_parse, by_id, by_text, several_by_text
from bot.turn import OfferedOption

SALES = OfferedOption("skill:sales", "Ventas", "inform", {"skill": "ventas"}, 1, True, False)
CASHIER = OfferedOption("skill:cash", "Atención en caja", "inform", {"skill": "caja"}, 2, True, False)
OLD = OfferedOption("skill:old", "Logística", "inform", {"skill": "logística"}, 0, False, False)
GONE = OfferedOption("skill:gone", "Choferes", "inform", {"skill": "chofer"}, 3, False, True)
OFFERED = [SALES, CASHIER, OLD, GONE]


@pytest.mark.parametrize(
    ("typed", "picked"),
    [
        ("1", SALES), ("la 2", CASHIER), ("opción 2", CASHIER), ("#1", SALES), ("2.", CASHIER),
        ("ATENCION EN CAJA", CASHIER), ("skill:sales", SALES),
        ("3", None), ("17", None), ("logística", None), ("quiero ventas", None), ("", None), ("12 años", None),
    ],
)  # fmt: skip
def test_what_was_typed_is_looked_up(typed: str, picked: OfferedOption | None) -> None:
    assert by_text(typed, OFFERED) == picked


def test_an_older_button_still_works_until_it_expires() -> None:
    assert by_id("skill:old", OFFERED) == OLD
    assert by_id("skill:gone", OFFERED) is None
    assert by_id("never shown", OFFERED) is None


def test_a_menu_entry_shown_earlier_is_known_by_its_whole_title() -> None:
    """It means the same at any time; what belongs to an earlier question does not."""
    contact = OfferedOption("contact_unit", "Contacto", "contact_unit", {}, 0, False, False)
    assert by_text("contacto", [*OFFERED, contact]) == contact
    assert by_text("un contacto", [*OFFERED, contact]) is None


def test_several_are_taken_and_the_unknown_is_named() -> None:
    known, unknown = several_by_text("1, caja fuerte y atención en caja", OFFERED)
    assert known == [SALES, CASHIER]
    assert unknown == ["caja fuerte"]
    parse = as_parse(known)
    assert parse["intent"] == {"name": "inform", "confidence": 1.0}
    assert parse["entities"][0]["value"] == ["ventas", "caja"]
