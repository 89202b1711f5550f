"""Candidates of Amigro by Messenger and Instagram: from the first press to the menu, and on to the vacancies."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.candidate import Candidate
from tests.e2e.roads import Told, open_and_accept, register
from tests.e2e.town import Town

POSITION = "Ayudante de cocina"


def all_read(town: Town, person: Candidate) -> None:
    town.wait_for(
        lambda: all(shown.status == "read" for shown in person.received), 15, "all that was sent is read"
    )
    states = town.rows(
        "SELECT DISTINCT o.state FROM outbox o JOIN chats c ON c.id = o.chat_id WHERE c.user_id = %s", person.user
    )
    assert {row["state"] for row in states} <= {"sent", "delivered", "read"}


@pytest.mark.parametrize("account", ["messenger:amigro", "instagram:amigro"])
def test_from_get_started_to_the_menu(town: Town, account: str) -> None:
    """Meta asks that a bot says so: the first line does."""
    person = town.candidate(account, "Renata")
    person.phone.send_event(person.user, account, "open")
    person.gets("aviso de privacidad")
    assert "asistente virtual" in person.received[0].text
    person.presses("accept_privacy", "conocer más")
    person.presses("deny:learn_more", "Ver oportunidades")
    menu = person.presses("show_menu", "Ver oportunidades")
    assert len(menu.options) > 3
    all_read(town, person)
    assert town.rows("SELECT unit, channel FROM chats WHERE user_id = %s", person.user) == [
        {"unit": "amigro", "channel": account.partition(":")[0]}
    ]


def test_a_vacancy_is_found_and_chosen(town: Town, shots: Path) -> None:
    person = town.candidate("messenger:amigro", "Renata")
    open_and_accept(person)
    told = Told(full_name="Renata Solís Mora", first_name="Renata", email=f"renata{person.user}@example.com")
    register(person, told)
    person.presses("affirm:recap", "Ver oportunidades")
    found = person.presses("search_jobs", POSITION)
    assert found.options
    chosen = person.presses(POSITION, "(#")
    assert POSITION in chosen.text
    all_read(town, person)
    (shots / "messenger_amigro.txt").write_text(person.transcript, encoding="utf-8")
