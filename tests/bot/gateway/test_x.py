"""Direct messages of X both ways: the challenge, signatures, kinds, errors."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from datetime import datetime, timezone
from typing import Any
from urllib.parse import quote, unquote
from uuid import UUID, uuid4

import httpx
import pytest

from bot.accounts import Account, App
from bot.channels.x_dm import authorization, of_answer
from bot.rendering.options import CannotRender
from bot.rendering.x_dm import render
from contract.message import Message, Option
from tests.bot.gateway import files
from tests.bot.gateway.town import Running, Town
from tests.standins.client import StandinsClient

AMIGRO = "x:amigro"
OURS = "900000000000000101"
ME = "700100200"
HOOK = "/webhooks/x/demo/webhook"
SECRET = "demo-consumer-secret-for-the-stand-in-only"


def hashed(signed: bytes, secret: str = SECRET) -> str:
    return "sha256=" + base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest()).decode()


def post(town: Town, body: Any, signature: str | None = None, path: str = HOOK) -> httpx.Response:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"x-twitter-webhooks-signature": hashed(raw) if signature is None else signature}
    return httpx.post(town.url + path, content=raw, headers=headers)


def told(sender: str = ME, recipient: str = OURS, event_id: str = "1", **data: Any) -> dict[str, Any]:
    created = {"target": {"recipient_id": recipient}, "sender_id": sender, "message_data": {"text": "hola", **data}}
    event = {"type": "message_create", "id": event_id, "created_timestamp": "1790000000123", "message_create": created}
    return {"for_user_id": OURS, "direct_message_events": [event], "users": {ME: {"id": ME, "name": "Ana López"}}}


def test_the_challenge_is_answered_by_the_consumer_secret(town: Town, gateway: Running) -> None:
    answer = httpx.get(town.url + HOOK, params={"crc_token": "9b4507b3", "nonce": "x"})
    assert answer.json() == {"response_token": hashed(b"9b4507b3")}
    assert httpx.get(town.url + HOOK).status_code == 403
    assert httpx.get(town.url + "/webhooks/x/nobody/webhook", params={"crc_token": "a"}).status_code == 403


def test_only_a_right_signature_opens_the_door(town: Town, gateway: Running) -> None:
    body = told()
    raw = json.dumps(body).encode()
    assert post(town, body, "").status_code == 401
    assert post(town, body, "sha1=" + hashed(raw)[7:]).status_code == 401
    assert post(town, body, hashed(raw, "another")).status_code == 403
    assert post(town, body, hashed(raw + b" ")).status_code == 403
    assert post(town, body, path="/webhooks/x/nobody/webhook").status_code == 404
    assert town.inbox() == []
    for _ in range(2):
        assert post(town, body).status_code == 200
    row = town.row("SELECT vendor_id, vendor_at, payload FROM inbox")
    assert row["vendor_id"] == "1"
    assert row["vendor_at"] == datetime.fromtimestamp(1790000000, timezone.utc).replace(microsecond=123000)
    assert row["payload"] == {"kind": "text", "text": "hola", "sender_name": "Ana López"}


def test_an_account_of_another_app_is_put_aside(town: Town, gateway: Running) -> None:
    app = town.row("SELECT secrets FROM channel_apps WHERE channel = 'x'")["secrets"]
    town.db.execute(
        "INSERT INTO channel_apps (id, channel, name, secrets) VALUES (%s, 'x', 'other', %s)", (uuid4(), app)
    )
    gateway.call(gateway.gateway.directory.refresh())
    assert post(town, told(), path="/webhooks/x/other/webhook").status_code == 200
    assert post(town, {**told(), "for_user_id": "5"}).status_code == 200
    assert town.inbox() == []
    reasons = [row["reason"] for row in town.rows("SELECT reason FROM quarantine ORDER BY id")]
    assert "another app" in reasons[0] and "no active account" in reasons[1]


def test_every_kind_is_understood(town: Town, gateway: Running, standins: StandinsClient) -> None:
    standins.send_text(ME, AMIGRO, "busco algo & <rápido>", name="Ana López")
    standins.send_file(ME, AMIGRO, "image", b"....", "image/jpeg", text="mi foto")
    standins.send_file(ME, AMIGRO, "video", b"....", "video/mp4")
    standins.send_location(ME, AMIGRO, 19.4326, -99.1332)
    standins.wait_until_delivered()
    link = {"entities": {"urls": [{"url": "https://t.co/a", "expanded_url": "https://mi.mx/cv"}]}}
    post(town, told(event_id="90", text="mi CV https://t.co/a", **link))
    post(town, told(event_id="91", quick_reply_response={"type": "options", "metadata": "si"}, text="Sí"))
    post(town, told(event_id="92", attachment={"type": "sticker"}))
    post(town, told(event_id="93", attachment={"type": "media", "media": {"id": 1, "type": "voice"}}))
    rows = [(row["kind"], row["payload"]) for row in town.inbox()]
    assert [kind for kind, _ in rows] == [
        "text", "image", "video", "location", "text", "option", "unknown", "unknown",
    ]  # fmt: skip
    assert rows[0][1]["text"] == "busco algo & <rápido>"
    image, video = rows[1][1], rows[2][1]
    assert image["text"] == "mi foto" and image["media"]["url"].startswith("http") and "text" not in video
    assert video["media"]["content_type"] == "video/mp4" and "m3u8" not in video["media"]["url"]
    assert rows[3][1]["location"] == {"latitude": 19.4326, "longitude": -99.1332}
    assert rows[4][1]["text"] == "mi CV https://mi.mx/cv"
    assert (rows[5][1]["option_id"], rows[5][1]["text"]) == ("si", "Sí")
    assert town.row("SELECT unit, user_id, user_name FROM chats") == {
        "unit": "amigro", "user_id": ME, "user_name": "Ana López",
    }  # fmt: skip


def test_a_photo_is_fetched_with_the_accounts_token(town: Town, gateway: Running, standins: StandinsClient) -> None:
    standins.send_file(ME, AMIGRO, "image", files.PNG, "image/png")
    town.until(lambda: town.rows("SELECT 1 FROM media WHERE state <> 'waiting'"))
    row = town.row("SELECT state, reason, content_type FROM media")
    assert (row["state"], row["content_type"]) == ("stored", "image/png"), row


@pytest.mark.parametrize(
    "body",
    [
        told(sender=OURS, recipient=ME),
        {"for_user_id": OURS, "direct_message_indicate_typing_events": [{"sender_id": ME}], "users": {}},
        {"for_user_id": OURS, "tweet_create_events": [{"id": 1}], "user_has_blocked": False},
        {"for_user_id": OURS, "follow_events": [{}]},
    ],
    ids=["own", "typing", "post", "follow"],
)
def test_what_no_person_said_to_us_needs_nothing(town: Town, gateway: Running, body: dict[str, Any]) -> None:
    assert post(town, body).status_code == 200
    assert town.inbox() == [] and town.rows("SELECT 1 FROM quarantine") == []


def test_what_cannot_be_read_is_kept_and_takes_nothing_along(town: Town, gateway: Running) -> None:
    mixed = told()
    mixed["direct_message_events"].insert(0, {"type": "message_create"})
    for body in (mixed, {"user_event": {"revoke": {}}}, {"for_user_id": OURS, "chat_events": [1]}, b"{"):
        assert post(town, body).status_code == 200
    assert [row["payload"]["text"] for row in town.inbox()] == ["hola"]
    reasons = [row["reason"] for row in town.rows("SELECT reason FROM quarantine ORDER BY id")]
    assert len(reasons) == 4 and "KeyError" in reasons[0] and "permission" in reasons[1]


@pytest.fixture
def chat(town: Town, gateway: Running, standins: StandinsClient) -> Any:
    # X's usual limit is one message in ninety seconds; this account was granted more.
    town.db.execute("UPDATE channel_accounts SET messages_per_second = 50 WHERE channel = 'x'")
    standins.switch(x_rate=False)
    gateway.call(gateway.gateway.directory.refresh())
    chat = town.chat(AMIGRO, ME)
    standins.send_text(ME, AMIGRO, "hola")
    standins.wait_until_delivered()
    yield chat
    assert standins.violations == []


def test_every_kind_is_written_out(town: Town, chat: UUID, standins: StandinsClient) -> None:
    options = (Option("a", "Empleo", "Cerca de ti"), Option("b", "Salir"))
    for message in (
        Message("text", "Hola & <adiós>"),
        Message("buttons", "Menú", options=options, footer="Fin"),
        Message("multi_select", "¿Qué sabes?", options=options),
        Message("location_request", ""),
        Message("link", "Aquí", url="https://example.mx/x", url_title="Abrir"),
        Message("image", "El mapa", url="https://example.mx/mapa.png"),
        Message("text", "Una frase larga. " * 1200),
    ):
        last = town.say(chat, message)
    town.until_state(last, "sent", "read")
    texts = [shown.text for shown in standins.messages(ME, AMIGRO)]
    assert texts[0] == "Hola & <adiós>" and len(texts) == 9
    assert "1. Empleo: Cerca de ti\n2. Salir" in texts[1] and "separados por comas" in texts[2]
    assert texts[3] and "https://example.mx/x" in texts[4] and "https://example.mx/mapa.png" in texts[5]
    assert " ".join(texts[6:]).split() == ("Una frase larga. " * 1200).split()


def test_a_read_mark_moves_the_row(town: Town, chat: UUID, standins: StandinsClient) -> None:
    row_id = town.say(chat, Message("text", "hola"))
    standins.wait_for_reply(ME, AMIGRO, "hola")
    row = town.until_state(row_id, "sent", "read")
    if row["state"] == "sent":
        # It came before our own answer was written down; a later one tells it again.
        mark = {"created_timestamp": "1", "sender_id": ME, "target": {"recipient_id": OURS},
                "last_read_event_id": row["vendor_id"]}  # fmt: skip
        standins.send_raw(AMIGRO, {"direct_message_mark_read_events": [mark]})
    assert town.until_state(row_id, "read")["vendor_id"] == standins.last(ME, AMIGRO).id


def test_the_end_of_the_window_of_rates_is_waited_for(town: Town, chat: UUID, standins: StandinsClient) -> None:
    standins.fail_next(1, "x", status=429, retry_after=2)
    row = town.until_state(town.say(chat, Message("text", "hola")), "sent", "read")
    assert row["attempts"] == 1 and (row["sent_at"] - row["created_at"]).total_seconds() >= 1


def test_who_blocked_us_is_told_in_the_row(town: Town, chat: UUID, standins: StandinsClient) -> None:
    standins.block(ME, AMIGRO)
    row = town.until_state(town.say(chat, Message("text", "hola")), "failed")
    assert row["error_code"] == "403" and row["error"]


def test_a_lost_answer_is_repeated_and_marked(town: Town, chat: UUID, standins: StandinsClient) -> None:
    standins.fail_next(1, "x", after_accept=True)
    row = town.until_state(town.say(chat, Message("text", "hola")), "sent", "read", timeout=90)
    assert row["possible_duplicate"] and len(standins.messages(ME, AMIGRO)) == 2


@pytest.mark.parametrize(
    ("status", "body", "headers", "outcome", "after"),
    [
        (429, {}, {"x-rate-limit-reset": "1030"}, "retry", 30.5),
        (429, {}, {"x-rate-limit-reset": "5"}, "retry", 1.5),
        (429, {"errors": [{"code": 88, "message": "Rate limit exceeded"}]}, {}, "retry", 900.5),
        (401, {"title": "Unauthorized"}, {}, "retry", 60.0),
        (403, {"detail": "no"}, {}, "failed", 0.0),
        (400, {"detail": "no"}, {}, "failed", 0.0),
        (503, {}, {}, "retry", 0.0),
        (500, {}, {}, "unknown", 0.0),
        (200, {}, {}, "unknown", 0.0),
    ],
)
def test_errors(status: int, body: dict[str, Any], headers: dict[str, str], outcome: str, after: float) -> None:
    receipt = of_answer(status, body, headers, now=1000.0)
    assert (receipt.outcome, receipt.after) == (outcome, after) and receipt.reason


def test_a_mail_and_an_empty_text_cannot_go() -> None:
    for message in (Message("email", "x"), Message("template"), Message("text", " ")):
        with pytest.raises(CannotRender):
            render(message, 1)


def _account(**secrets: str) -> tuple[Account, App]:
    app = App(uuid4(), "x", "demo", {"consumer_key": "key", "consumer_secret": "consumer secret"})
    return Account(uuid4(), "amigro", app.id, "x", OURS, "Amigro", "@amigro", True, secrets), app


def test_a_token_alone_is_a_bearers() -> None:
    account, app = _account(access_token="t1")
    assert authorization(account, app, "https://api.x.com/2/a") == "Bearer t1"


def test_a_token_with_its_secret_signs_by_oauth_1() -> None:
    """Computed anew here, by RFC 5849, section 3.4."""
    account, app = _account(access_token="t1", access_token_secret="token secret")
    url = "https://api.x.com/2/dm_conversations/with/42/messages"
    header = authorization(account, app, url)
    given = {name: unquote(value) for name, value in re.findall(r'(oauth_\w+)="([^"]*)"', header)}
    signature = given.pop("oauth_signature")
    assert (given["oauth_token"], given["oauth_consumer_key"]) == ("t1", "key")
    pairs = "&".join(f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in sorted(given.items()))
    base = "&".join(("POST", quote(url, safe=""), quote(pairs, safe="")))
    key = f"{quote('consumer secret', safe='')}&{quote('token secret', safe='')}".encode()
    assert signature == base64.b64encode(hmac.new(key, base.encode(), hashlib.sha1).digest()).decode()
