"""The rules of a message to WhatsApp that hold without Meta's specification: the documented limits.

Sources: platform-facts and Meta's reference of `POST /{phone number id}/messages`. Lengths are in characters.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MISSING = 131008
INVALID = 131009
UNSUPPORTED_FIELD = 100

MEDIA_TYPES = ("image", "audio", "video", "document", "sticker")
TYPES = ("text", *MEDIA_TYPES, "location", "contacts", "reaction", "interactive", "template")
COMMON_FIELDS = frozenset(
    {"messaging_product", "recipient_type", "to", "type", "context", "biz_opaque_callback_data"}
)
INTERACTIVE_TYPES = ("button", "list", "cta_url", "location_request_message", "flow")


@dataclass(frozen=True)
class Broken:
    """A rule that a request broke: Meta's error code and what was wrong."""

    code: int
    detail: str


class _Check:
    """Collects what is broken while walking through a request."""

    def __init__(self) -> None:
        self.broken: list[Broken] = []

    def fail(self, detail: str, code: int = INVALID) -> None:
        self.broken.append(Broken(code, detail))

    def text(self, value: Any, where: str, most: int, required: bool = True) -> None:
        if value is None:
            if required:
                self.fail(f"{where} is missing", MISSING)
        elif not isinstance(value, str):
            self.fail(f"{where} must be a string")
        elif not value.strip():
            self.fail(f"{where} is empty")
        elif len(value) > most:
            self.fail(f"{where} has {len(value)} characters, at most {most}")

    def mapping(
        self, value: Any, where: str, allowed: frozenset[str] | set[str] | None = None
    ) -> Mapping[str, Any]:
        if value is None:
            self.fail(f"{where} is missing", MISSING)
            return {}
        if not isinstance(value, Mapping):
            self.fail(f"{where} must be an object")
            return {}
        for name in value if allowed is not None else ():
            if name not in (allowed or ()):
                self.fail(f"unexpected key {name} in {where}", UNSUPPORTED_FIELD)
        return value

    def items(self, value: Any, where: str, least: int, most: int) -> list[Any]:
        if not isinstance(value, list):
            self.fail(f"{where} must be a list", MISSING if value is None else INVALID)
            return []
        if not least <= len(value) <= most:
            self.fail(f"{where} has {len(value)} items, {least} to {most} are allowed")
        return value

    def unique(self, values: list[Any], where: str) -> None:
        if len(set(map(str, values))) != len(values):
            self.fail(f"{where} must be unique")


def broken_rules(body: Any) -> list[Broken]:
    """Return every documented rule that this request to `messages` breaks."""
    check = _Check()
    body = check.mapping(body, "the body")
    if body.get("messaging_product") != "whatsapp":
        check.fail("messaging_product must be whatsapp", UNSUPPORTED_FIELD)
    kind = body.get("type", "text")
    if kind not in TYPES:
        check.fail(f"type {kind!r} is unknown", UNSUPPORTED_FIELD)
        return check.broken
    check.mapping(body, "the message", COMMON_FIELDS | {kind})
    if body.get("recipient_type", "individual") != "individual":
        check.fail("recipient_type must be individual")
    recipient = body.get("to")
    if not isinstance(recipient, str) or not re.fullmatch(r"\+?\d{7,20}", recipient):
        check.fail("to must be a phone number of digits", MISSING if recipient is None else INVALID)
    if "biz_opaque_callback_data" in body:
        check.text(body["biz_opaque_callback_data"], "biz_opaque_callback_data", 512)
    if "context" in body:
        check.text(
            check.mapping(body["context"], "context", {"message_id"}).get("message_id"), "message_id", 256
        )
    part = check.mapping(body.get(kind), kind) if kind != "contacts" else body.get(kind)
    if kind in body:
        _PARTS[kind if kind not in MEDIA_TYPES else "media"](check, kind, part)
    return check.broken


def _text(check: _Check, kind: str, part: Any) -> None:
    check.mapping(part, "text", {"body", "preview_url"})
    check.text(part.get("body"), "text.body", 4096)
    if not isinstance(part.get("preview_url", False), bool):
        check.fail("text.preview_url must be a boolean")


def _media(check: _Check, kind: str, part: Any) -> None:
    allowed = {"id", "link"}
    if kind in ("image", "video", "document"):
        allowed.add("caption")
        check.text(part.get("caption"), f"{kind}.caption", 1024, required=False)
    if kind == "document":
        allowed.add("filename")
        check.text(part.get("filename"), "document.filename", 240, required=False)
    check.mapping(part, kind, allowed)
    if ("id" in part) == ("link" in part):
        check.fail(f"{kind} needs either id or link")
    _link(check, part.get("link", "https://ok.example"), f"{kind}.link")


def _link(check: _Check, value: Any, where: str) -> None:
    if not isinstance(value, str) or not re.match(r"https?://[^\s/]+", value):
        check.fail(f"{where} must be an http or https address")


def _location(check: _Check, kind: str, part: Any) -> None:
    check.mapping(part, "location", {"latitude", "longitude", "name", "address"})
    for name, most in (("latitude", 90), ("longitude", 180)):
        try:
            if abs(float(part.get(name))) > most:
                check.fail(f"location.{name} is out of range")
        except (TypeError, ValueError):
            check.fail(f"location.{name} must be a number")


def _contacts(check: _Check, kind: str, part: Any) -> None:
    for contact in check.items(part, "contacts", 1, 257):
        name = check.mapping(check.mapping(contact, "contact").get("name"), "contact.name")
        check.text(name.get("formatted_name"), "contact.name.formatted_name", 1024)
        if len(name) < 2:
            check.fail("contact.name needs another part beside formatted_name")


def _reaction(check: _Check, kind: str, part: Any) -> None:
    check.mapping(part, "reaction", {"message_id", "emoji"})
    check.text(part.get("message_id"), "reaction.message_id", 256)
    if not isinstance(part.get("emoji"), str):
        check.fail("reaction.emoji is missing", MISSING)


def _interactive(check: _Check, kind: str, part: Any) -> None:
    shape = part.get("type")
    if shape not in INTERACTIVE_TYPES:
        check.fail(f"interactive.type {shape!r} is unknown")
        return
    check.mapping(part, "interactive", {"type", "header", "body", "footer", "action"})
    text = check.mapping(part.get("body"), "interactive.body", {"text"}).get("text")
    check.text(text, "interactive.body.text", 1024)
    if "footer" in part:
        footer = check.mapping(part["footer"], "interactive.footer", {"text"})
        check.text(footer.get("text"), "interactive.footer.text", 60)
    if "header" in part:
        _header(check, shape, check.mapping(part["header"], "interactive.header"))
    action = check.mapping(part.get("action"), "interactive.action")
    if shape in _ACTIONS:
        _ACTIONS[shape](check, action)


def _header(check: _Check, shape: str, header: Mapping[str, Any]) -> None:
    kind = header.get("type")
    if kind == "text":
        check.mapping(header, "interactive.header", {"type", "text"})
        check.text(header.get("text"), "interactive.header.text", 60)
    elif kind in ("image", "video", "document") and shape not in ("list", "location_request_message"):
        _media(check, kind, check.mapping(header.get(kind), f"interactive.header.{kind}"))
    else:
        check.fail(f"interactive.header.type {kind!r} is not allowed for {shape}")


def _buttons(check: _Check, action: Mapping[str, Any]) -> None:
    check.mapping(action, "interactive.action", {"buttons"})
    replies = []
    for button in check.items(action.get("buttons"), "buttons", 1, 3):
        button = check.mapping(button, "button", {"type", "reply"})
        if button.get("type") != "reply":
            check.fail("button.type must be reply")
        reply = check.mapping(button.get("reply"), "button.reply", {"id", "title"})
        check.text(reply.get("id"), "button.reply.id", 256)
        check.text(reply.get("title"), "button.reply.title", 20)
        if isinstance(reply.get("id"), str) and reply["id"] != reply["id"].strip():
            check.fail("button.reply.id has spaces at an end")
        replies.append(reply)
    check.unique([reply.get("id") for reply in replies], "button ids")
    check.unique([reply.get("title") for reply in replies], "button titles")


def _list(check: _Check, action: Mapping[str, Any]) -> None:
    check.mapping(action, "interactive.action", {"button", "sections"})
    check.text(action.get("button"), "interactive.action.button", 20)
    sections = check.items(action.get("sections"), "sections", 1, 10)
    ids: list[Any] = []
    for section in sections:
        section = check.mapping(section, "section", {"title", "rows"})
        check.text(section.get("title"), "section.title", 24, required=len(sections) > 1)
        for row in check.items(section.get("rows"), "section.rows", 1, 10):
            row = check.mapping(row, "row", {"id", "title", "description"})
            check.text(row.get("id"), "row.id", 200)
            check.text(row.get("title"), "row.title", 24)
            check.text(row.get("description"), "row.description", 72, required=False)
            ids.append(row.get("id"))
    if len(ids) > 10:
        check.fail(f"the list has {len(ids)} rows in all its sections, at most 10")
    check.unique(ids, "row ids")


def _link_button(check: _Check, action: Mapping[str, Any]) -> None:
    check.mapping(action, "interactive.action", {"name", "parameters"})
    if action.get("name") != "cta_url":
        check.fail("interactive.action.name must be cta_url")
    parameters = check.mapping(action.get("parameters"), "parameters", {"display_text", "url"})
    check.text(parameters.get("display_text"), "parameters.display_text", 20)
    _link(check, parameters.get("url"), "parameters.url")


def _location_request(check: _Check, action: Mapping[str, Any]) -> None:
    if dict(action) != {"name": "send_location"}:
        check.fail("interactive.action must be {name: send_location}")


def _template(check: _Check, kind: str, part: Any) -> None:
    check.mapping(part, "template", {"name", "language", "components"})
    check.text(part.get("name"), "template.name", 512)
    language = check.mapping(part.get("language"), "template.language", {"code", "policy"})
    check.text(language.get("code"), "template.language.code", 10)
    for component in part.get("components") or []:
        component = check.mapping(component, "component", {"type", "sub_type", "index", "parameters"})
        if component.get("type") not in ("header", "body", "button"):
            check.fail(f"component.type {component.get('type')!r} is unknown")
        if component.get("type") == "button" and not re.fullmatch(r"\d", str(component.get("index"))):
            check.fail("a button component needs its index, 0 to 9", MISSING)
        for parameter in component.get("parameters") or []:
            if parameter.get("type") == "text":
                check.text(parameter.get("text"), "template parameter", 1024)
                if re.search(r"[\n\t]| {5,}", str(parameter.get("text"))):
                    check.fail("a template parameter has a line break, a tab or more than 4 spaces in a row")


_PARTS = {
    "text": _text, "media": _media, "location": _location, "contacts": _contacts, "reaction": _reaction,
    "interactive": _interactive, "template": _template,
}  # fmt: skip
_ACTIONS = {
    "button": _buttons, "list": _list, "cta_url": _link_button, "location_request_message": _location_request,
}  # fmt: skip
