"""Who is responsible for vacancies is told of each alert once, all of a day's in one message; never of demo vacancies."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from huntred.attention import service
from huntred.attention.models import VacancyAlert
from huntred.notifications import attention_notices
from tests.factories.cards import Cards
from tests.factories.desk import Desk

DAY = timedelta(days=1)


def look(desk: Desk, after: timedelta) -> int:
    with desk.work() as uow:
        service.keep(uow, None, now=desk.now + after)
    with desk.work() as uow:
        return attention_notices.tell(uow, desk.links, now=desk.now + after)


def mails(desk: Desk) -> list[tuple[str, str, str]]:
    return [(address, message.subject, message.text) for address, message in desk.sent("email")]


def test_each_alert_is_told_once_and_all_of_a_day_together(desk: Desk) -> None:
    rosa, other = desk.user(), desk.user()
    desk.execute("INSERT INTO user_alerts (user_id, any_hour) VALUES (:id, true)", id=rosa.id)
    first = Cards.of(desk, title="Soldadura TIG", consultant_id=rosa.id, published_at=desk.now)
    second = Cards.of(desk, title="Almacén", consultant_id=rosa.id, published_at=desk.now)
    demo = Cards.of(desk, title="De ejemplo", consultant_id=other.id, published_at=desk.now, generated=True)
    nobody = Cards.of(desk, title="Sin nadie", published_at=desk.now)
    for cards in (first, second, demo, nobody):
        cards.add("Ana Núñez", "interview")

    assert look(desk, timedelta(0)) == 1
    [(address, subject, text)] = mails(desk)
    assert address == rosa.email and subject.endswith("vacantes a tu cargo que necesitan atención")
    assert f"Soldadura TIG ({first.vacancy.number}): faltan horarios" in text and "Almacén" in text
    assert "De ejemplo" not in text and "http://office.test/" in text

    assert look(desk, timedelta(hours=1)) == 0
    first.add("Luz Peña", "interview", days=-1)  # worse, and told already
    second.add("Luz Peña", "screening", days=30)  # new, and not twice a day
    assert look(desk, timedelta(hours=2)) == 0
    assert look(desk, timedelta(hours=21)) == 1
    assert len(mails(desk)) == 2 and "Soldadura TIG" not in mails(desk)[1][2]
    assert look(desk, timedelta(hours=45)) == 0

    told = desk.rows(select(VacancyAlert).where(VacancyAlert.told_at.is_not(None)))
    assert {row.told_to for row in told} == {rosa.id}


def test_who_is_off_duty_or_has_set_it_aside_is_not_told(desk: Desk) -> None:
    rosa = desk.user()
    cards = Cards.of(desk, consultant_id=rosa.id, published_at=desk.now)
    cards.add("Ana Núñez", "interview")
    desk.execute("INSERT INTO user_alerts (user_id, on_duty) VALUES (:id, false)", id=rosa.id)
    assert look(desk, timedelta(0)) == 0
    desk.execute("UPDATE user_alerts SET on_duty = true")
    with desk.work() as uow:
        service.dismiss(uow, cards.vacancy.id, "slots_missing", "La empresa pone la hora", rosa.id, now=desk.now)
    assert look(desk, timedelta(hours=1)) == 0
    assert mails(desk) == []
