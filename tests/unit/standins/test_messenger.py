"""The stand-in of Messenger and Instagram: called as the product calls it, and each limit one step beyond."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.standins.client import StandinsClient, StandinsError
from tests.standins.messenger_rules import broken_rules
from tests.unit.standins.conftest import Gateway

ANA = "5550001112223"
PAGE, INSTAGRAM, BY_PAGE = "messenger:amigro", "instagram:amigro", "instagram:huntu"
NODES = {
    PAGE: ("messenger", "300000000000301", "demo-page-token-amigro"),
    INSTAGRAM: ("instagram", "17841400000000401", "demo-instagram-token-amigro"),
    BY_PAGE: ("messenger", "300000000000302", "demo-instagram-page-token-huntu"),
}
Send = Callable[..., httpx.Response]


@pytest.fixture
def send(standins: StandinsClient) -> Send:
    def post(account: str = PAGE, token: str = "", to: str = ANA, **fields: Any) -> httpx.Response:
        channel, node, own = NODES[account]
        body = {"recipient": {"id": to}, "messaging_type": "RESPONSE", **fields}
        headers = {"Authorization": f"Bearer {token or own}"}
        return httpx.post(f"{standins.base_url}/{channel}/v23.0/{node}/messages", json=body, headers=headers)

    return post


@pytest.mark.parametrize("account", NODES)
def test_a_person_writes_and_is_answered(
    standins: StandinsClient, gateway: Gateway, send: Send, account: str
) -> None:
    standins.send_text(ANA, account, "hola")
    standins.wait_until_delivered()
    hook = gateway.received[0]
    assert hook.path == f"/webhooks/{account.partition(':')[0]}/demo/webhook"
    assert hook.headers["X-Hub-Signature-256"].startswith("sha256=")
    item = hook.json["entry"][0]["messaging"][0]
    assert (item["sender"]["id"], item["message"]["text"]) == (ANA, "hola") and item["timestamp"] > 10**12

    answer = send(account, message={"text": "¡Hola!"})
    assert answer.status_code == 200 and answer.json()["recipient_id"] == ANA
    standins.wait_for(lambda: standins.last(ANA, account).status == "read")
    standins.wait_until_delivered()
    told = [set(one.json["entry"][0]["messaging"][0]) for one in gateway.received[1:]]
    names = [next(iter(keys - {"sender", "recipient", "timestamp"})) for keys in told]
    assert names == (["message", "delivery", "read"] if account == PAGE else ["message", "read"])
    assert standins.violations == []


def test_the_window_is_a_day_and_a_persons_own_words_have_a_week(standins: StandinsClient, send: Send) -> None:
    assert send(message={"text": "x"}).json()["error"]["error_subcode"] == 2018001
    standins.send_text(ANA, PAGE, "hola")
    tag = {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
    standins.advance(86_410)
    assert send(message={"text": "x"}).json()["error"]["error_subcode"] == 2018278
    assert send(message={"text": "x"}, **tag).status_code == 200
    standins.advance(6 * 86_400)
    assert send(message={"text": "x"}, **tag).json()["error"]["code"] == 10


def test_who_may_call_and_how_often(standins: StandinsClient, send: Send) -> None:
    standins.send_text(ANA, PAGE, "hola")
    assert send(token="another").json()["error"]["code"] == 190
    assert httpx.post(f"{standins.base_url}/messenger/v23.0/300000000000301/messages").json()["error"]["code"] == 190
    assert send(sender_action="typing_on").status_code == 200
    standins.block(ANA, PAGE)
    assert send(message={"text": "x"}).json()["error"]["code"] == 551
    standins.fail_next(1, "messenger", 400, 613)
    assert send(message={"text": "x"}).json()["error"]["code"] == 613
    assert [one["kind"] for one in standins.violations] == ["auth", "auth"]


def test_stories_belong_to_instagram_and_places_to_messenger(standins: StandinsClient) -> None:
    with pytest.raises(StandinsError, match="stories"):
        standins.send_event(ANA, PAGE, "story")
    with pytest.raises(StandinsError, match="no message of kind location"):
        standins.send_location(ANA, INSTAGRAM, 1, 2)


def _template(**payload: Any) -> dict[str, Any]:
    return {"message": {"attachment": {"type": "template", "payload": payload}}}


def _button(**more: Any) -> dict[str, Any]:
    return {"type": "postback", "title": "Sí", "payload": "affirm", **more}


def _replies(count: int, title: str = "Sí", text: str = "¿?") -> dict[str, Any]:
    reply = {"content_type": "text", "title": title, "payload": "affirm"}
    return {"message": {"text": text, "quick_replies": [reply] * count}}


WITHIN: dict[str, tuple[str, dict[str, Any]]] = {
    "text of 2000": ("messenger", {"message": {"text": "x" * 2000}}),
    "text of 1000 bytes": ("instagram", {"message": {"text": "ñ" * 500}}),
    "13 quick replies of 20": ("messenger", _replies(13, "t" * 20)),
    "3 buttons, 640": ("messenger", _template(template_type="button", text="x" * 640, buttons=[_button()] * 3)),
    "10 cards": ("messenger", _template(template_type="generic", elements=[{"title": "x" * 80, "subtitle": "y" * 80, "buttons": [_button()] * 3}] * 10)),
    "a PDF": ("instagram", {"message": {"attachment": {"type": "file", "payload": {"url": "https://a.mx/x.pdf"}}}}),
    "typing": ("messenger", {"sender_action": "typing_on"}),
}  # fmt: skip
BEYOND: dict[str, tuple[str, dict[str, Any]]] = {
    "text of 2001": ("messenger", {"message": {"text": "x" * 2001}}),
    "an empty text": ("messenger", {"message": {"text": " "}}),
    "text of 1002 bytes": ("instagram", {"message": {"text": "ñ" * 501}}),
    "14 quick replies": ("messenger", _replies(14)),
    "a title of 21": ("messenger", _replies(1, "t" * 21)),
    "4 buttons": ("messenger", _template(template_type="button", text="x", buttons=[_button()] * 4)),
    "641 above buttons": ("messenger", _template(template_type="button", text="x" * 641, buttons=[_button()])),
    "a button's title of 21": ("messenger", _template(template_type="button", text="x", buttons=[_button(title="t" * 21)])),
    "a payload of 1001": ("messenger", _template(template_type="button", text="x", buttons=[_button(payload="t" * 1001)])),
    "11 cards": ("messenger", _template(template_type="generic", elements=[{"title": "x", "subtitle": "y"}] * 11)),
    "a card of a title": ("messenger", _template(template_type="generic", elements=[{"title": "x"}])),
    "a subtitle of 81": ("messenger", _template(template_type="generic", elements=[{"title": "x", "subtitle": "y" * 81}])),
    "a letter of Word": ("instagram", {"message": {"attachment": {"type": "file", "payload": {"url": "https://a.mx/x.docx"}}}}),
    "no address": ("messenger", {"message": {"attachment": {"type": "image", "payload": {"url": "a.mx"}}}}),
    "metadata": ("instagram", {"message": {"text": "x", "metadata": "1"}}),
    "another tag": ("messenger", {"message": {"text": "x"}, "messaging_type": "MESSAGE_TAG", "tag": "ACCOUNT_UPDATE"}),
    "a tag without its type": ("messenger", {"message": {"text": "x"}, "tag": "HUMAN_AGENT"}),
    "an unknown key": ("messenger", {"message": {"text": "x", "buttons": []}}),
    "message and action": ("messenger", {"message": {"text": "x"}, "sender_action": "typing_on"}),
    "no type": ("messenger", {"message": {"text": "x"}, "messaging_type": None}),
}  # fmt: skip


@pytest.mark.parametrize("name", WITHIN)
def test_within_the_limits(name: str) -> None:
    channel, body = WITHIN[name]
    assert broken_rules(channel, {"recipient": {"id": ANA}, "messaging_type": "RESPONSE", **body}) == []


@pytest.mark.parametrize("name", BEYOND)
def test_beyond_the_limits(name: str) -> None:
    channel, body = BEYOND[name]
    assert broken_rules(channel, {"recipient": {"id": ANA}, "messaging_type": "RESPONSE", **body}) != []
