"""The person's side of WhatsApp: what is typed, pressed and sent, as signed webhooks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.standins.accounts import Account
from tests.standins.delivery import Webhook
from tests.standins.ledger import Bubble
from tests.standins.state import State, Unknown
from tests.standins.whatsapp_events import message_value, new_wamid, payload, signature, status_value

MEDIA = ("image", "audio", "video", "document", "sticker")


class WhatsAppPerson:
    """Sends one event of a person; each is drawn in the chat and goes out as a webhook."""

    def __init__(self, state: State) -> None:
        self._state = state

    def url(self, account: Account) -> str:
        return f"{self._state.gateway_url}/webhooks/whatsapp/{account.app}/webhook"

    def send(self, account: Account, user: str, kind: str, values: Mapping[str, Any]) -> Bubble:
        """Send one message; kind: text, location, contacts, reaction, unsupported, system or one of MEDIA."""
        build = {
            "text": self._text, "location": self._location, "contacts": self._contacts,
            "reaction": self._reaction, "unsupported": self._unsupported, "system": self._system,
            **dict.fromkeys(MEDIA, self._media),
        }.get(kind)  # fmt: skip
        if build is None:
            raise Unknown(f"WhatsApp has no message of kind {kind}")
        part, fields = build(account, kind, values)
        context = (
            {"from": account.display_number, "id": values["reply_to"]} if values.get("reply_to") else None
        )
        return self._out(account, user, kind, part, fields, context)

    def press(self, account: Account, user: str, bubble: Bubble, option: Mapping[str, str]) -> Bubble:
        """Press a button or a row of a message that the product sent."""
        context = {"from": account.display_number, "id": bubble.id}
        fields = {"kind": "text", "text": option["title"], "reply_to": bubble.id}
        if bubble.kind == "template":
            part: Any = {"payload": option["id"], "text": option["title"]}
            return self._out(account, user, "button", part, fields, context)
        shape = "list_reply" if bubble.kind == "list" else "button_reply"
        reply = {"id": option["id"], "title": option["title"]}
        if shape == "list_reply" and option.get("description"):
            reply["description"] = option["description"]
        return self._out(account, user, "interactive", {"type": shape, shape: reply}, fields, context)

    def send_value(self, account: Account, value: Any) -> None:
        """Send a `value` as it is, signed: for Meta's own examples and for broken ones."""
        self._submit(account, "raw", value)

    def send_status(
        self, account: Account, bubble: Bubble, status: str, callback_data: str | None,
        error: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        now = self._state.clock.now()
        value = status_value(account, bubble.user, bubble.id, now, status, callback_data, error)
        self._submit(account, bubble.user, value)

    def _out(
        self, account: Account, user: str, kind: str, part: Any, fields: Mapping[str, Any],
        context: Mapping[str, Any] | None,
    ) -> Bubble:  # fmt: skip
        now = self._state.clock.now()
        name = self._state.name(account.key, user)
        message_id = new_wamid()
        value = message_value(account, user, name, message_id, now, kind, part, context)
        bubble = Bubble(
            id=message_id, account=account.key, user=user, outgoing=False, at=now, raw=value["messages"][0],
            **{"kind": kind, **fields},
        )  # fmt: skip
        self._state.ledger.add(bubble)
        self._submit(account, user, value)
        return bubble

    def _submit(self, account: Account, user: str, value: Any) -> None:
        def encode(values: list[Any]) -> tuple[bytes, Mapping[str, str]]:
            raw = payload(account, values)
            return raw, {"X-Hub-Signature-256": signature(raw, account.app_secrets["app_secret"])}

        self._state.deliverer.submit(
            Webhook(account.key, user, self.url(account), value, encode, batchable=True)
        )

    def _text(self, account: Account, kind: str, values: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
        return {"body": values["text"]}, {"text": values["text"]}

    def _location(self, account: Account, kind: str, values: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
        part = {"latitude": float(values["latitude"]), "longitude": float(values["longitude"])}
        part |= {key: values[key] for key in ("name", "address") if values.get(key)}
        return part, {
            "text": values.get("name", ""),
            "media": {key: str(value) for key, value in part.items()},
        }

    def _contacts(self, account: Account, kind: str, values: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
        first, _, rest = values["name"].partition(" ")
        name = {"formatted_name": values["name"], "first_name": first, "last_name": rest or first}
        phone = {"phone": values["phone"], "wa_id": values["phone"].lstrip("+"), "type": "CELL"}
        return [{"name": name, "phones": [phone]}], {"text": f"{values['name']} {values['phone']}"}

    def _reaction(self, account: Account, kind: str, values: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
        part = {"message_id": values["message_id"], "emoji": values["text"]}
        return part, {"text": values["text"], "reply_to": values["message_id"]}

    def _unsupported(
        self, account: Account, kind: str, values: Mapping[str, Any]
    ) -> tuple[Any, dict[str, Any]]:
        error = {
            "code": 131051, "title": "Message type unknown", "message": "Message type unknown",
            "error_data": {"details": "Message type is currently not supported."},
        }  # fmt: skip
        return [error], {}

    def _system(self, account: Account, kind: str, values: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
        part = {"body": values.get("text", ""), "wa_id": values["new_user"], "type": "user_changed_number"}
        return part, {"text": part["body"]}

    def _media(self, account: Account, kind: str, values: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
        stored = self._state.files.put(
            account.key, values["content"], values["content_type"], values.get("filename", ""), days=7
        )
        part: dict[str, Any] = {"mime_type": stored.content_type, "sha256": stored.sha256, "id": stored.id}
        if kind == "document":
            part["filename"] = stored.filename
        if kind == "audio":
            part["voice"] = True
        if kind == "sticker":
            part["animated"] = False
        if values.get("text") and kind in ("image", "video", "document"):
            part["caption"] = values["text"]
        media = {"id": stored.id, "filename": stored.filename, "content_type": stored.content_type}
        return part, {"text": values.get("text", ""), "media": media}
