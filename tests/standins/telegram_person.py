"""The person's side of Telegram: messages, edits and presses as updates to the bot's webhook."""

from __future__ import annotations

import itertools
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.standins.accounts import Account
from tests.standins.delivery import Webhook
from tests.standins.ledger import Bubble
from tests.standins.state import State, Unknown

_FILES = ("document", "image", "audio", "video", "sticker")


@dataclass
class Hook:
    """Where a bot's updates go: what setWebhook said, else the product's own path for the bot's app."""

    url: str
    secret_token: str
    allowed_updates: list[str] | None = None


@dataclass
class Press:
    """A press that waits for answerCallbackQuery."""

    account: str
    user: str
    answered: bool = False
    text: str = ""


class TelegramPerson:
    """Sends one event of a person; each is drawn in the chat and goes out as an update."""

    def __init__(self, state: State) -> None:
        self._state = state
        # Ids go on where the last run ended: a product that remembers them takes old ones for duplicates.
        self._update_ids = itertools.count(int(state.clock.now()) * 8 % 900_000_000)
        self._message_ids = itertools.count(int(state.clock.now()) % 900_000_000)
        self._hooks: dict[str, Hook] = {}
        self.presses: dict[str, Press] = {}

    def clear(self) -> None:
        self.presses.clear()
        self._hooks.clear()

    def next_message_id(self) -> int:
        return next(self._message_ids)

    def hook(self, account: Account) -> Hook:
        own = f"{self._state.gateway_url}/webhooks/telegram/{account.app}/webhook"
        return self._hooks.get(account.key) or Hook(own, account.app_secrets["secret_token"])

    def set_hook(
        self, account: Account, url: str, secret_token: str, allowed_updates: list[str] | None
    ) -> None:
        self._hooks[account.key] = Hook(url, secret_token, allowed_updates)

    def bot(self, account: Account) -> dict[str, Any]:
        return {
            "id": int(account.external_id), "is_bot": True, "first_name": account.name,
            "username": account.address.lstrip("@"),
        }  # fmt: skip

    def message(self, account: Account, bubble: Bubble) -> dict[str, Any]:
        """Return a message as updates and answers carry it."""
        person = self._person(account, bubble.user)
        message: dict[str, Any] = {
            "message_id": int(bubble.id), "date": int(bubble.at), "chat": {**person, "type": "private"},
            "from": self.bot(account) if bubble.outgoing else {**person, "is_bot": False},
        }  # fmt: skip
        if bubble.outgoing:
            part = bubble.raw
            names = ("text", "caption") if bubble.kind != "location" else ()
            message |= {name: part[name] for name in names if name in part}
            if isinstance(part.get("reply_markup"), dict) and "inline_keyboard" in part["reply_markup"]:
                message["reply_markup"] = part["reply_markup"]
            if bubble.edited:
                message["text"] = bubble.text
        else:
            message |= bubble.raw
        return message

    def send(self, account: Account, user: str, kind: str, values: Mapping[str, Any]) -> Bubble:
        """Send one message. kind: text, location, contacts, edit, reaction or a kind of file."""
        if kind == "edit":
            return self._edit(account, user, values)
        if kind == "reaction":
            return self._react(account, user, values)
        if kind == "text":
            raw: dict[str, Any] = {"text": values["text"]}
            if values["text"].startswith("/"):
                size = len(values["text"].split()[0])
                raw["entities"] = [{"type": "bot_command", "offset": 0, "length": size}]
            fields = {"text": values["text"]}
        elif kind == "location":
            raw = {"location": {key: float(values[key]) for key in ("latitude", "longitude")}}
            fields = {"media": {key: str(values[key]) for key in ("latitude", "longitude")}}
        elif kind == "contacts":
            first, _, rest = values["name"].partition(" ")
            raw = {
                "contact": {
                    "phone_number": values["phone"].lstrip("+"),
                    "first_name": first,
                    "last_name": rest,
                }
            }
            fields = {"text": f"{values['name']} {values['phone']}"}
        elif kind in _FILES:
            raw, fields = self._file(account, kind, values)
        else:
            raise Unknown(f"Telegram has no message of kind {kind}")
        bubble = self._add(account, user, kind, raw, fields)
        self._submit(account, user, {"message": self.message(account, bubble)})
        return bubble

    def press(self, account: Account, user: str, bubble: Bubble, option: Mapping[str, str]) -> Bubble:
        """Press a button: an inline one calls back, one of a keyboard is sent as text."""
        if option.get("section") == "location":
            raise Unknown("this button shares the location: send_location")
        if option.get("section") == "keyboard":
            return self.send(account, user, "text", {"text": option["title"]})
        query_id = str(secrets.randbelow(9 * 10**17) + 10**17)
        self.presses[query_id] = Press(account.key, user)
        pressed = Bubble(
            id=f"press-{query_id}", account=account.key, user=user, outgoing=False, kind="text",
            at=self._state.clock.now(), text=option["title"], reply_to=bubble.id,
        )  # fmt: skip
        self._state.ledger.add(pressed)
        query = {
            "id": query_id, "from": {**self._person(account, user), "is_bot": False, "language_code": "es"},
            "message": self.message(account, bubble), "chat_instance": str(abs(hash((account.key, user)))),
            "data": option["id"],
        }  # fmt: skip
        self._submit(account, user, {"callback_query": query})
        return pressed

    def answer(self, account: Account, query_id: str, text: str) -> bool:
        """Take the answer to a press; False where there is none such."""
        press = self.presses.get(query_id)
        if press is None or press.account != account.key or press.answered:
            return False
        press.answered, press.text = True, text
        self._state.ledger.note("press_answered", account=account.key, user=press.user, text=text)
        return True

    def send_value(self, account: Account, value: Mapping[str, Any]) -> None:
        """Send an update as it is, with an update_id of its own where it has none."""
        self._submit(account, "raw", value)

    def _edit(self, account: Account, user: str, values: Mapping[str, Any]) -> Bubble:
        bubble = self._state.ledger.find(account.key, str(values["message_id"]))
        if bubble is None or bubble.outgoing or "text" not in bubble.raw:
            raise Unknown(f"{user} wrote no text with id {values['message_id']}")
        bubble.text, bubble.edited = values["text"], True
        bubble.raw = {**bubble.raw, "text": values["text"], "edit_date": int(self._state.clock.now())}
        self._state.ledger.touch()
        self._submit(account, user, {"edited_message": self.message(account, bubble)})
        return bubble

    def _react(self, account: Account, user: str, values: Mapping[str, Any]) -> Bubble:
        now = self._state.clock.now()
        person = self._person(account, user)
        bubble = Bubble(
            id=f"reaction-{next(self._message_ids)}", account=account.key, user=user, outgoing=False,
            kind="reaction", at=now, text=values["text"], reply_to=str(values["message_id"]),
        )  # fmt: skip
        self._state.ledger.add(bubble)
        reaction = {
            "chat": {**person, "type": "private"}, "message_id": int(values["message_id"]), "date": int(now),
            "user": {**person, "is_bot": False}, "old_reaction": [],
            "new_reaction": [{"type": "emoji", "emoji": values["text"]}],
        }  # fmt: skip
        self._submit(account, user, {"message_reaction": reaction})
        return bubble

    def _add(
        self, account: Account, user: str, kind: str, raw: dict[str, Any], fields: Mapping[str, Any]
    ) -> Bubble:
        bubble = Bubble(
            id=str(next(self._message_ids)), account=account.key, user=user, outgoing=False, kind=kind,
            at=self._state.clock.now(), raw=raw, **fields,
        )  # fmt: skip
        return self._state.ledger.add(bubble)

    def _file(
        self, account: Account, kind: str, values: Mapping[str, Any]
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        content_type = values["content_type"]
        stored = self._state.files.put(
            account.key, values["content"], content_type, values.get("filename", ""), 365
        )
        file: dict[str, Any] = {
            "file_id": stored.id, "file_unique_id": f"u{stored.id}", "file_size": len(stored.content),
        }  # fmt: skip
        if kind == "image":
            raw: dict[str, Any] = {"photo": [{**file, "width": 1280, "height": 720}]}
        elif kind == "sticker":
            raw = {"sticker": {**file, "type": "regular", "width": 512, "height": 512, "is_animated": False,
                               "is_video": False}}  # fmt: skip
        elif kind == "document":
            raw = {"document": {**file, "file_name": stored.filename, "mime_type": content_type}}
        elif kind == "video":
            raw = {"video": {**file, "width": 640, "height": 360, "duration": 3, "mime_type": content_type}}
        else:
            raw = {"voice": {**file, "duration": 3, "mime_type": content_type}}
        if values.get("text") and kind != "sticker":
            raw["caption"] = values["text"]
        media = {"id": stored.id, "filename": stored.filename, "content_type": content_type}
        return raw, {"text": values.get("text", ""), "media": media}

    def _person(self, account: Account, user: str) -> dict[str, Any]:
        first, _, last = self._state.name(account.key, user).partition(" ")
        person: dict[str, Any] = {"id": int(user), "first_name": first}
        if last:
            person["last_name"] = last
        return person

    def _submit(self, account: Account, user: str, update: Mapping[str, Any]) -> None:
        hook = self.hook(account)
        kind = next(iter(update))
        if not hook.url or (hook.allowed_updates and kind not in hook.allowed_updates):
            return
        body = {"update_id": next(self._update_ids), **update}
        headers = {"X-Telegram-Bot-Api-Secret-Token": hook.secret_token} if hook.secret_token else {}

        def encode(bodies: list[Any]) -> tuple[bytes, Mapping[str, str]]:
            return json.dumps(bodies[0], separators=(",", ":")).encode(), headers

        self._state.deliverer.submit(Webhook(account.key, user, hook.url, body, encode))
