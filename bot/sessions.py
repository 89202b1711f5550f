"""Web chat sessions: the signed token of an anonymous visitor, and the sockets that are open now."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any, Protocol
from uuid import UUID

from bot import metrics

_PURPOSE = b"web-chat-session.v1"
Push = Callable[[dict[str, Any]], Awaitable[None]]


class Tokens:
    """Signs who a visitor is: `<base64 of widget and user>.<hmac>`. A token opens one chat of one widget."""

    def __init__(self, link_secret: str) -> None:
        self._key = hmac.new(link_secret.encode(), _PURPOSE, hashlib.sha256).digest()

    def issue(self, widget: str, user_id: str) -> str:
        body = base64.urlsafe_b64encode(json.dumps([widget, user_id]).encode()).rstrip(b"=")
        return f"{body.decode()}.{self._sign(body)}"

    def read(self, token: str, widget: str) -> str | None:
        """Return the user id, or None where the token is not ours or of another widget."""
        body, _, signature = token.partition(".")
        if not hmac.compare_digest(self._sign(body.encode()).encode(), signature.encode("utf-8", "replace")):
            return None
        try:
            named, user_id = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        except (ValueError, binascii.Error):
            return None
        return str(user_id) if named == widget else None

    def _sign(self, body: bytes) -> str:
        return hmac.new(self._key, body, hashlib.sha256).hexdigest()


class Elsewhere(Protocol):
    """The other gateways, where sockets of the same chat may hang."""

    async def sent(self, chat_id: UUID, outbox_id: int) -> None: ...

    async def said(self, chat_id: UUID, vendor_id: str) -> None: ...


class Hub:
    """Open sockets of this process by chat; several tabs may share one. elsewhere: the other gateways."""

    def __init__(self) -> None:
        self._open: dict[UUID, set[Push]] = defaultdict(set)
        self.elsewhere: Elsewhere | None = None

    def holds(self, chat_id: UUID) -> bool:
        return chat_id in self._open

    def chats(self) -> list[UUID]:
        return list(self._open)

    def add(self, chat_id: UUID, push: Push) -> None:
        self._open[chat_id].add(push)
        metrics.web_sessions.inc()

    def remove(self, chat_id: UUID, push: Push) -> None:
        if push in self._open.get(chat_id, ()):
            self._open[chat_id].discard(push)
            metrics.web_sessions.dec()
        if not self._open.get(chat_id):
            self._open.pop(chat_id, None)

    async def push(self, chat_id: UUID, data: dict[str, Any], *, but: Push | None = None) -> int:
        """Hand this to every socket of the chat; return how many took it."""
        taken = 0
        for push in list(self._open.get(chat_id, ())):
            if push == but:  # bound methods are equal, never identical
                continue
            try:
                await push(data)
                taken += 1
            except Exception:
                # A socket that is closing: its own loop removes it, and the history tells what it missed.
                self.remove(chat_id, push)
        return taken
