"""Slack's Web API: what the product calls (`/api/<method>`), and the files that people sent."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.standins.accounts import Account
from tests.standins.ledger import Bubble
from tests.standins.rates import TokenBuckets
from tests.standins.slack_person import SlackPerson, unescaped
from tests.standins.slack_rules import broken_rules
from tests.standins.state import State

SCOPES = "chat:write,im:write,im:history,reactions:read,files:read,users:read"


class _Refused(Exception):
    """kind: what a violation is filed under; None files none."""

    def __init__(self, kind: str | None, error: str, detail: str = "", status: int = 200, retry_after: int = 0) -> None:
        super().__init__(error)
        self.kind, self.error, self.detail, self.status, self.retry_after = kind, error, detail, status, retry_after


class Slack:
    """The API's side; `person` is the other one. A person with digits 42 is U42 there, the direct messages D42."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._bots = {a.secrets["bot_token"]: a for a in state.accounts.values() if a.channel == "slack"}
        self.person = SlackPerson(state)
        self._channels = TokenBuckets(state.clock, burst=1, every_seconds=1)
        self._block_ids = itertools.count(1)

    def clear(self) -> None:
        self._channels.clear()

    def routes(self) -> list[Route]:
        return [
            Route("/api/{method}", self._call, methods=["POST"]),
            Route("/slack-files/{file_id}", self._file, methods=["GET"]),
        ]

    async def _call(self, request: Request) -> Response:
        method = request.path_params["method"]
        account = self._account(request)
        fields: dict[str, Any] = {}
        try:
            if account is None:
                raise _Refused("auth", "invalid_auth")
            fields = await _fields(request)
            user = str(fields.get("channel") or fields.get("users") or "")[1:]
            failure = self._state.failures.take("slack", user) if method == "chat.postMessage" else None
            if failure is not None and not failure.after_accept:
                raise _ordered(failure)
            answer = self._method(method)(account, fields)
            if failure is not None:
                return Response(status_code=failure.status or 500)
            return JSONResponse({"ok": True, **answer}, headers={"x-oauth-scopes": SCOPES})
        except _Refused as refused:
            if refused.kind is not None:
                key = account.key if account else "slack:?"
                user = str(fields.get("channel", ""))[1:]
                detail = f"{refused.error} {refused.detail}".strip()
                asked = {"method": method, **fields}
                self._state.ledger.refuse(refused.kind, key, user, refused.status, detail, asked)
            return _error(refused)

    def _account(self, request: Request) -> Account | None:
        return self._bots.get(request.headers.get("authorization", "").removeprefix("Bearer "))

    def _method(self, name: str) -> Callable[[Account, dict[str, Any]], dict[str, Any]]:
        known = {
            "auth.test": self._auth_test, "chat.postMessage": self._post, "conversations.open": self._open,
            "conversations.history": self._history, "users.info": self._user,
        }  # fmt: skip
        if name not in known:
            raise _Refused("rule", "unknown_method")
        return known[name]

    def _auth_test(self, account: Account, fields: dict[str, Any]) -> dict[str, Any]:
        bot = self.person.bot(account)
        return {"url": "https://demo.slack.com/", "team": account.name, "team_id": account.external_id,
                "user": "huntred", "user_id": bot["user_id"], "bot_id": bot["bot_id"]}  # fmt: skip

    def _user(self, account: Account, fields: dict[str, Any]) -> dict[str, Any]:
        user = self._reachable(account, str(fields.get("user", "")))
        name = self._state.name(account.key, user)
        return {"user": {"id": f"U{user}", "team_id": account.external_id, "real_name": name, "is_bot": False}}

    def _open(self, account: Account, fields: dict[str, Any]) -> dict[str, Any]:
        return {"channel": {"id": f"D{self._reachable(account, str(fields.get('users', '')))}"}}

    def _history(self, account: Account, fields: dict[str, Any]) -> dict[str, Any]:
        user = self._reachable(account, str(fields.get("channel", "")))
        since = float(fields.get("oldest") or 0)
        metadata = bool(fields.get("include_all_metadata"))
        messages = [
            self.person.message(account, bubble, metadata=metadata)
            for bubble in reversed(self._state.ledger.chat(account.key, user))
            if bubble.id.startswith("D") and bubble.kind != "reaction" and bubble.at >= since
        ]
        most = int(fields.get("limit") or 100)
        return {"messages": messages[:most], "has_more": len(messages) > most}

    def _post(self, account: Account, fields: dict[str, Any]) -> dict[str, Any]:
        broken = broken_rules(fields)
        if broken:
            raise _Refused("rule", broken[0][0], "; ".join(wrong for _, wrong in broken))
        user = self._reachable(account, str(fields["channel"]))
        if (account.key, user) in self._state.ledger.blocked:
            raise _Refused(None, "user_disabled")
        wait = self._channels.take(f"{account.key} {user}") if self._state.switches.slack_rate else 0
        if wait:
            raise _Refused("rate", "ratelimited", status=429, retry_after=max(1, round(wait + 0.49)))
        for block in fields.get("blocks") or ():
            block.setdefault("block_id", f"b{next(self._block_ids)}")
        ts = self.person.next_ts()
        bubble = Bubble(
            id=f"D{user}:{ts}", account=account.key, user=user, outgoing=True, at=float(ts), status="delivered",
            raw=fields, **_view(fields),
        )  # fmt: skip
        self._state.ledger.add(bubble)
        return {"channel": f"D{user}", "ts": ts, "message": self.person.message(account, bubble)}

    def _reachable(self, account: Account, channel: str) -> str:
        """Take a person's id or the one of their direct messages; return the digits."""
        user = channel[1:]
        if channel[:1] not in ("U", "D") or (account.key, user) not in self._state.ledger.last_inbound:
            raise _Refused("window", "channel_not_found")
        return user

    async def _file(self, request: Request) -> Response:
        account = self._account(request)
        stored = self._state.files.get(request.path_params["file_id"])
        if account is None or stored is None or stored.account != account.key:
            # Slack shows its log-in page to who brings no token.
            return Response("<html>Sign in</html>", media_type="text/html")
        return Response(stored.content, media_type=stored.content_type)


async def _fields(request: Request) -> dict[str, Any]:
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise _Refused("schema", "invalid_post_type", "JSON is expected")
    try:
        body = json.loads(await request.body())
    except ValueError as problem:
        raise _Refused("schema", "invalid_json") from problem
    if not isinstance(body, dict):
        raise _Refused("schema", "json_not_object")
    return body


def _ordered(failure: Any) -> _Refused:
    """A failure that a test ordered: Slack's error by `error`, 429 with its pause, else a status without a body."""
    if failure.error:
        return _Refused(None, failure.error, "ordered by the test")
    error = "ratelimited" if failure.status == 429 else "internal_error"
    return _Refused(None, error, status=failure.status or 500, retry_after=failure.retry_after)


def _error(refused: _Refused) -> Response:
    headers = {"Retry-After": str(refused.retry_after)} if refused.retry_after else {}
    body: dict[str, Any] = {"ok": False, "error": refused.error}
    if refused.detail:
        body["response_metadata"] = {"messages": [f"[ERROR] {refused.detail}"]}
    return JSONResponse(body, status_code=refused.status, headers=headers)


def _view(fields: dict[str, Any]) -> dict[str, Any]:
    """Return what the person's screen shows of it."""
    view: dict[str, Any] = {"kind": "text", "text": unescaped(fields.get("text") or ""), "options": [], "links": []}
    sections = [block["text"]["text"] for block in fields.get("blocks") or () if block["type"] == "section"]
    if fields.get("blocks"):
        view["text"] = unescaped("\n\n".join(sections))
    for block in fields.get("blocks") or ():
        if block["type"] == "image":
            view |= {"kind": "image", "media": {"link": block["image_url"]}, "text": block["alt_text"]}
        if block["type"] == "context":
            view["footer"] = unescaped(" ".join(element["text"] for element in block["elements"]))
        if block["type"] == "actions":
            for element in block["elements"]:
                _element(view, element)
    return view


def _element(view: dict[str, Any], element: dict[str, Any]) -> None:
    if element["type"] == "button" and "url" in element:
        view["links"].append({"title": element["text"]["text"], "url": element["url"]})
        view["kind"] = "buttons" if view["options"] else "link"
        return
    if element["type"] == "button":
        view["options"].append(_option(element["value"], element["text"]["text"]))
        view["kind"] = "buttons" if view["kind"] == "text" else view["kind"]
        return
    view["kind"] = "list" if element["type"] == "static_select" else "buttons"
    if element["type"] == "static_select":
        view["list_button"] = element["placeholder"]["text"]
    groups = element.get("option_groups") or [{"options": element.get("options")}]
    for group in groups:
        section = "☐" if element["type"] == "checkboxes" else (group.get("label") or {}).get("text", "")
        for option in group["options"]:
            description = (option.get("description") or {}).get("text", "")
            view["options"].append(_option(option["value"], option["text"]["text"], description, section))


def _option(option_id: str, title: str, description: str = "", section: str = "") -> dict[str, str]:
    return {"id": option_id, "title": title, "description": description, "section": section}
