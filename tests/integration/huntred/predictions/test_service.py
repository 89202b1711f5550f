"""Cases from the unit's own past: ended ones, never generated ones, never another unit's."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from huntred.applications import moves
from huntred.applications.models import Application
from huntred.applications.types import Step
from huntred.interviews import service as interviews
from huntred.predictions import repository, service, stays
from huntred.predictions.service import Terms
from huntred.vacancies.models import Vacancy
from tests.factories.cards import Cards
from tests.factories.desk import Desk, desk, keys
from tests.factories.stays import closed

__all__ = ["desk", "keys"]

TERMS = Terms(enabled=True, needed=50)


@pytest.fixture
def cards(desk: Desk) -> Cards:
    return Cards.of(desk, title="Auxiliar de almacén", salary_min=Decimal(9000), published_at=desk.now)


def _outlook(desk: Desk, cards: Cards, terms: Terms = TERMS) -> Any:
    with desk.work() as uow:
        vacancy = uow.session.get_one(Vacancy, cards.vacancy.id)
        return service.outlook(uow, vacancy, terms, now=desk.now)


def test_with_fewer_than_fifty_it_says_how_many_there_are(desk: Desk, cards: Cards) -> None:
    closed(desk, cards, 49)
    found = _outlook(desk, cards)
    assert [(p.state, p.cases, p.needed, p.forecast) for p in (found.chance, found.days)] == [
        ("insufficient", 49, 50, None)
    ] * 2


def test_generated_cases_and_those_of_other_units_never_count(desk: Desk, cards: Cards) -> None:
    closed(desk, cards, 30)
    closed(desk, cards, 60, generated=True)
    other = Cards.of(desk, "huntu")
    closed(desk, other, 60, unit="huntu")
    closed(desk, cards, 5, state="open")
    found = _outlook(desk, cards)
    assert (found.chance.state, found.chance.cases) == ("insufficient", 30)


def test_enough_of_its_own_past_gives_chance_and_days_with_their_cases(desk: Desk, cards: Cards) -> None:
    closed(desk, cards, 120)
    found = _outlook(desk, cards)
    assert found.chance.state == found.days.state == "shown"
    assert found.chance.forecast.value > 0.7
    assert 5 <= found.days.forecast.low <= found.days.forecast.value <= found.days.forecast.high <= 13
    assert {case.title for case in found.days.forecast.cases} == {"Auxiliar de almacén"}


def test_a_past_that_tells_nothing_is_not_shown(desk: Desk, cards: Cards) -> None:
    closed(desk, cards, 120, telling=False)
    assert _outlook(desk, cards).chance.state == "unproven"


def test_switched_off_nothing_is_read(desk: Desk, cards: Cards) -> None:
    closed(desk, cards, 60)
    found = _outlook(desk, cards, Terms(enabled=False, needed=50))
    assert (found.chance.state, found.chance.cases) == ("off", 0)
    with desk.work() as uow:
        assert service.card_chances(uow, [], Terms(enabled=False, needed=50)).summary.state == "off"


def test_ended_applications_put_cards_in_order_generated_ones_never(desk: Desk, cards: Cards) -> None:
    chance = random.Random(5)
    for number in range(110):
        score = chance.random()
        hired = chance.random() < (0.9 if score > 0.5 else 0.05)
        row = cards.add(
            f"Persona {number}", "hired" if hired else "rejected", days=2 * (110 - number), score=f"{score:.4f}",
            generated=number < 40,
        )  # fmt: skip
        desk.execute(
            "UPDATE applications SET created_at = moved_at - interval '1 day' WHERE id = :id", id=row.id
        )
    good, bad = cards.add("Rosa Ibáñez", score="0.95"), cards.add("Ana Núñez", score="0.05")
    with desk.work() as uow:
        cases = repository.application_cases(uow.session, "amigro")
        assert len(cases) == 70
        cards_shown = [uow.session.get_one(Application, one.id) for one in (good, bad)]
        found = service.card_chances(uow, cards_shown, TERMS)
        assert found.summary.state == "shown"
        assert found.by_id[good.id].value > 0.5 > 0.3 > found.by_id[bad.id].value
        # Nothing about who the person is.
        assert {word for case in cases for word in case.traits.words} == set()


def test_what_a_move_brings_about_does_not_foretell_it(desk: Desk, cards: Cards) -> None:
    """A rejection cancels the interview ahead: that one was booked is known all the same, and what was undone is no end."""
    one = cards.add("Rosa Ibáñez", "interview", days=3)
    slot = desk.slot(desk.user(), timedelta(days=2))
    with desk.work() as uow:
        interviews.book_slot(uow, slot.id, one.id, now=desk.now - timedelta(days=1))
    with desk.work() as uow:
        step = Step(cards.stages["rejected"].id, desk.user().id, reason="No le queda el turno")
        moves.move(uow, one.id, step, cards.now(one).version, now=desk.now)
    with desk.work() as uow:
        [stay] = [stay for there in stays.ended(uow.session, "amigro").values() for stay in there]
    assert (stay.forward, stay.signs[1]) == (False, desk.now - timedelta(days=1))
    with desk.work() as uow:
        moves.undo(uow, step.batch_id, step.user_id, now=desk.now + timedelta(minutes=1))
    with desk.work() as uow:
        assert stays.ended(uow.session, "amigro") == {}
