"""The web chat: its page, its embeddable widget and the socket between them and the lane.

A visitor is anonymous: a random id that LINK_SECRET signs. What is said to them goes to the open sockets of their
chat; who is away finds it in the history when they come back.
"""

from __future__ import annotations

import html
import json
import logging
import re
import time
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg_pool import PoolTimeout
from rasa.core.channels.channel import OutputChannel
from sanic import Blueprint, Request
from sanic.response import HTTPResponse, text
from websockets.exceptions import ConnectionClosed

from bot import metrics
from bot.accounts import Account
from bot.arrivals import Arrival
from bot.channels.connector import Connector, Handler, Outgoing, PartSent, Receipt, Sender, Services
from bot.channels.kinds import Kind, rows
from bot.channels.web_history import ChatHistory, read_history
from bot.intake import StorageDown
from bot.rendering.web import render
from bot.sessions import Tokens
from contract.ids import new_id
from contract.message import Inbound, Location

logger = logging.getLogger(__name__)

CHANNEL = "web"
STATIC = Path(__file__).resolve().parent.parent / "static"
MOST_CHARACTERS = 4096
KINDS = (
    *rows({"hello of a new visitor": "opened"}, "the session, with its token"),
    *rows({"hello with a token": ""}, "the session, with what was said before"),
    *rows({"text": "text", "option": "option", "location": "location"}, "stored, after the commit"),
    *rows({"ping": ""}, "pong"),
    *rows({"anything else": ""}, "error"),
)
_CLIENT_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_WIDGET = re.compile(r"[A-Za-z0-9_.-]{1,80}")
_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' https: data:;"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class WebInput(Connector):
    """`/chat/<widget>`, `/chat/<widget>/socket`, `/chat/<widget>/look.json`, `/widget.js`, `/chat.css`, `/chat.js`."""

    @classmethod
    def name(cls) -> str:
        return CHANNEL

    @classmethod
    def kinds(cls) -> tuple[Kind, ...]:
        return KINDS

    def url_prefix(self) -> str:
        return "/"

    def get_output_channel(self) -> OutputChannel:
        return WebSender(self.services)

    def blueprint(self, on_new_message: Handler) -> Blueprint:
        routes = Blueprint("web_chat")

        @routes.get("/widget.js")
        async def widget_script(request: Request) -> HTTPResponse:
            return _static(widget_source(), "application/javascript")

        @routes.get("/chat.css")
        async def page_style(request: Request) -> HTTPResponse:
            return _static((STATIC / "chat.css").read_text(encoding="utf-8"), "text/css")

        @routes.get("/chat/<widget:str>")
        async def page(request: Request, widget: str) -> HTTPResponse:
            account = await self._account(widget)
            if account is None:
                return _missing()
            return self._page(account)

        @routes.get("/chat/<widget:str>/look.json")
        async def look(request: Request, widget: str) -> HTTPResponse:
            """The unit's name and colours, for a launcher on another site; nothing else is told across origins."""
            account = await self._account(widget)
            if account is None:
                return text("unknown widget", status=404)
            origin = request.headers.get("origin", "")
            headers = {"Vary": "Origin", "Cache-Control": "max-age=60"}
            if origin:
                if not self._welcome(account, request):
                    metrics.refused.labels(CHANNEL, "origin").inc()
                    return text("this site is not among those of the widget", status=403)
                headers["Access-Control-Allow-Origin"] = origin
            return HTTPResponse(json.dumps(self._look(account)), headers=headers, content_type="application/json")

        @routes.websocket("/chat/<widget:str>/socket")
        async def socket(request: Request, ws: Any, widget: str) -> None:
            account = await self._account(widget)
            if account is None or not self._welcome(account, request):
                metrics.refused.labels(CHANNEL, "origin" if account else "unknown_app").inc()
                await ws.close(code=1008, reason="not for this site")
                return
            try:
                await Conversation(self, account, ws).run()
            except ConnectionClosed:
                return

        return routes

    async def _account(self, widget: str) -> Account | None:
        return await self.services.directory.account(CHANNEL, widget) if _WIDGET.fullmatch(widget) else None

    def _welcome(self, account: Account, request: Request) -> bool:
        """Ours, or a site that the widget's settings name. A browser always tells its origin."""
        origin = request.headers.get("origin", "").rstrip("/")
        own = self.services.settings.public_gateway_url
        sites = account.secrets.get("allowed_origins") or ()
        listed = re.split(r"[\s,]+", sites) if isinstance(sites, str) else sites
        allowed = {str(site).rstrip("/") for site in listed if site}
        host = urlsplit(origin).netloc
        return bool(host) and (host == request.headers.get("host") or origin == own or origin in allowed)

    def _look(self, account: Account) -> dict[str, Any]:
        unit = self.services.directory.unit(account.unit)
        colours = unit.settings.get("colours") or {}
        return {
            "name": unit.name,
            "tagline": unit.tagline,
            "light": colours.get("light") or unit.colour,
            "dark": colours.get("dark") or unit.colour,
            "logo": str(unit.settings.get("logo_url") or ""),
            "formal": unit.settings.get("form_of_address") == "usted",
        }

    def _page(self, account: Account) -> HTTPResponse:
        look = self._look(account)
        template = (STATIC / "chat.html").read_text(encoding="utf-8")
        values = {"name": look["name"], "tagline": look["tagline"], "widget": account.external_id}
        for key, value in values.items():
            template = template.replace("{{ " + key + " }}", html.escape(str(value), quote=True))
        headers = {
            "Content-Security-Policy": _CSP.replace(
                "connect-src 'self'", f"connect-src 'self' {self._socket_origin()}"
            ),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
        }
        return HTTPResponse(template, headers=headers, content_type="text/html; charset=utf-8")

    def _socket_origin(self) -> str:
        return re.sub(r"^http", "ws", self.services.settings.public_gateway_url)


class Conversation:
    """One open socket."""

    def __init__(self, connector: WebInput, account: Account, ws: Any) -> None:
        self._services = connector.services
        self._tokens = Tokens(connector.services.settings.link_secret)
        self._look = connector._look(account)
        self._account = account
        self._ws = ws

    async def run(self) -> None:
        hello = await self._read()
        if hello is None or hello.get("type") != "hello":
            await self._ws.close(code=1002, reason="a hello comes first")
            return
        try:
            user_id, history = await self._session(hello)
        except (StorageDown, psycopg.Error, PoolTimeout) as error:
            logger.warning("a web chat was not opened: %s", str(error).splitlines()[:1])
            await self._ws.close(code=1013, reason="try again later")
            return
        # In the hub before the history is sent: what is said in between is pushed, and drawn once by its id.
        self._services.hub.add(history.chat_id, self.push)
        try:
            await self.push(
                {
                    "type": "session",
                    "token": self._tokens.issue(self._account.external_id, user_id),
                    "look": self._look,
                    "history": (await self._history(user_id) or history).messages,
                }
            )
            while True:
                said = await self._read()
                if said is None:
                    return
                await self._take(user_id, history, said)
        finally:
            self._services.hub.remove(history.chat_id, self.push)

    async def push(self, data: dict[str, Any]) -> None:
        await self._ws.send(json.dumps(data, ensure_ascii=False))

    async def _read(self) -> dict[str, Any] | None:
        """Return the next object that the page sends; None where the socket ended."""
        while True:
            raw = await self._ws.recv()
            if raw is None:
                return None
            try:
                data = json.loads(raw)
            except ValueError:
                data = None
            if isinstance(data, dict):
                return data
            await self.push({"type": "error", "code": "unreadable"})

    async def _session(self, hello: Mapping[str, Any]) -> tuple[str, ChatHistory]:
        """Resume the chat of a token of ours, or open a new one."""
        user_id = self._tokens.read(str(hello.get("token") or ""), self._account.external_id)
        history = await self._history(user_id) if user_id else None
        if user_id and history is not None:
            return user_id, history
        user_id = str(new_id())
        start = re.sub(r"[^\w-]", "", str(hello.get("start") or ""))[:64]
        opened = Inbound("opened", values={"start": start} if start else {})
        await self._services.intake.store([Arrival(self._account, user_id, f"{user_id}:opened", opened)])
        history = await self._history(user_id)
        if history is None:
            raise StorageDown("the chat was not made")
        return user_id, history

    async def _history(self, user_id: str) -> ChatHistory | None:
        return await read_history(self._services.pool, self._account.id, user_id)

    async def _take(self, user_id: str, history: ChatHistory, said: Mapping[str, Any]) -> None:
        """Store what the visitor says, and tell the page only then."""
        if said.get("type") == "ping":
            await self.push({"type": "pong"})
            return
        client_id = str(said.get("id") or "")
        inbound = _inbound(said)
        if inbound is None or not _CLIENT_ID.fullmatch(client_id):
            await self.push({"type": "error", "code": "unreadable", "id": client_id[:64]})
            return
        if len(inbound.text) > MOST_CHARACTERS:
            await self.push({"type": "error", "code": "too_long", "id": client_id})
            return
        try:
            await self._services.intake.store([Arrival(self._account, user_id, f"{user_id}:{client_id}", inbound)])
        except StorageDown:
            await self.push({"type": "wait", "seconds": 3.0, "id": client_id})
            return
        await self.push({"type": "stored", "id": client_id})
        echo = {"id": client_id, "direction": "in", "kind": inbound.kind, "text": inbound.text, "at": time.time()}
        hub = self._services.hub
        await hub.push(history.chat_id, {"type": "message", "message": echo}, but=self.push)
        if hub.elsewhere is not None:
            await hub.elsewhere.said(history.chat_id, f"{user_id}:{client_id}")


def _inbound(said: Mapping[str, Any]) -> Inbound | None:
    kind, typed = said.get("type"), said.get("text")
    if kind == "text" and isinstance(typed, str) and typed.strip():
        return Inbound("text", text=typed.strip())
    if kind == "option" and isinstance(said.get("option_id"), str) and 0 < len(said["option_id"]) <= 64:
        return Inbound("option", text=str(typed or "")[:200], option_id=said["option_id"])
    if kind == "location":
        try:
            place = Location(float(said["latitude"]), float(said["longitude"]))
        except (KeyError, TypeError, ValueError):
            return None
        return (
            Inbound("location", location=place) if abs(place.latitude) <= 90 and abs(place.longitude) <= 180 else None
        )
    return None


class WebSender(Sender):
    """Hands a message to the open sockets of its chat."""

    def __init__(self, services: Services) -> None:
        self._services = services

    @classmethod
    def name(cls) -> str:
        return CHANNEL

    async def deliver(self, row: Outgoing, part_sent: PartSent) -> Receipt:
        drawn = render(row.message, f"o{row.id}", at=row.created_at.timestamp())
        if row.chat_id is not None:
            hub = self._services.hub
            await hub.push(row.chat_id, {"type": "message", "message": drawn})
            if hub.elsewhere is not None:
                await hub.elsewhere.sent(row.chat_id, row.id)
        # Nobody there counts as sent too: the history shows it on the way back.
        return Receipt("sent", vendor_id=f"o{row.id}")


@lru_cache(maxsize=1)
def widget_source() -> str:
    """Return the script with its style and its Spanish words, so that a site embeds one file."""
    style = json.dumps((STATIC / "widget.css").read_text(encoding="utf-8"), ensure_ascii=False)
    words = json.dumps(json.loads((STATIC / "widget_texts.json").read_text(encoding="utf-8")), ensure_ascii=False)
    source = (STATIC / "widget.js").read_text(encoding="utf-8")
    return source.replace('"@STYLE@"', style, 1).replace('"@WORDS@"', words, 1)


def _static(body: str, content_type: str) -> HTTPResponse:
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "max-age=300"}
    return HTTPResponse(body, headers=headers, content_type=f"{content_type}; charset=utf-8")


def _missing() -> HTTPResponse:
    page = (STATIC / "missing.html").read_text(encoding="utf-8")
    return HTTPResponse(page, status=404, content_type="text/html; charset=utf-8")
