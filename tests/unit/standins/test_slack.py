"""The stand-in of Slack: called as the product calls it, and each limit one step beyond."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from tests.standins.client import StandinsClient, StandinsError
from tests.standins.slack_rules import broken_rules
from tests.unit.standins.conftest import Gateway, Received

ANA = "424242"
HUNTRED = "slack:huntred"
BUTTONS = [{"type": "actions", "elements": [
    {"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "Sí"}, "value": "si"},
]}]  # fmt: skip
Call = Callable[..., httpx.Response]


@pytest.fixture
def call(standins: StandinsClient) -> Call:
    def post(method: str = "chat.postMessage", token: str = "xoxb-demo-bot-token-huntred", **fields: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"}
        body = fields if fields else {"channel": f"U{ANA}", "text": "hola"}
        return httpx.post(f"{standins.base_url}/api/{method}", json=body, headers=headers)

    return post


@pytest.fixture
def opened(standins: StandinsClient, gateway: Gateway) -> StandinsClient:
    standins.send_text(ANA, HUNTRED, "hola", name="Ana Cruz")
    standins.wait_until_delivered()
    return standins


def _signature(item: Received) -> str:
    signed = b"v0:" + item.headers["X-Slack-Request-Timestamp"].encode() + b":" + item.raw
    return "v0=" + hmac.new(b"demo-signing-secret-huntred", signed, hashlib.sha256).hexdigest()


def test_an_event_is_signed_and_whole(opened: StandinsClient, gateway: Gateway) -> None:
    item = gateway.received[0]
    assert item.path == "/webhooks/slack/demo_huntred/webhook"
    assert item.headers["X-Slack-Signature"] == _signature(item)
    event = item.json["event"]
    assert (event["channel"], event["channel_type"], event["user"]) == (f"D{ANA}", "im", f"U{ANA}")
    assert item.json["team_id"] == "T0DEMO003" and "X-Slack-Retry-Num" not in item.headers


def test_what_is_not_answered_comes_three_times_more_and_never_again(standins: StandinsClient, gateway: Gateway) -> None:
    standins.switch(slack_retry_scale=0.0005)
    gateway.answers = [500] * 9
    standins.send_text(ANA, HUNTRED, "hola")
    standins.wait_until_delivered()
    assert [item.headers.get("X-Slack-Retry-Num") for item in gateway.received] == [None, "1", "2", "3"]
    assert len({item.raw for item in gateway.received}) == 1


def test_a_press_is_a_form_and_never_comes_again(opened: StandinsClient, gateway: Gateway, call: Call) -> None:
    sent = call(channel=f"U{ANA}", text="¿Seguimos?", blocks=BUTTONS).json()
    assert sent["ok"] and sent["channel"] == f"D{ANA}"
    gateway.answers = [500]
    opened.press(ANA, HUNTRED, "Sí")
    opened.wait_until_delivered()
    assert len(gateway.received) == 2
    item = gateway.received[1]
    assert item.headers["X-Slack-Signature"] == _signature(item)
    payload = json.loads(parse_qs(item.raw.decode())["payload"][0])
    assert (payload["type"], payload["actions"][0]["value"], payload["user"]["name"]) == ("block_actions", "si", "Ana Cruz")
    assert payload["container"]["message_ts"] == sent["ts"]


def test_edits_deletions_and_kinds_that_slack_lacks(opened: StandinsClient, gateway: Gateway) -> None:
    said = opened.chat(ANA, HUNTRED)[0]
    opened.edit(ANA, HUNTRED, said.id, "adiós")
    opened.delete(ANA, HUNTRED, said.id)
    opened.wait_until_delivered()
    kinds = [item.json["event"].get("subtype") for item in gateway.received]
    assert kinds == [None, "message_changed", "message_deleted"]
    for send in (lambda: opened.send_location(ANA, HUNTRED, 1, 1), lambda: opened.send_contact(ANA, HUNTRED, "L", "1")):
        with pytest.raises(StandinsError, match="Slack has no message of kind"):
            send()


def test_the_history_shows_the_mark(opened: StandinsClient, call: Call) -> None:
    mark = {"event_type": "m", "event_payload": {"row": "7"}}
    call(channel=f"U{ANA}", text="hola", metadata=mark)
    channel = call("conversations.open", users=f"U{ANA}").json()["channel"]["id"]
    newest = call("conversations.history", channel=channel, include_all_metadata=True).json()["messages"][0]
    assert newest["metadata"] == mark and newest["bot_id"]
    assert "metadata" not in call("conversations.history", channel=channel).json()["messages"][0]


def test_refusals(opened: StandinsClient, call: Call) -> None:
    assert call(token="other").json()["error"] == "invalid_auth"
    assert call(channel="U9", text="x").json()["error"] == "channel_not_found"
    assert call("chat.delete", ts="1").json()["error"] == "unknown_method"
    assert call(channel=f"U{ANA}", text="uno").json()["ok"]
    soon = call(channel=f"U{ANA}", text="dos")
    assert (soon.status_code, soon.headers["retry-after"], soon.json()["error"]) == (429, "1", "ratelimited")
    opened.advance(1)
    opened.block(ANA, HUNTRED)
    assert call(channel=f"U{ANA}", text="tres").json()["error"] == "user_disabled"
    assert [broken["kind"] for broken in opened.violations] == ["auth", "window", "rule", "rate"]


def _text(text: str, kind: str = "plain_text") -> dict[str, str]:
    return {"type": kind, "text": text}


def _options(many: int, **more: Any) -> list[dict[str, Any]]:
    return [{"text": _text("a"), "value": str(n), **more} for n in range(many)]


def _select(**fields: Any) -> dict[str, Any]:
    return {"type": "actions", "elements": [
        {"type": "static_select", "action_id": "s", "placeholder": _text("Ver"), **fields}]}  # fmt: skip


def _boxes(many: int) -> dict[str, Any]:
    return {"type": "actions", "elements": [{"type": "checkboxes", "action_id": "c", "options": _options(many)}]}


def _buttons(many: int, **fields: Any) -> dict[str, Any]:
    each = {"type": "button", "text": _text("a"), "value": "v", **fields}
    return {"type": "actions", "elements": [{"action_id": str(n), **each} for n in range(many)]}


@pytest.mark.parametrize(
    ("block", "beyond"),
    [
        ({"type": "section", "text": _text("a" * 3000, "mrkdwn")}, {"type": "section", "text": _text("a" * 3001, "mrkdwn")}),
        ({"type": "section", "text": _text("a &amp; b", "mrkdwn")}, {"type": "section", "text": _text("a & b", "mrkdwn")}),
        (_buttons(25), _buttons(26)),
        (_buttons(1, text=_text("a" * 75)), _buttons(1, text=_text("a" * 76))),
        (_buttons(1, url="https://a.mx"), _buttons(1, url="a.mx")),
        (_buttons(1, style="danger"), _buttons(1, style="green")),
        (_select(options=_options(100)), _select(options=_options(101))),
        (_select(options=_options(1, description=_text("a" * 75))), _select(options=_options(1, description=_text("a" * 76)))),
        (_select(option_groups=[{"label": _text("a"), "options": _options(2)}]), _select()),
        (_boxes(10), _boxes(11)),
        ({"type": "image", "image_url": "https://a.mx/a.png", "alt_text": "a"}, {"type": "image", "image_url": "a.png", "alt_text": ""}),
        ({"type": "context", "elements": [_text("a", "mrkdwn")]}, {"type": "context", "elements": []}),
        ({"type": "divider"}, {"type": "carousel"}),
    ],
)  # fmt: skip
def test_limits_of_blocks(block: dict[str, Any], beyond: dict[str, Any]) -> None:
    fields = {"channel": "U1", "text": "a"}
    assert broken_rules({**fields, "blocks": [block]}) == []
    assert [error for error, _ in broken_rules({**fields, "blocks": [beyond]})]


def test_limits_of_a_message() -> None:
    assert broken_rules({"channel": "U1", "text": "a" * 4000}) == []
    for fields in ({"text": "a" * 4001}, {"text": ""}, {"text": "a < b"}, {"text": "a", "colour": 1},
                   {"text": "a", "blocks": [{"type": "divider"}] * 51}, {"text": "a", "metadata": {}},
                   {"text": "a", "blocks": [{**_buttons(1), "block_id": "x"}, {**_buttons(1), "block_id": "x"}]}):  # fmt: skip
        assert broken_rules({"channel": "U1", **fields}), fields
