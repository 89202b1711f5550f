"""The person's side of Messenger and Instagram: what is written, pressed and sent, as signed webhooks."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from tests.standins.accounts import Account
from tests.standins.delivery import Webhook
from tests.standins.ledger import Bubble
from tests.standins.state import State, Unknown
from tests.standins.whatsapp_events import signature

FILES = {"image": "image", "audio": "audio", "video": "video", "document": "file"}
SUBJECTS = {"messenger": "page", "instagram": "instagram"}
Built = tuple[dict[str, Any], dict[str, Any]]


def new_mid() -> str:
    """Return an id as Meta makes them: opaque."""
    return "m_" + secrets.token_urlsafe(48)


class MessengerPerson:
    """Sends one event of a person; each is drawn in the chat and goes out as a webhook."""

    def __init__(self, state: State, channel: str) -> None:
        self._state = state
        self.channel = channel

    def url(self, account: Account) -> str:
        return f"{self._state.gateway_url}/webhooks/{self.channel}/{account.app}/webhook"

    def send(self, account: Account, user: str, kind: str, values: Mapping[str, Any]) -> Bubble:
        """Send one event; kind: text, location, a file's, reaction, unsupported, edit, delete, open, referral, story."""
        acts: dict[str, Callable[[Account, str, Mapping[str, Any]], Bubble]] = {
            "reaction": self._react, "edit": self._edit, "delete": self._delete, "open": self._open,
            "referral": self._referral,
        }  # fmt: skip
        if kind in acts:
            return acts[kind](account, user, values)
        builds: dict[str, Callable[[Account, str, Mapping[str, Any]], Built]] = {
            "text": self._text, "location": self._location, "unsupported": self._unsupported,
            "sticker": self._sticker, "story": self._story, "contacts": self._contacts,
            **dict.fromkeys(FILES, self._file),
        }  # fmt: skip
        if kind not in builds or (kind == "location" and self.channel == "instagram"):
            raise Unknown(f"{self.channel} has no message of kind {kind}")
        message, fields = builds[kind](account, kind, values)
        if values.get("reply_to"):
            message["reply_to"] = {"mid": values["reply_to"]}
        return self._out(account, user, {"message": {"mid": new_mid(), **message}}, {"kind": kind, **fields})

    def press(self, account: Account, user: str, bubble: Bubble, option: Mapping[str, str]) -> Bubble:
        """Press a quick reply (a message of its own) or a button (a postback)."""
        title = option.get("section") or option["title"]
        fields = {"kind": "text", "text": title, "reply_to": bubble.id}
        if (bubble.raw.get("message") or {}).get("quick_replies"):
            message = {"mid": new_mid(), "text": title, "quick_reply": {"payload": option["id"]}}
            return self._out(account, user, {"message": message}, fields)
        postback = {"mid": new_mid(), "title": title, "payload": option["id"]}
        return self._out(account, user, {"postback": postback}, fields)

    def send_value(self, account: Account, value: Any) -> None:
        """Send one item of `messaging` as it is, or a whole body (one with `object`), signed."""
        self._submit(account, "raw", value)

    def told(self, account: Account, bubble: Bubble, event: Mapping[str, Any], at: float | None = None) -> None:
        """Tell what became of a message of the product: an echo, its delivery, its reading."""
        sides = (account.external_id, bubble.user) if "message" in event else (bubble.user, account.external_id)
        self._submit(account, bubble.user, self._item(*sides, event, at))

    def _item(self, sender: str, recipient: str, event: Mapping[str, Any], at: float | None = None) -> dict[str, Any]:
        moment = int((self._state.clock.now() if at is None else at) * 1000)
        return {"sender": {"id": sender}, "recipient": {"id": recipient}, "timestamp": moment, **event}

    def _out(self, account: Account, user: str, event: dict[str, Any], fields: Mapping[str, Any]) -> Bubble:
        item = self._item(user, account.external_id, event)
        mid = next((part["mid"] for part in event.values() if "mid" in part), f"event-{secrets.token_hex(8)}")
        if self._state.ledger.find(account.key, mid) is not None:
            mid = f"event-{secrets.token_hex(8)}"
        bubble = Bubble(
            id=mid, account=account.key, user=user, outgoing=False, at=self._state.clock.now(), raw=event,
            **{"kind": "text", **fields},
        )  # fmt: skip
        self._state.ledger.add(bubble)
        self._submit(account, user, item)
        return bubble

    def _submit(self, account: Account, user: str, item: Any) -> None:
        def encode(bodies: list[Any]) -> tuple[bytes, Mapping[str, str]]:
            raw = payload(account, self.channel, bodies, self._state.clock.now())
            return raw, {"X-Hub-Signature-256": signature(raw, account.app_secrets["app_secret"])}

        whole = isinstance(item, Mapping) and "object" in item
        self._state.deliverer.submit(
            Webhook(account.key, user, self.url(account), item, encode, batchable=not whole)
        )

    def _own(self, account: Account, user: str, message_id: Any) -> Bubble:
        bubble = self._state.ledger.find(account.key, str(message_id))
        if bubble is None or bubble.outgoing or bubble.user != user:
            raise Unknown(f"{user} wrote nothing with id {message_id}")
        return bubble

    def _react(self, account: Account, user: str, values: Mapping[str, Any]) -> Bubble:
        emoji = values["text"]
        reaction: dict[str, Any] = {"mid": values["message_id"], "action": "react" if emoji else "unreact"}
        if emoji:
            reaction |= {"reaction": "other", "emoji": emoji}
        fields = {"kind": "reaction", "text": emoji, "reply_to": values["message_id"]}
        return self._out(account, user, {"reaction": reaction}, fields)

    def _edit(self, account: Account, user: str, values: Mapping[str, Any]) -> Bubble:
        bubble = self._own(account, user, values["message_id"])
        bubble.text, bubble.edited = values["text"], True
        bubble.raw = {**bubble.raw, "edits": bubble.raw.get("edits", 0) + 1}
        self._state.ledger.touch()
        edit = {"mid": bubble.id, "text": values["text"], "num_edit": bubble.raw["edits"]}
        self._submit(account, user, self._item(user, account.external_id, {"message_edit": edit}))
        return bubble

    def _delete(self, account: Account, user: str, values: Mapping[str, Any]) -> Bubble:
        """Unsend: the phones show no trace of it."""
        bubble = self._own(account, user, values["message_id"])
        bubble.text, bubble.kind, bubble.media = "", "unsupported", {}
        self._state.ledger.touch()
        deleted = {"mid": bubble.id, "is_deleted": True}
        self._submit(account, user, self._item(user, account.external_id, {"message": deleted}))
        return bubble

    def _open(self, account: Account, user: str, values: Mapping[str, Any]) -> Bubble:
        """Press get started, in a chat that is empty; with the code of a link where it has one."""
        postback: dict[str, Any] = {"mid": new_mid(), "title": "Empezar", "payload": "GET_STARTED"}
        if values.get("ref"):
            postback["referral"] = _referral(values["ref"])
        return self._out(account, user, {"postback": postback}, {"text": "Empezar"})

    def _referral(self, account: Account, user: str, values: Mapping[str, Any]) -> Bubble:
        return self._out(account, user, {"referral": _referral(values["ref"])}, {"text": f"(m.me?ref={values['ref']})"})

    def _text(self, account: Account, kind: str, values: Mapping[str, Any]) -> Built:
        return {"text": values["text"]}, {"text": values["text"]}

    def _contacts(self, account: Account, kind: str, values: Mapping[str, Any]) -> Built:
        """Neither has cards of contacts: people write name and number."""
        text = f"{values['name']} {values['phone']}"
        return {"text": text}, {"kind": "text", "text": text}

    def _location(self, account: Account, kind: str, values: Mapping[str, Any]) -> Built:
        point = {"lat": float(values["latitude"]), "long": float(values["longitude"])}
        title = values.get("name") or "Ubicación fijada"
        part = {"type": "location", "title": title, "payload": {"coordinates": point}}
        media = {"latitude": str(point["lat"]), "longitude": str(point["long"])}
        return {"attachments": [part]}, {"text": values.get("name", ""), "media": media}

    def _file(self, account: Account, kind: str, values: Mapping[str, Any]) -> Built:
        stored = self._state.files.put(
            account.key, values["content"], values["content_type"], values.get("filename", ""), days=7
        )
        part: dict[str, Any] = {"type": FILES[kind], "payload": {"url": self._state.file_url(stored.id, stored.filename)}}
        if kind == "document":
            part["payload"]["title"] = stored.filename
        message: dict[str, Any] = {"attachments": [part]}
        if values.get("text"):
            message["text"] = values["text"]
        media = {"id": stored.id, "filename": stored.filename, "content_type": stored.content_type}
        return message, {"text": values.get("text", ""), "media": media}

    def _sticker(self, account: Account, kind: str, values: Mapping[str, Any]) -> Built:
        stored = self._state.files.put(account.key, values["content"], values["content_type"], "", days=7)
        part = {"type": "image", "payload": {"url": self._state.file_url(stored.id, ""), "sticker_id": 369239263222822}}
        return {"attachments": [part]}, {"media": {"id": stored.id, "content_type": stored.content_type}}

    def _story(self, account: Account, kind: str, values: Mapping[str, Any]) -> Built:
        """Instagram: answer a story of the account (with words), or mention the account in an own one."""
        if self.channel != "instagram":
            raise Unknown("stories are Instagram's")
        url = self._state.file_url("story", "")
        if values.get("text"):
            story = {"reply_to": {"story": {"url": url, "id": "17900000000000001"}}, "text": values["text"]}
            return story, {"kind": "text", "text": values["text"]}
        return {"attachments": [{"type": "story_mention", "payload": {"url": url}}]}, {"kind": "unsupported"}

    def _unsupported(self, account: Account, kind: str, values: Mapping[str, Any]) -> Built:
        return {"is_unsupported": True}, {}


def _referral(ref: str) -> dict[str, str]:
    return {"ref": ref, "source": "SHORTLINK", "type": "OPEN_THREAD"}


def payload(account: Account, channel: str, bodies: list[Any], now: float) -> bytes:
    """Wrap items into one webhook body, an entry each; a whole body goes as it is. Non-ASCII is escaped, as Meta does."""
    if isinstance(bodies[0], Mapping) and "object" in bodies[0]:
        return json.dumps(bodies[0], separators=(",", ":")).encode()
    entries = [{"id": account.external_id, "time": int(now * 1000), "messaging": [item]} for item in bodies]
    return json.dumps({"object": SUBJECTS[channel], "entry": entries}, separators=(",", ":")).encode()
