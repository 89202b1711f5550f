"""The person's side of Slack: events and presses, signed, to the product's webhook; retried as Slack does."""

from __future__ import annotations

import hashlib
import hmac
import html
import itertools
import json
import secrets
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from tests.standins.accounts import Account
from tests.standins.delivery import Webhook
from tests.standins.ledger import Bubble
from tests.standins.state import State, Unknown

_FILES = ("document", "image", "audio", "video")
# Slack waits three seconds, and brings an event again at once, after a minute, after five, then never.
PATIENCE_SECONDS = 3.0
RETRY_SECONDS = (0.0, 60.0, 300.0)


def unescaped(text: str) -> str:
    return html.unescape(text)


class SlackPerson:
    """Sends one event of a person; each is drawn in the chat and goes out as a webhook."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._last = 0
        self._numbers = itertools.count(int(state.clock.now() * 1000))
        self._ticked: dict[str, list[str]] = {}

    def next_ts(self) -> str:
        """Return a moment that no other message has, as Slack writes it."""
        self._last = max(self._last + 1, int(self._state.clock.now() * 1_000_000))
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"

    def bot(self, account: Account) -> dict[str, str]:
        return {"user_id": f"U0BOT{account.external_id}", "bot_id": f"B0{account.external_id}"}

    def message(self, account: Account, bubble: Bubble, *, metadata: bool = True) -> dict[str, Any]:
        """Return a message as events, payloads and the history carry it."""
        message: dict[str, Any] = {"type": "message", "ts": bubble.id.partition(":")[2]}
        if not bubble.outgoing:
            return {**message, "user": f"U{bubble.user}", **bubble.raw}
        names = ("text", "blocks", "metadata") if metadata else ("text", "blocks")
        shown = {name: bubble.raw[name] for name in names if name in bubble.raw}
        bot = self.bot(account)
        return {**message, "user": bot["user_id"], "bot_id": bot["bot_id"], "app_id": _app_id(account), **shown}

    def send(self, account: Account, user: str, kind: str, values: Mapping[str, Any]) -> Bubble:
        """Do one thing. kind: text, edit, delete, reaction, opened or a kind of file."""
        if kind == "opened":
            return self._open(account, user)
        if kind in ("edit", "delete"):
            return self._change(account, user, kind, values)
        if kind == "reaction":
            return self._react(account, user, values)
        if kind == "text":
            raw: dict[str, Any] = {"text": html.escape(values["text"], quote=False),
                                   "client_msg_id": secrets.token_hex(16)}  # fmt: skip
            bubble = self._add(account, user, "text", raw, {"text": values["text"]})
            self._message_event(account, bubble)
            return bubble
        if kind in _FILES:
            return self._file(account, user, kind, values)
        raise Unknown(f"Slack has no message of kind {kind}")

    def press(self, account: Account, user: str, bubble: Bubble, option: Mapping[str, str]) -> Bubble:
        """Press a button, choose of a list, or tick a box: the boxes' state goes along with every press."""
        block, element = _element_of(bubble, option["id"])
        ts = self.next_ts()
        action: dict[str, Any] = {
            "type": element["type"], "action_id": element["action_id"], "block_id": block["block_id"],
            "action_ts": ts,
        }  # fmt: skip
        if element["type"] == "button":
            action |= {"text": element["text"], "value": element["value"]}
        elif element["type"] == "static_select":
            action |= {"selected_option": _chosen(element, option["id"]), "placeholder": element["placeholder"]}
        else:
            ticked = self._ticked.setdefault(bubble.id, [])
            (ticked.remove if option["id"] in ticked else ticked.append)(option["id"])
            action["selected_options"] = [_chosen(element, value) for value in self._of(bubble, element)]
        pressed = Bubble(
            id=f"press-{ts}", account=account.key, user=user, outgoing=False, kind="text", at=float(ts),
            text=option["title"], reply_to=bubble.id,
        )  # fmt: skip
        self._state.ledger.add(pressed)
        channel, _, message_ts = bubble.id.partition(":")
        payload = {
            "type": "block_actions", "api_app_id": _app_id(account), "token": "deprecated",
            "user": {"id": f"U{user}", "username": f"u{user}", "name": self._state.name(account.key, user),
                     "team_id": account.external_id},
            "team": {"id": account.external_id, "domain": "demo"}, "channel": {"id": channel, "name": "directmessage"},
            "container": {"type": "message", "message_ts": message_ts, "channel_id": channel, "is_ephemeral": False},
            "trigger_id": f"{next(self._numbers)}.1", "enterprise": None, "is_enterprise_install": False,
            "message": self.message(account, bubble), "state": {"values": self._values(bubble)}, "actions": [action],
        }  # fmt: skip
        self._submit(account, user, payload, form=True)
        return pressed

    def send_value(self, account: Account, value: Mapping[str, Any]) -> None:
        """Send a body as it is, signed: a press where it says so, an event else."""
        self._submit(account, "raw", value, form=value.get("type") in ("block_actions", "view_submission", "shortcut"))

    def _of(self, bubble: Bubble, element: Mapping[str, Any]) -> list[str]:
        values = [option["value"] for option in element["options"]]
        return [value for value in values if value in self._ticked.get(bubble.id, [])]

    def _values(self, bubble: Bubble) -> dict[str, Any]:
        return {
            block["block_id"]: {
                element["action_id"]: {
                    "type": "checkboxes",
                    "selected_options": [_chosen(element, value) for value in self._of(bubble, element)],
                }
                for element in block.get("elements", ()) if element["type"] == "checkboxes"
            }
            for block in bubble.raw["blocks"]
        }  # fmt: skip

    def _open(self, account: Account, user: str) -> Bubble:
        bubble = Bubble(
            id=f"opened-{next(self._numbers)}", account=account.key, user=user, outgoing=False, kind="opened",
            at=self._state.clock.now(), text="👋",
        )  # fmt: skip
        self._state.ledger.add(bubble)
        opened = {"type": "app_home_opened", "user": f"U{user}", "channel": f"D{user}", "tab": "messages",
                  "event_ts": self.next_ts()}  # fmt: skip
        self._event(account, user, opened)
        return bubble

    def _change(self, account: Account, user: str, kind: str, values: Mapping[str, Any]) -> Bubble:
        bubble = self._state.ledger.find(account.key, str(values["message_id"]))
        if bubble is None or bubble.outgoing or "text" not in bubble.raw:
            raise Unknown(f"{user} wrote no text with id {values['message_id']}")
        before = self.message(account, bubble)
        ts = self.next_ts()
        event: dict[str, Any] = {
            "type": "message", "channel": f"D{user}", "channel_type": "im", "hidden": True, "ts": ts, "event_ts": ts,
            "previous_message": before,
        }  # fmt: skip
        bubble.edited = True
        if kind == "edit":
            bubble.text = values["text"]
            edited = {"user": f"U{user}", "ts": ts}
            bubble.raw = {**bubble.raw, "text": html.escape(values["text"], quote=False), "edited": edited}
            event |= {"subtype": "message_changed", "message": self.message(account, bubble)}
        else:
            bubble.text = "🗑"
            event |= {"subtype": "message_deleted", "deleted_ts": before["ts"]}
        self._state.ledger.touch()
        self._event(account, user, event)
        return bubble

    def _react(self, account: Account, user: str, values: Mapping[str, Any]) -> Bubble:
        ts = self.next_ts()
        name = str(values["text"]).strip(":")
        channel, _, message_ts = str(values["message_id"]).partition(":")
        bubble = Bubble(
            id=f"reaction-{ts}", account=account.key, user=user, outgoing=False, kind="reaction", at=float(ts),
            text=f":{name}:", reply_to=str(values["message_id"]),
        )  # fmt: skip
        self._state.ledger.add(bubble)
        item = {"type": "message", "channel": channel, "ts": message_ts}
        reaction = {"type": "reaction_added", "user": f"U{user}", "reaction": name, "item": item, "event_ts": ts}
        self._event(account, user, reaction)
        return bubble

    def _file(self, account: Account, user: str, kind: str, values: Mapping[str, Any]) -> Bubble:
        content_type = values["content_type"]
        stored = self._state.files.put(
            account.key, values["content"], content_type, values.get("filename") or "archivo", days=365
        )
        url = f"{self._state.own_url}/slack-files/{stored.id}"
        file = {
            "id": stored.id, "name": stored.filename, "mimetype": content_type, "size": len(stored.content),
            "filetype": content_type.rpartition("/")[2], "mode": "hosted", "url_private": url,
            "url_private_download": url, "user": f"U{user}",
        }  # fmt: skip
        raw = {"subtype": "file_share", "text": html.escape(values.get("text", ""), quote=False), "files": [file]}
        media = {"id": stored.id, "filename": stored.filename, "content_type": content_type}
        bubble = self._add(account, user, kind, raw, {"text": values.get("text", ""), "media": media})
        self._message_event(account, bubble)
        return bubble

    def _add(
        self, account: Account, user: str, kind: str, raw: dict[str, Any], fields: Mapping[str, Any]
    ) -> Bubble:
        ts = self.next_ts()
        bubble = Bubble(
            id=f"D{user}:{ts}", account=account.key, user=user, outgoing=False, kind=kind, at=float(ts), raw=raw,
            **fields,
        )  # fmt: skip
        return self._state.ledger.add(bubble)

    def _message_event(self, account: Account, bubble: Bubble) -> None:
        where = {"channel": f"D{bubble.user}", "channel_type": "im", "event_ts": bubble.id.partition(":")[2]}
        self._event(account, bubble.user, {**self.message(account, bubble), **where})

    def _event(self, account: Account, user: str, event: Mapping[str, Any]) -> None:
        body = {
            "token": "deprecated", "team_id": account.external_id, "api_app_id": _app_id(account), "event": event,
            "type": "event_callback", "event_id": f"Ev{next(self._numbers)}",
            "event_time": int(self._state.clock.now()), "is_ext_shared_channel": False,
            "authorizations": [{"team_id": account.external_id, "user_id": self.bot(account)["user_id"],
                                "is_bot": True, "is_enterprise_install": False}],
        }  # fmt: skip
        self._submit(account, user, body, form=False)

    def _submit(self, account: Account, user: str, body: Mapping[str, Any], *, form: bool) -> None:
        secret = account.app_secrets["signing_secret"]
        tries = itertools.count()

        def encode(bodies: list[Any]) -> tuple[bytes, Mapping[str, str]]:
            text = json.dumps(bodies[0], separators=(",", ":"))
            raw = urlencode({"payload": text}).encode() if form else text.encode()
            sent_at = str(int(time.time()))
            signature = hmac.new(secret.encode(), f"v0:{sent_at}:".encode() + raw, hashlib.sha256).hexdigest()
            kind = "application/x-www-form-urlencoded" if form else "application/json"
            headers = {"Content-Type": kind, "X-Slack-Request-Timestamp": sent_at,
                       "X-Slack-Signature": f"v0={signature}"}  # fmt: skip
            number = next(tries)
            if number:
                headers |= {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": "http_error"}
            return raw, headers

        url = f"{self._state.gateway_url}/webhooks/slack/{account.app}/webhook"
        # A press is never brought again: the person sees that it did not work.
        scale = self._state.switches.slack_retry_scale
        waits = () if form else tuple(seconds * scale for seconds in RETRY_SECONDS)
        self._state.deliverer.submit(
            Webhook(account.key, user, url, body, encode, waits=waits, patience=PATIENCE_SECONDS)
        )


def _app_id(account: Account) -> str:
    return f"A{account.external_id[1:]}"


def _element_of(bubble: Bubble, value: str) -> tuple[dict[str, Any], dict[str, Any]]:
    for block in bubble.raw["blocks"]:
        for element in block.get("elements", ()) if block["type"] == "actions" else ():
            if element.get("value") == value or any(each["value"] == value for each in _options(element)):
                return block, element
    raise Unknown(f"nothing with value {value}")


def _options(element: Mapping[str, Any]) -> list[dict[str, Any]]:
    groups = element.get("option_groups") or [{"options": element.get("options") or []}]
    return [option for group in groups for option in group["options"]]


def _chosen(element: Mapping[str, Any], value: str) -> dict[str, Any]:
    return next(option for option in _options(element) if option["value"] == value)
