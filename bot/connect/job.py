"""What each channel's steps have at hand."""

from __future__ import annotations

from dataclasses import dataclass

import httpx

from bot.connect.address import check_address
from bot.connect.console import Console
from bot.connect.store import Store
from contract.settings import BotSettings


@dataclass(frozen=True)
class Job:
    settings: BotSettings
    http: httpx.AsyncClient
    store: Store
    console: Console
    unit: str
    unit_name: str

    def webhook(self, channel: str, app: str) -> str:
        return f"{self.settings.public_gateway_url}/webhooks/{channel}/{app}/webhook"

    async def check_address(self) -> None:
        await check_address(
            self.console, self.http, self.settings.public_gateway_url,
            development=self.settings.environment != "production",
        )  # fmt: skip
