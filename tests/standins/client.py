"""What tests hold: a person with a phone, and eyes on the vendors. Standard library only, Python 3.10 on."""

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, TypeVar
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

Result = TypeVar("Result")
_opener = build_opener(ProxyHandler({}))


class StandinsError(Exception):
    """The stand-ins could not do what a test asked; the message says why and what there is."""


@dataclass(frozen=True)
class Option:
    """Something to press. id: as the product sent it."""

    id: str
    title: str
    description: str = ""
    section: str = ""


@dataclass(frozen=True)
class Shown:
    """One message as the person's phone shows it (see tests.standins.ledger.Bubble)."""

    id: str
    outgoing: bool
    kind: str
    at: float
    text: str
    header: str
    footer: str
    list_button: str
    options: tuple[Option, ...]
    links: tuple[dict[str, str], ...]
    media: dict[str, str]
    status: str
    edited: bool
    reply_to: str
    raw: dict[str, Any]

    @property
    def titles(self) -> list[str]:
        return [option.title for option in self.options]

    @staticmethod
    def from_json(data: dict[str, Any]) -> Shown:
        values = {item.name: data[item.name] for item in fields(Shown)}
        values["options"] = tuple(Option(**option) for option in data["options"])
        values["links"] = tuple(data["links"])
        return Shown(**values)


class StandinsClient:
    """account: `whatsapp:amigro`, `telegram:huntu` … user: digits (a number without +, a Telegram id)."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url.rstrip("/")

    @property
    def smtp_url(self) -> str:
        return f"smtp://127.0.0.1:{self._get('/health')['smtp_port']}"

    # ---- a person acts

    def send_text(self, user: str, account: str, text: str, name: str = "") -> Shown:
        return self._send(account, user, "text", text=text, name=name)

    def send_location(
        self, user: str, account: str, latitude: float, longitude: float, place: str = ""
    ) -> Shown:
        return self._send(account, user, "location", latitude=latitude, longitude=longitude, place=place)

    def send_file(
        self,
        user: str,
        account: str,
        kind: str,
        content: bytes,
        content_type: str,
        filename: str = "",
        text: str = "",
    ) -> Shown:
        """Send an image, audio (a voice note), video, document or sticker."""
        encoded = base64.b64encode(content).decode()
        return self._send(
            account, user, kind, content=encoded, content_type=content_type, filename=filename, text=text
        )

    def send_contact(self, user: str, account: str, name: str, phone: str) -> Shown:
        return self._send(account, user, "contacts", contact_name=name, phone=phone)

    def react(self, user: str, account: str, message_id: str, emoji: str) -> Shown:
        return self._send(account, user, "reaction", message_id=message_id, text=emoji)

    def send_unsupported(self, user: str, account: str) -> Shown:
        return self._send(account, user, "unsupported")

    def change_number(self, user: str, account: str, new_user: str) -> Shown:
        """WhatsApp: tell that this person goes on under another number."""
        text = f"User changed from {user} to {new_user}"
        return self._send(account, user, "system", new_user=new_user, text=text)

    def edit(self, user: str, account: str, message_id: str, text: str) -> Shown:
        """Telegram, Messenger, Instagram: edit an own message."""
        return self._send(account, user, "edit", message_id=message_id, text=text)

    def open_chat(self, user: str, account: str) -> Shown:
        """Slack: open the app's Messages tab."""
        return self._send(account, user, "opened")

    def delete(self, user: str, account: str, message_id: str) -> Shown:
        """Slack: delete an own message."""
        return self._send(account, user, "delete", message_id=message_id)

    def send_event(self, user: str, account: str, kind: str, **values: Any) -> Shown:
        """Messenger and Instagram: open (ref=), referral (ref=), delete (message_id=), story (text=)."""
        return self._send(account, user, kind, **values)

    def press(self, user: str, account: str, title_or_id: str, message_id: str = "") -> Shown:
        """Press the newest button or row with this title or id; else StandinsError names what there is."""
        body = {"account": account, "user": user, "option": title_or_id, "message_id": message_id}
        return Shown.from_json(self._post("/control/press", body))

    def choose(self, user: str, account: str, title: str) -> Shown:
        """Choose as a person would: press it, or type its number where a text numbers it."""
        try:
            return self.press(user, account, title)
        except StandinsError:
            for shown in reversed(self.messages(user, account)):
                for number, line in re.findall(r"(?m)^\s*\*?(\d+)\*?[.)]\s*(.+)$", shown.text):
                    if line.strip().strip("*").casefold().startswith(title.casefold()):
                        return self.send_text(user, account, number)
            raise

    def block(self, user: str, account: str, blocked: bool = True) -> None:
        self._post("/control/block", {"account": account, "user": user, "blocked": blocked})

    # ---- what the person sees

    def chat(self, user: str, account: str) -> list[Shown]:
        """Return both sides, oldest first."""
        data = self._get("/control/chat?" + urlencode({"account": account, "user": user}))
        return [Shown.from_json(message) for message in data["messages"]]

    def messages(self, user: str, account: str) -> list[Shown]:
        """Return what the product sent to this person, oldest first."""
        return [shown for shown in self.chat(user, account) if shown.outgoing]

    def last(self, user: str, account: str) -> Shown:
        sent = self.messages(user, account)
        if not sent:
            raise StandinsError(f"{account} has sent nothing to {user}")
        return sent[-1]

    def transcript(self, user: str, account: str) -> str:
        """Return the chat as text; what could be pressed stands in brackets."""
        lines = []
        for shown in self.chat(user, account):
            who = account.partition(":")[2] if shown.outgoing else "→"
            text = " / ".join(part for part in (shown.header, shown.text, shown.footer) if part)
            text = text or f"({shown.kind} {' '.join(shown.media.values())})"
            buttons = "".join(f" [{title}]" for title in shown.titles)
            links = "".join(f" [{link['title']} → {link['url']}]" for link in shown.links)
            opened = f" ({shown.list_button})" if shown.list_button else ""
            lines.append(f"{who}: {text}{opened}{buttons}{links}")
        return "\n".join(lines)

    # ---- waiting

    def wait_for(self, predicate: Callable[[], Result], timeout: float = 20.0) -> Result:
        """Return the predicate's first true result; it is asked at every change. Raises StandinsError."""
        deadline = time.monotonic() + timeout
        while True:
            sequence = self._get("/control/state")["sequence"]
            result = predicate()
            if result:
                return result
            left = deadline - time.monotonic()
            if left <= 0:
                raise StandinsError(f"not true within {timeout} s: {predicate}\n{self._what_happened()}")
            self._get(f"/control/changes?after={sequence}&timeout={min(left, 1.0):.2f}")

    def wait_for_reply(
        self, user: str, account: str, text: str = "", after: int = 0, timeout: float = 20.0
    ) -> Shown:
        """Return the first message beyond the first `after` ones whose text or titles contain `text`."""

        def found() -> Shown | None:
            for shown in self.messages(user, account)[after:]:
                if text.casefold() in " ".join((shown.header, shown.text, *shown.titles)).casefold():
                    return shown
            return None

        try:
            result = self.wait_for(found, timeout)
        except StandinsError as problem:
            transcript = self.transcript(user, account)
            raise StandinsError(f"no reply with {text!r}\n{transcript}\n{self._what_happened()}") from problem
        assert result is not None
        return result

    def say(self, user: str, account: str, text: str, expect: str = "", timeout: float = 20.0) -> Shown:
        """Send a text and wait for the reply to it."""
        before = len(self.messages(user, account))
        self.send_text(user, account, text)
        return self.wait_for_reply(user, account, expect, before, timeout)

    def wait_until_delivered(self, timeout: float = 20.0) -> None:
        """Wait until every webhook was answered by 200."""
        self.wait_for(lambda: self._get("/control/state")["open_webhooks"] == 0, timeout)

    # ---- how the world behaves

    def switch(self, **values: Any) -> None:
        """Change switches (see tests.standins.switches): duplicates=1, shuffle=True, pair_rate=False …"""
        self._post("/control/switches", values)

    def fail_next(
        self, times: int, channel: str, status: int = 500, code: int = 0, retry_after: int = 0,
        after_accept: bool = False, user: str = "", error: str = "",
    ) -> None:  # fmt: skip
        """Let the next requests fail (see tests.standins.failures); channel: whatsapp, telegram, slack, x, mail."""
        values = {"channel": channel, "times": times, "status": status, "code": code}
        extra = {"retry_after": retry_after, "after_accept": after_accept, "user": user, "error": error}
        self._post("/control/fail", {**values, **extra})

    def advance(self, seconds: float) -> None:
        """Move the vendors' time forward: windows close, ids expire, rates recover."""
        self._post("/control/clock", {"advance_seconds": seconds})

    def approve_template(
        self, account: str, name: str, body: str, language: str = "es_MX", **more: Any
    ) -> None:
        self._post(
            "/control/template",
            {"account": account, "name": name, "body": body, "language": language, **more},
        )

    def send_raw(self, account: str, value: Any) -> None:
        """Send a webhook's `value` (WhatsApp) or an update (Telegram) as it is, signed."""
        self._post("/control/raw", {"account": account, "value": value})

    def send_status(
        self, account: str, message_id: str, status: str, error: dict[str, Any] | None = None
    ) -> None:
        body = {"account": account, "message_id": message_id, "status": status, "error": error}
        self._post("/control/status", body)

    def verify_webhook(self, account: str, verify_token: str | None = None) -> dict[str, Any]:
        extra = {} if verify_token is None else {"verify_token": verify_token}
        return self._post("/control/verify", {"account": account, **extra})

    def reset(self, gateway_url: str = "") -> None:
        """Forget everything and put every switch back."""
        self._post("/control/reset", {"gateway_url": gateway_url})

    # ---- what happened

    @property
    def violations(self) -> list[dict[str, Any]]:
        """Every request that broke a rule and was refused. Tests of the product assert that there is none."""
        return self._get("/control/violations")

    @property
    def deliveries(self) -> list[dict[str, Any]]:
        """Every try to hand over a webhook: status, milliseconds, attempt."""
        return self._get("/control/deliveries")

    @property
    def notes(self) -> list[dict[str, Any]]:
        return self._get("/control/notes")

    @property
    def unanswered_presses(self) -> list[dict[str, Any]]:
        """Telegram: presses that nobody answered by answerCallbackQuery."""
        return [press for press in self._get("/control/presses") if not press["answered"]]

    def write_mail(self, account: str, sender: str, text: str, subject: str = "") -> None:
        """Write by mail; an answer to our last mail where there is one."""
        self._post("/control/mail", {"account": account, "from": sender, "text": text, "subject": subject})

    def mails(self, to: str = "") -> list[dict[str, Any]]:
        """Return the mails kept, oldest first, to one recipient or all."""
        return [mail for mail in self._get("/mail") if not to or to in mail["recipients"]]

    def _what_happened(self) -> str:
        broken = [f"{v['kind']} {v['code']}: {v['detail']}" for v in self.violations][-5:]
        failed = [f"{d['url']} → {d['status']} {d['error']}" for d in self.deliveries if d["status"] != 200][
            -5:
        ]
        return f"violations: {broken}; webhooks not taken: {failed}"

    def _send(self, account: str, user: str, kind: str, **values: Any) -> Shown:
        return Shown.from_json(
            self._post("/control/send", {"account": account, "user": user, "kind": kind, **values})
        )

    def review(self, account: str, template: str, status: str, reason: str = "") -> bool:
        """Decide on a WhatsApp template; return whether the app had asked to hear of it."""
        values = {"account": account, "name": template, "status": status, "reason": reason}
        return bool(self._post("/control/review", values)["told"])

    def notice(self, account: str, field: str, value: dict[str, Any]) -> bool:
        """WhatsApp tells of a number or its business."""
        return bool(self._post("/control/notice", {"account": account, "field": field, "value": value})["told"])

    def _get(self, path: str) -> Any:
        return self._ask(Request(self.base_url + path))

    def _post(self, path: str, body: dict[str, Any]) -> Any:
        data = json.dumps(body).encode()
        return self._ask(Request(self.base_url + path, data, {"Content-Type": "application/json"}))

    @staticmethod
    def _ask(request: Request) -> Any:
        try:
            with _opener.open(request, timeout=40) as answer:
                return json.load(answer)
        except HTTPError as problem:
            detail = problem.read().decode("utf-8", "replace")
            raise StandinsError(detail) from problem
