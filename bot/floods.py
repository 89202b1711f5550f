"""Who floods: beyond so many messages in so few seconds of one person, one kind line and a pause (C1).

Nothing is dropped: what came waits in the chat's lane until the pause ends. The line is a response of `domain/`, in
the unit's own voice where it has one; the gateway says it itself, because the chat's turns are what pauses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ruamel.yaml import YAML

from bot.understanding.languages import MAIN

RESPONSE = "utter_flood"
DOMAIN = Path(__file__).resolve().parent.parent / "domain"
_SHARED = "shared"
_TRANSLATIONS = "translations"


@dataclass(frozen=True)
class Floods:
    """More than `messages` within `seconds` are a flood; its chat pauses for `pause` seconds.

    lines: what is said then, by unit and language (ISO 639-1); "" for a unit without a voice of its own.
    """

    messages: int = 20
    seconds: float = 10.0
    pause: float = 20.0
    lines: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


USUAL = Floods()


def flood_lines(domain: Path = DOMAIN) -> dict[str, dict[str, str]]:
    """Read the line of each unit by language. Raises LookupError where the shared domain has none."""
    lines: dict[str, dict[str, str]] = {}
    for folder in _folders(domain):
        if folder.name != _TRANSLATIONS and (text := _line(folder)):
            lines["" if folder.name == _SHARED else folder.name] = {MAIN: text}
    if "" not in lines:
        raise LookupError(f"{domain / _SHARED} has no response {RESPONSE}")
    # As the importer reads them: a unit with a folder there speaks the language.
    for language in _folders(domain / _TRANSLATIONS):
        shared = _line(language / _SHARED)
        for folder in _folders(language):
            text = _line(folder) or shared
            if text and folder.name != _SHARED:
                lines.setdefault(folder.name, {})[language.name] = text
    return lines


def _folders(path: Path) -> list[Path]:
    return sorted(one for one in path.iterdir() if one.is_dir()) if path.is_dir() else []


def _line(folder: Path) -> str:
    for file in sorted(folder.rglob("*.yml")):
        content = file.read_text(encoding="utf-8")
        if f"{RESPONSE}:" not in content:
            continue
        responses = (YAML(typ="safe").load(content) or {}).get("responses") or {}
        if RESPONSE in responses:
            return str(responses[RESPONSE][0]["text"])
    return ""
