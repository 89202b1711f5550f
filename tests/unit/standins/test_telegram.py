"""The Bot API's stand-in, called as the product calls it."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.standins import specs
from tests.standins.client import StandinsClient
from tests.standins.telegram_rules import broken_rules, plain_text
from tests.standins.telegram_schema import type_errors
from tests.unit.standins.conftest import BOT, Gateway, Send

USER = "42"
KEYBOARD = {
    "inline_keyboard": [[{"text": "Sí", "callback_data": "o1"}], [{"text": "Aviso", "url": "https://a.mx/p"}]]
}


@pytest.fixture
def opened(standins: StandinsClient, gateway: Gateway) -> StandinsClient:
    """A person who has started the bot."""
    standins.send_text(USER, BOT, "/start", name="Luz Cruz")
    standins.wait_until_delivered()
    gateway.received.clear()
    return standins


def test_an_update_carries_the_secret_and_a_growing_id(standins: StandinsClient, gateway: Gateway) -> None:
    standins.send_text(USER, BOT, "/start")
    standins.send_text(USER, BOT, "hola")
    standins.wait_until_delivered()

    first, second = gateway.received
    assert first.path == "/webhooks/telegram/demo_huntu/webhook"
    assert first.headers["X-Telegram-Bot-Api-Secret-Token"] == "demo-secret-token-huntu"
    assert first.json["message"]["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
    assert second.json["update_id"] > first.json["update_id"]
    assert second.json["message"]["chat"]["id"] == 42


def test_a_press_calls_back_and_wants_an_answer(
    opened: StandinsClient, gateway: Gateway, telegram: Send
) -> None:
    sent = telegram("sendMessage", chat_id=42, text="¿Seguimos?", reply_markup=KEYBOARD)
    assert sent.json()["ok"] is True
    shown = opened.last(USER, BOT)
    assert (shown.titles, shown.links[0]["url"]) == (["Sí"], "https://a.mx/p")

    opened.press(USER, BOT, "Sí")
    opened.wait_until_delivered()

    query = gateway.received[-1].json["callback_query"]
    assert (query["data"], query["message"]["message_id"]) == ("o1", sent.json()["result"]["message_id"])
    assert len(opened.unanswered_presses) == 1
    assert telegram("answerCallbackQuery", callback_query_id=query["id"]).json() == {
        "ok": True,
        "result": True,
    }
    assert opened.unanswered_presses == []
    assert telegram("answerCallbackQuery", callback_query_id=query["id"]).status_code == 400
    assert type_errors("Update", gateway.received[-1].json) == []


def test_every_kind_that_a_person_sends(opened: StandinsClient, gateway: Gateway, telegram: Send) -> None:
    written = opened.send_text(USER, BOT, "me llamo Lus")
    opened.edit(USER, BOT, written.id, "me llamo Luz")
    opened.send_location(USER, BOT, 19.4, -99.1)
    opened.send_file(USER, BOT, "document", b"%PDF cv", "application/pdf", "cv.pdf")
    opened.send_file(USER, BOT, "image", b"\xff\xd8", "image/jpeg")
    opened.send_file(USER, BOT, "audio", b"OggS", "audio/ogg")
    opened.send_file(USER, BOT, "sticker", b"RIFF", "image/webp")
    opened.send_contact(USER, BOT, "Luz Cruz", "+5215500001111")
    opened.react(USER, BOT, written.id, "👍")
    opened.wait_until_delivered()

    updates = [item.json for item in gateway.received]
    assert [next(key for key in update if key != "update_id") for update in updates] == [
        "message", "edited_message", *["message"] * 6, "message_reaction",
    ]  # fmt: skip
    kinds = ["location", "document", "photo", "voice", "sticker", "contact"]
    assert all(kind in update["message"] for kind, update in zip(kinds, updates[2:8], strict=True))
    if specs.TELEGRAM.is_file():
        assert [error for update in updates for error in type_errors("Update", update)] == []


def test_a_file_is_fetched_with_the_bots_token(
    opened: StandinsClient, gateway: Gateway, telegram: Send
) -> None:
    opened.send_file(USER, BOT, "document", b"%PDF cv", "application/pdf", "cv.pdf")
    opened.wait_until_delivered()
    file_id = gateway.received[-1].json["message"]["document"]["file_id"]

    path = telegram("getFile", file_id=file_id).json()["result"]["file_path"]

    base = f"{opened.base_url}/file/bot"
    assert httpx.get(f"{base}7000000002:demo-bot-token-huntu/{path}").content == b"%PDF cv"
    assert httpx.get(f"{base}7000000001:demo-bot-token-amigro/{path}").status_code == 404


def test_one_message_a_second_and_retry_after(opened: StandinsClient, telegram: Send) -> None:
    assert telegram("sendMessage", chat_id=42, text="uno").status_code == 200
    second = telegram("sendMessage", chat_id=42, text="dos")
    assert (second.status_code, second.json()["parameters"]) == (429, {"retry_after": 1})
    opened.advance(1)
    assert telegram("sendMessage", chat_id=42, text="dos").status_code == 200
    opened.switch(telegram_rate=False)
    assert telegram("sendMessage", chat_id=42, text="tres").status_code == 200
    assert [v["kind"] for v in opened.violations] == ["rate"]


def test_a_bot_cannot_begin(standins: StandinsClient, telegram: Send) -> None:
    assert (
        telegram("sendMessage", chat_id=43, text="hola").json()["description"]
        == "Bad Request: chat not found"
    )


def test_a_blocked_bot_breaks_no_rule(opened: StandinsClient, telegram: Send) -> None:
    opened.block(USER, BOT)

    assert telegram("sendMessage", chat_id=42, text="hola").status_code == 403
    assert opened.violations == []


def test_an_edit_replaces_text_and_buttons(opened: StandinsClient, telegram: Send) -> None:
    sent = telegram("sendMessage", chat_id=42, text="Elige", reply_markup=KEYBOARD).json()["result"]
    edit = {"chat_id": 42, "message_id": sent["message_id"], "text": "Elegiste: Sí"}

    assert telegram("editMessageText", **edit).status_code == 200
    assert telegram("editMessageText", **edit).json()["description"] == "Bad Request: message is not modified"
    shown = opened.last(USER, BOT)
    assert (shown.text, shown.titles, shown.edited) == ("Elegiste: Sí", [], True)


def test_a_form_and_a_file_are_taken(opened: StandinsClient) -> None:
    url = f"{opened.base_url}/bot7000000002:demo-bot-token-huntu/sendDocument"
    answer = httpx.post(
        url, data={"chat_id": "42", "caption": "2024"}, files={"document": ("a.pdf", b"%PDF")}
    )

    assert answer.json()["ok"] is True
    assert opened.last(USER, BOT).text == "2024"


def test_where_updates_go_can_be_set(opened: StandinsClient, gateway: Gateway, telegram: Send) -> None:
    hook = f"{gateway.url}/webhooks/telegram/other/webhook"
    telegram("setWebhook", url=hook, secret_token="s-1", allowed_updates=["message"])
    assert telegram("getWebhookInfo").json()["result"]["url"] == hook

    opened.send_text(USER, BOT, "hola")
    opened.wait_until_delivered()
    telegram("deleteWebhook")
    opened.send_text(USER, BOT, "nadie lo lee")
    opened.wait_until_delivered()

    assert [item.path for item in gateway.received] == ["/webhooks/telegram/other/webhook"]
    assert gateway.received[0].headers["X-Telegram-Bot-Api-Secret-Token"] == "s-1"


def test_another_token_is_nobody(standins: StandinsClient) -> None:
    answer = httpx.post(f"{standins.base_url}/bot1:none/getMe")

    assert (answer.status_code, answer.json()["description"]) == (401, "Unauthorized")


def _button(**fields: Any) -> dict[str, Any]:
    return {"chat_id": 42, "text": "x", "reply_markup": {"inline_keyboard": [[{"text": "Sí", **fields}]]}}


BEYOND: dict[str, tuple[str, dict[str, Any]]] = {
    "text of 4097": ("sendMessage", {"chat_id": 42, "text": "x" * 4097}),
    "text of 2049 emoji": ("sendMessage", {"chat_id": 42, "text": "😀" * 2049}),
    "an empty text": ("sendMessage", {"chat_id": 42, "text": " "}),
    "no chat": ("sendMessage", {"text": "x"}),
    "an unknown field": ("sendMessage", {"chat_id": 42, "text": "x", "buttons": []}),
    "callback data of 65 bytes": ("sendMessage", _button(callback_data="ñ" * 33)),
    "empty callback data": ("sendMessage", _button(callback_data="")),
    "a button that does nothing": ("sendMessage", _button()),
    "a button that does two things": ("sendMessage", _button(callback_data="a", url="https://a.mx")),
    "a button to nowhere": ("sendMessage", _button(url="a.mx")),
    "HTML left open": ("sendMessage", {"chat_id": 42, "text": "<b>x", "parse_mode": "HTML"}),
    "HTML with a div": ("sendMessage", {"chat_id": 42, "text": "<div>x</div>", "parse_mode": "HTML"}),
    "Markdown with a full stop": (
        "sendMessage",
        {"chat_id": 42, "text": "Hola.", "parse_mode": "MarkdownV2"},
    ),
    "a caption of 1025": ("sendPhoto", {"chat_id": 42, "photo": "https://a.mx/a.png", "caption": "x" * 1025}),
    "an unknown action": ("sendChatAction", {"chat_id": 42, "action": "thinking"}),
    "a secret with a space": ("setWebhook", {"url": "https://a.mx", "secret_token": "a b"}),
    "a latitude of 91": ("sendLocation", {"chat_id": 42, "latitude": 91, "longitude": 0}),
    "an unknown method": ("sendPoem", {"chat_id": 42}),
}


@pytest.mark.parametrize(("method", "fields"), BEYOND.values(), ids=BEYOND)
def test_beyond_the_limits(method: str, fields: dict[str, Any]) -> None:
    assert broken_rules(method, fields) != []


def test_within_the_limits() -> None:
    assert broken_rules("sendMessage", {"chat_id": 42, "text": "😀" * 2048}) == []
    assert broken_rules("sendMessage", _button(callback_data="ñ" * 32)) == []
    assert plain_text("<b>Año</b> &amp; más", "HTML") == ("Año & más", [])
    assert plain_text(r"*Hola\.*", "MarkdownV2") == ("Hola.", [])


@pytest.mark.skipif(not specs.TELEGRAM.is_file(), reason="../shared/specs is not on this machine")
def test_telegrams_own_description_refuses_too(opened: StandinsClient, telegram: Send) -> None:
    """A wrong type and a field deep in a keyboard that our own rules do not know."""
    wrong = telegram("sendMessage", chat_id=42, text="x", disable_notification="yes")
    deep = telegram(
        "sendMessage", chat_id=42, text="x", reply_markup={"keyboard": [[{"text": "a", "colour": "red"}]]}
    )

    assert "disable_notification must be Boolean" in wrong.json()["description"]
    assert "unknown field colour" in deep.json()["description"]
    assert [v["kind"] for v in opened.violations] == ["schema", "schema"]
