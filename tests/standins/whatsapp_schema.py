"""Requests against Meta's own specification, branch by branch.

The document's union accepts none of its own examples (`additionalProperties: false` inside `allOf`), so the
branch is chosen by `type` and its part is validated; the parts carry the limits. Where the document contradicts
itself or Meta's reference, the mend stands in `_mended` with its reason.
"""

from __future__ import annotations

import copy
from functools import lru_cache
from typing import Any

from jsonschema import Draft202012Validator

from tests.standins.specs import whatsapp_spec

# Documented by Meta, absent from the document's enumeration: only our own rules hold for them.
OUTSIDE_THE_DOCUMENT = ("cta_url", "location_request_message", "order_details", "order_status")
_MEDIA = {"$ref": "#/components/schemas/MediaObject"}
_PARTS: dict[str, Any] = {
    "text": {"type": "object", "required": ["body"]},
    "audio": _MEDIA, "document": _MEDIA, "image": _MEDIA, "video": _MEDIA, "sticker": _MEDIA,
    "location": {"type": "object", "required": ["latitude", "longitude"]},
    "reaction": {"type": "object", "required": ["emoji", "message_id"]},
    "contacts": {"type": "array", "minItems": 1, "items": {"$ref": "#/components/schemas/ContactObject"}},
    "interactive": {"$ref": "#/components/schemas/InteractiveObject"},
    "template": {"$ref": "#/components/schemas/TemplateObject"},
}  # fmt: skip


@lru_cache(maxsize=1)
def _mended() -> dict[str, Any] | None:
    document = whatsapp_spec()
    if document is None:
        return None
    schemas = copy.deepcopy(document["components"]["schemas"])
    # Both are required from the default branch's examples on; Meta takes `individual` and `text` as defaults.
    base = schemas["BaseMessageProperties"]
    base["required"] = [name for name in base["required"] if name not in ("recipient_type", "type")]
    # Every example leaves the policy out, as does Meta's reference since v13.
    schemas["LanguageObject"]["required"] = ["code"]
    # A broken pattern ("^[2-6, 11-14]$") for what the text calls 0 to 9; examples write numbers and capitals.
    component = schemas["TemplateComponent"]["properties"]
    component["index"] = {"type": ["string", "integer"]}
    component["sub_type"] = {"type": "string"}
    return {"components": {"schemas": schemas}}


@lru_cache(maxsize=32)
def _validator(kind: str) -> Draft202012Validator:
    document = _mended()
    assert document is not None
    return Draft202012Validator({"$ref": "#/components/schemas/BaseMessageProperties"} | document
                                if kind == "base" else _PARTS[kind] | document)  # fmt: skip


def available() -> bool:
    """Tell whether the specification lies beside the project."""
    return whatsapp_spec() is not None


def schema_errors(body: dict[str, Any]) -> list[str]:
    """Return what Meta's specification has against this request; nothing where it is not on this machine."""
    if not available():
        return []
    if "status" in body:
        return _errors(_mark_validator(), body, "")
    kind = body.get("type", "text")
    errors = _errors(_validator("base"), body, "")
    if kind not in _PARTS or kind not in body:
        return [*errors, f"no part for type {kind!r}"]
    part = body[kind]
    if kind == "interactive" and isinstance(part, dict) and part.get("type") in OUTSIDE_THE_DOCUMENT:
        return errors
    return errors + _errors(_validator(kind), part, kind)


def webhook_errors(payload: dict[str, Any]) -> list[str]:
    """Return what the specification has against a webhook: its branch by `messages` or `statuses`."""
    if not available():
        return []
    errors: list[str] = []
    for entry in payload["entry"]:
        for change in entry["changes"]:
            value = change["value"]
            if "statuses" in value:
                errors += _errors(_schema_validator("StatusMessageValue"), value, "value")
                continue
            for message in value.get("messages", []):
                schema = _INCOMING.get(message["type"])
                if schema is None:
                    errors.append(f"no schema for a message of type {message['type']}")
                else:
                    errors += _errors(_schema_validator(schema), message, message["type"])
    return errors


_INCOMING = {
    "text": "TextMessage_2", "reaction": "ReactionMessage_1", "audio": "AudioMessage_1",
    "document": "DocumentMessage_1", "image": "ImageMessage_1", "sticker": "StickerMessage_1",
    "video": "VideoMessage_1", "location": "LocationMessage_1", "contacts": "ContactSharingMessage",
    "unsupported": "UnsupportedMessage", "unknown": "UnsupportedMessage", "button": "ButtonMessage",
    "interactive": "InteractiveMessageReply", "order": "OrderMessage", "system": "SystemMessage",
}  # fmt: skip


@lru_cache(maxsize=32)
def _schema_validator(name: str) -> Draft202012Validator:
    document = _mended()
    assert document is not None
    schemas = dict(document["components"]["schemas"])
    # Incoming messages refer to the outgoing ones' base, by a clash of names in the document.
    schemas["BaseMessageProperties"] = schemas["BaseMessageProperties_1"]
    schemas["ErrorObject"] = schemas["ErrorObject_2"]
    # Its own example shares a phone of type MOBILE.
    phone = copy.deepcopy(schemas["PhoneObject"])
    phone["properties"]["type"] = {"type": "string"}
    schemas["PhoneObject"] = phone
    return Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": {"schemas": schemas}})


def _mark_validator() -> Draft202012Validator:
    return _schema_validator("MarkMessageRequestPayload")


def _errors(validator: Draft202012Validator, value: Any, where: str) -> list[str]:
    return [
        f"{'.'.join([where, *map(str, error.absolute_path)]).strip('.')}: {error.message}"[:400]
        for error in validator.iter_errors(value)
    ]
