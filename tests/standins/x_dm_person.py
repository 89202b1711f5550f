"""The person's side of X: direct messages and read marks as the Account Activity API tells them, signed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import html
import itertools
import json
from collections.abc import Mapping
from typing import Any

from tests.standins.accounts import Account
from tests.standins.delivery import Webhook
from tests.standins.ledger import Bubble
from tests.standins.state import State, Unknown

_SORTS = {"image": "photo", "video": "video"}


class XPerson:
    """Sends one event of a person; each is drawn in the chat and goes out as a webhook."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._ids = itertools.count(int(state.clock.now() * 1000) << 10)

    def next_id(self) -> str:
        return str(next(self._ids))

    def send(self, account: Account, user: str, kind: str, values: Mapping[str, Any]) -> Bubble:
        """Send one message. kind: text, image, video, location."""
        text = str(values.get("text") or "")
        data: dict[str, Any] = {"text": html.escape(text, quote=False), "entities": {"urls": []}}
        fields: dict[str, Any] = {"text": text}
        if kind in _SORTS:
            attachment, fields["media"] = self._file(account, kind, values)
            url = attachment["media"]["url"]
            # X writes the address of a file behind what was said.
            data |= {"text": f"{data['text']} {url}".strip(), "attachment": attachment}
            data["entities"]["urls"] = [{"url": url, "expanded_url": attachment["media"]["expanded_url"]}]
        elif kind == "location":
            place = [float(values["longitude"]), float(values["latitude"])]
            point = {"type": "Point", "coordinates": place}
            location = {"type": "shared_coordinate", "shared_coordinate": {"coordinates": point}}
            data["attachment"] = {"type": "location", "location": location}
            fields["media"] = {key: str(values[key]) for key in ("latitude", "longitude")}
        elif kind != "text":
            raise Unknown(f"X has no message of kind {kind}")
        bubble = Bubble(
            id=self.next_id(), account=account.key, user=user, outgoing=False, kind=kind,
            at=self._state.clock.now(), raw=data, **fields,
        )  # fmt: skip
        self._state.ledger.add(bubble)
        self._submit(account, user, {"direct_message_events": [self._event(account, user, bubble)]})
        return bubble

    def press(self, account: Account, user: str, bubble: Bubble, option: Mapping[str, str]) -> Bubble:
        raise Unknown("X shows nothing to press: answer with the number")

    def send_value(self, account: Account, value: Mapping[str, Any]) -> None:
        """Send a body as it is, signed; `for_user_id` where it has none."""
        self._submit(account, "raw", value)

    def read(self, account: Account, bubble: Bubble) -> None:
        """Tell that the person has read up to this message."""
        bubble.status = "read"
        mark = {
            "created_timestamp": str(int(self._state.clock.now() * 1000)), "sender_id": bubble.user,
            "target": {"recipient_id": account.external_id}, "last_read_event_id": bubble.id,
        }  # fmt: skip
        self._submit(account, bubble.user, {"direct_message_mark_read_events": [mark]})

    def _event(self, account: Account, user: str, bubble: Bubble) -> dict[str, Any]:
        created = {
            "target": {"recipient_id": account.external_id}, "sender_id": user, "message_data": bubble.raw,
        }  # fmt: skip
        return {"type": "message_create", "id": bubble.id, "created_timestamp": str(int(bubble.at * 1000)),
                "message_create": created}  # fmt: skip

    def _file(self, account: Account, kind: str, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
        content_type = values["content_type"]
        stored = self._state.files.put(account.key, values["content"], content_type, values.get("filename", ""), 365)
        address = f"{self._state.own_url}/x-files/{stored.id}"
        media: dict[str, Any] = {
            "id": int(stored.id), "id_str": stored.id, "type": _SORTS[kind], "media_url_https": address,
            "url": f"https://t.co/{stored.id[-10:]}",
            "expanded_url": f"https://twitter.com/messages/media/{stored.id}",
        }  # fmt: skip
        if kind == "video":
            media["video_info"] = {"variants": [
                {"content_type": "application/x-mpegURL", "url": f"{address}.m3u8"},
                {"content_type": content_type, "bitrate": 832000, "url": address},
            ]}  # fmt: skip
        shown = {"id": stored.id, "filename": stored.filename, "content_type": content_type}
        return {"type": "media", "media": media}, shown

    def _submit(self, account: Account, user: str, value: Mapping[str, Any]) -> None:
        secret = account.app_secrets["consumer_secret"]
        people = {}
        if user != "raw":
            name = self._state.name(account.key, user)
            people = {"users": {user: {"id": user, "name": name, "screen_name": f"u{user}"}}}
        body = {"for_user_id": account.external_id, **people, **value}

        def encode(bodies: list[Any]) -> tuple[bytes, Mapping[str, str]]:
            raw = json.dumps(bodies[0], separators=(",", ":")).encode()
            signature = base64.b64encode(hmac.new(secret.encode(), raw, hashlib.sha256).digest()).decode()
            return raw, {"x-twitter-webhooks-signature": f"sha256={signature}"}

        url = f"{self._state.gateway_url}/webhooks/x/{account.app}/webhook"
        self._state.deliverer.submit(Webhook(account.key, user, url, body, encode))
