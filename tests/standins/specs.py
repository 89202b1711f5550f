"""The vendors' own specifications, where this machine has them beside the project (`../shared/specs`)."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

SPECS = Path(__file__).resolve().parents[3] / "shared" / "specs"
WHATSAPP = SPECS / "whatsapp_business_messaging_v23.yaml"
TELEGRAM = SPECS / "telegram_bot_api.json"


@lru_cache(maxsize=1)
def whatsapp_spec() -> dict[str, Any] | None:
    """Return Meta's OpenAPI document, or None where it is not there."""
    if not WHATSAPP.is_file():
        return None
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    document: dict[str, Any] = yaml.load(WHATSAPP.read_text(encoding="utf-8"), Loader=loader)
    return document


@lru_cache(maxsize=1)
def telegram_spec() -> dict[str, Any] | None:
    """Return the Bot API's methods and types, or None where they are not there."""
    if not TELEGRAM.is_file():
        return None
    document: dict[str, Any] = json.loads(TELEGRAM.read_text(encoding="utf-8"))
    return document
