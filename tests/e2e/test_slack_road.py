"""Somebody opens the direct messages of huntRED Executive's app in Slack: the greeting, the notice, the menu."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.candidate import Candidate
from tests.e2e.town import Town

ACCOUNT = "slack:huntred_executive"


@pytest.fixture(scope="module")
def irene(town: Town, shots: Path) -> Candidate:
    person = town.candidate(ACCOUNT, "Irene")
    town.vendors.open_chat(person.user, ACCOUNT)
    person.gets("aviso de privacidad")
    person.presses("accept_privacy", "conocer más")
    person.presses("deny:learn_more", "Ver oportunidades")
    (shots / "slack_huntred_executive.txt").write_text(person.transcript, encoding="utf-8")
    return person


def test_the_menu_is_pressed_and_answered(irene: Candidate) -> None:
    menu = irene.settles()[-1]
    assert "Ver oportunidades" in menu.titles
    irene.presses("register", "nombre completo")


def test_opening_it_again_says_nothing_new(town: Town, irene: Candidate) -> None:
    irene.settles()
    before = len(irene.received)
    town.vendors.open_chat(irene.user, ACCOUNT)
    town.vendors.wait_until_delivered()
    irene.settles(2)
    assert len(irene.received) == before


def test_a_word_is_understood_as_on_any_channel(town: Town, irene: Candidate) -> None:
    irene.says("menú", "Ver oportunidades")
    kept = town.rows(
        "SELECT c.unit, c.channel, m.direction FROM messages m JOIN conversations c ON c.id = m.conversation_id"
        " JOIN chats t ON t.id = c.chat_id WHERE t.user_id = %s GROUP BY 1, 2, 3 ORDER BY 3",
        f"U{irene.user}",
    )
    assert kept == [
        {"unit": "huntred_executive", "channel": "slack", "direction": direction} for direction in ("in", "out")
    ]


def test_nothing_that_slack_was_sent_broke_a_rule(town: Town, irene: Candidate) -> None:
    assert [broken for broken in town.vendors.violations if broken["account"] == ACCOUNT] == []
    waiting = town.rows(
        "SELECT o.state, o.error FROM outbox o JOIN chats t ON t.id = o.chat_id WHERE t.user_id = %s AND o.state <> 'sent'",
        f"U{irene.user}",
    )
    assert waiting == []
