"""Each process dies once, by SIGKILL, in the middle of several conversations: nothing is lost, nothing comes twice."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.e2e.candidate import Candidate
from tests.e2e.town import Town

pytestmark = pytest.mark.slow
WALKERS = 3
# What is written or pressed, and how many bubbles answer it.
STEPS = (
    ("hola", 2),
    ("!Sí, acepto", 2),
    ("!No, gracias", 1),
    ("!Registro", 2),
    ("Marina Solís Vega", 1),
    ("marina{user}@example.com", 1),
    ("!Residencia permanente", 1),
    ("¿me van a cobrar algo?", 2),
    ("Guadalajara", 1),
    ("costurera", 1),
)
# WhatsApp's answer to what was being sent when the gateway died comes as a status, waited for up to a minute.
_PATIENCE = 180.0


def walk(person: Candidate) -> None:
    """Say everything, each thing once the one before was answered in full."""
    expected = 0
    for said, bubbles in STEPS:
        expected += bubbles
        text = said.format(user=person.user)
        if text.startswith("!"):
            person.phone.choose(person.user, person.account, text[1:])
        else:
            person.phone.send_text(person.user, person.account, text, "Marina")
        deadline = time.monotonic() + _PATIENCE
        while len(person.received) < expected:
            assert time.monotonic() < deadline, f"no answer to {text!r}:\n{person.transcript}"
            time.sleep(0.1)


@pytest.mark.parametrize("process", ["gateway", "rasa", "actions", "worker", "relay", "postgres", "redis"])
def test_nothing_lost_and_nothing_twice(town: Town, process: str) -> None:
    people = [town.candidate("whatsapp:amigro", f"Marina {number}") for number in range(WALKERS)]
    with ThreadPoolExecutor(WALKERS) as walking:
        walks = [walking.submit(walk, person) for person in people]
        town.wait_for(lambda: all(len(person.received) >= 4 for person in people), 60, "all of them are on their way")
        died = town.platform.kill(process)
        for each in walks:
            each.result()
    town.platform.wait_until_back(process, died)
    town.platform.wait_until_well()
    for person in people:
        person.settles(2.0)
        # An outage may be said in one kind line; beyond that it is exactly the answers, each once.
        answers = [shown for shown in person.received if not is_outage(shown.text)]
        assert len(answers) == sum(bubbles for _, bubbles in STEPS), person.transcript
        assert sum(is_outage(shown.text) for shown in person.received) <= 1, person.transcript
        inbox = town.rows(
            "SELECT state, count(*) AS n FROM inbox i JOIN chats h ON h.id = i.chat_id "
            "WHERE h.user_id = %s AND i.kind IN ('text', 'option') GROUP BY 1", person.user,
        )  # fmt: skip
        assert inbox == [{"state": "done", "n": len(STEPS)}]
        profile = town.rows(
            "SELECT first_name, city, headline FROM unit_profiles WHERE email = %s", f"marina{person.user}@example.com"
        )
        assert profile == [{"first_name": "Marina", "city": "Guadalajara", "headline": "Costurera"}]


def is_outage(text: str) -> bool:
    return "problema técnico" in text
