"""A response in another language: a variant beside the Spanish ones that offers the same and fills in the same."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.understanding.languages import LANGUAGE_SLOT

PLACEHOLDER = re.compile(r"\{([^\n{}]+?)\}")


def add_language(
    responses: dict[str, list[dict[str, Any]]], language: str, others: Mapping[str, Sequence[Mapping[str, Any]]]
) -> None:
    """Add variants that are said while the slot `language` holds this one. language: ISO 639-1."""
    condition = [{"type": "slot", "name": LANGUAGE_SLOT, "value": language}]
    for name, variants in others.items():
        if name in responses:
            # Not in place: responses that are aliases of each other are one list.
            responses[name] = [*responses[name], *({**variant, "condition": condition} for variant in variants)]


def payloads(variant: Mapping[str, Any]) -> list[str]:
    """Return what the buttons of a response do, in their order."""
    buttons = [*(variant.get("buttons") or ()), *((variant.get("custom") or {}).get("buttons") or ())]
    return [str(button.get("payload")) for button in buttons]


def placeholders(value: Any) -> set[str]:
    """Return the names that are filled in somewhere in a response's words."""
    if isinstance(value, str):
        return set() if value.startswith("/") else {name.strip() for name in PLACEHOLDER.findall(value)}
    inside = value.values() if isinstance(value, Mapping) else value if isinstance(value, (list, tuple)) else ()
    return set().union(*(placeholders(item) for item in inside))


def says_the_same(translated: Mapping[str, Any], spanish: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a translation offers what a Spanish variant offers, and fills in nothing else."""
    filled = set().union(*(placeholders(variant) for variant in spanish))
    return payloads(translated) in [payloads(variant) for variant in spanish] and placeholders(translated) <= filled
