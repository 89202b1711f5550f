"""Reads Telegram's updates into arrivals. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from bot.accounts import Account
from bot.arrivals import Arrival, Event, Unreadable, arrival_or_page
from bot.channels.kinds import rows
from contract.message import Inbound, InboundKind, Location, Media

CHANNEL = "telegram"
# What a bot asks Telegram to bring; `make connect` registers it.
UPDATES = ("message", "edited_message", "callback_query", "message_reaction")
_FILES: dict[str, InboundKind] = {
    "voice": "audio", "audio": "audio", "video": "video", "video_note": "video", "animation": "video",
    "document": "document", "sticker": "sticker",
}  # fmt: skip
KINDS = (
    *rows({
        "message: text": "text",
        "message: /start": "opened",
        "message: photo": "image",
        "message: voice, audio": "audio",
        "message: video, video_note, animation": "video",
        "message: document": "document",
        "message: sticker": "sticker",
        "message: location, venue": "location",
        "message: contact": "contact",
        "message: anything else": "unknown",
        "message in a group or channel": "quarantine",
        "edited_message": "edited",
        "message_reaction": "reaction",
        "any other update": "",
    }),
    *rows({"callback_query": "option", "callback_query: more options": "page"},
          "200 after the commit, then answerCallbackQuery"),
)  # fmt: skip


def read_update(account: Account, app: str, update: Mapping[str, Any]) -> Event | None:
    """Return what the update says, or None where it speaks of no message (the bot was blocked, a poll …)."""
    vendor_id = str(int(update["update_id"]))
    if "message" in update:
        return _arrival(account, app, vendor_id, update["message"], _inbound(update["message"]))
    if "edited_message" in update:
        message = update["edited_message"]
        text = str(message.get("text") or message.get("caption") or "")
        return _arrival(account, app, vendor_id, message, Inbound("edited", text=text, about=_id(message)))
    if "callback_query" in update:
        return _press(account, app, vendor_id, update["callback_query"])
    if "message_reaction" in update:
        reaction = update["message_reaction"]
        emoji = "".join(str(item.get("emoji") or "") for item in reaction.get("new_reaction") or ())
        message = {"chat": reaction["chat"], "from": reaction.get("user") or {}, "date": reaction.get("date")}
        about = str(reaction["message_id"])
        return _arrival(account, app, vendor_id, message, Inbound("reaction", text=emoji, about=about))
    return None


def _id(message: Mapping[str, Any]) -> str:
    return str(message.get("message_id") or "")


def _arrival(account: Account, app: str, vendor_id: str, message: Mapping[str, Any], inbound: Inbound) -> Event:
    chat = message["chat"]
    if chat.get("type", "private") != "private":
        kept = json.dumps(message, ensure_ascii=False).encode("utf-8", "replace")
        return Unreadable(CHANNEL, app, f"not a private chat but a {chat.get('type')}", kept)
    person = message.get("from") or {}
    inbound = _from(inbound, person)
    return arrival_or_page(
        Arrival(
            account, str(int(chat["id"])), vendor_id, inbound, dict(message), _at(message.get("date")), int(vendor_id)
        )
    )


def _from(inbound: Inbound, person: Mapping[str, Any]) -> Inbound:
    name = " ".join(str(person.get(part) or "") for part in ("first_name", "last_name")).strip()
    return Inbound(
        kind=inbound.kind, text=inbound.text, option_id=inbound.option_id, media=inbound.media,
        location=inbound.location, about=inbound.about, values=inbound.values, sender_name=name,
        sender_phone=inbound.sender_phone, language=str(person.get("language_code") or ""),
    )  # fmt: skip


def _press(account: Account, app: str, vendor_id: str, query: Mapping[str, Any]) -> Event:
    message = query.get("message") or {}
    data = str(query["data"])
    rows = (message.get("reply_markup") or {}).get("inline_keyboard") or ()
    titles = [button.get("text") for row in rows for button in row if button.get("callback_data") == data]
    inbound = Inbound("option", text=str(titles[0]) if titles else "", option_id=data, about=_id(message))
    chat = message.get("chat") or {"id": query["from"]["id"], "type": "private"}
    pressed = {"chat": chat, "from": query["from"], "date": None, "callback_query": {"id": query["id"], "data": data}}
    return _arrival(account, app, vendor_id, pressed, inbound)


def _inbound(message: Mapping[str, Any]) -> Inbound:
    about = _id(message.get("reply_to_message") or {})
    if "text" in message:
        return _text(str(message["text"]), about)
    if "photo" in message:
        return _file("image", message["photo"][-1], message, about)
    for name, kind in _FILES.items():
        # An animation comes as a document too; the first name that is there wins.
        if name in message:
            return _file(kind, message[name], message, about)
    if "location" in message:
        place, name = message["location"], str((message.get("venue") or {}).get("title") or "")
        return Inbound(
            "location", location=Location(float(place["latitude"]), float(place["longitude"]), name), about=about
        )
    if "contact" in message:
        card = message["contact"]
        name = " ".join(str(card.get(part) or "") for part in ("first_name", "last_name")).strip()
        phone = str(card.get("phone_number") or "")
        own = card.get("user_id") is not None and card.get("user_id") == (message.get("from") or {}).get("id")
        return Inbound(
            "contact", values={"contacts": [{"name": name, "phones": [phone]}]}, about=about,
            # Only a card that Telegram itself says is the sender's own names the sender's phone.
            sender_phone=f"+{phone.lstrip('+')}" if own and phone else "",
        )  # fmt: skip
    known = {"message_id", "date", "chat", "from"}
    return Inbound("unknown", values={"vendor_kind": ",".join(sorted(set(message) - known))[:200]}, about=about)


def _text(text: str, about: str) -> Inbound:
    command, _, rest = text.partition(" ")
    if command.partition("@")[0] == "/start":
        # The first press in a new chat; what follows came along in a link (an invitation).
        start = rest.strip()[:64]
        return Inbound("opened", values={"start": start} if start else {})
    return Inbound("text", text=text, about=about)


def _file(kind: InboundKind, file: Mapping[str, Any], message: Mapping[str, Any], about: str) -> Inbound:
    caption = str(message.get("caption") or "")
    media = Media(
        vendor_id=str(file["file_id"]),
        content_type=str(file.get("mime_type") or ("image/jpeg" if kind == "image" else "")),
        filename=str(file.get("file_name") or ""),
        size=int(file.get("file_size") or 0),
        caption=caption,
    )
    return Inbound(kind, text=caption, media=media, about=about)


def _at(timestamp: Any) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(timestamp), timezone.utc)
    except (TypeError, ValueError, OverflowError, OSError):
        return None
