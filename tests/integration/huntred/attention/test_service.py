"""What the facts of a unit's vacancies say on PostgreSQL: own ones, never demo ones, never what a scope does not see."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from contract.ids import new_id
from huntred.attention import service
from huntred.attention.errors import AlertOver
from huntred.attention.models import VacancyAlert
from huntred.attention.types import Attention
from huntred.errors import FieldInvalid, NotFound
from huntred.units.models import Division
from huntred.vacancies.models import Vacancy
from tests.factories.cards import Cards
from tests.factories.desk import Desk
from tests.factories.figures import application

DAY = timedelta(days=1)


def filled(desk: Desk, cards: Cards, count: int, *, days: int = 20, applied: int = 0, **values: Any) -> list[Vacancy]:
    """Alike ones, each with so many who applied on the first day."""
    rows = [
        Vacancy(
            id=new_id(), company_id=cards.vacancy.company_id, published_at=desk.now - 100 * DAY,
            closed_at=desk.now - (100 - days - number) * DAY,
            **({"unit": "amigro", "title": "Soldadura", "state": "filled", "city": "Saltillo", "salary_max": Decimal(12000)} | values),
        )
        for number in range(count)
    ]  # fmt: skip
    desk.add(*rows)
    for row in rows:
        other = Cards(desk, row, cards.stages)
        for number in range(applied):
            other.add(f"Persona {number}", "hired" if number == 0 else "rejected", days=99)
    return rows


def told(desk: Desk, cards: Cards, **scope: Any) -> Attention:
    with desk.work(**scope) as uow:
        return service.attention_to(uow, uow.session.get_one(Vacancy, cards.vacancy.id), now=desk.now)


def kinds(attention: Attention) -> list[str]:
    return [alert.kind for alert in attention.alerts]


def keep(desk: Desk) -> None:
    place = None
    while True:
        with desk.work() as uow:
            place = service.keep(uow, place, now=desk.now)
        if place is None:
            return


def rows(desk: Desk) -> list[VacancyAlert]:
    return desk.rows(select(VacancyAlert).order_by(VacancyAlert.raised_at, VacancyAlert.kind))


def test_a_vacancy_is_put_beside_its_units_own_filled_ones(desk: Desk) -> None:
    user = desk.user()
    cards = Cards.of(desk, published_at=desk.now - 10 * DAY, consultant_id=user.id, salary_max=Decimal(9000))
    filled(desk, cards, 4, applied=4)
    filled(desk, cards, 9, generated=True)
    filled(desk, Cards.of(desk, "huntu"), 9, unit="huntu")
    filled(desk, cards, 9, state="closed")
    few = told(desk, cards)
    assert (few.comparison.found, few.comparison.days) == (4, None)
    assert kinds(few) == []

    filled(desk, cards, 2, applied=4)
    enough = told(desk, cards)
    comparison = enough.comparison
    assert comparison.days and comparison.applicants and comparison.pay
    assert (comparison.found, comparison.days.count, comparison.applicants.middle) == (6, 6, 4)
    assert comparison.days.middle == pytest.approx(21)
    assert {alert.kind: alert.values.get("alike") for alert in enough.alerts} == {"few_applicants": 6, "pay_below": 6}

    # Demo applications of theirs are no applicants either.
    desk.execute("UPDATE applications SET generated = true WHERE vacancy_id <> :id", id=cards.vacancy.id)
    assert kinds(told(desk, cards)) == ["pay_below"]


def test_what_a_division_does_not_see_tells_it_nothing(desk: Desk) -> None:
    division = Division(id=new_id(), unit="amigro", code="norte", name="Norte")
    desk.add(division)
    cards = Cards.of(desk, published_at=desk.now - 90 * DAY, division_id=division.id)
    filled(desk, cards, 5)
    assert "overdue" in kinds(told(desk, cards))
    own = told(desk, cards, divisions=(division.id,))
    assert own.comparison.found == 0
    assert kinds(own) == ["no_interview", "no_consultant"]

    keep(desk)
    other = Division(id=new_id(), unit="amigro", code="sur", name="Sur")
    desk.add(other)
    with desk.work(divisions=(other.id,)) as uow:
        assert service.raised(uow, ["amigro"], first_of=None, limit=9) == []
        assert uow.session.scalars(select(VacancyAlert)).all() == []
    with desk.work(divisions=(division.id,)) as uow:
        assert service.raised(uow, ["amigro"], first_of=None, limit=9) == [cards.vacancy.id]


def test_who_waits_longer_than_is_usual_in_the_units_own_past(desk: Desk) -> None:
    cards = Cards.of(desk, consultant_id=desk.user().id, published_at=desk.now - DAY)
    cards.add("Rosa Ibáñez", "screening", days=6)
    assert kinds(told(desk, cards)) == []  # nothing is known: seven days

    for _ in range(5):
        application(desk, [("new", 30 * DAY), ("screening", 20 * DAY), ("interview", 18 * DAY)])
    [alert] = told(desk, cards).alerts
    assert (alert.kind, alert.values["usual"], alert.values["days"]) == ("no_movement", 2.0, 6)
    desk.execute("UPDATE applications SET generated = true WHERE vacancy_id <> :id", id=cards.vacancy.id)
    assert kinds(told(desk, cards)) == []


def test_times_to_take_end_that_they_are_missing(desk: Desk) -> None:
    user = desk.user()
    cards = Cards.of(desk, consultant_id=user.id, published_at=desk.now - DAY)
    cards.add("Rosa Ibáñez", "interview", days=1)
    assert kinds(told(desk, cards)) == ["slots_missing"]
    slot = desk.slot(user, -DAY)
    desk.slot(user, DAY, vacancy_id=Cards.of(desk).vacancy.id)
    assert kinds(told(desk, cards)) == ["slots_missing"]  # over, or another vacancy's
    desk.execute("UPDATE interview_slots SET starts_at = :a, ends_at = :b WHERE id = :id", id=slot.id, a=desk.now + DAY, b=desk.now + 2 * DAY)
    assert kinds(told(desk, cards)) == []


def test_set_aside_it_rests_until_the_facts_change(desk: Desk) -> None:
    user = desk.user()
    cards = Cards.of(desk, published_at=desk.now - DAY)
    cards.add("Rosa Ibáñez", "interview")
    version = [cards.now(one).version for one in [cards.add("Ana Núñez", "screening")]]
    keep(desk)
    assert [row.kind for row in rows(desk)] == ["no_consultant", "slots_missing"]
    with desk.work() as uow:
        with pytest.raises(FieldInvalid):
            service.dismiss(uow, cards.vacancy.id, "slots_missing", " ", user.id, now=desk.now)
        with pytest.raises(NotFound):
            service.dismiss(uow, cards.vacancy.id, "nonsense", "x", user.id, now=desk.now)
        with pytest.raises(AlertOver):
            service.dismiss(uow, cards.vacancy.id, "overdue", "x", user.id, now=desk.now)
        service.dismiss(uow, cards.vacancy.id, "slots_missing", "El cliente entrevista en su planta", user.id, now=desk.now)
    found = told(desk, cards)
    assert kinds(found) == ["no_consultant"]
    [aside] = found.dismissed
    assert (aside.alert.kind, aside.by, aside.reason) == ("slots_missing", user.id, "El cliente entrevista en su planta")
    keep(desk)
    assert kinds(told(desk, cards)) == ["no_consultant"]

    cards.add("Luz Peña", "interview")  # two wait now: twice as many
    assert kinds(told(desk, cards)) == ["slots_missing", "no_consultant"]
    keep(desk)
    kept = {row.kind: row for row in rows(desk)}
    assert (kept["slots_missing"].dismissed_at, kept["slots_missing"].level) == (None, 2)

    # What is over has ended; where it begins again it is another one.
    desk.execute("UPDATE applications SET stage_id = :to", to=cards.stages["screening"].id)
    keep(desk)
    assert {row.kind: row.ended_at is None for row in rows(desk)} == {"no_consultant": True, "slots_missing": False}
    desk.execute("UPDATE applications SET stage_id = :to", to=cards.stages["interview"].id)
    keep(desk)
    assert sorted(row.kind for row in rows(desk)) == ["no_consultant", "slots_missing", "slots_missing"]
    desk.execute("UPDATE vacancies SET state = 'paused'")
    keep(desk)
    assert all(row.ended_at for row in rows(desk))
    # None of it moved anybody.
    assert version == [0] and cards.moves(cards.add()) == []
