"""The gateway's own pages and its start, in this process."""

from __future__ import annotations

import socket

import httpx
import pytest

from bot import gateway as process
from contract.message import Message
from tests.bot.gateway.town import Running, Town, environment, free_port
from tests.standins.client import StandinsClient


def test_health_and_metrics_tell_what_is(town: Town, gateway: Running, standins: StandinsClient) -> None:
    assert httpx.get(f"{town.url}/health").json() == {"process": "gateway", "database": True}
    town.chat("whatsapp:amigro")
    row = town.insert_outbox(
        {"unit": "amigro", "channel": "email", "address": "ana@example.mx", "source": "t", "source_id": "1", "ord": 0,
         "payload": '{"kind": "email", "text": "x"}'}
    )  # fmt: skip
    town.until_state(row, "sent")
    shown = httpx.get(f"{town.url}/metrics")
    assert shown.headers["content-type"].startswith("text/plain")
    assert 'gateway_sent_total{channel="email"}' in shown.text
    assert 'gateway_waiting_rows{table="outbox"} 0.0' in shown.text
    # Vendors reach this port by a proxy, and so does anybody.
    assert httpx.get(f"{town.url}/metrics", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 404


def test_what_nobody_can_send_ends_with_a_reason(town: Town, gateway: Running, standins: StandinsClient) -> None:
    chat = town.chat("whatsapp:amigro")
    nobody = town.say(chat, Message("text", "x"), channel="pigeon")
    assert town.until_state(nobody, "failed")["error_code"] == "no_channel"
    bare = town.say(chat, Message("template"))
    assert town.until_state(bare, "failed")["error_code"] == "no_template"
    town.db.execute(
        "INSERT INTO message_templates (id, unit, name, body, state) VALUES"
        " (gen_random_uuid(), 'amigro', 'pausada', 'x', 'PAUSED')"
    )
    paused = town.say(chat, Message("template", template=process_template("pausada")))
    assert town.until_state(paused, "refused")["error_code"] == "template_not_approved"
    town.db.execute("UPDATE channel_accounts SET active = false WHERE channel = 'whatsapp' AND unit = 'amigro'")
    gateway.call(gateway.gateway.directory.refresh())
    inactive = town.say(chat, Message("text", "x"))
    assert town.until_state(inactive, "failed")["error_code"] == "no_account"


def process_template(name: str):
    from contract.message import TemplateUse

    return TemplateUse(name, "es_MX")


def test_a_fault_of_ours_in_one_message_does_not_stop_the_others(
    town: Town, gateway: Running, standins: StandinsClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.channels import mail

    real = mail.render

    def broken(message: Message, **values):
        if message.text == "rompe":
            raise RuntimeError("a bug")
        return real(message, **values)

    monkeypatch.setattr(mail, "render", broken)
    first = town.mail("ana@example.mx", Message("email", "rompe"))
    second = town.mail("ana@example.mx", Message("email", "bien"))
    failed = town.until_state(first, "failed")
    assert failed["error_code"] == "error" and "falla interna" in failed["error"]
    town.until_state(second, "sent")


def test_a_vendor_that_cannot_be_reached_is_tried_again(town: Town, gateway: Running, standins: StandinsClient) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    object.__setattr__(gateway.gateway.settings, "whatsapp_api_url", nowhere)
    object.__setattr__(gateway.gateway.settings, "telegram_api_url", nowhere)
    object.__setattr__(gateway.gateway.settings, "smtp_url", nowhere.replace("http", "smtp"))
    rows = [
        town.say(town.chat("whatsapp:amigro"), Message("text", "x")),
        town.say(town.chat("telegram:amigro", "77"), Message("text", "x")),
        town.mail("ana@example.mx", Message("email", "x")),
    ]
    for row in rows:
        found = town.until(lambda row=row: town.outbox(row) if town.outbox(row)["attempts"] else None)
        assert (found["error_code"], found["possible_duplicate"]) == ("unreachable", False)


@pytest.mark.parametrize("broken", ["settings", "schema", "server", "port"])
def test_a_wrong_start_is_one_line(
    town: Town, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], broken: str
) -> None:
    url = town.database.url("gateway")
    port = free_port()
    if broken == "schema":
        url = url.rpartition("/")[0] + "/postgres"
    if broken == "server":
        url = f"postgresql://huntred_gateway:x@127.0.0.1:{free_port()}/x"
    for name, value in environment(url, port).items():
        monkeypatch.setenv(name, value)
    if broken == "settings":
        monkeypatch.delenv("LINK_SECRET")
    taken = socket.create_server(("127.0.0.1", port)) if broken == "port" else None
    status = process.main()
    if taken is not None:
        taken.close()
    said = capsys.readouterr().err.strip()
    assert status == (78 if broken == "settings" else 1)
    assert len(said.splitlines()) == 1 and said.startswith("gateway: ")
    expected = {"settings": "LINK_SECRET", "schema": "runtime migrate", "server": "connection", "port": str(port)}
    assert expected[broken] in said
