"""When somebody answers is read in the chat's language."""

from __future__ import annotations

import pytest

from actions.hours import hours_of
from actions.wording import speaking
from huntred.units.models import Unit

OWN = "lunes a viernes de 9 a 19 h"
WEEK = {"days": ["mon", "tue", "wed", "thu", "fri"], "from": "09:00", "to": "19:00"}
SATURDAY = {"days": ["sat"], "from": "09:00", "to": "14:30"}


def unit(*hours: dict[str, object], own: str = OWN, timezone: str = "America/Mexico_City") -> Unit:
    return Unit(code="some", timezone=timezone, settings={"hours_text": own, "hours": list(hours)})


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("es", OWN),
        ("en", "Monday to Friday from 9:00 AM to 7:00 PM and Saturday from 9:00 AM to 2:30 PM (Mexico City time)"),
        ("fr", "du lundi au vendredi de 9h00 à 19h00 et le samedi de 9h00 à 14h30 (heure de Mexico)"),
        ("ht", "lendi rive vandredi de 9:00 a 19:00 ak samdi de 9:00 a 14:30 (lè Mexico)"),
        ("pt", "segunda a sexta das 9:00 às 19:00 e sábado das 9:00 às 14:30 (fuso horário: Cidade do México)"),
    ],
)
def test_hours_are_said_in_the_language_that_is_spoken(language: str, said: str) -> None:
    with speaking(language):
        assert hours_of(unit(WEEK, SATURDAY)) == said


def test_spanish_without_words_of_its_own_is_put_together_too() -> None:
    assert hours_of(unit(WEEK, own="")) == "lunes a viernes de 9:00 a 19:00 (hora de Ciudad de México)"


def test_days_apart_are_named_apart() -> None:
    apart = {"days": ["mon", "wed", "thu"], "from": "10:00", "to": "12:00"}
    with speaking("en"):
        said = hours_of(unit(apart, timezone="America/Tijuana"))
    assert said == (
        "Monday from 10:00 AM to 12:00 PM and Wednesday to Thursday from 10:00 AM to 12:00 PM (Tijuana time)"
    )


def test_without_office_hours_the_units_own_words_stand() -> None:
    with speaking("en"):
        assert hours_of(unit()) == OWN
        assert hours_of(Unit(code="some", timezone="America/Mexico_City", settings={"hours_text": OWN})) == OWN
