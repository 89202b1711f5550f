"""Who floods: beyond so many messages in so few seconds of one person, one kind line and a pause (C1).

Nothing is dropped: what came waits in the chat's lane until the pause ends. The line is a response of `domain/`, in
the unit's own voice where it has one; the gateway says it itself, because the chat's turns are what pauses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ruamel.yaml import YAML

RESPONSE = "utter_flood"
DOMAIN = Path(__file__).resolve().parent.parent / "domain"
_SHARED = "shared"


@dataclass(frozen=True)
class Floods:
    """More than `messages` within `seconds` are a flood; its chat pauses for `pause` seconds.

    lines: what is said then, by unit; "" for a unit without a voice of its own.
    """

    messages: int = 20
    seconds: float = 10.0
    pause: float = 20.0
    lines: Mapping[str, str] = field(default_factory=dict)


USUAL = Floods()


def flood_lines(domain: Path = DOMAIN) -> dict[str, str]:
    """Read the line of each unit. Raises LookupError where the shared domain has none."""
    lines = {}
    for folder in sorted(path for path in domain.iterdir() if path.is_dir()):
        text = _line(folder)
        if text:
            lines["" if folder.name == _SHARED else folder.name] = text
    if "" not in lines:
        raise LookupError(f"{domain / _SHARED} has no response {RESPONSE}")
    return lines


def _line(folder: Path) -> str:
    for file in sorted(folder.rglob("*.yml")):
        content = file.read_text(encoding="utf-8")
        if f"{RESPONSE}:" not in content:
            continue
        responses = (YAML(typ="safe").load(content) or {}).get("responses") or {}
        if RESPONSE in responses:
            return str(responses[RESPONSE][0]["text"])
    return ""
