"""The draft of what somebody who does not continue is told, in the language of their chat.

The drafts of a unit stand at its reasons, in Spanish, for the unit to change (board_settings.py). Those that it began
with are there in other languages too, in `reject_reasons.<language>.yml`; nobody translates words of the unit's own.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import yaml

from huntred.languages import MAIN
from huntred.units.service import SEED_FOLDER


def file_of(folder: Path) -> Path:
    """Return where the reasons stand that a unit begins with: its own file, else the shared one. folder: its seed."""
    own = folder / "reject_reasons.yml"
    return own if own.is_file() else folder.parent / "shared" / own.name


def said_in(draft: str, unit: str, language: str) -> str:
    """Return the draft in a language (ISO 639-1); as it is where the unit wrote it or the language lacks it."""
    return draft if language == MAIN else _translated(file_of(SEED_FOLDER / unit), language).get(draft, draft)


@functools.cache
def _translated(file: Path, language: str) -> dict[str, str]:
    """The drafts of a language by the Spanish ones, in each form of address."""
    other = file.with_name(f"{file.stem}.{language}{file.suffix}")
    if not other.is_file():
        return {}
    told = {reason["name"]: str(reason["message"]).strip() for reason in _reasons(other)}
    found = {}
    for reason in _reasons(file):
        message = reason["message"]
        for spanish in message.values() if isinstance(message, dict) else [message]:
            found[str(spanish).strip()] = told.get(reason["name"], str(spanish).strip())
    return found


def _reasons(file: Path) -> list[dict[str, Any]]:
    return list(yaml.safe_load(file.read_text(encoding="utf-8"))["reject_reasons"])
