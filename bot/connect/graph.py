"""Meta's Graph API as the command uses it, and what its errors mean for an operator."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from bot.channels.connector import json_of
from bot.channels.meta import API_VERSION
from bot.channels.whatsapp_templates import GraphRefused, refusal
from bot.connect.console import Stop

# A gateway reads new secrets every five seconds at the latest.
_WAITS = (2.0, 5.0)
_ADVICE = {
    "190": "the access token is wrong or has ended: make a new one of a system user (Business settings → System users)",
    "10": "the token lacks a permission: make it anew with those that docs/channels.md names",
    "200": "the token lacks a permission: make it anew with those that docs/channels.md names",
    "100": "an id is wrong, or the token's owner has no access to it: compare it with the vendor's page",
    "2200": "Meta asked our webhook and did not get the answer: see that the public address leads to this gateway",
    "4": "too many requests for now: run this again in an hour",
    "80008": "too many requests for now: run this again in an hour",
    "613": "too many requests for now: run this again in an hour",
}


def stop_of(doing: str, error: GraphRefused) -> Stop:
    advice = _ADVICE.get(error.code, "read Meta's words above; run this again when it is mended")
    return Stop(f"{doing}: {error}", advice)


class Graph:
    """base: of the API. token: a system user's, a page's, or `<app id>|<app secret>`."""

    def __init__(self, http: httpx.AsyncClient, base: str, token: str) -> None:
        self._http = http
        self._base = f"{base}/{API_VERSION}"
        self._headers = {"Authorization": f"Bearer {token}"}

    async def get(self, doing: str, node: str, **params: str) -> dict[str, Any]:
        """Raises Stop, saying what could not be done."""
        return self._read(doing, await self._http.get(f"{self._base}/{node}", params=params, headers=self._headers))

    async def post(self, doing: str, node: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Raises Stop."""
        return self._read(doing, await self._http.post(f"{self._base}/{node}", json=body or {}, headers=self._headers))

    async def subscribe(
        self, app_id: str, subject: str, callback: str, verify_token: str, fields: Sequence[str]
    ) -> None:
        """Register the app's webhook, which Meta asks at once. The token is the app's own. Raises Stop."""
        body = {"object": subject, "callback_url": callback, "verify_token": verify_token, "fields": ",".join(fields)}
        url = f"{self._base}/{app_id}/subscriptions"
        for wait in (*_WAITS, None):
            answer = await self._http.post(url, json=body, headers=self._headers)
            refused = refusal(answer) if answer.status_code != 200 else None
            if refused is None:
                return
            if refused.code != "2200" or wait is None:
                raise stop_of("Meta did not take our webhook", refused)
            await asyncio.sleep(wait)

    @staticmethod
    def _read(doing: str, answer: httpx.Response) -> dict[str, Any]:
        if answer.status_code != 200:
            raise stop_of(doing, refusal(answer))
        return json_of(answer)
