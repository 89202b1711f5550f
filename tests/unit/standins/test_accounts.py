"""The demo accounts, the settings and the order of failures that a test tool needs."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.standins.accounts import load_accounts
from tests.standins.config import Config

UNITS = ["amigro", "huntu", "huntred", "huntred_executive", "huntred_solutions", "sexsi", "milkyleak"]


def test_every_unit_has_its_accounts() -> None:
    accounts = load_accounts()

    assert [a.unit for a in accounts.values() if a.channel == "telegram"] == UNITS
    assert [a.unit for a in accounts.values() if a.channel == "whatsapp"] == [
        u for u in UNITS if u != "sexsi"
    ]


def test_secrets_are_of_one_account_each_and_fit_the_vendors() -> None:
    accounts = list(load_accounts().values())
    own = [secret for account in accounts for secret in account.secrets.values()]
    bots = [account for account in accounts if account.channel == "telegram"]

    assert len(set(own)) == len(own)
    assert all(a.secrets["bot_token"].startswith(f"{a.external_id}:") for a in bots)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,256}", a.app_secrets["secret_token"]) for a in bots)
    assert all(a.secrets[name] not in repr(a) for a in accounts for name in a.secrets)


def test_an_account_of_an_unknown_app_is_named(tmp_path: Path) -> None:
    row = {
        "unit": "amigro",
        "channel": "whatsapp",
        "app": "none",
        "external_id": "1",
        "name": "A",
        "address": "+1",
    }
    file = tmp_path / "accounts.json"
    file.write_text(json.dumps({"apps": [], "accounts": [{**row, "secrets": {}}]}))

    with pytest.raises(ValueError, match="account 1 names the unknown app none"):
        load_accounts(file)


def test_settings() -> None:
    config = Config.from_environment({"STANDINS_PORT": "9001", "GATEWAY_URL": "http://127.0.0.1:8000/"})

    assert (config.port, config.smtp_port, config.gateway_url) == (9001, 8025, "http://127.0.0.1:8000")
    with pytest.raises(ValueError, match="STANDINS_SMTP_PORT: 'mail' is not a port"):
        Config.from_environment({"STANDINS_SMTP_PORT": "mail"})
