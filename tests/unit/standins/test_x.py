"""The stand-in of X: called as the product calls it, and each limit one step beyond."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.standins.client import StandinsClient, StandinsError
from tests.unit.standins.conftest import Gateway

ANA = "424242"
AMIGRO = "x:amigro"
SECRET = b"demo-consumer-secret-for-the-stand-in-only"
Send = Callable[..., httpx.Response]


@pytest.fixture
def send(standins: StandinsClient) -> Send:
    def post(user: str = ANA, token: str = "demo-x-access-token-amigro", **fields: Any) -> httpx.Response:
        url = f"{standins.base_url}/2/dm_conversations/with/{user}/messages"
        return httpx.post(url, json=fields or {"text": "hola"}, headers={"Authorization": f"Bearer {token}"})

    return post


@pytest.fixture
def opened(standins: StandinsClient, gateway: Gateway) -> StandinsClient:
    standins.send_text(ANA, AMIGRO, "hola", name="Ana Cruz")
    standins.wait_until_delivered()
    return standins


def test_an_event_is_signed_and_whole(opened: StandinsClient, gateway: Gateway) -> None:
    item = gateway.received[0]
    digest = base64.b64encode(hmac.new(SECRET, item.raw, hashlib.sha256).digest()).decode()
    assert item.path == "/webhooks/x/demo/webhook"
    assert item.headers["x-twitter-webhooks-signature"] == f"sha256={digest}"
    event = item.json["direct_message_events"][0]
    assert event["message_create"]["sender_id"] == ANA and item.json["users"][ANA]["name"] == "Ana Cruz"
    assert item.json["for_user_id"] == event["message_create"]["target"]["recipient_id"]


def test_an_answer_is_read(opened: StandinsClient, gateway: Gateway, send: Send) -> None:
    answer = send(text="¿Seguimos?")
    assert answer.status_code == 201 and answer.headers["x-rate-limit-remaining"] == "14"
    opened.wait_until_delivered()
    mark = gateway.received[-1].json["direct_message_mark_read_events"][0]
    assert mark["last_read_event_id"] == answer.json()["data"]["dm_event_id"]
    with pytest.raises(StandinsError):
        opened.press(ANA, AMIGRO, "Sí")
    with pytest.raises(StandinsError, match="X has no message of kind document"):
        opened.send_file(ANA, AMIGRO, "document", b"%PDF", "application/pdf")


def test_refusals(opened: StandinsClient, send: Send) -> None:
    assert send(token="other").status_code == 401
    assert send(user="9").status_code == 403
    assert send(text="a" * 10_000).status_code == 201
    for fields in ({"text": "a" * 10_001}, {"text": " "}, {"text": "a", "quick_reply": {}}):
        assert send(**fields).status_code == 400
    opened.block(ANA, AMIGRO)
    assert send().status_code == 403
    kinds = [broken["kind"] for broken in opened.violations]
    assert kinds == ["auth", "window", "rule", "rule", "schema"]


def test_fifteen_in_a_quarter_of_an_hour(opened: StandinsClient, send: Send) -> None:
    assert [send().status_code for _ in range(16)] == [201] * 15 + [429]
    assert send().status_code == 429
    opened.advance(900)
    assert send().status_code == 201
