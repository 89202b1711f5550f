"""Dates, times and money as Mexicans write them; the notice without anything active in it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest
from flask import Flask, g

from backoffice import formats
from backoffice.notice import notice_html


@pytest.fixture
def page(now: datetime):  # type: ignore[no-untyped-def]
    app = Flask(__name__)
    with app.test_request_context():
        g.now = now
        yield


def test_days_and_times_are_those_of_mexico_city(page: None, now: datetime) -> None:
    assert formats.clock(now) == "09:00"
    assert formats.day(now) == "lun 2 de mar"
    assert formats.day_time(now) == "lun 2 de mar, 09:00"
    assert formats.long_day(now) == "lunes 2 de marzo de 2026"
    # Late in the evening there it is another day in UTC.
    assert formats.day(datetime(2026, 3, 3, 5, 30, tzinfo=timezone.utc)) == "lun 2 de mar"
    assert "2025" in formats.day(now - timedelta(days=300))


def test_ago(page: None, now: datetime) -> None:
    at = now - timedelta(minutes=5)

    assert formats.ago(at) == (
        f'<time datetime="{at.isoformat()}" title="{formats.exact(at)}">hace 5 minutos</time>'
    )
    assert formats.exact(at).startswith(formats.long_day(at)) and formats.exact(at).endswith(formats.clock(at))
    assert formats.ago(None) == ""


@pytest.mark.parametrize(
    ("amount", "text"), [(Decimal("18500"), "$18,500.00 MXN"), (Decimal("0.5"), "$0.50 MXN"), (None, "")]
)
def test_money(amount: Decimal | None, text: str) -> None:
    assert formats.money(amount) == text


@pytest.mark.parametrize(
    ("typed", "shown"),
    [("+525512345678", "55 1234 5678"), ("+5215512345678", "55 1234 5678"), ("+5037123456", "+5037123456"), (None, "")],
)
def test_phones(typed: str | None, shown: str) -> None:
    assert formats.phone(typed) == shown


@pytest.mark.parametrize(
    ("name", "letters"), [("Ana María Núñez", "AM"), ("", "·"), ("+52 55", "·"), ("ñandú", "Ñ")]
)
def test_initials(name: str, letters: str) -> None:
    assert formats.initials(name) == letters


def test_a_colour_is_nothing_but_a_colour() -> None:
    assert formats.colour("#0f766e") == "#0f766e"
    assert formats.colour("red}body{display:none") == "#b3261e"


def test_a_notice_is_drawn_and_escaped() -> None:
    html = str(notice_html("# Aviso\n\nHola <b>tú</b>\n- uno\n- dos\n## Más\nfin"))

    assert html == (
        "<h1>Aviso</h1><p>Hola &lt;b&gt;tú&lt;/b&gt;</p><ul><li>uno</li><li>dos</li></ul><h2>Más</h2><p>fin</p>"
    )


def test_in_english_dates_percents_pay_and_fields_follow(page: None, now: datetime) -> None:
    g.language = "en"

    assert formats.day_time(now) == "Mon, Mar 2, 09:00"
    assert formats.long_day(now) == "Monday, March 2, 2026"
    assert formats.month_name(now.date()) == "March 2026"
    assert ">5 minutes ago</time>" in formats.ago(now - timedelta(minutes=5))
    assert formats.percent(Decimal("0.5")) == "50%"
    assert formats.field_name("law") == "Law"
    assert formats.in_language("El buzón está lleno.") == "The mailbox is full."


def test_in_spanish_nothing_of_it_changes(page: None) -> None:
    assert formats.percent(Decimal("0.5")) == "50 %"
    assert formats.field_name("law") == "Derecho"
    assert formats.in_language("El buzón está lleno.") == "El buzón está lleno."
    assert formats.sentence("lun 2 de mar") == "Lun 2 de mar"
