"""A candidate of huntRED Executive by Telegram: the same road, in the formal voice of that unit."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.e2e.browser import Browser
from tests.e2e.candidate import Candidate
from tests.e2e.roads import Told, walk_to_booked
from tests.e2e.town import Town

POSITION = "Dirección de Finanzas"
# Words that only somebody who is addressed by tú would read.
_FAMILIAR = re.compile(
    r"\b(tú|te|ti|tu|tus|contigo|tienes|quieres|puedes|escribe|dime|elige|eres|estás|necesitas|prefieres|tuyo|tuya)\b", re.I
)


@pytest.fixture(scope="module")
def octavio(town: Town, shots: Path) -> Candidate:
    person = town.candidate("telegram:huntred_executive", "Octavio")
    told = Told(
        full_name="Octavio Rangel Peña", first_name="Octavio", email=f"octavio{person.user}@example.com",
        headline="director de finanzas", years="20 años", skills="finanzas corporativas, presupuestos y fusiones",
        salary="180 mil",
    )  # fmt: skip
    walk_to_booked(person, told, POSITION)
    (shots / "telegram_huntred_executive.txt").write_text(person.transcript, encoding="utf-8")
    return person


def test_the_interview_stands_in_the_database_once(town: Town, octavio: Candidate) -> None:
    booked = town.rows(
        "SELECT i.unit, i.state, v.title FROM interviews i JOIN applications a ON a.id = i.application_id "
        "JOIN vacancies v ON v.id = a.vacancy_id JOIN unit_profiles p ON p.id = a.profile_id WHERE p.email = %s",
        f"octavio{octavio.user}@example.com",
    )
    assert booked == [{"unit": "huntred_executive", "state": "booked", "title": POSITION}]


def test_nobody_is_addressed_familiarly(octavio: Candidate) -> None:
    """Usted throughout; the questions of the vacancies are the client's own words."""
    familiar = [(found.group(), shown.text) for shown in octavio.received for found in _FAMILIAR.finditer(shown.text)]
    assert familiar == []


def test_every_press_was_answered_and_nothing_was_refused(town: Town, octavio: Candidate) -> None:
    assert [press for press in town.vendors.unanswered_presses if press.get("user") == octavio.user] == []
    assert town.vendors.violations == []


def test_the_consultant_of_the_unit_sees_it_too(
    town: Town, octavio: Candidate, browser: Browser, shots: Path
) -> None:
    home = town.platform.url("backoffice")
    with browser.signed_in(home, town.offices["huntred_executive"].email) as page:
        page.goto(f"{home}/conversations/")
        page.get_by_role("link", name="Octavio").first.click()
        page.get_by_text("quedó agendada").first.wait_for()
        page.screenshot(path=shots / "executive_conversation.png")
