"""A request to WhatsApp as the person's phone shows it."""

from __future__ import annotations

from typing import Any

from tests.standins.whatsapp_templates import Template


def shown(body: dict[str, Any], template: Template | None) -> dict[str, Any]:
    """Return the fields of a bubble: kind, text, options and the like."""
    kind = body.get("type", "text")
    part = body[kind]
    if kind == "text":
        return {"kind": "text", "text": part["body"]}
    if kind == "interactive":
        return _interactive(part)
    if kind == "template":
        return _template(part, template)
    if kind == "location":
        place = {name: str(value) for name, value in part.items()}
        return {"kind": "location", "text": place.get("name", ""), "media": place}
    if kind == "reaction":
        return {"kind": "reaction", "text": part["emoji"], "reply_to": part["message_id"]}
    if kind == "contacts":
        return {"kind": "contacts", "text": ", ".join(item["name"]["formatted_name"] for item in part)}
    media = {name: str(part[name]) for name in ("id", "link", "filename") if name in part}
    return {"kind": kind, "text": part.get("caption", ""), "media": media}


def _interactive(part: dict[str, Any]) -> dict[str, Any]:
    action = part["action"]
    header = part.get("header", {})
    view: dict[str, Any] = {
        "text": part["body"]["text"],
        "header": header.get("text", ""),
        "footer": part.get("footer", {}).get("text", ""),
    }
    if header.get("type") in ("image", "video", "document"):
        view["media"] = {key: str(value) for key, value in header[header["type"]].items()}
    if part["type"] == "button":
        replies = [button["reply"] for button in action["buttons"]]
        options = [_option(reply["id"], reply["title"]) for reply in replies]
        return {**view, "kind": "buttons", "options": options}
    if part["type"] == "list":
        options = [
            _option(row["id"], row["title"], row.get("description", ""), section.get("title", ""))
            for section in action["sections"]
            for row in section["rows"]
        ]
        return {**view, "kind": "list", "list_button": action["button"], "options": options}
    if part["type"] == "cta_url":
        parameters = action["parameters"]
        return {
            **view,
            "kind": "link",
            "links": [{"title": parameters["display_text"], "url": parameters["url"]}],
        }
    kind = "location_request" if part["type"] == "location_request_message" else part["type"]
    return {**view, "kind": kind}


def _template(part: dict[str, Any], template: Template | None) -> dict[str, Any]:
    values = body_values(part)
    text = template.filled(values) if template else ""
    payloads = {
        str(component.get("index")): component["parameters"][0].get("payload", "")
        for component in part.get("components") or []
        if component["type"] == "button"
        and component.get("sub_type") == "quick_reply"
        and component["parameters"]
    }
    titles = template.buttons if template else ()
    options = [_option(payloads.get(str(index), title), title) for index, title in enumerate(titles)]
    return {
        "kind": "template",
        "text": text,
        "header": "",
        "options": options,
        "media": {"template": part["name"]},
    }


def body_values(part: dict[str, Any]) -> list[str]:
    """Return the values of a template's body, in order."""
    for component in part.get("components") or []:
        if component["type"] == "body":
            return [str(item.get("text", "")) for item in component.get("parameters") or []]
    return []


def _option(option_id: str, title: str, description: str = "", section: str = "") -> dict[str, str]:
    return {"id": option_id, "title": title, "description": description, "section": section}
