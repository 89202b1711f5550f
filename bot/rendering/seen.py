"""What a person sees of a rendered message and can press, per channel, and which of the vendor's limits it breaks.

The counting is independent of the renderers: it reads what they made. `make lint-dialogue` and the benchmark of
rendering judge by it; nothing at run time does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from bot.rendering import instagram, mail, messenger, slack, telegram, web, whatsapp, x_dm
from bot.rendering.options import opens
from contract.message import Message


@dataclass(frozen=True)
class Seen:
    """One rendered message. presses: what its buttons and rows send back; typed: what a keyboard sends as text."""

    texts: tuple[str, ...] = ()
    presses: tuple[str, ...] = ()
    typed: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()


def see(channel: str, message: Message, row_id: int) -> Seen:
    """Render and look. Raises CannotRender; KeyError for a channel that is not known here."""
    return _EYES[channel](message, row_id)


def channels() -> tuple[str, ...]:
    return tuple(_EYES)


def _too_long(*measured: tuple[str, str, int], units: bool = False) -> list[str]:
    """Name what is empty or longer than it may be. measured: (where, text, most)."""
    found = []
    for where, text, most in measured:
        size = len(text.encode("utf-16-le", "surrogatepass")) // 2 if units else len(text)
        if not text.strip():
            found.append(f"{where} is empty")
        elif size > most:
            found.append(f"{where} has {size} characters, at most {most}")
    return found


def _twice(values: Iterable[str], where: str) -> list[str]:
    listed = list(values)
    return [f"{where} repeat"] if len(set(listed)) != len(listed) else []


def _whatsapp(message: Message, row_id: int) -> Seen:
    texts: list[str] = []
    presses: list[str] = []
    broken: list[str] = []
    for body in whatsapp.render(message, row_id):
        kind = body["type"]
        part = body[kind]
        if kind == "text":
            texts.append(part["body"])
            broken += _too_long(("text", part["body"], 4096))
        elif kind in ("image", "document"):
            if "caption" in part:
                texts.append(part["caption"])
                broken += _too_long(("caption", part["caption"], 1024))
            if "filename" in part:
                broken += _too_long(("filename", part["filename"], 240))
            if not opens(part["link"]):
                broken.append("link is no address")
        elif kind == "interactive":
            texts += [part[where]["text"] for where in ("header", "body", "footer") if where in part]
            broken += _too_long(("body", part["body"]["text"], 1024))
            for edge in ("header", "footer"):
                if edge in part:
                    broken += _too_long((edge, part[edge]["text"], 60))
            ids, wrong = _whatsapp_action(part["type"], part["action"])
            presses += ids
            broken += wrong
        elif kind == "template":
            broken += _too_long(("template name", part["name"], 512))
            for component in part.get("components", ()):
                for parameter in component["parameters"]:
                    if parameter["type"] == "payload":
                        presses.append(parameter["payload"])
                    else:
                        broken += _too_long(("template value", parameter["text"], 1024))
    return Seen(tuple(texts), tuple(presses), (), tuple(broken))


def _whatsapp_action(shape: str, action: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Return (ids, broken limits) of an interactive message's action."""
    broken: list[str] = []
    if shape == "button":
        replies = [button["reply"] for button in action["buttons"]]
        for reply in replies:
            broken += _too_long(("button title", reply["title"], 20), ("button id", reply["id"], 256))
        broken += [] if 1 <= len(replies) <= 3 else [f"{len(replies)} buttons, 1 to 3 are allowed"]
        broken += _twice((reply["title"] for reply in replies), "button titles")
        ids = [reply["id"] for reply in replies]
    elif shape == "list":
        rows = [row for section in action["sections"] for row in section["rows"]]
        broken += _too_long(("list button", action["button"], 20))
        for section in action["sections"]:
            if "title" in section or len(action["sections"]) > 1:
                broken += _too_long(("section title", section.get("title", ""), 24))
        for row in rows:
            broken += _too_long(("row title", row["title"], 24), ("row id", row["id"], 200))
            if "description" in row:
                broken += _too_long(("row description", row["description"], 72))
        broken += [] if 1 <= len(rows) <= 10 else [f"{len(rows)} rows, 1 to 10 are allowed"]
        ids = [row["id"] for row in rows]
    elif shape == "cta_url":
        broken += _too_long(("link title", action["parameters"]["display_text"], 20))
        broken += [] if opens(action["parameters"]["url"]) else ["link is no address"]
        ids = []
    else:
        ids = []
    return ids, broken + _twice(ids, "ids")


def _telegram(message: Message, row_id: int) -> Seen:
    texts: list[str] = []
    presses: list[str] = []
    typed: list[str] = []
    broken: list[str] = []
    for call in telegram.render(message, row_id):
        fields = call.fields
        for name, most in (("text", 4096), ("caption", 1024)):
            if name in fields:
                texts.append(fields[name])
                broken += _too_long((name, fields[name], most), units=True)
        markup = fields.get("reply_markup") or {}
        for button in (button for row in markup.get("inline_keyboard", ()) for button in row):
            broken += _too_long(("button", button["text"], 64), units=True)
            if "callback_data" in button:
                presses.append(button["callback_data"])
                size = len(button["callback_data"].encode())
                broken += [] if 1 <= size <= 64 else [f"callback_data has {size} bytes, 1 to 64 are allowed"]
            elif not opens(button["url"]):
                broken.append("link is no address")
        for button in (button for row in markup.get("keyboard", ()) for button in row):
            broken += _too_long(("button", button["text"], 64), units=True)
            if not button.get("request_location"):
                typed.append(button["text"])
        if len(markup.get("inline_keyboard", ())) > 100:
            broken.append("more than 100 buttons")
    return Seen(tuple(texts), tuple(presses), tuple(typed), tuple(broken + _twice(presses, "buttons")))


def _web(message: Message, row_id: int) -> Seen:
    drawn = web.render(message, f"o{row_id}")
    options = drawn.get("options", [])
    broken = [f"option {number} has no title" for number, item in enumerate(options, 1) if not item["title"].strip()]
    texts = tuple(drawn[name] for name in ("header", "text", "footer") if name in drawn)
    presses = tuple(item["id"] for item in options)
    return Seen(texts, presses, (), tuple(broken + _twice(presses, "options")))


def _email(message: Message, row_id: int) -> Seen:
    made = mail.render(
        message, to="nobody@example.com", sender_name="huntRED", sender_address="bot@example.com", reply_to="",
        message_id=f"<{row_id}@example.com>", at=datetime(2026, 1, 1, tzinfo=timezone.utc), default_subject="huntRED",
    )  # fmt: skip
    body = made.get_body(("plain",))
    return Seen((str(body.get_content()) if body is not None else "",))


def _meta_chat(bodies: Iterable[dict[str, Any]], most_text: int, measure: Callable[[str], int]) -> Seen:
    """Messenger and Instagram: `message` objects of the Send API."""
    texts: list[str] = []
    presses: list[str] = []
    broken: list[str] = []
    for body in bodies:
        if "text" in body:
            texts.append(body["text"])
            size = measure(body["text"])
            broken += [f"text has {size}, at most {most_text}"] if size > most_text else []
            broken += _too_long(("text", body["text"], 2000), units=True)
        replies = body.get("quick_replies", [])
        broken += [f"{len(replies)} quick replies, at most 13"] if len(replies) > 13 else []
        for reply in replies:
            presses.append(reply["payload"])
            broken += _too_long(("quick reply", reply["title"], 20), ("payload", reply["payload"], 1000), units=True)
        payload = body.get("attachment", {}).get("payload", {})
        if payload.get("url") and not opens(payload["url"]):
            broken.append("file is no address")
        elements = payload.get("elements", [])
        broken += [f"{len(elements)} cards, at most 10"] if len(elements) > 10 else []
        for element in elements:
            texts += [element["title"], element["subtitle"]]
            broken += _too_long(("card title", element["title"], 80), ("subtitle", element["subtitle"], 80), units=True)
        if "text" in payload:
            texts.append(payload["text"])
            broken += _too_long(("template text", payload["text"], 640), units=True)
        for part in [payload, *elements]:
            buttons = part.get("buttons", [])
            broken += [f"{len(buttons)} buttons, at most 3"] if len(buttons) > 3 else []
            for button in buttons:
                broken += _too_long(("button", button["title"], 20), units=True)
                presses += [button["payload"]] if button["type"] == "postback" else []
                broken += ["link is no address"] if button["type"] == "web_url" and not opens(button["url"]) else []
    return Seen(tuple(texts), tuple(presses), (), tuple(broken + _twice(presses, "buttons")))


def _messenger(message: Message, row_id: int) -> Seen:
    return _meta_chat(messenger.render(message, row_id), 2000, len)


def _instagram(message: Message, row_id: int) -> Seen:
    return _meta_chat(instagram.render(message, row_id), 1000, lambda text: len(text.encode("utf-8", "surrogatepass")))


def _slack(message: Message, row_id: int) -> Seen:
    texts: list[str] = []
    presses: list[str] = []
    broken: list[str] = []
    for body in slack.render(message, row_id):
        broken += _too_long(("text", body["text"], 4000))
        blocks = body.get("blocks", [])
        texts += [] if blocks else [body["text"]]
        broken += [f"{len(blocks)} blocks, at most 50"] if len(blocks) > 50 else []
        for block in blocks:
            if block["type"] == "section":
                texts.append(block["text"]["text"])
                broken += _too_long(("section", block["text"]["text"], 3000))
            elif block["type"] == "context":
                texts += [element["text"] for element in block["elements"]]
            elif block["type"] == "image":
                broken += _too_long(("image address", block["image_url"], 3000), ("alt text", block["alt_text"], 2000))
            elif block["type"] == "actions":
                broken += [f"{len(block['elements'])} elements"] if len(block["elements"]) > 25 else []
                for element in block["elements"]:
                    pressed, wrong = _slack_element(element)
                    presses += pressed
                    broken += wrong
    return Seen(tuple(texts), tuple(presses), (), tuple(broken + _twice(presses, "values")))


def _slack_element(element: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Return (ids, broken limits) of something to press. A ticked box sends its number and its id."""
    if element["type"] == "button":
        wrong = _too_long(("button", element["text"]["text"], 75))
        if "value" not in element or element["action_id"] == slack.DONE:
            return [], wrong
        return [element["value"]], wrong + _too_long(("value", element["value"], 2000))
    groups = element.get("option_groups", [])
    options = [*element.get("options", []), *(option for group in groups for option in group["options"])]
    most = 10 if element["type"] == "checkboxes" else 100
    wrong = [] if 1 <= len(options) <= most else [f"{len(options)} options, 1 to {most} are allowed"]
    wrong += [f"{len(groups)} groups, at most 100"] if len(groups) > 100 else []
    for group in groups:
        wrong += _too_long(("group label", group["label"]["text"], 75))
    for option in options:
        wrong += _too_long(("option", option["text"]["text"], 75), ("value", option["value"], 150))
        if "description" in option:
            wrong += _too_long(("option description", option["description"]["text"], 75))
    if "placeholder" in element:
        wrong += _too_long(("placeholder", element["placeholder"]["text"], 150))
    values = [option["value"] for option in options]
    return [value.partition(":")[2] if most == 10 else value for value in values], wrong


def _x(message: Message, row_id: int) -> Seen:
    texts = tuple(x_dm.render(message, row_id))
    return Seen(texts, (), (), tuple(fault for text in texts for fault in _too_long(("text", text, 10_000))))


_EYES: dict[str, Callable[[Message, int], Seen]] = {
    "whatsapp": _whatsapp,
    "telegram": _telegram,
    "messenger": _messenger,
    "instagram": _instagram,
    "slack": _slack,
    "x": _x,
    "web": _web,
    "email": _email,
}
