"""Telegram's Bot API: what the product calls (`/bot<token>/<method>`) and file downloads."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.standins.accounts import Account
from tests.standins.files import parse_multipart
from tests.standins.ledger import Bubble
from tests.standins.rates import TokenBuckets
from tests.standins.state import State
from tests.standins.telegram_person import TelegramPerson
from tests.standins.telegram_rules import broken_rules, plain_text
from tests.standins.telegram_schema import field_errors

MOST_DOWNLOAD = 20 << 20


class _Refused(Exception):
    """kind: what a violation is filed under; None files none (a blocked bot breaks no rule)."""

    def __init__(self, kind: str | None, code: int, detail: str, retry_after: int = 0) -> None:
        super().__init__(detail)
        self.kind, self.code, self.detail, self.retry_after = kind, code, detail, retry_after


class Telegram:
    """The API's side; `person` is the other one."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._bots = {a.secrets["bot_token"]: a for a in state.accounts.values() if a.channel == "telegram"}
        self.person = TelegramPerson(state)
        self._chats = TokenBuckets(state.clock, burst=1, every_seconds=1)
        self._overall = TokenBuckets(state.clock, burst=30, every_seconds=1 / 30)

    def clear(self) -> None:
        self._chats.clear()
        self._overall.clear()
        self.person.clear()

    def routes(self) -> list[Route]:
        return [
            Route("/bot{token}/{method}", self._call, methods=["GET", "POST"]),
            Route("/file/bot{token}/{path:path}", self._file, methods=["GET"]),
        ]

    async def _call(self, request: Request) -> Response:
        method = request.path_params["method"]
        account = self._bots.get(request.path_params["token"])
        fields: dict[str, Any] = {}
        try:
            if account is None:
                raise _Refused("auth", 401, "Unauthorized")
            fields = await self._fields(request)
            user = str(fields.get("chat_id", ""))
            failure = (
                self._state.failures.take("telegram", user) if method.startswith(("send", "edit")) else None
            )
            if failure is not None and not failure.after_accept:
                raise _Refused(None, failure.status or 500, "ordered by the test", failure.retry_after)
            result = self._answer(account, method, fields)
            if failure is not None:
                return Response(status_code=failure.status or 500)
            return JSONResponse({"ok": True, "result": result})
        except _Refused as refused:
            if refused.kind is not None:
                key = account.key if account else "telegram:?"
                readable = {name: "<file>" if isinstance(v, bytes) else v for name, v in fields.items()}
                user = str(fields.get("chat_id", ""))
                self._state.ledger.refuse(
                    refused.kind, key, user, refused.code, refused.detail, {"method": method, **readable}
                )
            return _error(refused)

    @staticmethod
    async def _fields(request: Request) -> dict[str, Any]:
        """Read JSON, a form or multipart; in a form, what is an object is written as JSON."""
        raw = await request.body()
        kind = request.headers.get("content-type", "")
        fields: dict[str, Any] = dict(request.query_params)
        try:
            if kind.startswith("application/json"):
                body = json.loads(raw or b"{}")
                if not isinstance(body, dict):
                    raise _Refused("schema", 400, "Bad Request: the body must be an object")
                return fields | body
            if kind.startswith("multipart/form-data"):
                for part in parse_multipart(kind, raw):
                    fields[part.name] = part.content if part.filename is not None else part.content.decode()
            elif raw:
                fields |= dict(parse_qsl(raw.decode(), keep_blank_values=True))
        except ValueError as problem:
            raise _Refused("schema", 400, f"Bad Request: can't parse the request: {problem}") from problem
        return {name: _from_form(name, value) for name, value in fields.items()}

    def _answer(self, account: Account, method: str, fields: dict[str, Any]) -> Any:
        broken = broken_rules(method, fields)
        if broken:
            raise _Refused("rule", 400, f"Bad Request: {'; '.join(broken)}")
        errors = field_errors(method, fields)
        if errors:
            raise _Refused("schema", 400, f"Bad Request: {'; '.join(errors)}")
        if method in ("sendMessage", "sendPhoto", "sendDocument", "sendLocation"):
            return self._send(account, method, fields)
        return getattr(self, f"_{method}")(account, fields)

    def _send(self, account: Account, method: str, fields: dict[str, Any]) -> dict[str, Any]:
        user = str(fields["chat_id"])
        self._reachable(account, user)
        self._within_rates(account, user)
        bubble = Bubble(
            id=str(self.person.next_message_id()), account=account.key, user=user, outgoing=True,
            at=self._state.clock.now(), status="delivered",
            raw={name: "<file>" if isinstance(v, bytes) else v for name, v in fields.items()},
            **self._view(account, method, fields),
        )  # fmt: skip
        self._state.ledger.add(bubble)
        return self.person.message(account, bubble)

    def _reachable(self, account: Account, user: str) -> None:
        if (account.key, user) not in self._state.ledger.last_inbound:
            raise _Refused("window", 400, "Bad Request: chat not found")
        if (account.key, user) in self._state.ledger.blocked:
            raise _Refused(None, 403, "Forbidden: bot was blocked by the user")

    def _within_rates(self, account: Account, user: str) -> None:
        if not self._state.switches.telegram_rate:
            return
        wait = self._chats.take(f"{account.key} {user}") or self._overall.take(account.key)
        if wait:
            seconds = max(1, round(wait + 0.49))
            raise _Refused("rate", 429, f"Too Many Requests: retry after {seconds}", seconds)

    def _view(self, account: Account, method: str, fields: dict[str, Any]) -> dict[str, Any]:
        text, _ = plain_text(fields.get("text") or fields.get("caption") or "", fields.get("parse_mode"))
        view: dict[str, Any] = {"kind": "text", "text": text, **keyboard_view(fields.get("reply_markup"))}
        if method == "sendLocation":
            place = {"latitude": str(fields["latitude"]), "longitude": str(fields["longitude"])}
            return {**view, "kind": "location", "media": place}
        for kind, name in (("image", "photo"), ("document", "document")):
            if name in fields:
                view |= {"kind": kind, "media": self._media(account, name, fields[name])}
        if fields.get("reply_parameters"):
            view["reply_to"] = str(fields["reply_parameters"]["message_id"])
        return view

    def _media(self, account: Account, name: str, value: Any) -> dict[str, str]:
        if isinstance(value, bytes):
            kind = "image/jpeg" if name == "photo" else "application/octet-stream"
            return {"id": self._state.files.put(account.key, value, kind, name, days=365).id}
        if value.startswith(("http://", "https://")):
            return {"link": value}
        if self._state.files.get(value) is None:
            raise _Refused("rule", 400, "Bad Request: wrong file identifier/HTTP URL specified")
        return {"id": value}

    def _getMe(self, account: Account, fields: dict[str, Any]) -> dict[str, Any]:
        return self.person.bot(account)

    def _editMessageText(self, account: Account, fields: dict[str, Any]) -> dict[str, Any]:
        bubble = self._state.ledger.find(account.key, str(fields["message_id"]))
        if bubble is None or not bubble.outgoing or bubble.user != str(fields["chat_id"]):
            raise _Refused("rule", 400, "Bad Request: message to edit not found")
        text, _ = plain_text(fields["text"], fields.get("parse_mode"))
        view = {
            "kind": "text",
            "text": text,
            "options": [],
            "links": [],
            **keyboard_view(fields.get("reply_markup")),
        }
        if all(getattr(bubble, name) == value for name, value in view.items() if name != "kind"):
            raise _Refused("rule", 400, "Bad Request: message is not modified")
        for name, value in view.items():
            setattr(bubble, name, value)
        bubble.edited = True
        self._state.ledger.touch()
        return self.person.message(account, bubble)

    def _answerCallbackQuery(self, account: Account, fields: dict[str, Any]) -> bool:
        if not self.person.answer(account, str(fields["callback_query_id"]), fields.get("text", "")):
            detail = "Bad Request: query is too old and response timeout expired or query ID is invalid"
            raise _Refused("rule", 400, detail)
        return True

    def _sendChatAction(self, account: Account, fields: dict[str, Any]) -> bool:
        self._reachable(account, str(fields["chat_id"]))
        self._state.ledger.note(
            "typing", account=account.key, user=str(fields["chat_id"]), action=fields["action"]
        )
        return True

    def _setWebhook(self, account: Account, fields: dict[str, Any]) -> bool:
        self.person.set_hook(
            account, fields["url"], fields.get("secret_token", ""), fields.get("allowed_updates")
        )
        return True

    def _deleteWebhook(self, account: Account, fields: dict[str, Any]) -> bool:
        self.person.set_hook(account, "", "", None)
        return True

    def _getWebhookInfo(self, account: Account, fields: dict[str, Any]) -> dict[str, Any]:
        hook = asdict(self.person.hook(account))
        return {"url": hook["url"], "has_custom_certificate": False, "pending_update_count": 0,
                "allowed_updates": hook["allowed_updates"] or []}  # fmt: skip

    def _getFile(self, account: Account, fields: dict[str, Any]) -> dict[str, Any]:
        stored = self._state.files.get(fields["file_id"])
        if stored is None or stored.account != account.key:
            raise _Refused("rule", 400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        if len(stored.content) > MOST_DOWNLOAD:
            raise _Refused(None, 400, "Bad Request: file is too big")
        return {"file_id": stored.id, "file_unique_id": f"u{stored.id}", "file_size": len(stored.content),
                "file_path": f"documents/{stored.id}"}  # fmt: skip

    async def _file(self, request: Request) -> Response:
        account = self._bots.get(request.path_params["token"])
        stored = self._state.files.get(request.path_params["path"].rpartition("/")[2])
        if account is None or stored is None or stored.account != account.key:
            return JSONResponse({"ok": False, "error_code": 404, "description": "Not Found"}, status_code=404)
        return Response(stored.content, media_type="application/octet-stream")


def _from_form(name: str, value: Any) -> Any:
    """Read a form's text as what the field is: numbers, flags and objects come as text."""
    if not isinstance(value, str) or name in (
        "text",
        "caption",
        "url",
        "secret_token",
        "file_id",
        "callback_query_id",
    ):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def keyboard_view(markup: Any) -> dict[str, Any]:
    """Return the options and links of a keyboard. `keyboard` options are sent as text when pressed."""
    if not isinstance(markup, dict):
        return {}
    if "inline_keyboard" in markup:
        buttons = [button for row in markup["inline_keyboard"] for button in row]
        options = [_option(b["callback_data"], b["text"]) for b in buttons if "callback_data" in b]
        links = [{"title": b["text"], "url": b["url"]} for b in buttons if "url" in b]
        return {"options": options, "links": links, "kind": "buttons" if options else "link"}
    if "keyboard" in markup:
        buttons = [{"text": b} if isinstance(b, str) else b for row in markup["keyboard"] for b in row]
        asks = any(b.get("request_location") for b in buttons)
        sections = [("location" if b.get("request_location") else "keyboard", b["text"]) for b in buttons]
        options = [_option(text, text, section) for section, text in sections]
        return {"options": options, "kind": "location_request" if asks else "buttons"}
    return {}


def _option(option_id: str, title: str, section: str = "") -> dict[str, str]:
    return {"id": option_id, "title": title, "description": "", "section": section}


def _error(refused: _Refused) -> JSONResponse:
    body: dict[str, Any] = {"ok": False, "error_code": refused.code, "description": refused.detail}
    if refused.retry_after:
        body["parameters"] = {"retry_after": refused.retry_after}
    return JSONResponse(body, status_code=refused.code)
