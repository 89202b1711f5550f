"""The vendor-neutral message: what a channel hands in, and what is said, before any vendor's limits.

Both travel as JSON in the inbox and the outbox: `as_json` and `from_json` are exact inverses.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

# What can come in. `notice` and `consultant` enter the same lane from inside: a due notice, a person's reply.
InboundKind = Literal[
    "text", "option", "image", "audio", "video", "document", "location", "contact", "sticker", "reaction",
    "edited", "deleted", "opened", "unknown", "notice", "consultant",
]  # fmt: skip
OutboundKind = Literal[
    "text", "buttons", "list", "multi_select", "image", "document", "link", "location_request", "template", "email"
]


@dataclass(frozen=True)
class Media:
    """A file at the vendor: its id there, type and, where told, name, size in bytes and caption.

    url: where to fetch it, of vendors that give an address. id: of our row in `media`, given when it is stored.
    """

    vendor_id: str
    content_type: str = ""
    filename: str = ""
    size: int = 0
    caption: str = ""
    url: str = ""
    id: str = ""


@dataclass(frozen=True)
class Location:
    """Degrees WGS 84."""

    latitude: float
    longitude: float
    name: str = ""


@dataclass(frozen=True)
class Inbound:
    """One event of a chat as a connector read it.

    text: what was typed, or the caption. option_id: the id of the pressed option, as we once sent it.
    sender_name, sender_phone: as the vendor tells them; the phone may be absent.
    about: the vendor's id of the message that an edit, a deletion, a reaction or a reply speaks of.
    values: of internal events (a notice's response and its values; a consultant's id).
    """

    kind: InboundKind
    text: str = ""
    option_id: str = ""
    media: Media | None = None
    location: Location | None = None
    sender_name: str = ""
    sender_phone: str = ""
    about: str = ""
    language: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        if self.media is None and self.location is None and not self.values:
            # Nearly all are such, and every webhook pays for it: the same without looking through the dataclass.
            return {name: value for name in _PLAIN if (value := getattr(self, name))}
        return _compact(asdict(self))

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Inbound:
        values = dict(data)
        if values.get("media"):
            values["media"] = Media(**values["media"])
        if values.get("location"):
            values["location"] = Location(**values["location"])
        return Inbound(**values)


_PLAIN = ("kind", "text", "option_id", "sender_name", "sender_phone", "about", "language")


@dataclass(frozen=True)
class Option:
    """One thing to choose. id: stable, 1 to 64 bytes UTF-8, whatever it is drawn as."""

    id: str
    title: str
    description: str = ""
    section: str = ""


@dataclass(frozen=True)
class TemplateUse:
    """A vendor-approved template: its name there, language and the values of its body, in order.

    instead: what goes out where this one is not approved: likewise a template with the values of its own language.
    """

    name: str
    language: str
    values: tuple[str, ...] = ()
    instead: TemplateUse | None = None

    def as_json(self) -> dict[str, Any]:
        own = {"name": self.name, "language": self.language, "values": list(self.values)}
        return own | {"instead": self.instead.as_json()} if self.instead else own

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> TemplateUse:
        instead = data.get("instead")
        return TemplateUse(
            data["name"], data.get("language", "es_MX"), tuple(data.get("values", ())),
            TemplateUse.from_json(instead) if instead else None,
        )  # fmt: skip


@dataclass(frozen=True)
class Attachment:
    """A file of a mail: content as base64."""

    filename: str
    content_type: str
    content: str


@dataclass(frozen=True)
class Message:
    """One thing to say. A channel draws it as well as it can (see bot/rendering).

    options: of buttons and multi_select, any number. list_button: the text that opens a list.
    start: how many options a list leaves out at its beginning, when "more" was pressed.
    url: of link, image, document. template: what to send instead outside the vendor's service window.
    subject, html, attachments: of email only. language: of the words that the gateway adds, ISO 639-1; "" is Spanish.
    """

    kind: OutboundKind
    text: str = ""
    options: tuple[Option, ...] = ()
    start: int = 0
    header: str = ""
    footer: str = ""
    list_button: str = ""
    url: str = ""
    url_title: str = ""
    filename: str = ""
    template: TemplateUse | None = None
    subject: str = ""
    html: str = ""
    attachments: tuple[Attachment, ...] = ()
    language: str = ""

    def as_json(self) -> dict[str, Any]:
        return _compact(asdict(self))

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Message:
        values = dict(data)
        values["options"] = tuple(Option(**option) for option in values.get("options", ()))
        values["attachments"] = tuple(Attachment(**item) for item in values.get("attachments", ()))
        if values.get("template"):
            values["template"] = TemplateUse.from_json(values["template"])
        return Message(**values)


def _compact(data: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is empty, at every depth of the dataclasses."""
    compact: dict[str, Any] = {}
    for key, value in data.items():
        if isinstance(value, dict) and key != "values":
            value = _compact(value)
        elif isinstance(value, (list, tuple)):
            value = [_compact(item) if isinstance(item, dict) else item for item in value]
        if value or (value in (0.0,) and key in {"latitude", "longitude"}):
            compact[key] = value
    return compact
