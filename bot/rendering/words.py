"""The gateway's own words, from texts.yml."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from ruamel.yaml import YAML

_FILE = Path(__file__).with_name("texts.yml")


@lru_cache(maxsize=1)
def _texts() -> dict[str, str]:
    with _FILE.open(encoding="utf-8") as stream:
        return {str(key): str(value) for key, value in YAML(typ="safe").load(stream).items()}


def say(key: str, **values: object) -> str:
    """Return the text of this key, filled."""
    return _texts()[key].format(**values)
