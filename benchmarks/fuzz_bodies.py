"""Webhooks that are well, to be broken: some of each kind that a vendor sends, and how each vendor signs."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

_WHATSAPP_PARTS: tuple[dict[str, Any], ...] = (
    {"type": "text", "text": {"body": "hola, busco trabajo"}},
    {"type": "interactive", "interactive": {"type": "list_reply", "list_reply": {"id": "go:1", "title": "Sí"}}},
    {"type": "interactive", "interactive": {"type": "button_reply", "button_reply": {"id": "more:7:9", "title": "Más"}}},
    {"type": "button", "button": {"payload": "go", "text": "Sí"}},
    {"type": "document", "document": {"id": "900", "mime_type": "application/pdf", "filename": "cv.pdf", "caption": "mi cv"}},
    {"type": "location", "location": {"latitude": 25.67, "longitude": -100.31, "name": "Macroplaza"}},
    {"type": "contacts", "contacts": [{"name": {"formatted_name": "Ana"}, "phones": [{"phone": "+5215512345678"}]}]},
    {"type": "reaction", "reaction": {"message_id": "wamid.0", "emoji": "👍"}},
    {"type": "system", "system": {"body": "changed", "wa_id": "5215500000001", "type": "user_changed_number"}},
    {"type": "unsupported", "errors": [{"code": 131051, "title": "Message type unknown"}]},
    {"type": "edit", "edit": {"original_message_id": "w0", "message": {"text": {"body": "nuevo"}}}},
)  # fmt: skip


def _whatsapp(external_id: str) -> list[Any]:
    values: list[dict[str, Any]] = []
    for number, part in enumerate(_WHATSAPP_PARTS):
        message = {"from": "5215512345678", "id": f"wamid.{number}", "timestamp": "1772463600", **part}
        contacts = [{"profile": {"name": "Ana"}, "wa_id": "5215512345678"}]
        values.append({"contacts": contacts, "messages": [message]})
    status = {"id": "wamid.o", "status": "failed", "timestamp": "1772463600", "recipient_id": "5215512345678"}
    values.append({"statuses": [{**status, "errors": [{"code": 131047, "title": "x"}]}]})
    values.append({"statuses": [{**status, "status": "read", "biz_opaque_callback_data": "12-2"}]})
    metadata = {"display_phone_number": "525500000101", "phone_number_id": external_id}
    return [
        {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [
            {"field": "messages", "value": {"messaging_product": "whatsapp", "metadata": metadata, **value}}]}]}
        for value in values
    ]  # fmt: skip


def _telegram(external_id: str) -> list[Any]:
    who = {"id": 77, "is_bot": False, "first_name": "Ana", "language_code": "es"}
    message = {
        "message_id": 5,
        "date": 1772463600,
        "chat": {"id": 77, "type": "private", "first_name": "Ana"},
        "from": who,
    }
    file = {"file_id": "f1", "file_unique_id": "u1", "file_size": 10}
    return [
        {"update_id": 1, "message": {**message, "text": "hola"}},
        {"update_id": 2, "message": {**message, "text": "/start abc", "entities": [{"type": "bot_command", "offset": 0, "length": 6}]}},
        {"update_id": 3, "edited_message": {**message, "text": "adiós", "edit_date": 1772463700}},
        {"update_id": 4, "callback_query": {"id": "9", "from": who, "message": {**message, "text": "x"}, "data": "more:7:9"}},
        {"update_id": 5, "message": {**message, "photo": [{**file, "width": 9, "height": 9}], "caption": "yo"}},
        {"update_id": 6, "message": {**message, "document": {**file, "file_name": "cv.pdf", "mime_type": "application/pdf"}}},
        {"update_id": 7, "message": {**message, "location": {"latitude": 25.6, "longitude": -100.3}}},
        {"update_id": 8, "message": {**message, "contact": {"phone_number": "521", "first_name": "Ana"}}},
        {"update_id": 9, "message_reaction": {"chat": message["chat"], "message_id": 5, "date": 1, "user": who,
                                              "old_reaction": [], "new_reaction": [{"type": "emoji", "emoji": "👍"}]}},
    ]  # fmt: skip


def _meta(kind: str) -> Callable[[str], list[Any]]:
    def bodies(external_id: str) -> list[Any]:
        base = {"sender": {"id": "u77"}, "recipient": {"id": external_id}, "timestamp": 1772463600000}
        file = {"type": "file", "payload": {"url": "https://cdn.example/cv.pdf"}}
        items: list[dict[str, Any]] = [
            {"message": {"mid": "m1", "text": "hola"}},
            {"message": {"mid": "m2", "text": "Sí", "quick_reply": {"payload": "more:7:9"}}},
            {"message": {"mid": "m3", "attachments": [file, {"type": "image", "payload": {"url": "https://a.example/i"}}]}},
            {"message": {"mid": "m4", "is_deleted": True}},
            {"postback": {"mid": "m5", "title": "Empezar", "payload": "GET_STARTED", "referral": {"ref": "abc"}}},
            {"reaction": {"mid": "m1", "action": "react", "reaction": "love", "emoji": "❤"}},
            {"read": {"watermark": 1772463600000, "mid": "m9"}},
            {"delivery": {"mids": ["m9"], "watermark": 1772463600000}},
            {"message_edit": {"mid": "m1", "text": "nuevo", "num_edit": 1}},
            {"referral": {"ref": "abc", "source": "SHORTLINK", "type": "OPEN_THREAD"}},
        ]  # fmt: skip
        return [
            {"object": kind, "entry": [{"id": external_id, "time": 1, "messaging": [{**base, **item}]}]}
            for item in items
        ]

    return bodies


def _slack(external_id: str) -> list[Any]:
    message = {"type": "message", "channel": "D1", "channel_type": "im", "user": "U1", "text": "hola <https://a|b>",
               "ts": "1772463600.000100"}  # fmt: skip
    events: list[dict[str, Any]] = [
        message,
        {**message, "subtype": "file_share", "files": [{"id": "F1", "mimetype": "image/png", "url_private": "https://s/x"}]},
        {**message, "subtype": "message_changed", "message": {**message, "text": "b", "edited": {"ts": "1.2"}},
         "previous_message": message},
        {**message, "subtype": "message_deleted", "deleted_ts": "1.1", "previous_message": message},
        {"type": "reaction_added", "user": "U1", "reaction": "ok", "item": {"type": "message", "channel": "D1", "ts": "1"}},
        {"type": "app_home_opened", "user": "U1", "tab": "messages", "channel": "D1", "event_ts": "1.1"},
    ]  # fmt: skip
    action = {"type": "button", "action_id": "go", "value": "more:7:9", "action_ts": "1.3", "text": {"text": "Sí"}}
    press = {"type": "block_actions", "team": {"id": external_id}, "user": {"id": "U1", "name": "ana"},
             "container": {"message_ts": "1.1", "channel_id": "D1"}, "actions": [action]}  # fmt: skip
    return [
        *({"type": "event_callback", "team_id": external_id, "event_id": f"Ev{number}", "event": event}
          for number, event in enumerate(events)),
        press, {"type": "url_verification", "challenge": "abc"},
    ]  # fmt: skip


def _x(external_id: str) -> list[Any]:
    def message(data: dict[str, Any]) -> dict[str, Any]:
        created = {"target": {"recipient_id": external_id}, "sender_id": "77", "message_data": data}
        event = {"type": "message_create", "id": "1", "created_timestamp": "1772463600000", "message_create": created}
        users = {"77": {"id": "77", "name": "Ana", "screen_name": "ana"}}
        return {"for_user_id": external_id, "direct_message_events": [event], "users": users}

    place = {"type": "shared_coordinate", "shared_coordinate": {"coordinates": {"coordinates": [-100.3, 25.6]}}}
    return [
        message({"text": "hola", "entities": {"urls": [{"url": "https://t.co/a", "expanded_url": "https://a.example"}]}}),
        message({"text": "Sí", "quick_reply_response": {"type": "options", "metadata": "more:7:9"}}),
        message({"text": "", "attachment": {"type": "media", "media": {"id": 5, "type": "photo", "media_url_https": "https://x/y"}}}),
        message({"text": "", "attachment": {"type": "location", "location": place}}),
        {"for_user_id": external_id, "direct_message_mark_read_events": [
            {"created_timestamp": "1", "sender_id": "77", "target": {"recipient_id": external_id}, "last_read_event_id": "9"}]},
    ]  # fmt: skip


BODIES: Mapping[str, Callable[[str], list[Any]]] = {
    "whatsapp": _whatsapp, "telegram": _telegram, "messenger": _meta("page"), "instagram": _meta("instagram"),
    "slack": _slack, "x": _x,
}  # fmt: skip


@dataclass(frozen=True)
class Endpoint:
    """Where a vendor posts. external_id: of an account of this app; secret: signs."""

    channel: str
    app: str
    external_id: str
    secret: str

    @property
    def path(self) -> str:
        return f"/webhooks/{self.channel}/{self.app}/webhook"

    def seeds(self) -> list[bytes]:
        return [json.dumps(body).encode() for body in BODIES[self.channel](self.external_id)]

    def sign(self, raw: bytes, *, secret: str | None = None, at: float | None = None) -> dict[str, str]:
        """Return the headers that this vendor sends with the body."""
        key = (self.secret if secret is None else secret).encode()
        if self.channel == "telegram":
            return {"x-telegram-bot-api-secret-token": key.decode()}
        if self.channel == "slack":
            sent_at = str(int(time.time() if at is None else at))
            mac = hmac.new(key, b"v0:" + sent_at.encode() + b":" + raw, hashlib.sha256).hexdigest()
            return {"x-slack-request-timestamp": sent_at, "x-slack-signature": f"v0={mac}"}
        mac_bytes = hmac.new(key, raw, hashlib.sha256)
        if self.channel == "x":
            return {"x-twitter-webhooks-signature": "sha256=" + base64.b64encode(mac_bytes.digest()).decode()}
        return {"x-hub-signature-256": "sha256=" + mac_bytes.hexdigest()}
