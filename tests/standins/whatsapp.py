"""WhatsApp's Cloud API: messages, read marks and typing (`/v23.0/{phone number id}/messages`)."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.standins.accounts import Account
from tests.standins.ledger import Bubble
from tests.standins.rates import TokenBuckets
from tests.standins.state import State
from tests.standins.whatsapp_access import VERSION, Refused, authorised
from tests.standins.whatsapp_business import WhatsAppBusiness
from tests.standins.whatsapp_errors import graph_error, status_error
from tests.standins.whatsapp_events import new_wamid
from tests.standins.whatsapp_media import WhatsAppMedia
from tests.standins.whatsapp_person import WhatsAppPerson
from tests.standins.whatsapp_rules import MEDIA_TYPES, broken_rules
from tests.standins.whatsapp_schema import schema_errors
from tests.standins.whatsapp_templates import Template
from tests.standins.whatsapp_view import body_values, shown

WINDOW_SECONDS = 86_400


class WhatsApp:
    """The API's side; `person` is the other one."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._accounts = {a.external_id: a for a in state.accounts.values() if a.channel == "whatsapp"}
        self.person = WhatsAppPerson(state)
        self._pairs = TokenBuckets(state.clock, burst=45, every_seconds=6)
        self._numbers = TokenBuckets(state.clock, burst=80, every_seconds=1 / 80)
        self.business = WhatsAppBusiness(state, self._accounts)
        self._media = WhatsAppMedia(state, self._accounts, self.business)
        self._tasks: set[asyncio.Task[None]] = set()

    def clear(self) -> None:
        self._pairs.clear()
        self._numbers.clear()
        self.business.clear()
        for task in self._tasks:
            task.cancel()

    def routes(self) -> list[Route]:
        return [
            Route(f"/{VERSION}/{{node}}/messages", self._messages, methods=["POST"]),
            *self.business.routes(),
            *self._media.routes(),
        ]

    async def _messages(self, request: Request) -> Response:
        raw = await request.body()
        account: Account | None = None
        body: Any = None
        user = ""
        try:
            account = authorised(self._accounts, request)
            body = self._parsed(raw)
            user = str(body.get("to", "")).lstrip("+")
            failure = self._state.failures.take("whatsapp", user)
            if failure is not None and not failure.after_accept:
                return graph_error(failure.code or 131000, "ordered by the test", failure.status or 500)
            answer = self._mark(account, body) if "status" in body else self._send(account, user, body)
            if failure is not None:
                return Response(status_code=failure.status or 500)
            return JSONResponse(answer)
        except Refused as refused:
            if refused.kind is not None:
                key = account.key if account else "whatsapp:?"
                shown_request = body if body is not None else raw.decode("utf-8", "replace")[:2000]
                self._state.ledger.refuse(
                    refused.kind, key, user, refused.code, refused.detail, shown_request
                )
            return graph_error(refused.code, refused.detail)

    @staticmethod
    def _parsed(raw: bytes) -> dict[str, Any]:
        try:
            body = json.loads(raw)
        except ValueError as problem:
            raise Refused("schema", 100, f"not JSON: {problem}") from problem
        if not isinstance(body, dict):
            raise Refused("schema", 100, "the body must be an object")
        return body

    def _mark(self, account: Account, body: dict[str, Any]) -> dict[str, Any]:
        """A read mark, with or without the typing indicator."""
        errors = schema_errors(body)
        extra = set(body) - {"messaging_product", "status", "message_id", "typing_indicator"}
        if errors or extra or body.get("status") != "read" or body.get("messaging_product") != "whatsapp":
            raise Refused("schema", 100, "; ".join(errors) or f"not a read mark: {sorted(body)}")
        if body.get("typing_indicator", {"type": "text"}) != {"type": "text"}:
            raise Refused("rule", 131009, "typing_indicator must be {type: text}")
        bubble = self._state.ledger.find(account.key, str(body.get("message_id")))
        if bubble is None or bubble.outgoing:
            raise Refused("rule", 131009, "message_id is no message of a person")
        bubble.status = "read"
        kind = "typing" if "typing_indicator" in body else "read"
        self._state.ledger.note(kind, account=account.key, user=bubble.user, message_id=bubble.id)
        return {"success": True}

    def _send(self, account: Account, user: str, body: dict[str, Any]) -> dict[str, Any]:
        template = self._checked(account, user, body)
        late = self._state.switches.window and self._outside_window(account, user, body)
        if late and self._state.switches.window_error == "response":
            raise Refused("window", 131047, _WINDOW_DETAIL)
        self._within_rates(account, user)
        bubble = self._state.ledger.add(
            Bubble(
                id=new_wamid(),
                account=account.key,
                user=user,
                outgoing=True,
                at=self._state.clock.now(),
                status="accepted",
                raw=body,
                **_with_context(body, shown(body, template)),
            )
        )
        if late:
            self._state.ledger.refuse("window", account.key, user, 131047, _WINDOW_DETAIL, body)
        error = status_error(131047, _WINDOW_DETAIL) if late else None
        if (account.key, user) in self._state.ledger.blocked:
            error = status_error(131026, "Message Undeliverable.")
        task = asyncio.ensure_future(
            self._report(account, bubble, body.get("biz_opaque_callback_data"), error)
        )
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        sent: dict[str, Any] = {"id": bubble.id}
        if template is not None:
            sent["message_status"] = "accepted"
        contact = {"input": body["to"], "wa_id": user}
        return {"messaging_product": "whatsapp", "contacts": [contact], "messages": [sent]}

    def _checked(self, account: Account, user: str, body: dict[str, Any]) -> Template | None:
        broken = broken_rules(body)
        if broken:
            raise Refused("rule", broken[0].code, "; ".join(item.detail for item in broken))
        errors = schema_errors(body)
        if errors:
            raise Refused("schema", 131009, "; ".join(errors))
        kind = body.get("type", "text")
        if kind in MEDIA_TYPES and "id" in body[kind]:
            stored = self._state.files.get(body[kind]["id"])
            if stored is None or stored.account != account.key:
                raise Refused("rule", 131053, f"no media with id {body[kind]['id']}")
        for message_id in _referred(body):
            if self._state.ledger.find(account.key, message_id) is None:
                raise Refused("rule", 131009, f"no message with id {message_id}")
        return self._template(account, body["template"]) if kind == "template" else None

    def _template(self, account: Account, part: dict[str, Any]) -> Template:
        code = part["language"]["code"]
        template = self._state.templates.find(account.key, part["name"], code)
        if template is None:
            detail = f"template name ({part['name']}) does not exist in {code}"
            raise Refused("template", 132001, detail)
        if template.status not in ("APPROVED", "FLAGGED"):
            raise Refused("template", 132015, f"template {template.name} is {template.status}")
        given = len(body_values(part))
        if given != template.parameters:
            detail = f"body: {given} parameters do not match the expected number ({template.parameters})"
            raise Refused("template", 132000, detail)
        return template

    def _outside_window(self, account: Account, user: str, body: dict[str, Any]) -> bool:
        last = self._state.ledger.last_inbound.get((account.key, user), float("-inf"))
        return body.get("type") != "template" and self._state.clock.now() - last > WINDOW_SECONDS

    def _within_rates(self, account: Account, user: str) -> None:
        if self._state.switches.throughput and self._numbers.take(account.key):
            raise Refused("rate", 130429, "Cloud API message throughput has been reached.")
        if self._state.switches.pair_rate:
            wait = self._pairs.take(f"{account.key} {user}")
            if wait:
                raise Refused("rate", 131056, f"too many messages to one person, wait {wait:.1f} s")

    async def _report(
        self, account: Account, bubble: Bubble, callback_data: str | None, error: dict[str, Any] | None
    ) -> None:
        """Send the statuses back, moving the bubble's own along."""
        if not self._state.switches.statuses:
            return
        names = ["failed"] if error else ["sent", "delivered"]
        if self._state.switches.read_receipts and not error:
            names.append("read")
        for name in names:
            await asyncio.sleep(self._state.switches.status_delay_ms / 1000)
            bubble.status = name
            self._state.ledger.touch()
            self.person.send_status(account, bubble, name, callback_data, error)


_WINDOW_DETAIL = "More than 24 hours have passed since the customer last replied to this number."


def _referred(body: dict[str, Any]) -> list[str]:
    found = [body.get("context", {}).get("message_id"), body.get("reaction", {}).get("message_id")]
    return [str(message_id) for message_id in found if message_id]


def _with_context(body: dict[str, Any], view: dict[str, Any]) -> dict[str, Any]:
    message_id = body.get("context", {}).get("message_id")
    return {**view, "reply_to": message_id} if message_id else view
