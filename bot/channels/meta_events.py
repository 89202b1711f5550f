"""Reads what Messenger and Instagram send (`entry[].messaging[]`) into arrivals and statuses. Pure.

Both speak one format, by Meta's reference of webhook events (Messenger Platform; Instagram Messaging). What only one of
them has stands in KINDS of that one's module.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import unquote, urlsplit

from bot.accounts import Account
from bot.arrivals import Arrival, Event, StatusChange, Unreadable, Watermark, arrival_or_page
from bot.channels.meta import at
from contract.message import Inbound, InboundKind, Location, Media

# The payload of the button that opens a chat; `make connect` registers it in the page's profile.
GET_STARTED = "GET_STARTED"

KINDS: Mapping[str, str] = {
    "message.text": "text",
    "message.quick_reply": "option",
    "message.quick_reply of more options": "page",
    "message.attachments image": "image",
    "message.attachments audio": "audio",
    "message.attachments video": "video",
    "message.attachments file": "document",
    "message.attachments sticker": "sticker",
    "message.attachments (any other)": "unknown",
    "message.is_deleted": "deleted",
    "message.is_unsupported": "unknown",
    "message.is_echo": "",
    "message_edit": "edited",
    "postback": "option",
    "postback of get started, or with a referral": "opened",
    "referral": "opened",
    "reaction": "reaction",
    "read": "status",
    "(any other)": "quarantine",
}
_FILES: dict[str, InboundKind] = {"image": "image", "audio": "audio", "video": "video", "file": "document"}
# Events of a chat; a `changes` entry that carries one of them is read alike (Meta's newer examples are such).
_EVENTS = ("message", "postback", "reaction", "message_edit", "read", "delivery", "referral")
_FAULTS = (KeyError, TypeError, ValueError, AttributeError, IndexError)


def items(entry: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield what an entry holds: ("messaging", item), or where it is not ours to read (name of its place, item)."""
    for item in entry.get("messaging") or ():
        yield "messaging", item
    for item in entry.get("standby") or ():
        yield "standby", item
    for change in entry.get("changes") or ():
        value = change.get("value") if isinstance(change, Mapping) else None
        if isinstance(value, Mapping) and "sender" in value and any(name in value for name in _EVENTS):
            yield "messaging", value
        else:
            yield f"field {change.get('field') if isinstance(change, Mapping) else '?'}", change


def kept(channel: str, app: str, reason: str, what: Any) -> Unreadable:
    return Unreadable(channel, app, reason, json.dumps(what, ensure_ascii=False).encode("utf-8", "replace"))


def read_item(account: Account, app: str, item: Mapping[str, Any]) -> list[Event]:
    """Return what one item of `messaging` says; nothing for what needs nothing. What cannot be read is kept."""
    try:
        return list(_events(account, app, item))
    except _FAULTS as error:
        reason = f"an event cannot be read: {type(error).__name__}: {error}"
        return [kept(account.channel, app, reason, item)]


def _events(account: Account, app: str, item: Mapping[str, Any]) -> Iterator[Event]:
    if "message" in item:
        message = item["message"]
        if message.get("is_echo"):
            yield from _echo(account, item, message)
        else:
            yield from _message(account, item)
    elif "postback" in item:
        yield _postback(account, item)
    elif "reaction" in item:
        yield _reaction(account, item)
    elif "message_edit" in item:
        edit = item["message_edit"]
        mid = str(edit["mid"])
        inbound = Inbound("edited", text=str(edit.get("text") or ""), about=mid)
        yield _arrival(account, item, f"{mid}:{edit.get('num_edit', item.get('timestamp'))}", inbound)
    elif "read" in item or "delivery" in item:
        yield from _statuses(account, item)
    elif "referral" in item:
        yield _arrival(account, item, _made_id(item, "referral"), Inbound("opened", values=_opening(item["referral"])))
    else:
        names = sorted(set(item) - {"sender", "recipient", "timestamp"})
        yield kept(account.channel, app, f"event {', '.join(names) or 'without a name'} is not read", item)


def _user(item: Mapping[str, Any]) -> str:
    return str(item["sender"]["id"])


def _made_id(item: Mapping[str, Any], *parts: str) -> str:
    """Return an id of an event to which Meta gives none: the same for the same event."""
    text = "|".join((_user(item), str(item.get("timestamp")), *parts))
    return "made:" + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:40]


def _arrival(account: Account, item: Mapping[str, Any], vendor_id: str, inbound: Inbound) -> Event:
    return arrival_or_page(Arrival(account, _user(item), vendor_id, inbound, dict(item), at(item.get("timestamp"))))


def _opening(referral: Any) -> dict[str, Any]:
    """The `ref` of a link (m.me, ig.me) or a QR code is what an invitation carries; an advertisement has others."""
    if not isinstance(referral, Mapping):
        return {}
    start = str(referral.get("ref") or "")[:64]
    return {**({"start": start} if start else {}), "referral": dict(referral)}


def _echo(account: Account, item: Mapping[str, Any], message: Mapping[str, Any]) -> Iterator[Event]:
    """An echo of ours carries the outbox id that we gave along: it went. Any other tells nothing that we need."""
    callback, _, part = str(message.get("metadata") or "").partition("-")
    if callback.isascii() and callback.isdigit() and len(callback) < 19 and len(part) < 4:
        number = int(part) if part.isascii() and part.isdigit() else 0
        yield StatusChange(account, str(message["mid"]), callback, "sent", part=number, at=at(item.get("timestamp")))


def _message(account: Account, item: Mapping[str, Any]) -> Iterator[Event]:
    message = item["message"]
    mid = str(message["mid"])
    for number, inbound in enumerate(_inbounds(message)):
        # Several files in one message: each is an event of its own, the first under the message's id.
        yield _arrival(account, item, f"{mid}:{number}" if number else mid, inbound)


def _inbounds(message: Mapping[str, Any]) -> list[Inbound]:
    text = str(message.get("text") or "")
    if message.get("is_deleted"):
        return [Inbound("deleted", about=str(message["mid"]))]
    payload = (message.get("quick_reply") or {}).get("payload")
    if payload:
        return [Inbound("option", text=text, option_id=str(payload))]
    about, values = _context(message)
    found = [_attachment(part) for part in message.get("attachments") or ()]
    if message.get("is_unsupported") or not (text or found):
        return [Inbound("unknown", about=about, values={"vendor_kind": "unsupported", **values})]
    if not found:
        return [Inbound("text", text=text, about=about, values=values)]
    if text and found[0].kind in ("unknown", "text"):
        # Words beside something shared (a link, a post): the words are what was said.
        first = Inbound("text", text=text, values=found[0].values)
    elif text:
        media = found[0].media
        first = replace(found[0], text=text, media=replace(media, caption=text) if media else None)
    else:
        first = found[0]
    found[0] = replace(first, about=about, values={**first.values, **values})
    return found


def _context(message: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the message that is answered, and what else it hangs on: a story, an advertisement."""
    reply = message.get("reply_to") or {}
    values: dict[str, Any] = {}
    if isinstance(reply.get("story"), Mapping):
        values["story"] = dict(reply["story"])
    if isinstance(message.get("referral"), Mapping):
        values["referral"] = dict(message["referral"])
    return str(reply.get("mid") or ""), values


def _attachment(part: Mapping[str, Any]) -> Inbound:
    kind = str(part.get("type") or "")
    payload = part.get("payload") or {}
    url = str(payload.get("url") or part.get("url") or "")
    if payload.get("sticker_id") or kind == "like_heart":
        sticker = str(payload.get("sticker_id") or "")
        return Inbound("sticker", media=Media(vendor_id=sticker, url=url) if url else None)
    if kind in _FILES and url:
        name = str(payload.get("title") or "") or unquote(urlsplit(url).path.rpartition("/")[2])
        media = Media(vendor_id=_media_id(url), filename=name if kind == "file" else "", url=url)
        return Inbound(_FILES[kind], media=media)
    if kind == "location":
        point = payload["coordinates"]
        name = str(part.get("title") or payload.get("title") or "")
        return Inbound("location", location=Location(float(point["lat"]), float(point["long"]), name))
    if kind == "fallback" and (part.get("title") or url):
        # A link that Messenger could not draw: for us it is what was written.
        return Inbound("text", text=" ".join(word for word in (str(part.get("title") or ""), url) if word))
    return Inbound("unknown", values={"vendor_kind": f"attachment.{kind}", **({"url": url} if url else {})})


def _media_id(url: str) -> str:
    """Files come by address only."""
    return "url:" + hashlib.sha256(url.encode("utf-8", "replace")).hexdigest()[:40]


def _postback(account: Account, item: Mapping[str, Any]) -> Event:
    postback = item["postback"]
    payload = str(postback.get("payload") or "")
    vendor_id = str(postback.get("mid") or "") or _made_id(item, "postback", payload)
    if payload in ("", GET_STARTED) or postback.get("referral"):
        return _arrival(account, item, vendor_id, Inbound("opened", values=_opening(postback.get("referral"))))
    title = str(postback.get("title") or "")
    return _arrival(account, item, vendor_id, Inbound("option", text=title, option_id=payload))


def _reaction(account: Account, item: Mapping[str, Any]) -> Event:
    reaction = item["reaction"]
    mid, action = str(reaction["mid"]), str(reaction.get("action") or "react")
    emoji = str(reaction.get("emoji") or reaction.get("reaction") or "") if action == "react" else ""
    return _arrival(account, item, _made_id(item, mid, action, emoji), Inbound("reaction", text=emoji, about=mid))


def _statuses(account: Account, item: Mapping[str, Any]) -> Iterator[Event]:
    """Messages by name where Meta names them, and all earlier ones of the chat by the watermark."""
    state = "read" if "read" in item else "delivered"
    part = item["read"] if "read" in item else item["delivery"]
    mids: Sequence[Any] = [part["mid"]] if part.get("mid") else part.get("mids") or ()
    told = at(part.get("watermark")) or at(item.get("timestamp"))
    for mid in mids:
        yield StatusChange(account, vendor_id=str(mid), callback="", state=state, at=told)
    watermark = at(part.get("watermark"))
    if watermark is not None or (state == "read" and mids):
        yield Watermark(account, _user(item), state, watermark, str(mids[-1]) if mids and watermark is None else "")
