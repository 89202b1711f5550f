"""The languages that people are answered in, and words that stand in files by language.

Which of them a unit speaks is the unit's own matter (`huntred/units/service.py`), which one a chat goes on in the
chat's (`huntred/conversations/language.py`).
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import yaml

MAIN = "es"
# Babel's locale of each; Creole has no dates there, so that they are patterns of digits in its files.
LOCALES = {MAIN: "es_MX", "en": "en_US", "fr": "fr_FR", "pt": "pt_BR", "ht": "fr_HT"}


@functools.cache
def words_in(file: Path, language: str = MAIN) -> dict[str, Any]:
    """Return the words of a file, e.g. wording.yml, with those of wording.<language>.yml laid over.

    language: ISO 639-1. What its file lacks, and all of a language without a file, is said in Spanish.
    """
    found = _read(file)
    own = file.with_name(f"{file.stem}.{language}{file.suffix}")
    return _laid_over(found, _read(own)) if own.is_file() else found


def _read(file: Path) -> dict[str, Any]:
    return dict(yaml.safe_load(file.read_text(encoding="utf-8")))


def _laid_over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    return below | {
        key: _laid_over(below[key], value) if isinstance(value, dict) and isinstance(below.get(key), dict) else value
        for key, value in above.items()
    }
