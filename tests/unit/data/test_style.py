"""How each unit speaks: short, in its own form of address, with its accents, and never taking a gender for granted.

The measures and the words stand in style.yml beside this file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.factories.texts import read_yaml

ROOT = Path(__file__).resolve().parents[3]
STYLE: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("style.yml").read_text(encoding="utf-8"))
UNITS: dict[str, dict[str, Any]] = STYLE["units"]

PLACEHOLDER = re.compile(r"\{[a-z_]+\}")
EXCLAMATION = re.compile(r"¡[^!¡]*!")
EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]")
WORD = re.compile(r"[^\W\d_]+")
# What a person is told to write is theirs ("borra mis datos"); so is the picker, whose words the client gave.
QUOTED = re.compile(r"«[^»]*»")
GIVEN = frozenset({"utter_choose_unit"})
# A message of an address: the words that somebody forwards to a friend are in their own voice.
FORWARDED = frozenset({"utter_invitation_text"})


@cache
def responses(part: str) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for file in sorted((ROOT / "domain" / part).glob("*.yml")):
        found |= read_yaml(file).get("responses") or {}
    return found


def spoken(unit: str) -> dict[str, list[dict[str, Any]]]:
    """What is held to the unit's style: all that it can say, or its own texts where it says little."""
    return {**responses("shared"), **responses(unit)} if UNITS[unit]["whole"] else responses(unit)


def texts(unit: str) -> Iterator[tuple[str, str]]:
    """Yield name and words of each variant, values and quoted words left out."""
    for name, variants in spoken(unit).items():
        for variant in variants:
            words = str(variant.get("text") or variant.get("custom", {}).get("text") or "")
            yield name, PLACEHOLDER.sub("", QUOTED.sub("", words))


def titles(variant: dict[str, Any]) -> list[str]:
    custom = variant.get("custom", {})
    return [str(button["title"]) for button in [*variant.get("buttons", ()), *custom.get("buttons", ())]]


def has(word: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.I) is not None


def test_every_unit_has_its_measures() -> None:
    folders = {folder.name for folder in (ROOT / "domain").iterdir() if folder.is_dir()} - {"shared", "translations"}
    assert set(UNITS) == folders
    for unit, measures in UNITS.items():
        seed = read_yaml(ROOT / "huntred" / "units" / "seed" / unit / "unit.yml")
        assert measures["form"] == seed["settings"]["form_of_address"], unit


@pytest.mark.parametrize("unit", UNITS)
def test_messages_are_short(unit: str) -> None:
    long = {name: len(text) for name, text in texts(unit) if len(text) > UNITS[unit]["length"]}
    assert long == {}


@pytest.mark.parametrize("unit", UNITS)
def test_nobody_is_shouted_at(unit: str) -> None:
    loud = {
        name: text
        for name, text in texts(unit)
        if name not in FORWARDED
        and (
            len(EXCLAMATION.findall(text)) > UNITS[unit]["exclamations"]
            or "!!" in text
            or len(EMOJI.findall(text)) > UNITS[unit]["emojis"]
        )
    }
    assert loud == {}


@pytest.mark.parametrize("unit", UNITS)
def test_people_are_addressed_as_the_unit_does(unit: str) -> None:
    words = STYLE["usted" if UNITS[unit]["form"] == "tu" else "tu"]
    wrong = {name: word for name, text in texts(unit) if name not in GIVEN for word in words if has(word, text)}
    assert wrong == {}


@pytest.mark.parametrize("unit", UNITS)
def test_one_question_at_a_time(unit: str) -> None:
    """Two questions in one message are answered by halves."""
    several = {name: text for name, text in texts(unit) if text.count("¿") > 1}
    assert several == {}


@pytest.mark.parametrize("part", ["shared", *UNITS])
def test_signs_open_and_close(part: str) -> None:
    for name, variants in responses(part).items():
        for variant in variants:
            text = str(variant.get("text", ""))
            assert text.count("¿") == text.count("?"), name
            assert text.count("¡") == text.count("!"), name


@pytest.mark.parametrize("part", ["shared", *UNITS])
def test_accents_stand_where_they_belong(part: str) -> None:
    missing: dict[str, str] = {}
    for name, variants in responses(part).items():
        for variant in variants:
            text = PLACEHOLDER.sub("", str(variant.get("text", "")))
            for words in (text, *titles(variant)):
                for word in WORD.findall(words.casefold()):
                    if word in STYLE["accents"]:
                        missing[name] = STYLE["accents"][word]
            for question in re.findall(r"¿(?:(?:a|de|en|con|por|para|y|desde|hasta) )?(\w+)", text.casefold()):
                if question in STYLE["question_words"]:
                    missing[name] = STYLE["question_words"][question]
    assert missing == {}


@pytest.mark.parametrize("part", ["shared", *UNITS])
def test_no_gender_is_taken_for_granted(part: str) -> None:
    found = {
        name: word
        for name, variants in responses(part).items()
        for variant in variants
        for words in (str(variant.get("text", "")), *titles(variant))
        for word in STYLE["gendered"]
        if has(word, words)
    }
    assert found == {}


@pytest.mark.parametrize("unit", UNITS)
def test_what_is_said_often_has_several_wordings(unit: str) -> None:
    all_of_it = {**responses("shared"), **responses(unit)}
    alone = [name for name in STYLE["several_wordings"] if len({v["text"] for v in all_of_it[name]}) < 2]
    assert alone == []


@pytest.mark.parametrize("unit", UNITS)
def test_the_assistant_says_what_it_is(unit: str) -> None:
    """In every wording of the welcome, and whenever it is asked."""
    all_of_it = {**responses("shared"), **responses(unit)}
    for name in ("utter_welcome", "utter_faq_are_you_bot"):
        assert all("asistente virtual" in variant["text"] for variant in all_of_it[name]), name
