"""X's account, webhooks and subscriptions, version 2, by docs.x.com (Webhooks API, Account Activity API)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any
from urllib.parse import urlsplit

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.standins.accounts import Account
from tests.standins.state import State

KEY = "demo-consumer-key"
BEARER = "demo-x-app-bearer"


class XBusiness:
    """A user's requests are signed by OAuth 1.0a; here its token names the account. The app's own bring a bearer."""

    def __init__(self, state: State) -> None:
        self._state = state
        self.clear()

    def clear(self) -> None:
        self.hooks: dict[str, str] = {}
        self.subscribed: set[tuple[str, str]] = set()

    def routes(self) -> list[Route]:
        return [
            Route("/2/users/me", self._me, methods=["GET"]),
            Route("/oauth2/token", self._token, methods=["POST"]),
            Route("/2/webhooks", self._webhooks, methods=["GET", "POST"]),
            Route("/2/webhooks/{hook}", self._again, methods=["PUT"]),
            Route("/2/account_activity/webhooks/{hook}/subscriptions/all", self._subscribe, methods=["GET", "POST"]),
        ]

    def _user(self, request: Request) -> Account | None:
        header = request.headers.get("authorization", "")
        fields = dict(part.strip().split("=", 1) for part in header.removeprefix("OAuth ").split(",") if "=" in part)
        token = fields.get("oauth_token", "").strip('"')
        signed = header.startswith("OAuth ") and fields.get("oauth_consumer_key", "").strip('"') == KEY
        owned = [a for a in self._state.accounts.values() if a.channel == "x" and a.secrets["access_token"] == token]
        return owned[0] if signed and owned else None

    async def _me(self, request: Request) -> Response:
        account = self._user(request)
        if account is None:
            return _problem(401, "Unauthorized")
        username = account.address.lstrip("@")
        return JSONResponse({"data": {"id": account.external_id, "name": account.name, "username": username}})

    def _secret(self) -> str:
        return next(a for a in self._state.accounts.values() if a.channel == "x").app_secrets["consumer_secret"]

    async def _token(self, request: Request) -> Response:
        expected = base64.b64encode(f"{KEY}:{self._secret()}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {expected}":
            return _problem(403, "Unable to verify your credentials")
        return JSONResponse({"token_type": "bearer", "access_token": BEARER})

    async def _webhooks(self, request: Request) -> Response:
        if request.headers.get("authorization") != f"Bearer {BEARER}":
            return _problem(401, "Unauthorized")
        if request.method == "GET":
            return JSONResponse({"data": [{"id": key, "url": url, "valid": True} for key, url in self.hooks.items()]})
        url = str((await request.json()).get("url", ""))
        if urlsplit(url).scheme != "https" and urlsplit(url).hostname != "127.0.0.1":
            return _problem(400, "UrlValidationFailed")
        if url in self.hooks.values():
            return _problem(400, "DuplicateUrlFailed")
        if not await self._holds(url):
            return _problem(400, "CrcValidationFailed")
        self.hooks[f"15{len(self.hooks):017d}"] = url
        key = next(key for key, held in self.hooks.items() if held == url)
        return JSONResponse({"data": {"id": key, "url": url, "valid": True}})

    async def _holds(self, url: str) -> bool:
        """Ask the webhook for the hash of a token, as X does before it takes it and every day."""
        async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
            answer = await client.get(url, params={"crc_token": "9b4507b3", "nonce": "1"})
        digest = hmac.new(self._secret().encode(), b"9b4507b3", hashlib.sha256).digest()
        expected = "sha256=" + base64.b64encode(digest).decode()
        return answer.status_code == 200 and answer.json().get("response_token") == expected

    async def _again(self, request: Request) -> Response:
        url = self.hooks.get(request.path_params["hook"])
        if url is None or not await self._holds(url):
            return _problem(400, "CrcValidationFailed")
        return JSONResponse({"data": {"valid": True}})

    async def _subscribe(self, request: Request) -> Response:
        account, hook = self._user(request), request.path_params["hook"]
        if account is None or hook not in self.hooks:
            return _problem(401 if account is None else 404, "Unauthorized" if account is None else "Not Found")
        if request.method == "POST":
            self.subscribed.add((hook, account.external_id))
        subscribed: Any = (hook, account.external_id) in self.subscribed
        return JSONResponse({"data": {"subscribed": subscribed}})


def _problem(status: int, detail: str) -> JSONResponse:
    return JSONResponse({"title": detail, "detail": detail, "status": status, "type": "about:blank"}, status_code=status)
