"""X's direct messages: `POST /2/dm_conversations/with/<person>/messages`, by docs.x.com."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.standins.accounts import Account
from tests.standins.ledger import Bubble
from tests.standins.state import State
from tests.standins.x_business import XBusiness
from tests.standins.x_dm_person import XPerson

MOST_TEXT = 10_000
# The stricter of what X has published for this method: 15 requests in 15 minutes for each user (an older reference
# says 200).
MOST_IN_WINDOW = 15
WINDOW_SECONDS = 900


class _Refused(Exception):
    """kind: what a violation is filed under; None files none."""

    def __init__(self, kind: str | None, status: int, detail: str) -> None:
        super().__init__(detail)
        self.kind, self.status, self.detail = kind, status, detail


class XDm:
    """The API's side; `person` is the other one."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._users = {a.secrets["access_token"]: a for a in state.accounts.values() if a.channel == "x"}
        self.person = XPerson(state)
        self.business = XBusiness(state)
        self._windows: dict[str, tuple[float, int]] = {}

    def clear(self) -> None:
        self._windows.clear()
        self.business.clear()

    def routes(self) -> list[Route]:
        return [
            *self.business.routes(),
            Route("/2/dm_conversations/with/{person}/messages", self._send, methods=["POST"]),
            Route("/x-files/{file_id}", self._file, methods=["GET"]),
        ]

    def _account(self, request: Request) -> Account | None:
        return self._users.get(request.headers.get("authorization", "").removeprefix("Bearer "))

    async def _send(self, request: Request) -> Response:
        account = self._account(request)
        user = request.path_params["person"]
        fields: dict[str, Any] = {}
        rates: dict[str, str] = {}
        try:
            if account is None:
                raise _Refused("auth", 401, "Unauthorized")
            fields = _fields(await request.body(), request.headers.get("content-type", ""))
            failure = self._state.failures.take("x", user)
            if failure is not None and not failure.after_accept:
                rates = {"x-rate-limit-reset": str(int(self._state.clock.now()) + failure.retry_after)}
                raise _Refused(None, failure.status or 500, "ordered by the test")
            rates = self._rates(account)
            _check(fields, user)
            bubble = self._accept(account, user, fields)
            if failure is not None:
                return Response(status_code=failure.status or 500)
            sent = {"dm_conversation_id": f"{user}-{account.external_id}", "dm_event_id": bubble.id}
            return JSONResponse({"data": sent}, status_code=201, headers=rates)
        except _Refused as refused:
            if refused.kind is not None:
                key = account.key if account else "x:?"
                self._state.ledger.refuse(refused.kind, key, user, refused.status, refused.detail, fields)
            problem = {"title": refused.detail, "detail": refused.detail, "type": "about:blank",
                       "status": refused.status}  # fmt: skip
            return JSONResponse(problem, status_code=refused.status, headers=rates)

    def _rates(self, account: Account) -> dict[str, str]:
        """Count the request; headers tell how many are left until when."""
        now = self._state.clock.now()
        began, count = self._windows.get(account.key, (now, 0))
        if now - began >= WINDOW_SECONDS:
            began, count = now, 0
        self._windows[account.key] = (began, count + 1)
        if count >= MOST_IN_WINDOW and self._state.switches.x_rate:
            raise _Refused("rate", 429, "Too Many Requests")
        return {"x-rate-limit-limit": str(MOST_IN_WINDOW), "x-rate-limit-reset": str(int(began + WINDOW_SECONDS)),
                "x-rate-limit-remaining": str(max(0, MOST_IN_WINDOW - count - 1))}  # fmt: skip

    def _accept(self, account: Account, user: str, fields: dict[str, Any]) -> Bubble:
        if (account.key, user) not in self._state.ledger.last_inbound:
            raise _Refused("window", 403, "You do not have permission to DM one or more participants.")
        if (account.key, user) in self._state.ledger.blocked:
            raise _Refused(None, 403, "You cannot send messages to this user.")
        bubble = Bubble(
            id=self.person.next_id(), account=account.key, user=user, outgoing=True, kind="text",
            at=self._state.clock.now(), text=fields["text"], status="delivered", raw=fields,
        )  # fmt: skip
        self._state.ledger.add(bubble)
        if self._state.switches.statuses and self._state.switches.read_receipts:
            self.person.read(account, bubble)
        return bubble

    async def _file(self, request: Request) -> Response:
        account = self._account(request)
        stored = self._state.files.get(request.path_params["file_id"])
        if account is None or stored is None or stored.account != account.key:
            return Response(status_code=403)
        return Response(stored.content, media_type=stored.content_type)


def _fields(raw: bytes, content_type: str) -> dict[str, Any]:
    try:
        body = json.loads(raw)
    except ValueError:
        body = None
    if not isinstance(body, dict) or not content_type.startswith("application/json"):
        raise _Refused("schema", 400, "One or more parameters to your request was invalid.")
    return body


def _check(fields: dict[str, Any], user: str) -> None:
    unknown = set(fields) - {"text", "attachments"}
    if unknown or not user.isdigit():
        raise _Refused("schema", 400, f"unknown: {', '.join(sorted(unknown)) or user}")
    text = fields.get("text", "")
    if not isinstance(text, str) or not (text.strip() or fields.get("attachments")):
        raise _Refused("rule", 400, "text is missing")
    if len(text) > MOST_TEXT:
        raise _Refused("rule", 400, f"text of {len(text)} characters, {MOST_TEXT} are allowed")
