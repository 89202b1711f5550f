"""The Cloud API's stand-in, called as the product calls it."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import httpx
import pytest

from tests.standins import specs
from tests.standins.client import StandinsClient, StandinsError
from tests.standins.whatsapp_schema import webhook_errors
from tests.unit.standins.conftest import AMIGRO, ANA, Gateway, Send

BUTTONS = {
    "type": "button", "body": {"text": "¿Quieres conocer más acerca de Amigro?"},
    "action": {
        "buttons": [{"type": "reply", "reply": {"id": i, "title": t}} for i, t in (("o0", "Sí"), ("o1", "No"))]
    },
}  # fmt: skip


def _code(answer: httpx.Response) -> int:
    code: int = answer.json()["error"]["code"]
    return code


def test_a_message_in_and_a_reply_out(standins: StandinsClient, gateway: Gateway, whatsapp: Send) -> None:
    """The webhook is signed over the raw body; the reply comes back with sent, delivered and read."""
    standins.send_text(ANA, AMIGRO, "¡Hola! ñandú", name="Ana López")
    standins.wait_until_delivered()
    webhook = gateway.received[0]
    expected = hmac.new(b"demo-app-secret-for-the-stand-in-only", webhook.raw, hashlib.sha256).hexdigest()
    assert webhook.path == "/webhooks/whatsapp/demo/webhook"
    assert webhook.headers["X-Hub-Signature-256"] == f"sha256={expected}"
    assert webhook.value["metadata"]["phone_number_id"] == "100000000000101"
    assert webhook.value["messages"][0]["text"] == {"body": "¡Hola! ñandú"}

    answer = whatsapp(type="interactive", interactive=BUTTONS, biz_opaque_callback_data="outbox-7")

    assert answer.status_code == 200
    message_id = answer.json()["messages"][0]["id"]
    assert message_id.startswith("wamid.")
    standins.wait_for(lambda: len(gateway.statuses()) == 3)
    assert [(s["id"], s["status"], s["biz_opaque_callback_data"]) for s in gateway.statuses()] == [
        (message_id, status, "outbox-7") for status in ("sent", "delivered", "read")
    ]
    assert standins.last(ANA, AMIGRO).titles == ["Sí", "No"]
    assert standins.violations == []


def test_pressing_sends_the_id_as_delivered(
    standins: StandinsClient, gateway: Gateway, whatsapp: Send
) -> None:
    standins.send_text(ANA, AMIGRO, "hola")
    sent = whatsapp(type="interactive", interactive=BUTTONS).json()["messages"][0]["id"]
    standins.switch(statuses=False)

    standins.press(ANA, AMIGRO, "no")
    standins.wait_until_delivered()

    pressed = gateway.messages()[-1]
    assert pressed["interactive"] == {"type": "button_reply", "button_reply": {"id": "o1", "title": "No"}}
    assert pressed["context"] == {"from": "525500000101", "id": sent}
    with pytest.raises(StandinsError, match="Sí"):
        standins.press(ANA, AMIGRO, "Quizá")


def test_choosing_types_the_number_where_there_is_no_button(
    standins: StandinsClient, gateway: Gateway, whatsapp: Send
) -> None:
    standins.send_text(ANA, AMIGRO, "hola")
    whatsapp(type="text", text={"body": "Elige:\n1. Registro\n2. Ver oportunidades"})

    assert standins.choose(ANA, AMIGRO, "Ver oportunidades").text == "2"


def test_every_kind_that_a_person_sends(standins: StandinsClient, gateway: Gateway, whatsapp: Send) -> None:
    """Each is in Meta's shape; where the specification is on this machine, it agrees."""
    standins.switch(statuses=False)
    first = standins.send_text(ANA, AMIGRO, "hola")
    standins.send_location(ANA, AMIGRO, 19.4326, -99.1332, "Zócalo")
    standins.send_file(ANA, AMIGRO, "document", b"%PDF-1.7 cv", "application/pdf", "cv.pdf", "mi CV")
    standins.send_file(ANA, AMIGRO, "image", b"\xff\xd8\xff", "image/jpeg")
    standins.send_file(ANA, AMIGRO, "audio", b"OggS", "audio/ogg")
    standins.send_file(ANA, AMIGRO, "sticker", b"RIFF", "image/webp")
    standins.send_contact(ANA, AMIGRO, "Luz Cruz", "+5215500001111")
    standins.react(ANA, AMIGRO, first.id, "👍")
    standins.send_unsupported(ANA, AMIGRO)
    standins.change_number(ANA, AMIGRO, "5215599990000")
    standins.wait_until_delivered()

    assert [message["type"] for message in gateway.messages()] == [
        "text", "location", "document", "image", "audio", "sticker", "contacts", "reaction",
        "unsupported", "system",
    ]  # fmt: skip
    document = gateway.messages()[2]["document"]
    assert (document["filename"], document["caption"]) == ("cv.pdf", "mi CV")
    if specs.WHATSAPP.is_file():
        # Meta requires an address; phones that share where they are send none.
        known = "'address' is a required property"
        errors = [error for item in gateway.received for error in webhook_errors(item.json)]
        assert [error for error in errors if known not in error] == []


def test_media_is_fetched_by_id_then_address_then_token(standins: StandinsClient, gateway: Gateway) -> None:
    standins.send_file(ANA, AMIGRO, "document", b"%PDF-1.7 cv", "application/pdf", "cv.pdf")
    standins.wait_until_delivered()
    media_id = gateway.messages()[0]["document"]["id"]
    token = {"Authorization": "Bearer demo-access-token-amigro"}
    other = {"Authorization": "Bearer demo-access-token-huntu"}
    with httpx.Client(base_url=standins.base_url, trust_env=False) as client:
        found = client.get(f"/v23.0/{media_id}", headers=token).json()
        assert client.get(found["url"], headers=token).content == b"%PDF-1.7 cv"
        assert hashlib.sha256(b"%PDF-1.7 cv").hexdigest() == found["sha256"]
        assert client.get(found["url"]).status_code == 401
        assert client.get(f"/v23.0/{media_id}", headers=other).status_code == 401
        standins.advance(301)
        assert client.get(found["url"], headers=token).status_code == 404
        standins.advance(7 * 86_400)
        assert client.get(f"/v23.0/{media_id}", headers=token).status_code == 404


def test_uploaded_media_can_be_sent(standins: StandinsClient, whatsapp: Send) -> None:
    standins.send_text(ANA, AMIGRO, "hola")
    content = b"%PDF-1.7\r\n\r\n--not a boundary\r\n"
    answer = httpx.post(
        f"{standins.base_url}/v23.0/100000000000101/media",
        headers={"Authorization": "Bearer demo-access-token-amigro"},
        data={"messaging_product": "whatsapp", "type": "application/pdf"},
        files={"file": ("carta.pdf", content, "application/pdf")},
    )
    media_id = answer.json()["id"]

    assert whatsapp(type="document", document={"id": media_id, "filename": "carta.pdf"}).status_code == 200
    assert httpx.get(f"{standins.base_url}/control/file/{media_id}").content == content
    assert _code(whatsapp(type="document", document={"id": "404"})) == 131053


def test_tokens_and_numbers(standins: StandinsClient, whatsapp: Send) -> None:
    answer = whatsapp(token="demo-access-token-huntu", type="text", text={"body": "hola"})

    assert (answer.status_code, _code(answer)) == (401, 190)
    assert [v["kind"] for v in standins.violations] == ["auth"]


def test_outside_the_window_only_a_template(standins: StandinsClient, whatsapp: Send) -> None:
    standins.approve_template(AMIGRO, "aviso", "Hola {{1}}, tu entrevista es {{2}}.", buttons=["Confirmo"])
    assert _code(whatsapp(type="text", text={"body": "hola"})) == 131047
    standins.send_text(ANA, AMIGRO, "hola")
    assert whatsapp(type="text", text={"body": "hola"}).status_code == 200
    standins.advance(86_401)
    late = whatsapp(type="text", text={"body": "hola"})
    assert (late.status_code, _code(late)) == (400, 131047)

    template: dict[str, Any] = {"name": "aviso", "language": {"code": "es_MX"}}
    assert _code(whatsapp(type="template", template=template)) == 132000
    missing = whatsapp(type="template", template={**template, "name": "otra"})
    assert (missing.status_code, _code(missing)) == (404, 132001)
    template["components"] = [
        {"type": "body", "parameters": [{"type": "text", "text": text} for text in ("Ana", "mañana")]},
        {
            "type": "button",
            "sub_type": "quick_reply",
            "index": "0",
            "parameters": [{"type": "payload", "payload": "c1"}],
        },
    ]
    assert whatsapp(type="template", template=template).status_code == 200
    shown = standins.last(ANA, AMIGRO)
    assert shown.text == "Hola Ana, tu entrevista es mañana."
    assert [(option.id, option.title) for option in shown.options] == [("c1", "Confirmo")]


def test_a_window_that_fails_later(standins: StandinsClient, gateway: Gateway, whatsapp: Send) -> None:
    """Meta may also accept and report 131047 as a failed status."""
    standins.switch(window_error="status")

    assert whatsapp(type="text", text={"body": "hola"}).status_code == 200
    standins.wait_for(gateway.statuses)

    assert gateway.statuses()[0]["status"] == "failed"
    assert gateway.statuses()[0]["errors"][0]["code"] == 131047
    assert [v["kind"] for v in standins.violations] == ["window"]


def test_without_the_window_a_free_text_to_a_stranger_goes(standins: StandinsClient, whatsapp: Send) -> None:
    assert whatsapp(type="text", text={"body": "hola"}).status_code == 400

    standins.switch(window=False)

    assert whatsapp(type="text", text={"body": "hola"}).status_code == 200
    assert [v["kind"] for v in standins.violations] == ["window"]


def test_the_pair_rate_lets_45_through(standins: StandinsClient, whatsapp: Send) -> None:
    standins.switch(statuses=False)
    standins.send_text(ANA, AMIGRO, "hola")
    answers = [whatsapp(type="text", text={"body": str(n)}) for n in range(46)]

    assert [answer.status_code for answer in answers[:45]] == [200] * 45
    assert _code(answers[45]) == 131056
    standins.advance(6)
    assert whatsapp(type="text", text={"body": "46"}).status_code == 200
    standins.switch(pair_rate=False)
    assert whatsapp(type="text", text={"body": "47"}).status_code == 200


def test_read_marks_and_typing(standins: StandinsClient, whatsapp: Send) -> None:
    message = standins.send_text(ANA, AMIGRO, "hola")
    url = f"{standins.base_url}/v23.0/100000000000101/messages"
    headers = {"Authorization": "Bearer demo-access-token-amigro"}
    body = {"messaging_product": "whatsapp", "status": "read", "message_id": message.id}

    answer = httpx.post(url, headers=headers, json={**body, "typing_indicator": {"type": "text"}})
    wrong = httpx.post(url, headers=headers, json={**body, "message_id": "wamid.none"})

    assert answer.json() == {"success": True}
    assert [(note["kind"], note["user"]) for note in standins.notes] == [("typing", ANA)]
    assert wrong.status_code == 400


def test_ordered_failures(standins: StandinsClient, whatsapp: Send) -> None:
    """A refused request leaves nothing; one whose answer is lost was carried out."""
    standins.send_text(ANA, AMIGRO, "hola")
    standins.fail_next(1, "whatsapp", status=503, code=131016)
    standins.fail_next(1, "whatsapp", status=500, after_accept=True)

    refused = whatsapp(type="text", text={"body": "uno"})
    lost = whatsapp(type="text", text={"body": "dos"})

    assert (refused.status_code, _code(refused), lost.status_code) == (503, 131016, 500)
    assert [shown.text for shown in standins.messages(ANA, AMIGRO)] == ["dos"]
    assert standins.violations == []


def test_a_broken_rule_is_recorded_and_refused(standins: StandinsClient, whatsapp: Send) -> None:
    standins.send_text(ANA, AMIGRO, "hola")
    answer = whatsapp(type="text", text={"body": "x" * 4097})

    assert answer.status_code == 400
    assert "4097" in answer.json()["error"]["error_data"]["details"]
    assert [(v["kind"], v["user"]) for v in standins.violations] == [("rule", ANA)]
    assert standins.messages(ANA, AMIGRO) == []


def test_a_blocked_number_fails_later(standins: StandinsClient, gateway: Gateway, whatsapp: Send) -> None:
    standins.send_text(ANA, AMIGRO, "hola")
    standins.block(ANA, AMIGRO)

    assert whatsapp(type="text", text={"body": "hola"}).status_code == 200
    standins.wait_for(gateway.statuses)

    assert gateway.statuses()[0]["errors"][0]["code"] == 131026
