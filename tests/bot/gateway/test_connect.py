"""`make connect` against the stand-ins, with the gateway running: what is registered, kept, repaired and said."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from bot.accounts import ACCOUNT_SECRETS
from bot.connect.__main__ import run
from bot.connect.console import Console, Stop
from contract.encryption import Cipher
from contract.message import Message, TemplateUse
from tests.bot.gateway.town import ME, Running, Town, environment
from tests.standins.client import StandinsClient

SEED = Path(__file__).resolve().parents[3] / "huntred" / "units" / "seed"
WHATSAPP = {
    "CONNECT_WHATSAPP_PHONE_NUMBER_ID": "100000000000101",
    "CONNECT_WHATSAPP_BUSINESS_ACCOUNT_ID": "200000000000201",
    "CONNECT_WHATSAPP_ACCESS_TOKEN": "demo-access-token-amigro",
    "CONNECT_WHATSAPP_APP": "demo",
    "CONNECT_WHATSAPP_APP_SECRET": "demo-app-secret-for-the-stand-in-only",
}
TELEGRAM = {"CONNECT_TELEGRAM_BOT_TOKEN": "7000000001:demo-bot-token-amigro"}
BODY = "¡Hola, {{1}}! Prueba de plantilla."


@dataclass
class Ran:
    status: int
    said: str


def connect(gateway: Running, town: Town, channel: str, given: Mapping[str, str], unit: str = "amigro", **more: Any) -> Ran:
    lines: list[str] = []
    settings = replace(gateway.gateway.settings, database_url=town.database.url("migrator"), **more)
    status = asyncio.run(run(settings, channel, unit, Console(channel, given, say=lines.append)))
    gateway.call(gateway.gateway.directory.refresh())  # as it does every five seconds
    return Ran(status, "\n".join(lines))


def put_template(town: Town, name: str, body: str = BODY, state: str = "PENDING") -> None:
    town.db.execute(
        "INSERT INTO message_templates (id, unit, name, body, state, components)"
        " VALUES (gen_random_uuid(), 'amigro', %s, %s, %s, %s::jsonb)",
        (name, body, state, '{"parameters": [{"name": "first_name", "sample": "Ana"}], "buttons": ["Sí", "No"]}'),
    )


def template(town: Town, name: str) -> dict[str, Any]:
    return town.row("SELECT * FROM message_templates WHERE name = %s", name)


def test_whatsapp_from_nothing_to_a_conversation(town: Town, gateway: Running, standins: StandinsClient) -> None:
    town.db.execute("DELETE FROM channel_accounts WHERE channel = 'whatsapp'")
    town.db.execute("DELETE FROM channel_apps WHERE channel = 'whatsapp'")
    put_template(town, "prueba_nueva")
    ran = connect(gateway, town, "whatsapp", WHATSAPP)
    assert ran.status == 0, ran.said
    assert "demo-a" not in ran.said, "a secret was shown"
    account = town.row("SELECT * FROM channel_accounts WHERE channel = 'whatsapp'")
    assert (account["unit"], account["external_id"], account["address"]) == ("amigro", "100000000000101", "+525500000101")
    assert "demo-access-token" not in account["secrets"]
    cipher = Cipher(gateway.gateway.settings.encryption_keys)
    assert "200000000000201" in cipher.open(account["secrets"], ACCOUNT_SECRETS)
    assert "prueba_nueva" in ran.said and template(town, "prueba_nueva")["state"] == "PENDING"
    assert template(town, "prueba_nueva")["vendor_id"]
    assert standins.violations == []
    # What a person writes now arrives: the app's secret signs it, the number is known.
    standins.send_text(ME, "whatsapp:amigro", "hola")
    town.until(town.inbox)


def test_a_template_follows_its_review(town: Town, gateway: Running, standins: StandinsClient) -> None:
    put_template(town, "prueba_nueva")
    assert connect(gateway, town, "whatsapp", WHATSAPP).status == 0
    chat = town.chat("whatsapp:amigro", spoke_ago=None)
    said = Message("template", text="x", template=TemplateUse("prueba_nueva", "es_MX", ("Ana",)))
    waits = town.say(chat, said)
    assert town.until_state(waits, "refused")["error_code"] == "template_not_approved"
    for event, state in (("APPROVED", "APPROVED"), ("FLAGGED", "FLAGGED"), ("PAUSED", "PAUSED"), ("REINSTATED", "APPROVED"),
                         ("REJECTED", "REJECTED")):  # fmt: skip
        assert standins.review("whatsapp:amigro", "prueba_nueva", event, "TAG_CONTENT_MISMATCH" if event == "REJECTED" else "")
        town.until(lambda state=state: template(town, "prueba_nueva")["state"] == state)
        sent = town.say(chat, said)
        row = town.until_state(sent, "sent", "delivered", "read", "refused")
        assert (row["state"] == "refused") == (state in ("PAUSED", "REJECTED")), state
        assert row["state"] != "refused" or row["error_code"] == "template_not_approved"
    assert template(town, "prueba_nueva")["reason"] == "TAG_CONTENT_MISMATCH"
    assert town.rows("SELECT * FROM quarantine") == []


def test_a_late_word_changes_nothing(town: Town, gateway: Running, standins: StandinsClient) -> None:
    put_template(town, "prueba_nueva")
    connect(gateway, town, "whatsapp", WHATSAPP)
    town.db.execute("UPDATE message_templates SET state = 'PAUSED', checked_at = now() + interval '1 hour'")
    standins.review("whatsapp:amigro", "prueba_nueva", "APPROVED")
    standins.notice("whatsapp:amigro", "message_template_quality_update", {
        "message_template_id": 1, "message_template_name": "prueba_nueva", "message_template_language": "es_MX",
        "previous_quality_score": "GREEN", "new_quality_score": "RED",
    })  # fmt: skip
    standins.send_text(ME, "whatsapp:amigro", "hola")
    town.until(town.inbox)
    standins.wait_until_delivered()
    assert (template(town, "prueba_nueva")["state"], template(town, "prueba_nueva")["quality"]) == ("PAUSED", "")


def test_numbers_and_accounts_are_heard_of(town: Town, gateway: Running, standins: StandinsClient) -> None:
    connect(gateway, town, "whatsapp", WHATSAPP)
    low = {"display_phone_number": "525500000101", "event": "DOWNGRADE", "current_limit": "TIER_1K"}
    assert standins.notice("whatsapp:amigro", "phone_number_quality_update", low)
    banned = {"event": "ACCOUNT_VIOLATION", "violation_info": {"violation_type": "ADULT"}}
    assert standins.notice("whatsapp:amigro", "account_update", banned)

    def told() -> Any:
        found = town.row("SELECT vendor_state FROM channel_accounts WHERE external_id = '100000000000101'")["vendor_state"]
        return found if len(found) == 2 else None

    kept = town.until(told)
    assert kept["phone_number_quality_update"]["current_limit"] == "TIER_1K"
    assert kept["account_update"]["violation_info"] == {"violation_type": "ADULT"} and kept["account_update"]["at"]
    others = town.row("SELECT vendor_state FROM channel_accounts WHERE external_id = '100000000000102'")
    assert others["vendor_state"] == {}


def test_what_the_webhooks_did_not_tell_is_asked(town: Town, gateway: Running, standins: StandinsClient) -> None:
    from bot.channels import whatsapp_templates

    put_template(town, "prueba_nueva")
    put_template(town, "recordatorio_entrevista_amigro")
    connect(gateway, town, "whatsapp", WHATSAPP)
    town.db.execute("UPDATE message_templates SET state = 'PENDING', checked_at = NULL, vendor_id = '9'")
    standins.reset()  # at the vendor the new one is gone, the seed's are approved
    services = next(one for one in gateway.gateway.connectors if one.name() == "whatsapp").services
    gateway.call(services.directory.refresh())
    account = gateway.call(services.directory.account("whatsapp", "100000000000101"))
    assert gateway.call(whatsapp_templates.ask(services, account)) == 1
    assert template(town, "recordatorio_entrevista_amigro")["state"] == "APPROVED"
    assert template(town, "prueba_nueva")["state"] == "DELETED"


def test_again_repairs_and_asks_for_nothing(town: Town, gateway: Running, standins: StandinsClient) -> None:
    put_template(town, "prueba_nueva")
    assert connect(gateway, town, "whatsapp", WHATSAPP).status == 0
    before = town.row("SELECT count(*) AS n FROM channel_accounts")["n"]
    standins.reset()  # the subscriptions are lost at the vendor
    ran = connect(gateway, town, "whatsapp", {"CONNECT_WHATSAPP_TEST_NUMBER": "+52 1 55 1234 5678"})
    assert ran.status == 0, ran.said
    assert town.row("SELECT count(*) AS n FROM channel_accounts")["n"] == before
    assert standins.review("whatsapp:amigro", "prueba_nueva", "APPROVED"), "it hears again"


def test_the_test_message_is_an_approved_template(town: Town, gateway: Running, standins: StandinsClient) -> None:
    seed = SEED / "amigro" / "templates.yml"
    known = {row["name"]: row for row in YAML(typ="safe").load(seed.read_text(encoding="utf-8"))["templates"]}
    put_template(town, "registro_amigro", body=known["registro_amigro"]["body"])
    ran = connect(gateway, town, "whatsapp", {**WHATSAPP, "CONNECT_WHATSAPP_TEST_NUMBER": f"+{ME}"})
    assert ran.status == 0, ran.said
    assert "test message registro_amigro" in ran.said
    assert [shown.kind for shown in standins.chat(ME, "whatsapp:amigro")] == ["template"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"ACCESS_TOKEN": "another-token-altogether"}, "access token is wrong"),
        ({"APP_SECRET": "another-secret-altogether"}, "access token is wrong"),
        ({"BUSINESS_ACCOUNT_ID": "299"}, "an id is wrong"),
        ({"PHONE_NUMBER_ID": "100000000000102"}, "access token is wrong"),
    ],
)
def test_what_is_wrong_is_said_in_words(
    town: Town, gateway: Running, standins: StandinsClient, change: dict[str, str], words: str
) -> None:
    given = {**WHATSAPP, **{f"CONNECT_WHATSAPP_{name}": value for name, value in change.items()}}
    ran = connect(gateway, town, "whatsapp", given)
    assert ran.status == 1 and words in ran.said, ran.said
    assert "altogether" not in ran.said and "Traceback" not in ran.said


def test_a_template_that_meta_refuses_does_not_stop_the_others(
    town: Town, gateway: Running, standins: StandinsClient
) -> None:
    put_template(town, "a_mala", body="{{1}}, empieza mal")
    put_template(town, "b_buena")
    ran = connect(gateway, town, "whatsapp", WHATSAPP)
    assert ran.status == 1 and "a_mala" in ran.said and "variables can't be at the start" in ran.said
    assert template(town, "b_buena")["vendor_id"] and not template(town, "a_mala")["vendor_id"]


def test_a_rejected_text_that_was_mended_is_submitted_again(
    town: Town, gateway: Running, standins: StandinsClient
) -> None:
    put_template(town, "prueba_nueva")
    connect(gateway, town, "whatsapp", WHATSAPP)
    standins.review("whatsapp:amigro", "prueba_nueva", "REJECTED", "PROMOTIONAL")
    town.until(lambda: template(town, "prueba_nueva")["state"] == "REJECTED")
    ran = connect(gateway, town, "whatsapp", {})
    assert ran.status == 1 and "prueba_nueva (es_MX) is REJECTED: PROMOTIONAL" in ran.said
    town.db.execute("UPDATE message_templates SET body = '¡Hola, {{1}}! Otra prueba, sin ofertas.'")
    ran = connect(gateway, town, "whatsapp", {})
    assert ran.status == 0, ran.said
    found = template(town, "prueba_nueva")
    assert (found["state"], found["reason"]) == ("PENDING", "")
    assert connect(gateway, town, "whatsapp", {}).status == 0


def test_the_address_is_looked_at_first(town: Town, gateway: Running, standins: StandinsClient) -> None:
    public = "http://huntred.example"
    assert "by https only" in connect(gateway, town, "telegram", TELEGRAM, public_gateway_url=public).said
    private = "https://127.0.0.1:1"
    assert "private address" in connect(gateway, town, "telegram", TELEGRAM, public_gateway_url=private).said
    silent = "http://127.0.0.1:1"
    assert "does not answer" in connect(gateway, town, "telegram", TELEGRAM, public_gateway_url=silent).said
    other = connect(gateway, town, "telegram", TELEGRAM, public_gateway_url=standins.base_url)
    assert "not as our gateway does" in other.said
    in_production = connect(gateway, town, "telegram", TELEGRAM, environment="production")
    assert in_production.status == 1 and "by https only" in in_production.said


def test_telegram_from_nothing_to_a_conversation(town: Town, gateway: Running, standins: StandinsClient) -> None:
    town.db.execute("DELETE FROM channel_accounts WHERE channel = 'telegram'")
    town.db.execute("DELETE FROM channel_apps WHERE channel = 'telegram'")
    ran = connect(gateway, town, "telegram", TELEGRAM)
    assert ran.status == 0, ran.said
    assert "demo-bot-token" not in ran.said
    account = town.row("SELECT external_id, address FROM channel_accounts WHERE channel = 'telegram'")
    assert (account["external_id"], account["address"]) == ("7000000001", "@demo_amigro_bot")
    standins.send_text("4242", "telegram:amigro", "hola")
    town.until(town.inbox)
    again = connect(gateway, town, "telegram", {"CONNECT_TELEGRAM_TEST_CHAT": "4242"})
    assert again.status == 0 and "test message to 4242" in again.said
    standins.send_text("4242", "telegram:amigro", "otra vez")
    town.until(lambda: len(town.inbox()) == 2)


def test_telegram_says_what_is_wrong(town: Town, gateway: Running, standins: StandinsClient) -> None:
    wrong = connect(gateway, town, "telegram", {"CONNECT_TELEGRAM_BOT_TOKEN": "1:nobody"})
    assert wrong.status == 1 and "@BotFather" in wrong.said and "nobody" not in wrong.said
    unknown = connect(gateway, town, "telegram", {**TELEGRAM, "CONNECT_TELEGRAM_TEST_CHAT": "999"})
    assert unknown.status == 1 and "press Start" in unknown.said


def test_what_may_not_be_is_refused(town: Town, gateway: Running, standins: StandinsClient) -> None:
    assert "does not allow" in connect(gateway, town, "whatsapp", WHATSAPP, unit="sexsi").said
    assert "there is no unit nadie" in connect(gateway, town, "whatsapp", WHATSAPP, unit="nadie").said
    taken = connect(gateway, town, "whatsapp", WHATSAPP, unit="huntu")
    assert taken.status == 1 and "an account of another unit" in taken.said
    missing = connect(gateway, town, "telegram", {}, unit="amigro")
    assert missing.status == 0, "what is stored is used"
    town.db.execute("DELETE FROM channel_accounts WHERE channel = 'telegram'")
    missing = connect(gateway, town, "telegram", {}, unit="amigro")
    assert "CONNECT_TELEGRAM_BOT_TOKEN" in missing.said




def test_the_command_itself(town: Town, gateway: Running, standins: StandinsClient) -> None:
    """As `make connect` starts it, with nobody at the keyboard."""
    variables = environment(
        town.database.url("migrator"), town.port, TELEGRAM_API_URL=standins.base_url, ENVIRONMENT="development",
        PATH=os.environ["PATH"], HOME=os.environ.get("HOME", ""), **TELEGRAM,
    )  # fmt: skip
    command = [sys.executable, "-m", "bot.connect", "--channel", "telegram", "--unit", "amigro"]
    done = subprocess.run(command, env=variables, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("telegram for amigro: connected\n") and "demo-bot-token" not in done.stdout + done.stderr


def test_who_is_asked_may_keep_what_is_stored() -> None:
    asked: list[tuple[str, bool]] = []
    typed = iter(["", "", "otro", ""])

    def ask(question: str, secret: bool) -> str:
        asked.append((question, secret))
        return next(typed)

    console = Console("telegram", {"CONNECT_TELEGRAM_GIVEN": "g"}, ask=ask, say=lambda line: None)
    assert console.ask("given", "Given") == "g" and asked == []
    assert console.ask("token", "Token", "a-secret", secret=True) == "a-secret"
    assert console.ask("name", "Name", "Amigro") == "Amigro"
    assert console.ask("name", "Name", "Amigro") == "otro"
    assert asked[0][1] and "a-secret" not in asked[0][0]
    with pytest.raises(Stop, match="Token is missing"):
        console.ask("token", "Token", secret=True)
