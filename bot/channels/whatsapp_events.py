"""Reads WhatsApp's webhooks (Cloud API, `value` of field `messages`) into arrivals and statuses. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from bot.accounts import Account
from bot.arrivals import Arrival, Event, Renumbered, StatusChange, Unreadable, arrival_or_page
from bot.channels.meta import at
from contract.message import Inbound, InboundKind, Location, Media

CHANNEL = "whatsapp"
KINDS: Mapping[str, str] = {
    "text": "text",
    "interactive.button_reply": "option",
    "interactive.list_reply": "option",
    "interactive.list_reply of more options": "page",
    "button (of a template)": "option",
    "image": "image",
    "audio": "audio",
    "video": "video",
    "document": "document",
    "sticker": "sticker",
    "location": "location",
    "contacts": "contact",
    "reaction": "reaction",
    "edit": "edited",
    "revoke": "deleted",
    "request_welcome": "opened",
    "system (a new number)": "chat moves",
    "unsupported, interactive.* (any other)": "unknown",
    "status sent, delivered, read, played, failed": "status",
    "status (any other)": "",
    "message_template_status_update, message_template_quality_update, template_category_update": "template",
    "account_update, account_alerts, account_review_update, business_capability_update": "account",
    "phone_number_quality_update, phone_number_name_update": "account",
    "errors of the account": "quarantine",
    "field (any other)": "quarantine",
}
_MEDIA: dict[str, InboundKind] = {
    "image": "image", "audio": "audio", "video": "video", "document": "document", "sticker": "sticker",
}  # fmt: skip
_STATES = {"sent", "delivered", "read", "failed"}


def read_value(account: Account, app: str, value: Mapping[str, Any]) -> Iterator[Event]:
    """Yield what one `value` holds. What cannot be read is kept, and the rest goes on."""
    people = {str(contact.get("wa_id") or contact.get("user_id")): contact for contact in value.get("contacts") or ()}
    for message in value.get("messages") or ():
        try:
            yield _message(account, message, people)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            alone = {**value, "messages": [message], "statuses": []}
            yield _kept(app, f"a message cannot be read: {type(error).__name__}: {error}", alone)
    for status in value.get("statuses") or ():
        try:
            change = _status(account, status)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            alone = {**value, "messages": [], "statuses": [status]}
            yield _kept(app, f"a status cannot be read: {type(error).__name__}: {error}", alone)
        else:
            if change is not None:
                yield change
    if value.get("errors"):
        yield _kept(app, "an error of the account", value)


def _kept(app: str, reason: str, value: Mapping[str, Any]) -> Unreadable:
    """Keep a value as the change that it came in: so it names its number, and can be read again."""
    change = {"field": "messages", "value": value}
    return Unreadable(CHANNEL, app, reason, json.dumps(change, ensure_ascii=False).encode("utf-8", "replace"))


def _message(account: Account, message: Mapping[str, Any], people: Mapping[str, Any]) -> Event:
    kind = str(message["type"])
    user_id = str(message.get("from") or message["from_user_id"])
    if kind == "system":
        return _system(account, user_id, message["system"])
    contact = people.get(user_id) or (next(iter(people.values())) if len(people) == 1 else {})
    inbound = _inbound(kind, message)
    profile = contact.get("profile") or {}
    inbound = Inbound(
        **{
            **{name: getattr(inbound, name) for name in _FIELDS},
            "about": inbound.about or str((message.get("context") or {}).get("id") or ""),
            "sender_name": str(profile.get("name") or ""),
            "sender_phone": f"+{user_id}" if user_id.isascii() and user_id.isdigit() else "",
            "values": {**inbound.values, **_referral(message)},
        }
    )
    arrival = Arrival(account, user_id, str(message["id"]), inbound, dict(message), at(message.get("timestamp")))
    return arrival_or_page(arrival)


_FIELDS = ("kind", "text", "option_id", "media", "location", "about", "language", "values")


def _system(account: Account, user_id: str, system: Mapping[str, Any]) -> Event:
    new = str(system.get("wa_id") or system.get("new_wa_id") or system["user_id"])
    return Renumbered(account, user_id, new)


def _referral(message: Mapping[str, Any]) -> dict[str, Any]:
    referral = message.get("referral")
    return {"referral": dict(referral)} if isinstance(referral, Mapping) else {}


def _inbound(kind: str, message: Mapping[str, Any]) -> Inbound:
    part = message.get(kind)
    if kind == "text":
        return Inbound("text", text=str(part["body"]))  # type: ignore[index]
    if kind == "interactive":
        return _interactive(part or {})
    if kind == "button":
        return Inbound("option", text=str(part["text"]), option_id=str(part.get("payload") or part["text"]))  # type: ignore[index, union-attr]
    if kind in _MEDIA:
        return _media(_MEDIA[kind], part or {})
    if kind == "location":
        place = Location(float(part["latitude"]), float(part["longitude"]), str(part.get("name") or ""))  # type: ignore[index, union-attr]
        return Inbound("location", location=place)
    if kind == "contacts":
        return _contacts(part or [])
    if kind == "reaction":
        return Inbound("reaction", text=str(part.get("emoji") or ""), about=str(part["message_id"]))  # type: ignore[index, union-attr]
    if kind == "request_welcome":
        return Inbound("opened")
    if kind == "edit":
        edited = (part or {}).get("message") or {}
        text = str((edited.get("text") or {}).get("body") or "")
        return Inbound("edited", text=text, about=str((part or {}).get("original_message_id") or ""))
    if kind == "revoke":
        return Inbound("deleted", about=str((part or {}).get("original_message_id") or ""))
    errors = message.get("errors") or []
    reason = str(errors[0].get("title") or "") if errors else ""
    return Inbound("unknown", values={"vendor_kind": kind, "reason": reason})


def _interactive(part: Mapping[str, Any]) -> Inbound:
    for shape in ("button_reply", "list_reply"):
        if part.get(shape):
            return Inbound("option", text=str(part[shape].get("title") or ""), option_id=str(part[shape]["id"]))
    return Inbound("unknown", values={"vendor_kind": f"interactive.{part.get('type')}"})


def _media(kind: InboundKind, part: Mapping[str, Any]) -> Inbound:
    caption = str(part.get("caption") or "")
    media = Media(
        vendor_id=str(part["id"]),
        content_type=str(part.get("mime_type") or ""),
        filename=str(part.get("filename") or ""),
        caption=caption,
    )
    return Inbound(kind, text=caption, media=media)


def _contacts(part: Any) -> Inbound:
    cards = [
        {
            "name": str((card.get("name") or {}).get("formatted_name") or ""),
            "phones": [str(phone.get("phone") or phone.get("wa_id") or "") for phone in card.get("phones") or ()],
        }
        for card in part
    ]
    return Inbound("contact", values={"contacts": cards})


def _status(account: Account, status: Mapping[str, Any]) -> StatusChange | None:
    state = str(status["status"])
    if state == "played":
        state = "read"
    if state not in _STATES:
        return None
    error = (status.get("errors") or [{}])[0] if state == "failed" else {}
    detail = (error.get("error_data") or {}).get("details") or error.get("message") or error.get("title") or ""
    callback, _, part = str(status.get("biz_opaque_callback_data") or "").partition("-")
    ours = callback.isascii() and callback.isdigit() and len(callback) < 19
    return StatusChange(
        account,
        vendor_id=str(status["id"]),
        callback=callback if ours else "",
        state=state,
        part=int(part) if ours and part.isascii() and part.isdigit() and len(part) < 4 else 0,
        at=at(status.get("timestamp")),
        error_code=str(error.get("code") or ""),
        error=str(detail)[:500],
    )
