"""The Send API of Messenger and Instagram: `/<channel>/v23.0/{page or account id}/messages`, and people's files."""

from __future__ import annotations

import asyncio
import json
import secrets
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.standins.accounts import Account
from tests.standins.ledger import Bubble
from tests.standins.messenger_business import MessengerBusiness
from tests.standins.messenger_person import MessengerPerson, new_mid
from tests.standins.messenger_rules import broken_rules
from tests.standins.messenger_view import shown
from tests.standins.rates import TokenBuckets
from tests.standins.state import State

WINDOW_SECONDS = 86_400
AGENT_SECONDS = 7 * 86_400
# code, subcode: (HTTP status, title), as Meta's tables of errors have them.
KNOWN: dict[tuple[int, int], tuple[int, str]] = {
    (2, 0): (500, "An unexpected error has occurred. Please retry your request later."),
    (4, 0): (400, "Application request limit reached"),
    (10, 2018278): (403, "This message is sent outside of allowed window."),
    (100, 0): (400, "Invalid parameter"),
    (100, 2018001): (400, "No matching user found"),
    (190, 0): (401, "Invalid OAuth access token."),
    (551, 1545041): (400, "This person isn't available right now."),
    (613, 0): (400, "Calls to this api have exceeded the rate limit."),
    (1200, 0): (400, "Temporary send message failure. Please try again later."),
}


class Refused(Exception):
    """A request that is answered by an error. kind: what a violation is filed under; None files none."""

    def __init__(self, kind: str | None, code: int, subcode: int, detail: str) -> None:
        super().__init__(detail)
        self.kind, self.code, self.subcode, self.detail = kind, code, subcode, detail


def graph_error(code: int, subcode: int, detail: str, status: int = 0) -> JSONResponse:
    """Answer as the Graph API does; the product has to go by `code` and `error_subcode`."""
    known, title = KNOWN.get((code, subcode), (400, "Unknown error"))
    error: dict[str, Any] = {
        "message": f"(#{code}) {title} {detail}".strip(), "type": "OAuthException", "code": code,
        "fbtrace_id": "A" + secrets.token_urlsafe(16),
    }  # fmt: skip
    if subcode:
        error["error_subcode"] = subcode
    return JSONResponse({"error": error}, status_code=status or known)


class Messenger:
    """One of the two; `person` is the other side. channel: messenger or instagram."""

    def __init__(self, state: State, channel: str) -> None:
        self._state = state
        self.channel = channel
        self.person = MessengerPerson(state, channel)
        # 300 a second to a page or account, by Meta's page of rate limits.
        self._pages = TokenBuckets(state.clock, burst=300, every_seconds=1 / 300)
        self._tasks: set[asyncio.Task[None]] = set()
        own = [account for account in state.accounts.values() if account.channel == channel]
        self._nodes = {account.external_id: account for account in own if not account.secrets.get("page_id")}
        if channel == "messenger":
            # An Instagram account that hangs on a page is written as by that page.
            by_page = [account for account in state.accounts.values() if account.secrets.get("page_id")]
            self._nodes |= {account.secrets["page_id"]: account for account in by_page}

        self.business = MessengerBusiness(state, channel, self._nodes)

    def clear(self) -> None:
        self._pages.clear()
        self.business.clear()
        for task in self._tasks:
            task.cancel()

    def routes(self) -> list[Route]:
        found = [
            *self.business.routes(),
            Route(f"/{self.channel}/{{version:version}}/{{node}}/messages", self._messages, methods=["POST"]),
            Route(f"/{self.channel}/{{version:version}}/{{user:int}}", self._profile, methods=["GET"]),
        ]
        if self.channel == "messenger":
            found.append(Route("/lookaside/{file_id}/{name}", self._file, methods=["GET"]))
        return found

    async def _messages(self, request: Request) -> Response:
        raw = await request.body()
        account: Account | None = None
        body: Any = None
        user = ""
        try:
            account = self._authorised(request)
            try:
                body = json.loads(raw)
            except ValueError as problem:
                raise Refused("schema", 100, 0, f"not JSON: {problem}") from problem
            user = str((body.get("recipient") or {}).get("id", "")) if isinstance(body, dict) else ""
            said = isinstance(body, dict) and "sender_action" not in body
            failure = self._state.failures.take(self.channel, user) if said else None
            if failure is not None and not failure.after_accept:
                return graph_error(failure.code or 2, 0, "ordered by the test", failure.status or 500)
            answer = self._take(account, user, body)
            if failure is not None:
                return Response(status_code=failure.status or 500)
            return JSONResponse(answer)
        except Refused as refused:
            if refused.kind is not None:
                key = account.key if account else f"{self.channel}:?"
                shown_request = body if body is not None else raw.decode("utf-8", "replace")[:2000]
                self._state.ledger.refuse(refused.kind, key, user, refused.code, refused.detail, shown_request)
            return graph_error(refused.code, refused.subcode, refused.detail)

    def _authorised(self, request: Request) -> Account:
        header = request.headers.get("authorization", "")
        if not header.startswith("Bearer "):
            raise Refused("auth", 190, 0, "no bearer token")
        account = self._nodes.get(request.path_params["node"])
        if account is None:
            raise Refused("auth", 100, 33, f"no page or account with id {request.path_params['node']}")
        if not secrets.compare_digest(header[7:], account.secrets["access_token"]):
            raise Refused("auth", 190, 0, "the token is not this account's")
        return account

    def _take(self, account: Account, user: str, body: Any) -> dict[str, Any]:
        broken = broken_rules(account.channel, body)
        if broken:
            raise Refused("rule", 100, 0, "; ".join(broken))
        if self._state.switches.throughput and self._pages.take(account.key):
            raise Refused("rate", 613, 0, "more than 300 a second")
        last = self._state.ledger.last_inbound.get((account.key, user))
        if last is None:
            raise Refused("rule", 100, 2018001, f"{user} has never written to this account")
        if (account.key, user) in self._state.ledger.blocked:
            raise Refused(None, 551, 1545041, "")
        if "sender_action" in body:
            self._state.ledger.note(
                "typing" if body["sender_action"] == "typing_on" else "read", account=account.key, user=user
            )
            return {"recipient_id": user}
        allowed = AGENT_SECONDS if body.get("tag") == "HUMAN_AGENT" else WINDOW_SECONDS
        if self._state.clock.now() - last > allowed:
            raise Refused("window", 10, 2018278, "")
        bubble = self._state.ledger.add(
            Bubble(
                id=new_mid(), account=account.key, user=user, outgoing=True, at=self._state.clock.now(),
                status="accepted", raw=body, **shown(body["message"]),
            )
        )  # fmt: skip
        task = asyncio.ensure_future(self._report(account, bubble))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return {"recipient_id": user, "message_id": bubble.id}

    async def _report(self, account: Account, bubble: Bubble) -> None:
        """Send the echo, the delivery (Messenger only) and the reading back, moving the bubble's own status along."""
        if not self._state.switches.statuses:
            return
        person = self.person if account.channel == self.channel else MessengerPerson(self._state, account.channel)
        message = bubble.raw["message"]
        watermark = int(bubble.at * 1000) + 1
        echo = {"mid": bubble.id, "is_echo": True, "app_id": 1517776481860111, **message}
        told: list[tuple[str, dict[str, Any]]] = [("sent", {"message": echo})]
        if account.channel == "messenger":
            told.append(("delivered", {"delivery": {"mids": [bubble.id], "watermark": watermark}}))
        if self._state.switches.read_receipts:
            read = {"watermark": watermark} if account.channel == "messenger" else {"mid": bubble.id}
            told.append(("read", {"read": read}))
        for name, event in told:
            await asyncio.sleep(self._state.switches.status_delay_ms / 1000)
            bubble.status = name
            self._state.ledger.touch()
            person.told(account, bubble, event)

    async def _profile(self, request: Request) -> Response:
        """Who has written to an account, for that account's token; people without a name here have hidden it."""
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        user = str(request.path_params["user"])
        if user in self._nodes:
            return await self.business.answer_page(request, user)
        for account in self._nodes.values():
            known = (account.key, user) in self._state.ledger.last_inbound
            if known and secrets.compare_digest(token, account.secrets["access_token"]):
                name = self._state.ledger.names.get((account.key, user), "")
                return JSONResponse({"id": user, **_named(name, request.query_params.get("fields", ""))})
        return graph_error(100, 33, "no such person for this token")

    async def _file(self, request: Request) -> Response:
        """A file that a person sent: whoever has its address reads it, while it lives."""
        stored = self._state.files.get(request.path_params["file_id"])
        if stored is None:
            return Response("URL signature expired", status_code=403)
        return Response(stored.content, media_type=stored.content_type)


def _named(name: str, fields: str) -> dict[str, str]:
    first, _, last = name.partition(" ")
    whole = {"first_name": first, "last_name": last, "name": name, "username": name.replace(" ", ".").casefold()}
    return {field: whole[field] for field in fields.split(",") if whole.get(field)}
