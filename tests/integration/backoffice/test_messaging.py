"""Messaging in the back office: true figures, decisions that are taken once and audited, nothing of another unit."""

from __future__ import annotations

import asyncio
import html
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select, text

from backoffice.server import create_server
from contract.message import Inbound
from huntred.access.models import AuditEntry
from huntred.conversations.models import Chat, Conversation, InboxRow, OutboxRow, Quarantined
from tests.factories.desk import Desk
from tests.integration.backoffice.conftest import Office, post
from tests.integration.backoffice.test_access import _division, _division_user

_numbers = iter(range(1, 10_000))


def came(desk: Desk, conversation: Conversation, state: str = "done", *, ago_s: float = 60, **values: Any) -> InboxRow:
    """A message of that conversation's person. ago_s: seconds before the test's now."""
    number = next(_numbers)
    row = InboxRow(
        **({
            "chat_id": conversation.chat_id, "conversation_id": conversation.id, "unit": conversation.unit,
            "channel_account_id": desk.one(Chat, conversation.chat_id).channel_account_id,
            "channel": conversation.channel, "kind": "text", "vendor_id": f"office-{number}", "state": state,
            "payload": Inbound("text", text=f"mensaje {number}").as_json(),
            "received_at": desk.now - timedelta(seconds=ago_s),
        } | values)
    )  # fmt: skip
    desk.add(row)
    return row


def went(desk: Desk, conversation: Conversation, state: str = "sent", *, ago_s: float = 60, **values: Any) -> OutboxRow:
    at = desk.now - timedelta(seconds=ago_s)
    row = OutboxRow(
        **({
            "unit": conversation.unit, "conversation_id": conversation.id, "chat_id": conversation.chat_id,
            "channel": conversation.channel, "source": "notice", "source_id": f"office-{next(_numbers)}", "ord": 0,
            "payload": {"kind": "text", "text": "Hola de vuelta"}, "state": state, "created_at": at,
            "sent_at": at if state in {"sent", "delivered", "read"} else None,
        } | values)
    )  # fmt: skip
    desk.add(row)
    return row


def answered(desk: Desk, conversation: Conversation, seconds: float) -> None:
    """A message and its reply, so many seconds later, in two bubbles."""
    asked = came(desk, conversation, ago_s=600)
    for ord_ in (0, 1):
        went(
            desk, conversation, source="turn", source_id=str(asked.id), ord=ord_, ago_s=600,
            sent_at=asked.received_at + timedelta(seconds=seconds + ord_),
        )  # fmt: skip


def figures(page: str) -> dict[str, str]:
    """What the tiles say, by their text."""
    return {
        name: number for number, name in re.findall(r'stat-number">([^<]*)</div><div class="stat-text">([^<]*)<', page)
    }


def line(page: str, unit: str, channel: str) -> list[str]:
    """The cells of that unit and channel, without markup."""
    for row in re.findall(r"<tr>(.*?)</tr>", page, re.S):
        if f'data-unit="{unit}"' in row and channel in row:
            return [
                " ".join(html.unescape(re.sub(r"<[^>]+>", " ", cell)).split())
                for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.S)
            ]
    raise AssertionError(f"no line of {unit} and {channel}")


def test_the_figures_are_those_of_the_rows_and_of_ones_own_unit(office: Office) -> None:
    desk = office.desk
    mine, foreign = desk.chat(), desk.chat("huntu")
    for seconds in (1.0, 2.0, 3.0):
        answered(desk, mine, seconds)
    came(desk, mine, "waiting", ago_s=180)
    came(desk, mine, "waiting", ago_s=30)
    came(desk, mine, "aside")
    came(desk, mine, ago_s=2 * 3600)
    came(desk, mine, ago_s=30 * 3600)
    came(desk, mine, kind="notice")
    went(desk, mine, "waiting", ago_s=300)
    went(desk, mine, "waiting", ago_s=5000, due=desk.now + timedelta(hours=1))
    went(desk, mine, "held")
    went(desk, mine, "review", purpose="payment")
    went(desk, mine, "failed", error_code="131026", error="El número no tiene WhatsApp.")
    went(desk, mine, "read", read_at=desk.now, delivered_at=desk.now, ago_s=2 * 3600)
    for _ in range(7):
        came(desk, foreign, "waiting")

    page = office.client(office.user()).get("/messaging/").text

    assert figures(page) == {
        "por leer": "2", "por enviar": "2", "apartados": "1", "por decidir": "1", "no enviados": "1",
        "en responder": "2.0 s",
    }  # fmt: skip
    words = re.sub(r"<[^>]+>", "", page)
    assert "el más antiguo, hace 3 minutos" in words
    assert "el más antiguo, hace 5 minutos" in words
    assert "95 de cada 100 en 2.9 s" in page
    said = dict(re.findall(r"<dt>([^<]*)</dt><dd>([^<]*)</dd>", page))
    assert (said["Recibidos en una hora"], said["Recibidos en 24 horas"]) == ("6", "7")
    assert (said["Enviados en una hora"], said["Enviados en 24 horas"], said["Leídos en 24 horas"]) == ("6", "7", "1")
    assert said["Esperan a que termine el horario de silencio"] == "1"
    assert line(page, "amigro", "WhatsApp") == [
        "Amigro WhatsApp", "6", "6", "2 hace 3 minutos", "2 hace 5 minutos", "1", "2.0 s / 2.9 s",
    ]  # fmt: skip
    assert 'data-unit="huntu"' not in re.sub(r"<style.*?</style>", "", page, flags=re.S)
    everything = office.client(office.user("super_admin")).get("/messaging/now").text
    assert figures(everything)["por leer"] == "9"
    assert line(everything, "huntu", "WhatsApp")[3].startswith("7")


def test_a_message_put_aside_is_shown_with_its_error_and_replayed_once(office: Office) -> None:
    desk = office.desk
    row = came(desk, desk.chat(), "aside", attempts=3, error="KeyError: <b>'city'</b>")
    client = office.client(office.user())

    shown = client.get("/messaging/aside").text
    assert row.payload["text"] in shown
    assert "KeyError: &lt;b&gt;" in shown
    first = post(client, f"/messaging/aside/{row.id}/replay")

    assert first.status_code == 302
    assert desk.one(InboxRow, row.id).state == "waiting"
    assert "vuelve a la fila" in client.get("/messaging/aside").text
    post(client, f"/messaging/aside/{row.id}/replay")
    assert "Ya se había repetido." in client.get("/messaging/aside").text
    actions = [entry.action for entry in desk.rows(select(AuditEntry).order_by(AuditEntry.id))]
    assert actions.count("messaging.replay") == 2


@pytest.mark.parametrize(
    ("decision", "state", "action"),
    [
        ("send-again", "waiting", "outbox.send_again"),
        ("mark-sent", "sent", "outbox.mark_sent"),
        ("drop", "failed", "outbox.drop"),
    ],
)  # fmt: skip
def test_what_perhaps_went_is_decided_once_and_audited_once(
    office: Office, decision: str, state: str, action: str
) -> None:
    desk, user = office.desk, office.user()
    row = went(desk, desk.chat(), "review", purpose="payment", error_code="outcome_unknown", error="No se sabe.")
    client = office.client(user)
    assert "Hola de vuelta" in client.get("/messaging/review").text

    assert post(client, f"/messaging/review/{row.id}/{decision}").status_code == 302

    assert desk.one(OutboxRow, row.id).state == state
    entries = desk.rows(select(AuditEntry).where(AuditEntry.object_id == str(row.id)))
    assert [(entry.action, entry.user_id, entry.unit) for entry in entries] == [(action, user.id, "amigro")]
    assert post(client, f"/messaging/review/{row.id}/drop").status_code == 404
    assert desk.one(OutboxRow, row.id).state == state


def test_what_was_not_sent_says_why_and_never_shows_a_code(office: Office) -> None:
    desk, conversation = office.desk, office.desk.chat()
    went(desk, conversation, "failed", error_code="131026", error="El número no tiene WhatsApp.")
    went(desk, conversation, "refused", error_code="no_consent", error="Falta el consentimiento.", purpose="code",
         payload={"kind": "text", "text": "Tu código es 482913"})  # fmt: skip
    for _ in range(30):
        went(desk, conversation, "failed", error="Más reciente.")

    client = office.client(office.user())
    newest = client.get("/messaging/not-sent").text
    older = client.get(html.unescape(re.findall(r'rel="next" href="([^"]*)"', newest)[0])).text

    assert newest.count("Más reciente.") == 30
    assert "El número no tiene WhatsApp." in older
    assert "131026" in older
    assert "Falta el consentimiento." in older
    assert "482913" not in older


def test_a_body_that_nobody_could_read_is_shown_escaped_and_bounded_and_asked_for_again(office: Office) -> None:
    desk = office.desk
    body = Quarantined(
        channel="whatsapp", app="demo", reason="not a webhook", body=b"<script>x</script>\xff" + b"y" * 9000 + b"END"
    )
    desk.add(body)
    client = office.client(office.user("super_admin"))

    assert "not a webhook" in client.get("/messaging/quarantine").text
    shown = client.get(f"/messaging/quarantine/{body.id}").text
    assert "&lt;script&gt;x&lt;/script&gt;\ufffdyyy" in shown
    assert "yEND" not in shown
    assert post(client, f"/messaging/quarantine/{body.id}/replay").status_code == 302

    assert desk.one(Quarantined, body.id).replay_at == desk.now
    (entry,) = desk.rows(select(AuditEntry).where(AuditEntry.object_type == "quarantine"))
    assert entry.action == "messaging.read_again"
    consultant = office.client(office.user())
    assert consultant.get(f"/messaging/quarantine/{body.id}").status_code == 404
    assert post(consultant, f"/messaging/quarantine/{body.id}/replay").status_code == 404


def test_a_unit_goes_back_to_a_model_that_is_kept_and_forward_again(office: Office) -> None:
    desk = office.desk
    for number in range(4):
        desk.execute(
            "INSERT INTO published_models (unit, name, sha256, content, published_at) VALUES"
            " ('amigro', :name, :name, :content, :at), ('huntu', :name, :name, 'x', :at)",
            name=f"model-{number}", content=b"x" if number else None, at=desk.now + timedelta(minutes=number),
        )  # fmt: skip
    ids = {row.name: row.id for row in _models(desk)}
    client = office.client(office.user("super_admin"))

    def taken_back() -> list[str]:
        return [row.name for row in _models(desk) if row.taken_back_at]

    assert client.get("/messaging/models").text.count("En uso") == 2
    assert post(client, f"/messaging/models/{ids['model-1']}/use").status_code == 302
    assert taken_back() == ["model-2", "model-3"]
    assert post(client, f"/messaging/models/{ids['model-3']}/use").status_code == 302
    assert taken_back() == ["model-2"]
    assert post(client, f"/messaging/models/{ids['model-0']}/use").status_code == 404
    assert not desk_rows(desk, "SELECT 1 FROM published_models WHERE unit = 'huntu' AND taken_back_at IS NOT NULL")
    entries = desk.rows(select(AuditEntry).where(AuditEntry.object_type == "published_models"))
    assert [(entry.action, entry.unit) for entry in entries] == [("model.make_current", "amigro")] * 2
    assert post(office.client(office.user()), f"/messaging/models/{ids['model-1']}/use").status_code == 404


def test_nothing_of_another_unit_can_be_decided_or_replayed(office: Office) -> None:
    desk = office.desk
    foreign = desk.chat("huntu")
    row, message = went(desk, foreign, "review"), came(desk, foreign, "aside")
    went(desk, foreign, "failed", error="De otra unidad.")
    client = office.client(office.user())

    for path in (f"/messaging/aside/{message.id}/replay", f"/messaging/review/{row.id}/drop"):
        assert post(client, path).status_code == 404, path
    for wrong in ("0", "-1", "x", "9" * 30, "99999999999"):
        assert post(client, f"/messaging/aside/{wrong}/replay").status_code == 404, wrong
    assert (desk.one(InboxRow, message.id).state, desk.one(OutboxRow, row.id).state) == ("aside", "review")
    for path in ("/messaging/aside", "/messaging/review", "/messaging/not-sent"):
        shown = client.get(path).text
        assert message.payload["text"] not in shown
        assert "De otra unidad." not in shown
        assert f"/{row.id}/" not in shown


def test_a_division_consultant_has_no_messaging(office: Office) -> None:
    desk = office.desk
    user = _division_user(office, _division(office, "norte"), ["reply"])
    message = came(desk, desk.chat(), "aside")
    client = office.client(user)

    assert 'href="/messaging/"' not in client.get("/").text
    for path in ("/messaging/", "/messaging/now", "/messaging/aside", "/messaging/live-token"):
        assert client.get(path).status_code == 404, path
    assert post(client, f"/messaging/aside/{message.id}/replay").status_code == 404


def test_the_categories_of_templates_are_said_in_spanish(office: Office) -> None:
    page = office.client(office.user()).get("/records/templates/").text

    assert "Servicio" in page
    assert "UTILITY" not in page


def test_a_template_says_which_language_it_is_in(office: Office) -> None:
    client = office.client(office.user())
    page = client.get("/records/templates/?text=recordatorio_entrevista_amigro").text
    for said in ("Español <code>es_MX", "Inglés <code>en_US", "Francés <code>fr", "Portugués <code>pt_BR"):
        assert f"{said}</code>" in page

    # Where one is chosen by hand, too: those of the chat's language first.
    desk, user = office.desk, office.user()
    conversation = desk.chat()
    desk.execute("UPDATE conversations SET language = 'en', handling = 'with_person', assigned_to = :user", user=user.id)
    desk.execute("UPDATE chats SET last_inbound_at = :at", at=desk.now - timedelta(hours=25))
    composer = office.client(user).get(f"/conversations/{conversation.id}/composer").text
    shown = re.findall(r"<summary>(.+?) <span class=\"badge bg-secondary-lt\">(\w+)</span>", composer)
    assert shown[0] == ("Retomar la conversación", "Inglés")
    assert [language for _, language in shown] == sorted((language for _, language in shown), key="Inglés".__ne__)
    assert ("Retomar la conversación", "Español") in shown
    ids = re.findall(r'id="([^"]+)"', composer)
    assert len(set(ids)) == len(ids)


def _models(desk: Desk) -> list[Any]:
    return desk_rows(
        desk, "SELECT id, name, taken_back_at FROM published_models WHERE unit = 'amigro' ORDER BY id"
    )


def desk_rows(desk: Desk, statement: str) -> list[Any]:
    with desk.admin.begin() as connection:
        return list(connection.execute(text(statement)))


def test_prometheus_reads_the_same_figures(office: Office) -> None:
    desk, conversation = office.desk, office.desk.chat()
    for seconds in (1.0, 2.0, 3.0):
        answered(desk, conversation, seconds)
    came(desk, conversation, "waiting", ago_s=90)
    came(desk, conversation, "aside")
    went(desk, conversation, "review", purpose="payment")
    went(desk, desk.chat("huntu", "telegram"), "failed")
    wiring = office.app.extensions["wiring"]
    of = 'channel="whatsapp",unit="amigro"'

    assert _figures_for(wiring, "127.0.0.1", {"X-Forwarded-For": "203.0.113.9"}).status_code == 404
    answer = _figures_for(wiring, "127.0.0.1")
    assert answer.headers["Content-Type"].startswith("text/plain")
    shown = {name: float(value) for name, value in re.findall(r"^([^#\s]\S*) (\S+)$", answer.text, re.M)}
    assert shown['huntred_queue_rows{channel="whatsapp",state="waiting",table="inbox",unit="amigro"}'] == 1
    assert shown['huntred_queue_rows{channel="whatsapp",state="aside",table="inbox",unit="amigro"}'] == 1
    assert shown['huntred_queue_rows{channel="whatsapp",state="review",table="outbox",unit="amigro"}'] == 1
    assert shown['huntred_oldest_waiting_seconds{channel="whatsapp",table="inbox",unit="amigro"}'] == 90
    assert shown[f"huntred_received_last_hour{{{of}}}"] == 5
    assert shown[f"huntred_sent_last_hour{{{of}}}"] == 6
    assert shown['huntred_reply_seconds{channel="whatsapp",quantile="0.5",unit="amigro"}'] == 2
    assert shown['huntred_not_sent_last_day{channel="telegram",unit="huntu"}'] == 1
    assert _figures_for(wiring, "10.0.0.7").status_code == 404
    guarded = replace(wiring, settings=replace(wiring.settings, metrics_token="a token of these tests"))
    assert _figures_for(guarded, "10.0.0.7").status_code == 404
    with_token = _figures_for(guarded, "10.0.0.7", {"Authorization": "Bearer a token of these tests"})
    assert "huntred_queue_rows" in with_token.text


def _figures_for(wiring: Any, address: str, headers: dict[str, str] | None = None) -> httpx.Response:
    """What /metrics answers to a request from that address."""

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(create_server(wiring), client=(address, 50000))
        async with httpx.AsyncClient(transport=transport, base_url="http://office.test") as client:
            return await client.get("/metrics", headers=headers)

    return asyncio.run(ask())
