"""The action server: who may call, one effect for one key, and nothing half-written."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import func, select

from actions.opening import Greet
from huntred.conversations.models import ActionReply
from huntred.errors import ProviderUnavailable
from huntred.people.models import Consent, Person
from tests.factories.desk import Desk
from tests.factories.talk import Client
from tests.integration.actions.test_candidate_road import Open

GREETING: dict[str, Any] = {
    "text": "hola", "intent": {"name": "greet", "confidence": 0.9}, "entities": [], "intent_ranking": [],
}  # fmt: skip


def count(desk: Desk, kind: type[Any]) -> int:
    return int(desk.rows(select(func.count()).select_from(kind))[0])


def test_health_counts_the_actions(server: Client) -> None:
    answer = server.get("/health")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"
    assert answer.json()["actions"] > 40


@pytest.mark.parametrize("secret", ["", "wrong", "a secret of the action serves"])
def test_without_the_secret_nothing_runs(talk: Open, desk: Desk, server: Client, secret: str) -> None:
    chat = talk()
    answer = server.post(
        "/webhook", json={"next_action": "action_greet", "sender_id": chat.sender}, headers={"X-Actions-Secret": secret}
    )
    assert answer.status_code == 401
    assert count(desk, Person) == 0


@pytest.mark.parametrize("sender", ["amigro", "amigro:123", "", ":0191a0f0-0000-7000-8000-000000000000"])
def test_a_sender_of_another_shape_is_refused(talk: Open, sender: str) -> None:
    assert talk().call("action_greet", GREETING, sender_id=sender).status_code == 422


def test_a_call_without_a_key_or_of_an_unknown_action_is_refused(talk: Open, desk: Desk) -> None:
    chat = talk()
    assert chat.call("action_greet", GREETING, key=" ").status_code == 422
    answer = chat.call("action_nonsense", GREETING)
    assert (answer.status_code, answer.json()["action_name"]) == (404, "action_nonsense")
    assert count(desk, ActionReply) == 0


@pytest.mark.parametrize("environment", ["development"])
def test_a_designers_shell_needs_no_key(talk: Open, desk: Desk) -> None:
    """`rasa shell` is stock Rasa and sends none; on a designer's machine each call stands for itself."""
    chat = talk()
    assert chat.call("action_greet", GREETING, key=" ").status_code == 200
    assert chat.call("action_greet", GREETING, key=" ").status_code == 200
    assert count(desk, ActionReply) == 2


def test_the_same_key_has_one_effect_and_one_reply(talk: Open, desk: Desk) -> None:
    chat = talk()
    first = chat.call("action_accept_privacy", GREETING, key="7:1:action_accept_privacy").json()
    again = chat.call("action_accept_privacy", GREETING, key="7:1:action_accept_privacy").json()
    assert again == first
    assert count(desk, Consent) == 1
    assert count(desk, ActionReply) == 1


def test_the_same_key_at_the_same_time_has_one_effect(talk: Open, desk: Desk) -> None:
    chat = talk()
    replies: list[Any] = []

    def call() -> None:
        replies.append(chat.call("action_accept_privacy", GREETING, key="8:1:action_accept_privacy").json())

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert replies == [replies[0]] * 4
    assert count(desk, Consent) == 1


def test_an_error_of_ours_leaves_nothing_behind_and_fails_the_turn(
    talk: Open, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(self: Greet, turn: Any) -> None:
        assert turn.person.id
        raise ZeroDivisionError("a fault of ours")

    monkeypatch.setattr(Greet, "serve", breaks)
    answer = talk().call("action_greet", GREETING)
    assert answer.status_code == 500
    assert count(desk, Person) == 0
    assert count(desk, ActionReply) == 0


def test_an_outage_of_a_provider_fails_the_turn_too(
    talk: Open, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(self: Greet, turn: Any) -> None:
        raise ProviderUnavailable("the mail server is away")

    monkeypatch.setattr(Greet, "serve", breaks)
    assert talk().call("action_greet", GREETING).status_code == 503
    assert count(desk, ActionReply) == 0


def test_a_refusal_takes_back_what_was_done_before_it(talk: Open, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from huntred.interviews.errors import SlotTaken

    def refuses(self: Greet, turn: Any) -> None:
        assert turn.person.id
        turn.say("utter_menu")
        turn.set(goal="register")
        raise SlotTaken("slot")

    monkeypatch.setattr(Greet, "serve", refuses)
    reply = talk().call("action_greet", GREETING).json()
    assert [response["response"] for response in reply["responses"]] == ["utter_error_slot_taken"]
    assert [event["name"] for event in reply["events"]] == ["said_before"]
    assert count(desk, Person) == 0
    assert count(desk, ActionReply) == 1


def test_a_conversation_of_another_unit_is_not_there(talk: Open, desk: Desk) -> None:
    chat = talk()
    other = chat.sender.replace("amigro", "huntu")
    reply = chat.call("action_greet", GREETING, sender_id=other)
    assert reply.status_code in {200, 500}
    assert count(desk, Person) == 0
