"""`make connect` for Messenger, Instagram, Slack, X and mail, against the stand-ins and a real IMAP server."""

from __future__ import annotations

import json

import pytest

from bot.accounts import ACCOUNT_SECRETS, APP_SECRETS
from contract.encryption import Cipher
from tests.bot.gateway.test_connect import connect
from tests.bot.gateway.town import Running, Town
from tests.standins.client import StandinsClient
from tests.standins.mailbox import mailbox

MESSENGER = {
    "CONNECT_MESSENGER_PAGE_ID": "300000000000301", "CONNECT_MESSENGER_ACCESS_TOKEN": "demo-page-token-amigro",
    "CONNECT_MESSENGER_APP": "demo", "CONNECT_MESSENGER_APP_SECRET": "demo-messenger-app-secret-for-the-stand-in",
}  # fmt: skip
INSTAGRAM = {
    "CONNECT_INSTAGRAM_ACCESS_TOKEN": "demo-instagram-token-amigro", "CONNECT_INSTAGRAM_APP": "demo",
    "CONNECT_INSTAGRAM_APP_SECRET": "demo-instagram-app-secret-for-the-stand-in",
}  # fmt: skip
BY_PAGE = {
    **INSTAGRAM, "CONNECT_INSTAGRAM_PAGE_ID": "300000000000302",
    "CONNECT_INSTAGRAM_ACCESS_TOKEN": "demo-instagram-page-token-huntu",
}  # fmt: skip
SLACK = {
    "CONNECT_SLACK_BOT_TOKEN": "xoxb-demo-bot-token-huntred", "CONNECT_SLACK_SIGNING_SECRET": "demo-signing-secret-huntred",
}  # fmt: skip
X = {
    "CONNECT_X_CONSUMER_KEY": "demo-consumer-key", "CONNECT_X_CONSUMER_SECRET": "demo-consumer-secret-for-the-stand-in-only",
    "CONNECT_X_ACCESS_TOKEN": "demo-x-access-token-amigro", "CONNECT_X_ACCESS_TOKEN_SECRET": "demo-x-token-secret",
    "CONNECT_X_APP": "demo",
}  # fmt: skip
ANA = "5550001112223"


def forget(town: Town, channel: str) -> None:
    town.db.execute("DELETE FROM channel_accounts WHERE channel = %s", (channel,))
    town.db.execute("DELETE FROM channel_apps WHERE channel = %s", (channel,))


@pytest.mark.parametrize(
    ("channel", "unit", "given", "external_id"),
    [
        ("messenger", "amigro", MESSENGER, "300000000000301"),
        ("instagram", "amigro", INSTAGRAM, "17841400000000401"),
        ("instagram", "huntu", BY_PAGE, "17841400000000402"),
        ("x", "amigro", X, "900000000000000101"),
    ],
)
def test_from_nothing_to_a_conversation_and_again(
    town: Town, gateway: Running, standins: StandinsClient, channel: str, unit: str, given: dict[str, str], external_id: str
) -> None:
    forget(town, channel)
    ran = connect(gateway, town, channel, given, unit)
    assert ran.status == 0, ran.said
    assert not any(value in ran.said for name, value in given.items() if name.endswith(("TOKEN", "SECRET", "KEY")))
    account = town.row("SELECT * FROM channel_accounts WHERE channel = %s", channel)
    assert (account["unit"], account["external_id"]) == (unit, external_id)
    standins.send_text(ANA, f"{channel}:{unit}", "hola")
    town.until(town.inbox)
    # What is stored is enough to repair.
    again = connect(gateway, town, channel, {}, unit)
    assert again.status == 0, again.said


def test_a_page_gets_its_menu_and_a_test_message(town: Town, gateway: Running, standins: StandinsClient) -> None:
    standins.send_text(ANA, "messenger:amigro", "hola")
    standins.wait_until_delivered()
    ran = connect(gateway, town, "messenger", {**MESSENGER, "CONNECT_MESSENGER_TEST_USER": ANA})
    assert ran.status == 0 and f"test message to {ANA}" in ran.said, ran.said
    assert "menu are set" in ran.said
    assert standins.last(ANA, "messenger:amigro").text == "✓ Amigro"


@pytest.mark.parametrize(
    ("channel", "given", "words"),
    [
        ("messenger", {**MESSENGER, "CONNECT_MESSENGER_ACCESS_TOKEN": "not-the-token"}, "access token is wrong"),
        ("messenger", {**MESSENGER, "CONNECT_MESSENGER_PAGE_ID": "399"}, "an id is wrong"),
        ("messenger", {**MESSENGER, "CONNECT_MESSENGER_APP_SECRET": "not-the-secret"}, "access token is wrong"),
        ("instagram", {**INSTAGRAM, "CONNECT_INSTAGRAM_ACCESS_TOKEN": "not-the-token"}, "access token is wrong"),
        ("x", {**X, "CONNECT_X_ACCESS_TOKEN": "not-the-token"}, "make them anew"),
        ("x", {**X, "CONNECT_X_CONSUMER_SECRET": "not-the-secret"}, "Read, write and direct messages"),
    ],
)
def test_what_is_wrong_is_said_in_words(
    town: Town, gateway: Running, standins: StandinsClient, channel: str, given: dict[str, str], words: str
) -> None:
    ran = connect(gateway, town, channel, given)
    assert ran.status == 1 and words in ran.said, ran.said
    assert "not-the-" not in ran.said


def test_slack_gives_its_manifest(town: Town, gateway: Running, standins: StandinsClient) -> None:
    forget(town, "slack")
    ran = connect(gateway, town, "slack", SLACK, "huntred")
    assert ran.status == 0, ran.said
    assert "demo-bot-token" not in ran.said and "demo-signing" not in ran.said
    manifest = json.loads(ran.said[ran.said.index("\n{") : ran.said.rindex("\n}") + 2])
    url = f"{town.url}/webhooks/slack/huntred/webhook"
    assert manifest["settings"]["event_subscriptions"]["request_url"] == url
    assert manifest["settings"]["interactivity"]["request_url"] == url
    assert town.row("SELECT external_id FROM channel_accounts WHERE channel = 'slack'")["external_id"] == "T0DEMO003"
    wrong = connect(gateway, town, "slack", {**SLACK, "CONNECT_SLACK_BOT_TOKEN": "xoxb-not-it"}, "huntred")
    assert wrong.status == 1 and "begins with xoxb-" in wrong.said and "not-it" not in wrong.said


def test_a_mailbox(town: Town, gateway: Running, standins: StandinsClient) -> None:
    forget(town, "email")
    with mailbox("amigro@demo.example", "demo-mailbox") as box:
        given = {
            "CONNECT_EMAIL_ADDRESS": "Amigro@demo.example", "CONNECT_EMAIL_IMAP_URL": box.url,
            "CONNECT_EMAIL_IMAP_PASSWORD": box.password, "CONNECT_EMAIL_TEST_ADDRESS": "ana@example.mx",
        }  # fmt: skip
        wrong = connect(gateway, town, "email", {**given, "CONNECT_EMAIL_IMAP_PASSWORD": "not-the-password"})
        assert wrong.status == 1 and "refuses user or password" in wrong.said and "not-the" not in wrong.said
        assert town.rows("SELECT * FROM channel_accounts WHERE channel = 'email'") == []
        ran = connect(gateway, town, "email", given)
        assert ran.status == 0, ran.said
        assert connect(gateway, town, "email", {}).status == 0
    row = town.row(
        "SELECT a.external_id, a.secrets, p.secrets AS app FROM channel_accounts a JOIN channel_apps p ON p.id = a.app_id"
        " WHERE a.channel = 'email'"
    )
    cipher = Cipher(gateway.gateway.settings.encryption_keys)
    assert row["external_id"] == "amigro@demo.example"
    assert json.loads(cipher.open(row["secrets"], ACCOUNT_SECRETS))["imap_url"] == box.url
    assert len(json.loads(cipher.open(row["app"], APP_SECRETS))["webhook_secret"]) > 20
    assert [mail["recipients"] for mail in standins.mails()] == [["ana@example.mx"]]
    silent = connect(gateway, town, "email", given)
    assert silent.status == 1 and "cannot be opened" in silent.said
