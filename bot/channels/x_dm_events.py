"""Reads X's Account Activity webhooks into arrivals and statuses. Pure.

Source: docs.x.com, "Account Activity API", object structures of direct messages (version 1.1 of the objects).
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from bot.accounts import Account
from bot.arrivals import Arrival, Event, Unreadable, Watermark, arrival_or_page
from bot.channels.kinds import Kind, rows
from contract.message import Inbound, InboundKind, Location, Media

CHANNEL = "x"
KINDS = (
    Kind("GET crc_token", "", "the response_token", ""),
    *rows({
        "direct_message_events: text": "text",
        "direct_message_events: quick_reply_response": "option",
        "direct_message_events: photo": "image",
        "direct_message_events: video, animated_gif": "video",
        "direct_message_events: location": "location",
        "direct_message_events: another attachment": "unknown",
        "direct_message_events: our own message": "",
        "direct_message_mark_read_events": "status",
        "direct_message_indicate_typing_events": "",
        "posts, likes, follows, blocks, mutes": "",
        "user_event: revoke": "quarantine",
        "anything else": "quarantine",
    }),
)  # fmt: skip

_MEDIA: dict[str, InboundKind] = {"photo": "image", "video": "video", "animated_gif": "video"}
# What happens in public or says nothing that is kept: not ours to answer.
NEEDS_NOTHING = frozenset({
    "direct_message_indicate_typing_events", "tweet_create_events", "tweet_delete_events", "favorite_events",
    "follow_events", "unfollow_events", "block_events", "unblock_events", "mute_events", "unmute_events",
})  # fmt: skip
_BESIDE = frozenset({"for_user_id", "users", "apps", "user_has_blocked"})


def read_activity(account: Account, app: str, body: Mapping[str, Any]) -> Iterator[Event]:
    """Yield what one webhook holds. What cannot be read is kept, and the rest goes on."""
    people = body.get("users") or {}
    for name, held in body.items():
        if name in NEEDS_NOTHING or name in _BESIDE:
            continue
        if name not in ("direct_message_events", "direct_message_mark_read_events"):
            yield _kept(app, f"{name} is not read", {name: held})
            continue
        for item in held:
            try:
                event = _message(account, item, people) if name == "direct_message_events" else _read(account, item)
            except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
                event = _kept(app, f"one of {name} cannot be read: {type(error).__name__}: {error}", item)
            if event is not None:
                yield event


def _message(account: Account, event: Mapping[str, Any], people: Mapping[str, Any]) -> Event | None:
    created = event["message_create"]
    user = str(created["sender_id"])
    if user == account.external_id:
        return None
    person = people.get(user) or {}
    read = _inbound(str(event["type"]), created["message_data"])
    inbound = Inbound(
        read.kind, text=read.text, option_id=read.option_id, media=read.media, location=read.location,
        values=read.values, sender_name=str(person.get("name") or person.get("screen_name") or ""),
    )  # fmt: skip
    at = _at(event.get("created_timestamp"))
    event_id = str(event["id"])
    # Ids of X grow with time; beyond 63 bits there are none.
    order = int(event_id) if event_id.isascii() and event_id.isdigit() and len(event_id) < 19 else None
    return arrival_or_page(Arrival(account, user, event_id, inbound, dict(event), at, vendor_seq=order))


def _inbound(kind: str, data: Mapping[str, Any]) -> Inbound:
    if kind != "message_create":
        return Inbound("unknown", values={"vendor_kind": kind})
    attachment = data.get("attachment") or {}
    text = _text(data, attachment)
    reply = data.get("quick_reply_response")
    if reply and reply.get("metadata"):
        return Inbound("option", text=text, option_id=str(reply["metadata"]))
    if attachment.get("type") == "media":
        media = attachment["media"]
        sort = str(media.get("type"))
        if sort not in _MEDIA:
            return Inbound("unknown", text=text, values={"vendor_kind": f"media.{sort}"})
        content_type = "image/jpeg" if sort == "photo" else "video/mp4"
        # Opens with the account's token only.
        url = str(media.get("media_url_https") or "")
        if sort != "photo":
            url = _best((media.get("video_info") or {}).get("variants") or ()) or url
        file = Media(vendor_id=str(media["id"]), content_type=content_type, caption=text, url=url)
        return Inbound(_MEDIA[sort], text=text, media=file)
    if attachment.get("type") == "location":
        longitude, latitude = attachment["location"]["shared_coordinate"]["coordinates"]["coordinates"]
        return Inbound("location", text=text, location=Location(float(latitude), float(longitude)))
    if attachment:
        return Inbound("unknown", text=text, values={"vendor_kind": f"attachment.{attachment.get('type')}"})
    return Inbound("text", text=text)


def _best(variants: Sequence[Mapping[str, Any]]) -> str:
    """Return the address of the best recording; a playlist is none."""
    files = [variant for variant in variants if variant.get("content_type") == "video/mp4"]
    return str(max(files, key=lambda variant: int(variant.get("bitrate") or 0))["url"]) if files else ""


def _text(data: Mapping[str, Any], attachment: Mapping[str, Any]) -> str:
    """Return what was written: X shortens addresses, adds one for a file, and escapes &, < and >."""
    text = str(data.get("text") or "")
    own = str((attachment.get("media") or {}).get("url") or "")
    for url in (data.get("entities") or {}).get("urls") or ():
        short = str(url.get("url") or "")
        if short and short != own:
            text = text.replace(short, str(url.get("expanded_url") or short))
    if own:
        text = text.replace(own, "")
    return html.unescape(text).strip()


def _read(account: Account, event: Mapping[str, Any]) -> Watermark | None:
    """The person has read up to this message of ours."""
    user = str(event["sender_id"])
    if user == account.external_id:
        return None
    return Watermark(account, user, "read", None, vendor_id=str(event["last_read_event_id"]))


def _kept(app: str, reason: str, what: Any) -> Unreadable:
    return Unreadable(CHANNEL, app, reason, json.dumps(what, ensure_ascii=False).encode("utf-8", "replace"))


def _at(timestamp: Any) -> datetime | None:
    """Milliseconds since the epoch; a nonsensical one counts as none."""
    try:
        return datetime.fromtimestamp(int(timestamp) / 1000, timezone.utc)
    except (TypeError, ValueError, OverflowError, OSError):
        return None
