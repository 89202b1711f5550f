"""The figures of recruiting over rows made by hand, and the rows behind each bar."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from contract.ids import new_id
from huntred.applications.models import RejectReason
from huntred.reporting import repository, rules
from huntred.reporting.types import Figures, Period, Wanted
from huntred.units.models import Division
from huntred.vacancies.models import VacancyRequirement
from tests.factories.desk import Desk
from tests.factories.figures import application

MEXICO = "America/Mexico_City"


def days(number: float) -> timedelta:
    return timedelta(days=number)


def wanted(desk: Desk, units: tuple[str, ...] = ("amigro",), **values: Any) -> Wanted:
    period = values.pop("period", None) or rules.period_of(None, None, today=desk.now.date())
    return Wanted(dict.fromkeys(units, MEXICO), period, desk.now, **values)


def counts(figures: Figures) -> dict[str, int]:
    return {bar.key: bar.count for bar in figures.bars if bar.count}


def read(session: Session, key: str, asked: Wanted) -> Figures:
    return repository.figures(session, repository.plots("recruiting")[key], asked)


def test_the_funnel_counts_how_far_each_one_came(desk: Desk) -> None:
    application(desk, [("new", days(9))])
    application(desk, [("new", days(9)), ("screening", days(8)), ("rejected", days(7))])
    application(desk, [("new", days(9)), ("interview", days(5)), ("offer", days(2)), ("hired", days(1))])
    application(desk, [("new", days(40)), ("hired", days(1))])
    application(desk, [("new", days(9)), ("hired", days(2))], unit="huntu")

    with desk.work() as uow:
        funnel, now_in = read(uow.session, "funnel", wanted(desk)), read(uow.session, "where_now", wanted(desk))

    # Who was hired was seen in every stage before, gone through or not.
    assert counts(funnel) == {"new": 3, "screening": 2, "interview": 1, "offer": 1, "hired": 1}
    assert counts(now_in) == {"new": 1, "rejected": 1, "hired": 1}
    assert now_in.count == funnel.bars[0].count


@pytest.mark.parametrize("key", list(repository.plots("recruiting")))
def test_the_rows_behind_every_bar_are_as_many_as_it_says(desk: Desk, key: str) -> None:
    user = desk.user()
    for reason in ("Sueldo", "sueldo ", "Distancia"):
        application(
            desk, [("new", days(9)), ("screening", days(7.5)), ("rejected", days(3))], user_id=user.id, reason=reason,
            consultant_id=user.id,
        )  # fmt: skip
    made = application(desk, [("new", days(12)), ("hired", days(4))], source="web", user_id=user.id)
    desk.execute(
        "UPDATE vacancies SET state = 'filled', published_at = :since, closed_at = :until WHERE id = :id",
        since=desk.now - days(28), until=desk.now - days(4), id=made.vacancy_id,
    )  # fmt: skip
    for name in ("Soldadura TIG", "soldadura tig"):
        desk.add(VacancyRequirement(id=new_id(), unit="amigro", vacancy_id=made.vacancy_id, ord=1, name=name))
    asked, plot = wanted(desk), repository.plots("recruiting")[key]

    with desk.work() as uow:
        found = repository.figures(uow.session, plot, asked)
        for bar in found.bars:
            assert len(repository.rows(uow.session, plot, asked, bar=bar.key)) == bar.count
            for cell in bar.cells:
                rows = repository.rows(uow.session, plot, asked, bar=bar.key, series=cell.series)
                assert len(rows) == cell.count
        everything = repository.rows(uow.session, plot, asked, limit=1000)

    assert len(everything) == found.count > 0


def test_days_in_a_stage_are_of_the_stays_that_ended(desk: Desk) -> None:
    for spent in (1, 2, 6):
        application(desk, [("new", days(20)), ("screening", days(20 - spent)), ("interview", days(20 - spent - 4))])
    application(desk, [("new", days(90)), ("screening", days(80))])

    with desk.work() as uow:
        figures = read(uow.session, "stage_time", wanted(desk))

    bars = {bar.key: bar for bar in figures.bars}
    assert (bars["new"].value, bars["new"].count) == (2.0, 3)
    assert (bars["screening"].value, bars["screening"].count) == (4.0, 3)
    assert (bars["interview"].value, bars["interview"].count) == (None, 0)


def test_time_to_fill_stands_in_bands_with_its_median(desk: Desk) -> None:
    for took in (5, 20, 24):
        made = application(desk, [("new", days(3))])
        desk.execute(
            "UPDATE vacancies SET state = 'filled', published_at = :since, closed_at = :until WHERE id = :id",
            since=desk.now - days(took + 1), until=desk.now - days(1), id=made.vacancy_id,
        )  # fmt: skip

    with desk.work() as uow:
        figures = read(uow.session, "fill_time", wanted(desk))

    assert counts(figures) == {"0": 1, "2": 2}
    assert (figures.median, figures.count) == (20.0, 3)


def test_reasons_and_skills_are_one_whatever_their_capitals(desk: Desk) -> None:
    for reason in ("Sueldo", "sueldo ", ""):
        application(desk, [("new", days(5)), ("rejected", days(3))], reason=reason)

    with desk.work() as uow:
        figures = read(uow.session, "reasons", wanted(desk))

    assert counts(figures) == {"sueldo": 2, "": 1}


def test_a_chosen_reason_counts_as_itself_whatever_was_written_beside_it(desk: Desk) -> None:
    application(desk, [("new", days(5)), ("rejected", days(3))], reason="pidió 20 mil")
    application(desk, [("new", days(5)), ("rejected", days(3))], reason="Sueldo")
    chosen = RejectReason(id=new_id(), unit="amigro", name="Sueldo", ord=90)
    desk.add(chosen)
    desk.execute("UPDATE application_moves SET reject_reason_id = :id WHERE reason = 'pidió 20 mil'", id=chosen.id)

    with desk.work() as uow:
        figures = read(uow.session, "reasons", wanted(desk))

    assert counts(figures) == {"sueldo": 2}


def test_a_day_is_the_units_own(desk: Desk) -> None:
    # 23:30 of 28 February in Mexico City is already March in UTC.
    application(desk, [("new", desk.now - desk.now.replace(day=1, hour=5, minute=30))])
    february = wanted(desk, period=Period(date(2026, 2, 1), date(2026, 2, 28)))
    march = wanted(desk, period=Period(date(2026, 3, 1), date(2026, 3, 31)))

    with desk.work() as uow:
        assert counts(read(uow.session, "applications", february)) == {"2026-02-28": 1}
        assert read(uow.session, "applications", march).count == 0


def test_demo_rows_count_only_where_they_are_wanted(desk: Desk) -> None:
    application(desk, [("new", days(2))])
    application(desk, [("new", days(2))], generated=True)

    with desk.work() as uow:
        real = read(uow.session, "source", wanted(desk))
        shown = read(uow.session, "source", wanted(desk, generated=True))

    assert (real.count, real.generated) == (1, 0)
    assert (shown.count, shown.generated) == (2, 1)


def test_a_division_is_counted_alone_and_its_consultant_sees_no_other(desk: Desk) -> None:
    north = Division(id=new_id(), unit="amigro", code="norte", name="Norte")
    south = Division(id=new_id(), unit="amigro", code="sur", name="Sur")
    desk.add(north)
    desk.add(south)
    application(desk, [("new", days(2))], division_id=north.id)
    application(desk, [("new", days(2)), ("screening", days(1))], division_id=south.id)
    application(desk, [("new", days(2))])

    with desk.work() as uow:
        assert counts(read(uow.session, "funnel", wanted(desk)))["new"] == 3
        assert counts(read(uow.session, "funnel", wanted(desk, division=south.id))) == {"new": 1, "screening": 1}
    with desk.work(divisions=(north.id,)) as uow:
        assert counts(read(uow.session, "funnel", wanted(desk))) == {"new": 1}
        assert read(uow.session, "funnel", wanted(desk, division=south.id)).count == 0
        assert read(uow.session, "stage_time", wanted(desk)).count == 0


def test_units_are_counted_together_and_never_beyond_the_scope(desk: Desk) -> None:
    application(desk, [("new", days(2))])
    application(desk, [("new", days(2))], unit="huntu")
    both = wanted(desk, ("amigro", "huntu"))

    with desk.work(units=("amigro", "huntu")) as uow:
        assert counts(read(uow.session, "funnel", both)) == {"new": 2}
        assert read(uow.session, "funnel", wanted(desk, ())).count == 0
    with desk.work("amigro") as uow:
        assert counts(read(uow.session, "funnel", both)) == {"new": 1}
