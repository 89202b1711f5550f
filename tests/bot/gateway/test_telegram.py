"""Telegram both ways."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest

from bot.accounts import Account
from bot.channels.telegram import TelegramInput
from contract.message import Message, Option
from tests.bot.gateway.town import Running, Town
from tests.standins.client import StandinsClient

EXECUTIVE = "telegram:huntred_executive"
ME = "700100200"
HOOK = "/webhooks/telegram/demo_huntred_executive/webhook"
TOKEN = {"X-Telegram-Bot-Api-Secret-Token": "demo-secret-token-huntred_executive"}


@pytest.fixture
def chat(town: Town, gateway: Running, standins: StandinsClient):
    standins.send_text(ME, EXECUTIVE, "hola", name="Ana López")
    standins.wait_until_delivered()
    yield town.row("SELECT id FROM chats")["id"]
    assert standins.violations == []


def test_only_the_bots_own_token_opens_the_door(town: Town, gateway: Running) -> None:
    update = json.dumps({"update_id": 1, "message": {"chat": {"id": 5, "type": "private"}, "text": "x"}})
    other = {"X-Telegram-Bot-Api-Secret-Token": "demo-secret-token-amigro"}
    assert httpx.post(town.url + HOOK, content=update).status_code == 401
    assert httpx.post(town.url + HOOK, content=update, headers=other).status_code == 403
    assert town.inbox() == []
    for _ in range(2):
        assert httpx.post(town.url + HOOK, content=update, headers=TOKEN).status_code == 200
    assert len(town.inbox()) == 1


def test_what_is_no_private_message_is_kept_or_needs_nothing(town: Town, gateway: Running) -> None:
    group = {"update_id": 2, "message": {"chat": {"id": -5, "type": "group"}, "text": "x"}}
    left = {"update_id": 3, "my_chat_member": {"chat": {"id": 5, "type": "private"}}}
    bodies = [json.dumps(group), json.dumps(left), "[]", "{"]
    for body in bodies:
        assert httpx.post(town.url + HOOK, content=body, headers=TOKEN).status_code == 200
    assert town.inbox() == []
    reasons = [row["reason"] for row in town.rows("SELECT reason FROM quarantine ORDER BY id")]
    assert len(reasons) == 3 and "group" in reasons[0]


def test_every_kind_is_understood(town: Town, chat, standins: StandinsClient) -> None:
    first = standins.send_text(ME, EXECUTIVE, "busco algo")
    standins.edit(ME, EXECUTIVE, first.id, "busco una dirección")
    standins.react(ME, EXECUTIVE, first.id, "👍")
    standins.send_location(ME, EXECUTIVE, 19.4326, -99.1332)
    standins.send_file(ME, EXECUTIVE, "document", b"%PDF", "application/pdf", "cv.pdf", "mi CV")
    for kind, content_type in (
        ("image", "image/jpeg"),
        ("audio", "audio/ogg"),
        ("video", "video/mp4"),
        ("sticker", "image/webp"),
    ):
        standins.send_file(ME, EXECUTIVE, kind, b"....", content_type)
    standins.send_contact(ME, EXECUTIVE, "Luis Pérez", "+525511112222")
    standins.send_text(ME, EXECUTIVE, "/start invita42")
    standins.wait_until_delivered()
    found = {row["kind"]: row["payload"] for row in town.inbox()}
    assert set(found) == {
        "text", "edited", "reaction", "location", "document", "image", "audio", "video", "sticker", "contact", "opened",
    }  # fmt: skip
    assert found["edited"]["text"] == "busco una dirección" and found["edited"]["about"] == first.id
    assert found["document"]["media"]["filename"] == "cv.pdf"
    assert found["opened"]["values"] == {"start": "invita42"}
    assert found["text"]["sender_name"] == "Ana López"
    assert town.row("SELECT unit, user_name FROM chats") == {"unit": "huntred_executive", "user_name": "Ana López"}


def test_buttons_are_pressed_and_acknowledged(town: Town, chat, standins: StandinsClient) -> None:
    options = (Option("si", "Sí"), Option("no", "No"))
    row = town.until_state(town.say(chat, Message("buttons", "¿Seguimos?", options=options)), "sent")
    shown = standins.last(ME, EXECUTIVE)
    assert row["vendor_id"] == shown.id and shown.titles == ["Sí", "No"]
    standins.press(ME, EXECUTIVE, "Sí")
    standins.wait_until_delivered()
    payload = town.row("SELECT payload FROM inbox WHERE kind = 'option'")["payload"]
    assert (payload["option_id"], payload["text"], payload["about"]) == ("si", "Sí", shown.id)
    standins.wait_for(lambda: not standins.unanswered_presses)


def test_pages_and_their_numbers(town: Town, chat, standins: StandinsClient) -> None:
    options = tuple(Option(f"v{n}", f"Vacante {n}", "Monterrey") for n in range(1, 15))
    town.until_state(town.say(chat, Message("buttons", "Vacantes", options=options)), "sent")
    standins.press(ME, EXECUTIVE, "Más opciones")
    page = standins.wait_for_reply(ME, EXECUTIVE, "Vacante 14", after=1)
    assert "10. Vacante 10: Monterrey" in page.text and page.options[0].id == "v10"


def test_bubbles_keep_order_and_rate(town: Town, chat, standins: StandinsClient) -> None:
    rows = [town.say(chat, Message("text", f"m{n}")) for n in range(3)]
    town.until_state(rows[-1], "sent")
    assert [shown.text for shown in standins.messages(ME, EXECUTIVE)] == ["m0", "m1", "m2"]


def test_a_pause_that_telegram_asks_for_is_kept(town: Town, chat, standins: StandinsClient) -> None:
    standins.fail_next(1, "telegram", status=429, retry_after=2)
    row = town.until_state(town.say(chat, Message("text", "hola")), "sent")
    assert row["attempts"] == 1 and not row["possible_duplicate"]
    assert (row["sent_at"] - row["created_at"]).total_seconds() >= 2


def test_who_blocked_the_bot_is_told_in_the_row(town: Town, chat, standins: StandinsClient) -> None:
    standins.block(ME, EXECUTIVE)
    row = town.until_state(town.say(chat, Message("text", "hola")), "failed")
    assert row["error_code"] == "403" and "bloqueó" in row["error"]


def test_a_lost_answer_is_repeated_and_marked(town: Town, chat, standins: StandinsClient) -> None:
    standins.fail_next(1, "telegram", after_accept=True)
    row = town.until_state(town.say(chat, Message("text", "hola")), "sent")
    assert row["possible_duplicate"] and len(standins.messages(ME, EXECUTIVE)) == 2


def test_location_link_image_document_and_long_text(town: Town, chat, standins: StandinsClient) -> None:
    for message in (
        Message("location_request", "¿Dónde?", options=(Option("c", "Escribir mi ciudad"),)),
        Message("link", "Aquí", url="https://example.mx/x", url_title="Abrir"),
        Message("image", "El mapa", url="https://example.mx/mapa.png"),
        Message("document", "Tu carta", url="https://example.mx/carta.pdf"),
        Message("text", "Una frase larga de prueba. " * 200),
    ):
        last = town.say(chat, message)
    town.until_state(last, "sent", timeout=30)
    shown = standins.messages(ME, EXECUTIVE)
    assert [one.kind for one in shown] == ["location_request", "link", "image", "document", "text", "text"]
    assert shown[0].titles == ["Compartir mi ubicación", "Escribir mi ciudad"]


def test_presses_that_nobody_can_acknowledge_do_not_pile_up() -> None:
    """While Telegram does not answer, each call would wait for a connection: only so many are begun."""
    connector, begun, answers = TelegramInput(), [], asyncio.Event()

    async def never(_account: Account, query_id: str) -> None:
        begun.append(query_id)
        await answers.wait()

    async def flood() -> None:
        connector._answer_press = never  # type: ignore[method-assign]
        for number in range(500):
            connector.acknowledge(None, str(number))  # type: ignore[arg-type]
        await asyncio.sleep(0)
        assert len(begun) == 50
        answers.set()
        await asyncio.sleep(0.01)
        connector.acknowledge(None, "later")  # type: ignore[arg-type]
        await asyncio.sleep(0)
        assert begun[-1] == "later"

    asyncio.run(flood())
