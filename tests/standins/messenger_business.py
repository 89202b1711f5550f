"""What Messenger's and Instagram's stand-ins know of apps, pages and subscriptions, by Meta's reference.

App subscriptions (`/{app}/subscriptions`), a page's or account's (`/{node}/subscribed_apps`), the Messenger profile.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.standins.accounts import Account
from tests.standins.state import State

APP_IDS = {"messenger": "400000000000402", "instagram": "400000000000403"}
FIELDS = frozenset({
    "messages", "messaging_postbacks", "message_reactions", "message_edits", "message_reads", "message_deliveries",
    "message_echoes", "messaging_referrals", "messaging_seen", "messaging_referral", "message_edit", "feed",
})  # fmt: skip


class _Refused(Exception):
    def __init__(self, code: int, detail: str, status: int = 400) -> None:
        super().__init__(detail)
        self.code, self.detail, self.status = code, detail, status


class MessengerBusiness:
    """nodes: pages and accounts by their ids, as the Send API has them."""

    def __init__(self, state: State, channel: str, nodes: Mapping[str, Account]) -> None:
        self._state = state
        self._channel = channel
        self._nodes = nodes
        self.clear()

    def clear(self) -> None:
        self.callbacks: dict[str, tuple[str, frozenset[str]]] = {}
        self.subscribed: dict[str, frozenset[str]] = {}
        self.profiles: dict[str, Any] = {}

    def routes(self) -> list[Route]:
        base = f"/{self._channel}/{{version:version}}"
        return [
            Route(f"{base}/app", self._answer(self._app), methods=["GET"]),
            Route(f"{base}/me", self._answer(self._me), methods=["GET"]),
            Route(f"{base}/{{node}}/subscriptions", self._answer(self._subscriptions), methods=["POST"]),
            Route(f"{base}/{{node}}/subscribed_apps", self._answer(self._apps), methods=["GET", "POST"]),
            Route(f"{base}/{{node}}/messenger_profile", self._answer(self._profile), methods=["POST"]),
        ]

    def _answer(self, work: Any) -> Any:
        async def handle(request: Request) -> Response:
            try:
                return JSONResponse(await work(request))
            except _Refused as refused:
                error = {"message": f"(#{refused.code}) {refused.detail}", "type": "OAuthException", "code": refused.code}
                return JSONResponse({"error": error}, status_code=refused.status)

        return handle

    async def answer_page(self, request: Request, node: str) -> Response:
        return await self._answer(lambda asked: self.page(asked, node))(request)  # type: ignore[no-any-return]

    def owner(self, request: Request, node: str = "") -> Account:
        """Return whose token it is; with a node, only where that is theirs. Raises _Refused."""
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        owned = {key: a for key, a in self._nodes.items() if secrets.compare_digest(a.secrets["access_token"], token)}
        if not owned:
            raise _Refused(190, "Invalid OAuth access token.", 401)
        if node and node not in owned:
            raise _Refused(100, f"Object with ID '{node}' does not exist or cannot be loaded due to missing permissions")
        return owned[node] if node else next(iter(owned.values()))

    async def page(self, request: Request, node: str) -> dict[str, Any]:
        """A page itself; with an account of Instagram, that one too."""
        account = self.owner(request, node)
        name = account.address.lstrip("@")
        linked = {"instagram_business_account": {"id": account.external_id, "username": name}}
        return {"id": node, "name": account.name, "username": name, **(linked if account.channel == "instagram" else {})}

    async def _app(self, request: Request) -> dict[str, Any]:
        if self._channel == "instagram":
            raise _Refused(100, "Unsupported get request.")
        return {"id": APP_IDS[self.owner(request).channel], "name": "demo"}

    async def _me(self, request: Request) -> dict[str, Any]:
        account = self.owner(request)
        return {"user_id": account.external_id, "username": account.address.lstrip("@")}

    async def _subscriptions(self, request: Request) -> dict[str, Any]:
        body = await request.json()
        subject = {"page": "messenger", "instagram": "instagram"}.get(body.get("object"), "")
        owners = [a for a in self._state.accounts.values() if a.channel == subject]
        expected = f"{APP_IDS.get(subject)}|{owners[0].app_secrets['app_secret']}" if owners else ""
        if request.headers.get("authorization", "") != f"Bearer {expected}":
            raise _Refused(190, "This method must be called with an app access_token.", 401)
        self._check_fields(body["fields"])
        parts = urlsplit(body["callback_url"])
        if parts.scheme != "https" and parts.hostname != "127.0.0.1":
            raise _Refused(100, "callback_url must be https")
        query = {"hub.mode": "subscribe", "hub.verify_token": body["verify_token"], "hub.challenge": "1158201444"}
        async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
            answer = await client.get(body["callback_url"], params=query)
        if answer.status_code != 200 or answer.text != query["hub.challenge"]:
            raise _Refused(2200, f"Callback verification failed: HTTP Status Code = {answer.status_code}")
        self.callbacks[subject] = (body["callback_url"], frozenset(body["fields"].split(",")))
        return {"success": True}

    async def _apps(self, request: Request) -> dict[str, Any]:
        node = request.path_params["node"]
        account = self.owner(request, node)
        if request.method == "POST":
            fields = str((await request.json()).get("subscribed_fields", ""))
            self._check_fields(fields)
            self.subscribed[node] = frozenset(fields.split(","))
            return {"success": True}
        if node not in self.subscribed:
            return {"data": []}
        return {"data": [{"id": APP_IDS[account.channel], "subscribed_fields": sorted(self.subscribed[node])}]}

    @staticmethod
    def _check_fields(fields: str) -> None:
        unknown = set(fields.split(",")) - FIELDS
        if unknown:
            raise _Refused(100, f"Param subscribed_fields[0] must be one of the known, not {', '.join(sorted(unknown))}")

    async def _profile(self, request: Request) -> dict[str, Any]:
        """A menu needs a Get started button; at most 20 entries, titles of at most 30 characters."""
        node = request.path_params["node"]
        self.owner(request, node)
        body = await request.json()
        profile = {**self.profiles.get(node, {}), **body}
        if "persistent_menu" in profile and not (profile.get("get_started") or {}).get("payload"):
            raise _Refused(100, "You must set a Get Started button if you also wish to use persistent menu")
        for menu in profile.get("persistent_menu") or ():
            entries = menu.get("call_to_actions") or []
            if len(entries) > 20 or any(not 0 < len(entry.get("title", "")) <= 30 for entry in entries):
                raise _Refused(100, "persistent_menu: at most 20 entries, titles of 1 to 30 characters")
        self.profiles[node] = profile
        return {"result": "success"}
