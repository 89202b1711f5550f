"""The words of `words.yml`, read once, and text folded so that places in it stay those of the original."""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import Any

import yaml

from contract.text import normalise

_FILE = Path(__file__).with_name("words.yml")


@functools.cache
def words() -> dict[str, Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return dict(yaml.load(_FILE.read_text(encoding="utf-8"), loader))  # noqa: S506  # a safe loader, the faster one


@functools.cache
def pattern(name: str) -> re.Pattern[str]:
    """Return an expression of `patterns`, for folded text."""
    return re.compile(words()["patterns"][name])


@functools.lru_cache(maxsize=4096)
def _letter(character: str) -> str:
    return (normalise(character) or " ")[:1] if not character.isspace() else character


def folded(text: str) -> str:
    """Fold each character by itself: "Núñez" → "nunez", of the same length."""
    return "".join(map(_letter, text))


@functools.cache
def label_of(text: str, among: tuple[str, ...]) -> str:
    """Return which of the roles a folded text is a label of, "" for none."""
    labels = words()["labels"]
    return next((role for role in among if text in labels[role]), "")
