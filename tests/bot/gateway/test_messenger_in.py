"""Messenger's and Instagram's webhooks through the running gateway into the inbox."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from bot.channels.instagram import InstagramInput
from bot.channels.messenger import MessengerInput
from tests.bot.gateway.town import Running, Town
from tests.standins.client import StandinsClient

ANA = "5550001112223"
MESSENGER, INSTAGRAM = "messenger:amigro", "instagram:amigro"
BOTH = pytest.mark.parametrize("account", [MESSENGER, INSTAGRAM])
SECRETS = {
    "messenger": "demo-messenger-app-secret-for-the-stand-in",
    "instagram": "demo-instagram-app-secret-for-the-stand-in",
}
IDS = {"messenger": "300000000000301", "instagram": "17841400000000401"}
SUBJECTS = {"messenger": "page", "instagram": "instagram"}


def item(event: dict[str, Any], channel: str = "messenger", at: int = 1772463600123, user: str = ANA) -> dict[str, Any]:
    return {"sender": {"id": user}, "recipient": {"id": IDS[channel]}, "timestamp": at, **event}


def body(*items: dict[str, Any], channel: str = "messenger", subject: str = "", entry: str = "") -> bytes:
    entries = [{"id": entry or IDS[channel], "time": 1772463600200, "messaging": [one]} for one in items]
    return json.dumps({"object": subject or SUBJECTS[channel], "entry": entries}).encode()


def post(town: Town, raw: bytes, channel: str = "messenger", app: str = "demo", **headers: str) -> httpx.Response:
    signature = "sha256=" + hmac.new(SECRETS[channel].encode(), raw, hashlib.sha256).hexdigest()
    sent = headers or {"X-Hub-Signature-256": signature}
    return httpx.post(f"{town.url}/webhooks/{channel}/{app}/webhook", content=raw, headers=sent)


def said(text: str, mid: str = "m_1") -> dict[str, Any]:
    return {"message": {"mid": mid, "text": text}}


def reasons(town: Town) -> list[str]:
    return [row["reason"] for row in town.rows("SELECT reason FROM quarantine ORDER BY id")]


@pytest.mark.parametrize("channel", ["messenger", "instagram"])
def test_a_text_is_stored_before_the_answer_and_once(town: Town, gateway: Running, channel: str) -> None:
    for _ in range(2):
        assert post(town, body(item(said("Busco trabajo"), channel), channel=channel), channel).status_code == 200
    row = town.row("SELECT * FROM inbox")
    assert (row["kind"], row["vendor_id"], row["channel"], row["payload"]["text"]) == ("text", "m_1", channel, "Busco trabajo")
    assert row["vendor_at"].microsecond == 123000
    chat = town.row("SELECT * FROM chats")
    assert (chat["user_id"], chat["unit"], chat["phone"]) == (ANA, "amigro", None)


@pytest.mark.parametrize("channel", ["messenger", "instagram"])
def test_only_the_apps_own_signature_opens_the_door(town: Town, gateway: Running, channel: str) -> None:
    raw = body(item(said("x"), channel), channel=channel)
    right = hmac.new(SECRETS[channel].encode(), raw, hashlib.sha256).hexdigest()
    sha1 = hmac.new(SECRETS[channel].encode(), raw, hashlib.sha1).hexdigest()
    other = hmac.new(b"demo-app-secret-for-the-stand-in-only", raw, hashlib.sha256).hexdigest()
    for headers, status in (
        ({"X-Nothing": "1"}, 401),
        ({"X-Hub-Signature": f"sha1={sha1}"}, 401),
        ({"X-Hub-Signature-256": f"sha1={sha1}"}, 401),
        ({"X-Hub-Signature-256": f"sha256={other}"}, 403),
        ({"X-Hub-Signature-256": f"sha256={right[:-1]}"}, 403),
        ({"X-Hub-Signature-256": "sha256="}, 403),
    ):
        assert post(town, raw, channel, **headers).status_code == status, headers
    assert post(town, raw + b" ", channel, **{"X-Hub-Signature-256": f"sha256={right}"}).status_code == 403
    assert post(town, raw, channel, app="nobody").status_code == 404
    assert town.inbox() == [] and reasons(town) == []


@BOTH
def test_meta_verifies_the_address(town: Town, gateway: Running, standins: StandinsClient, account: str) -> None:
    assert standins.verify_webhook(account)["verified"]
    assert standins.verify_webhook(account, "another-token")["status"] == 403


def test_a_batch_is_stored_whole_and_in_order(town: Town, gateway: Running) -> None:
    items = [item(said(f"t{n}", f"m_{n}"), at=1772463600000 + n, user=str(5550000 + n % 5)) for n in range(40)]
    items.insert(7, {"nonsense": True})
    assert post(town, body(*items)).status_code == 200
    assert [row["payload"]["text"] for row in town.inbox()] == [f"t{n}" for n in range(40)]
    assert len(reasons(town)) == 1


def test_what_is_not_ours_is_kept_with_its_reason(town: Town, gateway: Running) -> None:
    for raw in (
        b"[]", b"{", b'{"object": "page"}', b'{"object": "page", "entry": []}', b"[" * 5000,
        body(item(said("x")), subject="user"),
        body({**item(said("x")), "recipient": {"id": "999"}}, entry="999"),
        body({"sender": {"user_ref": "abc"}, "recipient": {"id": IDS["messenger"]}, "optin": {"ref": "x"}}),
        json.dumps({"object": "page", "entry": [{"id": IDS["messenger"], "standby": [item(said("x"))]}]}).encode(),
        json.dumps({"object": "page", "entry": [{"id": "1", "changes": [{"field": "feed", "value": {}}]}]}).encode(),
        body(item({"message": {"text": "without an id"}})),
    ):  # fmt: skip
        assert post(town, raw).status_code == 200
    assert town.inbox() == []
    assert len(reasons(town)) == 11
    assert [one for one in reasons(town) if "standby" in one or "feed" in one or "999" in one or "optin" in one]


def test_an_account_of_another_app_is_put_aside(town: Town, gateway: Running) -> None:
    other = town.row("SELECT id FROM channel_apps WHERE channel = 'instagram'")["id"]
    town.db.execute("UPDATE channel_accounts SET app_id = %s WHERE external_id = %s", (other, IDS["messenger"]))
    gateway.call(gateway.gateway.directory.refresh())
    assert post(town, body(item(said("x")))).status_code == 200
    assert town.inbox() == [] and "another app" in reasons(town)[0]


def test_a_change_that_carries_a_message_is_read_alike(town: Town, gateway: Running) -> None:
    """Meta's newer examples put the event into `changes`, its time in seconds."""
    value = item({"postback": {"title": "Sí", "payload": "affirm"}}, at=1772463600)
    change = {"field": "messaging_postbacks", "value": value}
    raw = json.dumps({"object": "page", "entry": [{"id": IDS["messenger"], "changes": [change]}]}).encode()
    for _ in range(2):
        assert post(town, raw).status_code == 200
    row = town.row("SELECT * FROM inbox")
    assert (row["kind"], row["payload"]["option_id"], row["vendor_at"].year) == ("option", "affirm", 2026)


@BOTH
def test_every_kind_that_a_person_can_send(town: Town, gateway: Running, standins: StandinsClient, account: str) -> None:
    def sent(kind: str) -> dict[str, Any]:
        standins.wait_until_delivered()
        row = town.rows("SELECT * FROM inbox ORDER BY id DESC LIMIT 1")[0]
        assert row["kind"] == kind, row
        return row["payload"]

    standins.send_event(ANA, account, "open", ref="INV-ABCD2345")
    assert sent("opened")["values"]["start"] == "INV-ABCD2345"
    assert town.row("SELECT last_inbound_at FROM chats")["last_inbound_at"], "Get started opens the window"
    standins.send_event(ANA, account, "open")
    assert "start" not in sent("opened").get("values", {})
    standins.send_event(ANA, account, "referral", ref="INV-ABCD9999")
    assert sent("opened")["values"]["start"] == "INV-ABCD9999"
    first = standins.send_text(ANA, account, "busco algo")
    assert sent("text")["text"] == "busco algo"
    standins.edit(ANA, account, first.id, "busco trabajo")
    edited = sent("edited")
    assert (edited["text"], edited["about"]) == ("busco trabajo", first.id)
    standins.react(ANA, account, first.id, "👍")
    assert (sent("reaction")["text"], sent("reaction")["about"]) == ("👍", first.id)
    standins.react(ANA, account, first.id, "")
    assert sent("reaction").get("text", "") == ""
    standins.send_event(ANA, account, "delete", message_id=first.id)
    assert sent("deleted")["about"] == first.id
    for kind, content_type, name in (
        ("image", "image/png", ""), ("audio", "audio/mp4", ""), ("video", "video/mp4", ""),
        ("document", "application/pdf", "mi cv ñ.pdf"),
    ):  # fmt: skip
        standins.send_file(ANA, account, kind, b"%PDF-1.4 x", content_type, name, text="mira")
        payload = sent(kind)
        assert payload["text"] == "mira" and httpx.get(payload["media"]["url"]).content == b"%PDF-1.4 x"
        assert payload["media"].get("filename", "") == name
    standins.send_file(ANA, account, "sticker", b"RIFF", "image/webp")
    sent("sticker")
    standins.send_unsupported(ANA, account)
    sent("unknown")
    if account == MESSENGER:
        standins.send_location(ANA, account, 25.67, -100.31, "Macroplaza")
        assert sent("location")["location"] == {"latitude": 25.67, "longitude": -100.31, "name": "Macroplaza"}
    else:
        standins.send_event(ANA, account, "story", text="¿siguen contratando?")
        story = sent("text")
        assert story["text"] == "¿siguen contratando?" and story["values"]["story"]["id"]
        standins.send_event(ANA, account, "story")
        assert sent("unknown")["values"]["vendor_kind"] == "attachment.story_mention"
    assert reasons(town) == []


def test_several_files_in_one_message_are_several_events(town: Town, gateway: Running) -> None:
    parts = [{"type": "image", "payload": {"url": f"https://cdn.example/{n}.png"}} for n in range(3)]
    fallback = {"type": "fallback", "title": "Una vacante", "payload": {"url": "https://x.example/v", "title": "v"}}
    post(town, body(item({"message": {"mid": "m_9", "text": "tres", "attachments": parts}})))
    post(town, body(item({"message": {"mid": "m_10", "attachments": [fallback]}})))
    post(town, body(item({"message": {"mid": "m_11", "text": "vean esto", "attachments": [fallback]}})))
    found = [(row["kind"], row["vendor_id"], row["payload"].get("text", "")) for row in town.inbox()]
    assert found == [
        ("image", "m_9", "tres"), ("image", "m_9:1", ""), ("image", "m_9:2", ""),
        ("text", "m_10", "Una vacante https://x.example/v"), ("text", "m_11", "vean esto"),
    ]  # fmt: skip


def test_echoes_of_others_and_statuses_of_strangers_leave_nothing(town: Town, gateway: Running) -> None:
    echo = {"message": {"mid": "m_e", "is_echo": True, "text": "de la bandeja", "metadata": "a human's own"}}
    ghost = {"delivery": {"mids": ["m_x"], "watermark": 1772463600123}}
    for event in (echo, ghost, {"read": {"watermark": 1772463600123}}, {"read": {"mid": "m_x"}}):
        assert post(town, body(item(event))).status_code == 200
    assert town.inbox() == [] and reasons(town) == [] and town.rows("SELECT 1 FROM chats") == []


def test_the_table_of_kinds_names_what_the_inbox_knows() -> None:
    def kept(rows: tuple[Any, ...]) -> Iterator[str]:
        yield from (row.kept_as for row in rows)

    wanted = {"text", "option", "image", "audio", "video", "document", "sticker", "reaction", "edited", "deleted", "opened",
              "unknown", "status", "quarantine", "page", ""}  # fmt: skip
    assert wanted <= set(kept(MessengerInput.kinds())) and wanted <= set(kept(InstagramInput.kinds()))
    assert "location" in set(kept(MessengerInput.kinds())) - set(kept(InstagramInput.kinds()))
