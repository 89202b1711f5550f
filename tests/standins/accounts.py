"""The accounts of the stand-ins: apps, whose secrets sign, and numbers and bots, each of one app."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

DEMO_ACCOUNTS = Path(__file__).with_name("accounts.json")


@dataclass(frozen=True)
class Account:
    """A WhatsApp number or a Telegram bot. key: how tests name it, `whatsapp:amigro`."""

    unit: str
    channel: str
    app: str
    external_id: str
    name: str
    address: str
    secrets: Mapping[str, str] = field(repr=False)
    app_secrets: Mapping[str, str] = field(repr=False)
    business_account_id: str = ""

    @property
    def key(self) -> str:
        return f"{self.channel}:{self.unit}"

    @property
    def display_number(self) -> str:
        return self.address.lstrip("+")


def load_accounts(path: Path = DEMO_ACCOUNTS) -> dict[str, Account]:
    """Read accounts by key. Raises ValueError where an account names an app that the file lacks."""
    data = json.loads(path.read_text(encoding="utf-8"))
    apps = {(app["channel"], app["name"]): app["secrets"] for app in data["apps"]}
    accounts: dict[str, Account] = {}
    for row in data["accounts"]:
        if (row["channel"], row["app"]) not in apps:
            raise ValueError(f"{path.name}: account {row['external_id']} names the unknown app {row['app']}")
        account = Account(
            unit=row["unit"], channel=row["channel"], app=row["app"], external_id=row["external_id"],
            name=row["name"], address=row["address"], secrets=row["secrets"],
            app_secrets=apps[row["channel"], row["app"]],
            business_account_id=row.get("business_account_id", ""),
        )  # fmt: skip
        if account.key in accounts:
            raise ValueError(f"{path.name}: two accounts of {account.key}")
        accounts[account.key] = account
    return accounts
