"""WhatsApp's nodes of the business: app, numbers, subscriptions, and templates with their review.

By Meta's reference of the WhatsApp Business Management API and of app subscriptions.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.standins.accounts import Account
from tests.standins.delivery import Webhook
from tests.standins.state import State, Unknown
from tests.standins.whatsapp_access import VERSION, Refused
from tests.standins.whatsapp_errors import graph_error
from tests.standins.whatsapp_events import signature
from tests.standins.whatsapp_templates import Template

APP_ID = "400000000000401"
STATES = ("APPROVED", "REJECTED", "PENDING", "PAUSED", "FLAGGED", "DISABLED", "REINSTATED", "IN_APPEAL")
_NAME = re.compile(r"[a-z0-9_]{1,512}")
_PARAMETER = re.compile(r"\{\{\s*\w+\s*\}\}")


class WhatsAppBusiness:
    """accounts: numbers by phone number id."""

    def __init__(self, state: State, accounts: Mapping[str, Account]) -> None:
        self._state = state
        self._accounts = accounts
        self.clear()

    def clear(self) -> None:
        self.callback = ""
        self.fields: frozenset[str] = frozenset()
        self.subscribed: set[str] = set()

    def routes(self) -> list[Route]:
        node = f"/{VERSION}/{{node}}"
        return [
            Route(f"/{VERSION}/app", self._answer(self._app), methods=["GET"]),
            Route(node, self._answer(self._edit), methods=["POST"]),
            Route(f"{node}/phone_numbers", self._answer(self._numbers), methods=["GET"]),
            Route(f"{node}/subscriptions", self._answer(self._subscribe), methods=["POST"]),
            Route(f"{node}/subscribed_apps", self._answer(self._apps), methods=["GET", "POST"]),
            Route(f"{node}/message_templates", self._answer(self._templates), methods=["GET", "POST"]),
        ]

    def _answer(self, work: Any) -> Any:
        async def handle(request: Request) -> Response:
            try:
                return JSONResponse(await work(request))
            except Refused as refused:
                return graph_error(refused.code, refused.detail)

        return handle

    def _token(self, request: Request) -> str:
        header = request.headers.get("authorization", "")
        if not header.startswith("Bearer "):
            raise Refused("auth", 190, "no bearer token")
        return header[7:]

    def _owned(self, request: Request) -> list[Account]:
        """The numbers that the token may look at."""
        token = self._token(request)
        owned = [a for a in self._accounts.values() if secrets.compare_digest(a.secrets["access_token"], token)]
        if not owned:
            raise Refused("auth", 190, "Error validating access token")
        return owned

    def _business(self, request: Request) -> Account:
        owned = self._owned(request)
        found = [a for a in owned if a.business_account_id == request.path_params["node"]]
        if not found:
            raise Refused("auth", 100, f"Object with ID '{request.path_params['node']}' does not exist, cannot be"
                          " loaded due to missing permissions, or does not support this operation")  # fmt: skip
        return found[0]

    async def _app(self, request: Request) -> dict[str, Any]:
        self._owned(request)
        return {"id": APP_ID, "name": "demo"}

    def number(self, account: Account) -> dict[str, Any]:
        return {
            "id": account.external_id, "display_phone_number": f"+{account.display_number}",
            "verified_name": account.name, "quality_rating": "GREEN", "status": "CONNECTED",
            "throughput": {"level": "STANDARD"},
        }  # fmt: skip

    async def _numbers(self, request: Request) -> dict[str, Any]:
        business = self._business(request).business_account_id
        return {"data": [self.number(a) for a in self._accounts.values() if a.business_account_id == business]}

    async def _subscribe(self, request: Request) -> dict[str, Any]:
        """Meta asks the callback before it takes it, and only an app's own token may register one."""
        app_secret = next(iter(self._accounts.values())).app_secrets["app_secret"]
        if request.path_params["node"] != APP_ID or not secrets.compare_digest(
            self._token(request), f"{APP_ID}|{app_secret}"
        ):
            raise Refused("auth", 190, "This method must be called with an app access_token.")
        body = await request.json()
        if body.get("object") != "whatsapp_business_account":
            raise Refused("schema", 100, "object must be whatsapp_business_account here")
        parts = urlsplit(str(body.get("callback_url", "")))
        if parts.scheme != "https" and parts.hostname != "127.0.0.1":
            raise Refused("rule", 100, "callback_url must be https")
        query = {"hub.mode": "subscribe", "hub.verify_token": body["verify_token"], "hub.challenge": "1158201444"}
        try:
            async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
                answer = await client.get(body["callback_url"], params=query)
        except httpx.HTTPError as problem:
            raise Refused(None, 2200, f"Callback verification failed: {type(problem).__name__}") from problem
        if answer.status_code != 200 or answer.text != query["hub.challenge"]:
            raise Refused(None, 2200, f"Callback verification failed: HTTP Status Code = {answer.status_code}")
        self.callback, self.fields = body["callback_url"], frozenset(str(body["fields"]).split(","))
        return {"success": True}

    async def _apps(self, request: Request) -> dict[str, Any]:
        business = self._business(request).business_account_id
        if request.method == "POST":
            self.subscribed.add(business)
            return {"success": True}
        row = {"whatsapp_business_api_data": {"id": APP_ID, "name": "demo", "link": ""}}
        return {"data": [row] if business in self.subscribed else []}

    async def _templates(self, request: Request) -> dict[str, Any]:
        account = self._business(request)
        if request.method == "GET":
            return self._page(account, request)
        body = await request.json()
        known = self._state.templates.find(account.key, str(body.get("name", "")), str(body.get("language", "")))
        broken = f"There is already {known.language} content for this template" if known else self._broken(body)
        if broken:
            self._state.ledger.refuse("rule", account.key, "", 100, broken, body)
            raise Refused(None, 100, broken)
        parts = {part["type"]: part for part in body["components"]}
        template = self._state.templates.add(account.key, {
            "name": body["name"], "language": body["language"], "category": body["category"], "status": "PENDING",
            "body": parts["BODY"]["text"], "buttons": parts.get("BUTTONS", {}).get("buttons", []),
        })  # fmt: skip
        return {"id": template_id(account, template), "status": "PENDING", "category": template.category}

    def _page(self, account: Account, request: Request) -> dict[str, Any]:
        """A few at a time, as Meta gives them."""
        every = sorted(self._state.templates.of(account.key), key=lambda one: (one.name, one.language))
        begin = int(request.query_params.get("after") or 0)
        end = begin + min(int(request.query_params.get("limit") or 25), 7)
        page: dict[str, Any] = {"data": [_row(account, template) for template in every[begin:end]]}
        if end < len(every):
            page["paging"] = {"cursors": {"after": str(end)}, "next": f"{request.url}"}
        return page

    async def _edit(self, request: Request) -> dict[str, Any]:
        """New words for a template that was decided on; it is looked at again."""
        for account in self._owned(request):
            for template in self._state.templates.of(account.key):
                if template_id(account, template) == request.path_params["node"]:
                    if template.status not in ("APPROVED", "REJECTED", "PAUSED"):
                        raise Refused(None, 100, f"a template that is {template.status} can't be edited")
                    body = {"name": template.name, "language": template.language, "category": template.category}
                    body |= await request.json()
                    broken = self._broken(body)
                    if broken:
                        raise Refused(None, 100, broken)
                    text = next(part["text"] for part in body["components"] if part["type"] == "BODY")
                    edited = replace(template, body=text, status="PENDING", reason="NONE")
                    self._state.templates.put(account.key, edited)
                    return {"success": True}
        raise Refused(None, 100, "no such template for this token")

    @staticmethod
    def _broken(body: Mapping[str, Any]) -> str:
        """Return the first rule that a template breaks. By Meta's page "Templates", and its error 2388xxx."""
        name = str(body.get("name", ""))
        if not _NAME.fullmatch(name):
            return "name: lower case letters, digits and underscores, at most 512"
        if body.get("category") not in ("UTILITY", "MARKETING", "AUTHENTICATION"):
            return "category must be UTILITY, MARKETING or AUTHENTICATION"
        parts = {part.get("type"): part for part in body.get("components") or ()}
        text = str((parts.get("BODY") or {}).get("text", ""))
        if not text or len(text) > 1024:
            return "BODY: 1 to 1024 characters"
        if _PARAMETER.match(text) or re.search(_PARAMETER.pattern + r"\s*[.!?]*$", text):
            return "BODY: variables can't be at the start or end of the template"
        count = len(set(_PARAMETER.findall(text)))
        given = (parts["BODY"].get("example") or {}).get("body_text") or [[]]
        if count != len(given[0]):
            return f"BODY: {count} variables, {len(given[0])} samples"
        buttons = (parts.get("BUTTONS") or {}).get("buttons") or []
        if len(buttons) > 10 or any(len(str(button.get("text", ""))) > 25 for button in buttons):
            return "BUTTONS: at most 10 of at most 25 characters"
        return ""

    def review(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Decide on a template as Meta's reviewers and its quality rating do, and tell whoever subscribed."""
        account = self._state.account(values["account"])
        language = values.get("language", "es_MX")
        template = self._state.templates.find(account.key, values["name"], language)
        if template is None:
            raise Unknown(f"{account.key} has no template {values['name']} in {language}")
        event = values["status"]
        if event not in STATES:
            raise Unknown(f"no state {event}; there are {', '.join(STATES)}")
        status = "APPROVED" if event == "REINSTATED" else event
        reason = values.get("reason") or "NONE"
        self._state.templates.put(account.key, replace(template, status=status, reason=reason))
        return self.tell(account, "message_template_status_update", {
            "event": event, "message_template_id": int(template_id(account, template)),
            "message_template_name": template.name, "message_template_language": template.language, "reason": reason,
        })  # fmt: skip

    def tell(self, account: Account, field: str, value: Mapping[str, Any]) -> dict[str, Any]:
        """Bring one change of this field; nothing goes where the app never asked for it."""
        if field not in self.fields or account.business_account_id not in self.subscribed:
            return {"told": False}
        entry = {"id": account.business_account_id, "time": int(self._state.clock.now()),
                 "changes": [{"field": field, "value": dict(value)}]}  # fmt: skip

        def encode(entries: list[Any]) -> tuple[bytes, Mapping[str, str]]:
            raw = json.dumps({"object": "whatsapp_business_account", "entry": entries}).encode()
            return raw, {"X-Hub-Signature-256": signature(raw, account.app_secrets["app_secret"])}

        self._state.deliverer.submit(Webhook(account.key, "business", self.callback, entry, encode))
        return {"told": True}


def template_id(account: Account, template: Template) -> str:
    """Digits, the same for the same template."""
    text = f"{account.business_account_id} {template.name} {template.language}"
    return str(int(hashlib.sha256(text.encode()).hexdigest()[:14], 16))


def _row(account: Account, template: Template) -> dict[str, Any]:
    return {
        "id": template_id(account, template), "name": template.name, "language": template.language,
        "status": template.status, "category": template.category, "rejected_reason": template.reason,
        "quality_score": {"score": "UNKNOWN", "date": 0}, "components": [{"type": "BODY", "text": template.body}],
    }  # fmt: skip
