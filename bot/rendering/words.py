"""The gateway's own words, from texts.yml; in other languages from texts.<language>.yml, else in Spanish."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

_FILE = Path(__file__).with_name("texts.yml")
_language: ContextVar[str] = ContextVar("language", default="")


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Let what is drawn inside be in this language (ISO 639-1; "" is Spanish)."""
    token = _language.set(language)
    try:
        yield
    finally:
        _language.reset(token)


@cache
def texts(language: str) -> dict[str, str]:
    """Return the texts by key. language: ISO 639-1, or ""; of one that nobody wrote, the Spanish ones."""
    own = _FILE.with_name(f"texts.{language}.yml") if language.isalpha() else _FILE
    return _read(_FILE) | (_read(own) if own.is_file() else {})


def _read(file: Path) -> dict[str, str]:
    with file.open(encoding="utf-8") as stream:
        return {str(key): str(value) for key, value in YAML(typ="safe").load(stream).items()}


def say(key: str, **values: object) -> str:
    """Return the text of this key, filled."""
    return texts(_language.get())[key].format(**values)
