"""Pasts of a unit: an interview stage in which whoever was seen went on, vacancies that were filled or closed."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal
from typing import Any

from contract.ids import new_id
from huntred.applications.models import Application, ApplicationMove
from huntred.interviews.models import Interview
from huntred.vacancies.models import Vacancy
from tests.factories.cards import Cards
from tests.factories.desk import Desk

DAY = timedelta(days=1)


def past(cards: Cards, count: int, **values: Any) -> None:
    """So many who stood there for four days, one ended every day; about half of them were seen on the second."""
    desk, user, dice = cards.desk, cards.desk.user(), random.Random(4)
    rows: list[Any] = []
    for number in range(count):
        seen = dice.random() < 0.5
        went = "offer" if seen else "rejected"
        one = cards.add(f"Persona {number}", went, **values)
        ended = desk.now - (count - number) * DAY
        came = ended - 4 * DAY
        desk.execute(
            "UPDATE applications SET created_at = :came, moved_at = :ended WHERE id = :id",
            id=one.id, came=came, ended=ended,
        )  # fmt: skip
        for before, after, at in ((None, "interview", came), ("interview", went, ended)):
            rows.append(
                ApplicationMove(
                    id=new_id(), unit=one.unit, application_id=one.id, at=at, to_stage_id=cards.stages[after].id,
                    from_stage_id=cards.stages[before].id if before else None,
                )
            )
        if seen:
            rows.append(_interview(cards, one, user, came - desk.now + DAY))
    desk.add(*rows)


def attended(cards: Cards, name: str) -> Application:
    """Somebody who has stood there for four days and was seen yesterday."""
    one = cards.add(name, "interview", days=4)
    cards.desk.add(_interview(cards, one, cards.desk.user(), -1.5 * DAY))
    return one


def _interview(cards: Cards, application: Application, user: Any, starts_in: timedelta) -> Interview:
    slot = cards.desk.slot(user, starts_in)
    return Interview(
        id=new_id(), unit=application.unit, slot_id=slot.id, application_id=application.id, interviewer_id=user.id,
        state="attended", booked_at=slot.starts_at - DAY / 2,
    )  # fmt: skip


def closed(desk: Desk, cards: Cards, count: int, *, telling: bool = True, **values: Any) -> None:
    """Vacancies that ended; where they tell something, warehouse work is filled more often and sooner than directors."""
    chance = random.Random(3)
    rows = []
    for number in range(count):
        easy = chance.random() < 0.5
        days = chance.uniform(5, 12) if easy else chance.uniform(40, 80)
        ended = desk.now - timedelta(days=3 * (count - number))
        filled = chance.random() < ((0.95 if easy else 0.4) if telling else 0.5)
        rows.append(
            Vacancy(
                id=new_id(), company_id=cards.vacancy.company_id,
                published_at=ended - timedelta(days=days), closed_at=ended,
                **(
                    {
                        "unit": "amigro", "title": "Auxiliar de almacén" if easy else "Dirección de finanzas",
                        "state": "filled" if filled else "closed",
                        "salary_min": Decimal(9000 if easy else 90000), "city": "Saltillo",
                    } | values
                ),
            )
        )  # fmt: skip
    desk.add(*rows)
