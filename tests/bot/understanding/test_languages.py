"""A message's language is told by its small words; where in doubt, nothing changes."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from bot.understanding.languages import language_of, small_words
from tests.bed import ROOT

_EXAMPLE = re.compile(r"^\s+- (.+)$", re.M)
_MARKED = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")
_SPANISH = {"es", ""}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Hi, I'm looking for a job in a kitchen", "en"),
        ("can you change my interview to Monday?", "en"),
        ("Bonjour, je cherche du travail à Puebla", "fr"),
        ("je n’ai pas de permis de travail", "fr"),
        ("Bonjou, mwen ap chèche travay", "ht"),
        ("konbyen yo peye nan travay sa a", "ht"),
        ("não tenho visto de trabalho", "pt"),
        ("onde fica o escritório de vocês", "pt"),
        ("busco chamba de mesero en Cancún", "es"),
        ("cuánto pagan al mes, hay prestaciones?", "es"),
    ],
)
def test_sentences(text: str, language: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize(
    "text",
    ["", "ok", "si", "no", "hola", "Ok thanks", "bye", "😀👍", "33 1234 5678", "ana@example.com", "Jean Pierre Louis",
     "busco job de cook please", "le doy mi whats", "Call Center Monterrey", "qué sueldo dan"],
)  # fmt: skip
def test_short_words_names_and_mixtures_tell_nothing_foreign(text: str) -> None:
    assert language_of(text) in _SPANISH


def test_no_word_stands_in_two_languages() -> None:
    counted = Counter(word for words in small_words().values() for word in words)
    assert [word for word, count in counted.items() if count > 1] == []


def test_spanish_examples_are_not_taken_for_another_language() -> None:
    """Of those with signs that only Spanish has, none."""
    told = [
        _MARKED.sub(r"\1", line)
        for file in (ROOT / "data/shared/nlu").glob("*.yml")
        if file.stem not in ("lookups", "regex", "synonyms")
        for line in _EXAMPLE.findall(file.read_text("utf-8"))
    ]
    spanish = [text for text in told if re.search("[¿¡]", text)]
    assert len(spanish) > 100
    assert {text: language_of(text) for text in spanish if language_of(text) not in _SPANISH} == {}
