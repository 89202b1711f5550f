"""Reads Slack's Events API and interactivity into arrivals. Pure.

Sources: docs.slack.dev/apis/events-api, …/reference/events/message, …/reference/interaction-payloads.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from typing import Any

from bot.accounts import Account
from bot.arrivals import Arrival, Event, Unreadable, arrival_or_page
from bot.channels.kinds import Kind, rows
from bot.rendering.slack import CHECKS, DONE
from contract.message import Inbound, InboundKind, Media

CHANNEL = "slack"
KINDS = (
    Kind("url_verification", "", "the challenge", ""),
    *rows({
        "event message.im: text, me_message, thread_broadcast": "text",
        "event message.im: file_share, an image": "image",
        "event message.im: file_share, audio": "audio",
        "event message.im: file_share, video": "video",
        "event message.im: file_share, another file": "document",
        "event message.im: another subtype": "unknown",
        "event message_changed": "edited",
        "event message_deleted": "deleted",
        "event reaction_added, reaction_removed": "reaction",
        "event app_home_opened: the first on Messages": "opened",
        "event app_home_opened: again, or another tab": "",
        "event message of our own bot": "",
        "event app_mention": "",
        "event message in a channel or group": "quarantine",
        "event, any other": "quarantine",
        "block_actions: button, static_select": "option",
        "block_actions: more options": "page",
        "block_actions: the button under check boxes": "text",
        "block_actions: a tick, a link button": "",
        "interactivity of another type": "quarantine",
    }),
)  # fmt: skip

_TEXTS = {"", "file_share", "me_message", "thread_broadcast"}
_NEEDS_NOTHING = {"app_mention"}
# What Slack puts into angle brackets: a link, a mail address, a person, a channel.
_LINK = re.compile(r"<([^<>|]+)(?:\|([^<>]*))?>")


def read_event(account: Account, app: str, body: Mapping[str, Any]) -> Iterator[Event]:
    """Yield what an `event_callback` says; nothing where it speaks of no word of a person's."""
    event = body["event"]
    kind = str(event["type"])
    if kind in _NEEDS_NOTHING:
        return
    if kind == "message":
        yield from _message(account, app, event)
    elif kind in ("reaction_added", "reaction_removed"):
        yield from _reaction(account, str(body["event_id"]), event)
    elif kind == "app_home_opened":
        if event.get("tab", "home") == "messages":
            # Told at every look; under one id for each person, only the first is stored.
            user = str(event["user"])
            yield _arrival(account, user, f"opened:{user}", Inbound("opened"), event, event.get("event_ts"))
    else:
        yield _kept(app, f"event {kind} is not read", body)


def read_interaction(account: Account, app: str, payload: Mapping[str, Any]) -> Iterator[Event]:
    """Yield what somebody pressed. Slack gives a press no id and never brings it again."""
    if payload.get("type") != "block_actions":
        yield _kept(app, f"interactivity of type {payload.get('type')} is not read", payload)
        return
    for action in payload["actions"]:
        inbound = _press(payload, action)
        if inbound is None:
            continue
        user = payload["user"]
        vendor_id = f"{inbound.about}:{action['action_id']}:{action['action_ts']}"
        inbound = Inbound(
            inbound.kind, text=inbound.text, option_id=inbound.option_id, about=inbound.about,
            sender_name=str(user.get("name") or user.get("username") or ""),
        )  # fmt: skip
        raw = {"user": user, "action": action, "container": payload.get("container")}
        yield _arrival(account, str(user["id"]), vendor_id, inbound, raw, action["action_ts"])


def _press(payload: Mapping[str, Any], action: Mapping[str, Any]) -> Inbound | None:
    container = payload.get("container") or {}
    about = message_id(container.get("channel_id"), container.get("message_ts"))
    if action.get("url") or action["type"] == "checkboxes":
        return None
    if action["action_id"] == DONE:
        ticked = _ticked(payload)
        return Inbound("text", text=", ".join(str(number) for number in ticked), about=about) if ticked else None
    if action["type"] == "static_select":
        chosen = action["selected_option"]
        return Inbound("option", text=_title(chosen.get("text")), option_id=str(chosen["value"]), about=about)
    return Inbound("option", text=_title(action.get("text")), option_id=str(action["value"]), about=about)


def _title(text: Any) -> str:
    return html.unescape(str((text or {}).get("text") or ""))


def _ticked(payload: Mapping[str, Any]) -> list[int]:
    """Return the numbers of the ticked boxes, as the message counted them."""
    values = (payload.get("state") or {}).get("values") or {}
    found = [
        int(option["value"].partition(":")[0])
        for block in values.values()
        for action_id, state in block.items()
        if action_id.startswith(CHECKS)
        for option in state.get("selected_options") or ()
    ]
    return sorted(found)


def _message(account: Account, app: str, event: Mapping[str, Any]) -> Iterator[Event]:
    subtype = str(event.get("subtype") or "")
    if event.get("channel_type") != "im":
        yield _kept(app, f"not a direct message but one in a {event.get('channel_type')}", event)
        return
    if subtype == "message_changed":
        changed, before = event["message"], event.get("previous_message") or {}
        # A preview of a link changes a message too, and nobody edited anything.
        if not _ours(changed) and changed.get("edited") and changed.get("text") != before.get("text"):
            about = message_id(event["channel"], changed["ts"])
            inbound = Inbound("edited", text=plain_text(changed.get("text")), about=about)
            yield _arrival(account, str(changed["user"]), _id(event), inbound, event, event.get("ts"))
        return
    if subtype == "message_deleted":
        before = event.get("previous_message") or {}
        if not _ours(before) and before.get("user"):
            inbound = Inbound("deleted", about=message_id(event["channel"], event["deleted_ts"]))
            yield _arrival(account, str(before["user"]), _id(event), inbound, event, event.get("ts"))
        return
    if _ours(event):
        return
    if subtype not in _TEXTS:
        inbound = Inbound("unknown", values={"vendor_kind": f"message.{subtype}"})
        yield _arrival(account, str(event["user"]), _id(event), inbound, event, event["ts"])
        return
    about = message_id(event["channel"], event["thread_ts"]) if event.get("thread_ts") else ""
    text = plain_text(event.get("text"))
    files = event.get("files") or ()
    for number, file in enumerate(files):
        inbound = _file(file, text if number == 0 else "", about)
        yield _arrival(
            account, str(event["user"]), _id(event) + (f":{number}" if number else ""), inbound, event, event["ts"]
        )
    if not files:
        yield _arrival(account, str(event["user"]), _id(event), Inbound("text", text, about=about), event, event["ts"])


def _ours(message: Mapping[str, Any]) -> bool:
    return bool(message.get("bot_id")) or message.get("subtype") == "bot_message"


def message_id(channel: Any, ts: Any) -> str:
    """A `ts` is unique within its channel only."""
    return f"{channel}:{ts}" if channel and ts else ""


def _id(event: Mapping[str, Any]) -> str:
    return message_id(event["channel"], event["ts"])


def _reaction(account: Account, event_id: str, event: Mapping[str, Any]) -> Iterator[Event]:
    item = event["item"]
    # A reaction does not tell the kind of its channel; ids of direct messages begin with D.
    if item.get("type") == "message" and str(item.get("channel")).startswith("D"):
        emoji = f":{event['reaction']}:" if event["type"] == "reaction_added" else ""
        inbound = Inbound("reaction", text=emoji, about=message_id(item["channel"], item["ts"]))
        yield _arrival(account, str(event["user"]), event_id, inbound, event, event.get("event_ts"))


def _file(file: Mapping[str, Any], caption: str, about: str) -> Inbound:
    if file.get("mode") in ("tombstone", "hidden_by_limit") or not file.get("id"):
        return Inbound("unknown", text=caption, about=about, values={"vendor_kind": f"file.{file.get('mode')}"})
    content_type = str(file.get("mimetype") or "")
    major = content_type.partition("/")[0]
    kind: InboundKind = {"image": "image", "audio": "audio", "video": "video"}.get(major, "document")  # type: ignore[assignment]
    if file.get("subtype") == "slack_audio":
        kind = "audio"  # recorded in Slack: its type says video/mp4 in some clients [U]
    media = Media(
        vendor_id=str(file["id"]),
        content_type=content_type,
        filename=str(file.get("name") or ""),
        size=int(file.get("size") or 0),
        caption=caption,
        # Opens with the bot's token only (scope files:read).
        url=str(file.get("url_private_download") or file.get("url_private") or ""),
    )
    return Inbound(kind, text=caption, media=media, about=about)


def _arrival(
    account: Account, user: str, vendor_id: str, inbound: Inbound, raw: Mapping[str, Any], ts: Any
) -> Event:
    at = _at(ts)
    order = None if at is None else int(at.timestamp()) * 1_000_000 + at.microsecond
    return arrival_or_page(Arrival(account, user, vendor_id, inbound, dict(raw), at, vendor_seq=order))


def _kept(app: str, reason: str, what: Any) -> Unreadable:
    return Unreadable(CHANNEL, app, reason, json.dumps(what, ensure_ascii=False).encode("utf-8", "replace"))


def plain_text(text: Any) -> str:
    """Return what the person wrote: Slack marks links and mentions, and escapes &, < and >."""

    def shown(found: re.Match[str]) -> str:
        target, label = found.group(1), found.group(2)
        if target.startswith(("@", "#", "!")):
            return f"@{label}" if label else ""
        address = target.removeprefix("mailto:").removeprefix("tel:")
        return address if label in (None, "", address, target) else f"{label} ({address})"

    return html.unescape(_LINK.sub(shown, str(text or ""))).strip()


def _at(ts: Any) -> datetime | None:
    """`seconds.microseconds` as a time, to the microsecond; a nonsensical one counts as none."""
    try:
        seconds, _, micros = str(ts).partition(".")
        at = datetime.fromtimestamp(int(seconds), timezone.utc)
        return at.replace(microsecond=int(micros[:6].ljust(6, "0"))) if micros else at
    except (TypeError, ValueError, OverflowError, OSError):
        return None
