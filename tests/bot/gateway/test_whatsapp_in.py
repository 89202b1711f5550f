"""WhatsApp's webhooks through the running gateway into the inbox."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import httpx
import pytest

from tests.bot.gateway.town import ME, Running, Town
from tests.standins.client import StandinsClient

AMIGRO = "whatsapp:amigro"
SECRET = "demo-app-secret-for-the-stand-in-only"
NUMBER = "100000000000101"


def body(*messages: dict[str, Any], number: str = NUMBER, **value: Any) -> bytes:
    whole = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": number}, **value}
    if messages:
        whole["messages"] = list(messages)
        whole.setdefault("contacts", [{"profile": {"name": "Ana"}, "wa_id": ME}])
    change = {"field": "messages", "value": whole}
    return json.dumps({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]}).encode()


def said(text: str, wamid: str = "wamid.1", user: str = ME, at: str = "1772463600") -> dict[str, Any]:
    return {"from": user, "id": wamid, "timestamp": at, "type": "text", "text": {"body": text}}


def post(town: Town, raw: bytes, *, secret: str = SECRET, app: str = "demo", **headers: str) -> httpx.Response:
    signature = hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    sent = {"X-Hub-Signature-256": f"sha256={signature}", **headers}
    return httpx.post(f"{town.url}/webhooks/whatsapp/{app}/webhook", content=raw, headers=sent)


def test_a_text_is_stored_before_the_answer(town: Town, gateway: Running) -> None:
    answer = post(town, body(said("Busco trabajo de soldador")))
    assert answer.status_code == 200
    row = town.row("SELECT * FROM inbox")
    assert (row["kind"], row["vendor_id"], row["channel"], row["state"]) == ("text", "wamid.1", "whatsapp", "waiting")
    assert row["payload"]["text"] == "Busco trabajo de soldador"
    assert row["raw"]["text"]["body"] == "Busco trabajo de soldador"
    chat = town.row("SELECT *, due > now() AS later FROM chats")
    assert (chat["user_id"], chat["unit"], chat["user_name"], chat["phone"]) == (ME, "amigro", "Ana", f"+{ME}")
    assert chat["id"] == row["chat_id"] and chat["due"] is not None and chat["token"] is None


def test_the_same_event_again_is_stored_once(town: Town, gateway: Running) -> None:
    for _ in range(3):
        assert post(town, body(said("hola"))).status_code == 200
    assert len(town.inbox()) == 1


def test_free_text_waits_for_the_burst_and_a_press_does_not(town: Town, gateway: Running) -> None:
    post(town, body(said("hola", "wamid.1")))
    first = town.row("SELECT due - (SELECT received_at FROM inbox) AS wait FROM chats")["wait"]
    assert first.total_seconds() == pytest.approx(5, abs=0.001)
    post(town, body(said("busco", "wamid.2")))
    second = town.row("SELECT due - (SELECT max(received_at) FROM inbox) AS wait FROM chats")["wait"]
    assert 0 < second.total_seconds() <= 5.001
    press = {"type": "button_reply", "button_reply": {"id": "o1", "title": "Sí"}}
    pressed = {"from": ME, "id": "wamid.3", "timestamp": "1772463600", "type": "interactive", "interactive": press}
    post(town, body(pressed))
    assert town.row("SELECT due <= now() AS now FROM chats")["now"]
    assert town.row("SELECT payload FROM inbox WHERE vendor_id = 'wamid.3'")["payload"] == {
        "kind": "option", "text": "Sí", "option_id": "o1", "sender_name": "Ana", "sender_phone": f"+{ME}",
    }  # fmt: skip


def test_a_leased_chat_keeps_its_due(town: Town, gateway: Running) -> None:
    post(town, body(said("hola", "wamid.1")))
    town.db.execute("UPDATE chats SET token = gen_random_uuid(), due = '2030-01-01'")
    post(town, body(said("otra", "wamid.2")))
    assert town.row("SELECT due FROM chats")["due"].year == 2030
    assert len(town.inbox()) == 2


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"X-Hub-Signature-256": ""}, 401),
        ({"X-Hub-Signature-256": "sha1=" + "0" * 40}, 401),
        ({"X-Hub-Signature-256": "sha256=" + "0" * 64}, 403),
        ({"X-Hub-Signature-256": "sha256=é"}, 403),
    ],
)
def test_what_is_not_signed_is_refused(town: Town, gateway: Running, headers: dict[str, str], status: int) -> None:
    raw = body(said("hola"))
    url = f"{town.url}/webhooks/whatsapp/demo/webhook"
    encoded = {name: value.encode("latin-1") for name, value in headers.items()}
    assert httpx.post(url, content=raw, headers=encoded).status_code == status
    assert town.inbox() == []


def test_a_signature_of_other_bytes_is_refused(town: Town, gateway: Running) -> None:
    raw = body(said("hola"))
    signature = hmac.new(SECRET.encode(), raw, hashlib.sha256).hexdigest()
    url = f"{town.url}/webhooks/whatsapp/demo/webhook"
    answer = httpx.post(url, content=raw + b" ", headers={"X-Hub-Signature-256": f"sha256={signature}"})
    assert answer.status_code == 403
    assert post(town, raw, app="nobody").status_code == 404


def test_unreadable_and_unknown_is_kept_with_a_reason(town: Town, gateway: Running) -> None:
    assert post(town, b"{not json").status_code == 200
    assert post(town, body(said("hola"), number="999")).status_code == 200
    assert post(town, b'{"entry": [{"changes": [{"field": "account_update", "value": {}}]}]}').status_code == 200
    assert post(town, b'{"entry": [{"changes": [7, {"field": "messages", "value": {}}]}]}').status_code == 200
    broken = {"from": ME, "id": "wamid.9", "timestamp": "x", "type": "text"}
    assert post(town, body(broken, said("y esta sí", "wamid.10"))).status_code == 200
    reasons = [row["reason"] for row in town.rows("SELECT reason FROM quarantine ORDER BY id")]
    assert len(reasons) == 6
    assert "no active number with id 999" in reasons[1] and "account_update" in reasons[2]
    assert [row["payload"]["text"] for row in town.inbox()] == ["y esta sí"]


def test_an_account_of_another_app_is_put_aside(town: Town, gateway: Running) -> None:
    town.db.execute(
        "UPDATE channel_accounts SET app_id = (SELECT id FROM channel_apps WHERE channel = 'telegram' LIMIT 1)"
        " WHERE external_id = %s", (NUMBER,),
    )  # fmt: skip
    gateway.call(gateway.gateway.directory.refresh())
    assert post(town, body(said("hola"))).status_code == 200
    assert town.inbox() == []
    assert "another app" in town.row("SELECT reason FROM quarantine")["reason"]


def test_a_whole_batch_is_stored_in_its_order(town: Town, gateway: Running) -> None:
    raw = body(*(said(f"mensaje {n}", f"wamid.{n}", user=f"52155000000{n % 3}") for n in range(30)))
    assert post(town, raw).status_code == 200
    assert [row["payload"]["text"] for row in town.inbox()] == [f"mensaje {n}" for n in range(30)]
    assert len(town.rows("SELECT id FROM chats")) == 3


def test_what_the_database_refuses_does_not_take_others_with_it(town: Town, gateway: Running) -> None:
    """NUL and half surrogates are taken out; what still cannot be stored goes aside alone."""
    town.db.execute("ALTER TABLE inbox ADD CONSTRAINT poison CHECK (payload->>'text' <> 'veneno')")
    try:
        good, bad = said("bien", "wamid.1"), said("veneno", "wamid.2")
        odd = said("a\x00b\ud83d", "wamid.3")
        assert post(town, body(good, bad, odd)).status_code == 200
        assert [row["payload"]["text"] for row in town.inbox()] == ["bien", "ab\ufffd"]
        assert "CheckViolation" in town.row("SELECT reason FROM quarantine")["reason"]
    finally:
        town.db.execute("ALTER TABLE inbox DROP CONSTRAINT poison")


def test_secrets_are_masked_and_commands_are_text(town: Town, gateway: Running) -> None:
    post(town, body(said("/restart", "wamid.1"), said("mi CURP es GOMC900514HDFRRN09", "wamid.2")))
    post(town, body(said(' /inform{"name": "x"}', "wamid.3")))
    rows = town.inbox()
    assert [row["payload"]["text"] for row in rows] == ["restart", "mi CURP es [CURP]", 'inform{"name": "x"}']
    assert "GOMC900514" not in json.dumps(rows, default=str)


def test_verification_answers_the_challenge(town: Town, gateway: Running, standins: StandinsClient) -> None:
    assert standins.verify_webhook(AMIGRO)["status"] == 200
    assert standins.verify_webhook(AMIGRO, "wrong-token-0000")["status"] == 403


def test_every_kind_is_understood(town: Town, gateway: Running, standins: StandinsClient) -> None:
    sent = standins.send_text(ME, AMIGRO, "hola", name="Ana López")
    standins.send_location(ME, AMIGRO, 19.4326, -99.1332, "Zócalo")
    standins.send_file(ME, AMIGRO, "document", b"%PDF-1.4", "application/pdf", "cv.pdf", "mi CV")
    standins.send_file(ME, AMIGRO, "image", b"\xff\xd8", "image/jpeg")
    standins.send_file(ME, AMIGRO, "audio", b"OggS", "audio/ogg")
    standins.send_file(ME, AMIGRO, "video", b"....", "video/mp4")
    standins.send_file(ME, AMIGRO, "sticker", b"RIFF", "image/webp")
    standins.send_contact(ME, AMIGRO, "Luis Pérez", "+525511112222")
    standins.react(ME, AMIGRO, sent.id, "👍")
    standins.send_unsupported(ME, AMIGRO)
    standins.wait_until_delivered()
    found = {row["kind"]: row["payload"] for row in town.inbox()}
    assert set(found) == {
        "text", "location", "document", "image", "audio", "video", "sticker", "contact", "reaction", "unknown",
    }  # fmt: skip
    assert found["location"]["location"] == {"latitude": 19.4326, "longitude": -99.1332, "name": "Zócalo"}
    assert found["document"]["media"]["filename"] == "cv.pdf" and found["document"]["text"] == "mi CV"
    assert found["document"]["media"]["vendor_id"] and found["audio"]["media"]["content_type"] == "audio/ogg"
    assert found["contact"]["values"]["contacts"][0]["name"] == "Luis Pérez"
    assert found["reaction"]["about"] == sent.id and found["reaction"]["text"] == "👍"
    assert found["text"]["sender_name"] == "Ana López"


def test_a_changed_number_keeps_its_chat(town: Town, gateway: Running, standins: StandinsClient) -> None:
    standins.send_text(ME, AMIGRO, "hola")
    standins.wait_until_delivered()
    standins.change_number(ME, AMIGRO, "5215599999999")
    standins.wait_until_delivered()
    chat = town.row("SELECT * FROM chats")
    assert (chat["user_id"], chat["phone"]) == ("5215599999999", "+5215599999999")


def test_duplicates_batches_and_disorder_lose_and_double_nothing(
    town: Town, gateway: Running, standins: StandinsClient
) -> None:
    standins.switch(duplicates=2, batch=5, hold_ms=20, shuffle=True)
    for n in range(40):
        standins.send_text(f"52155000000{n % 8}", AMIGRO, f"m{n}")
    standins.wait_until_delivered()
    assert sorted(row["payload"]["text"] for row in town.inbox()) == sorted(f"m{n}" for n in range(40))


def test_a_fresh_secret_holds_at_once(town: Town, gateway: Running) -> None:
    from contract.encryption import Cipher
    from tests.bot.gateway.town import KEY, base64

    sealed = Cipher({"t1": base64.b64decode(KEY)}).seal('{"app_secret": "new-one"}', "channel_apps.secrets")
    gateway.gateway.directory._read_at = 0
    town.db.execute("UPDATE channel_apps SET secrets = %s WHERE channel = 'whatsapp'", (sealed,))
    assert post(town, body(said("hola")), secret="new-one").status_code == 200
    assert len(town.inbox()) == 1


def test_the_last_word_of_a_person_is_noted_on_chat_and_conversation(town: Town, gateway: Running) -> None:
    chat = town.chat("whatsapp:amigro", spoke_ago=None)
    post(town, body(said("hola", at="1772463600")))
    row = town.row(
        "SELECT c.last_inbound_at AS chat, v.last_inbound_at AS conversation FROM chats c"
        " JOIN conversations v ON v.chat_id = c.id WHERE c.id = %s", chat,
    )  # fmt: skip
    assert row["chat"] == row["conversation"] and int(row["chat"].timestamp()) == 1772463600
