"""What simulated people say was never trained on."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from typing import Any

import yaml

from contract.text import normalise
from tests.bed import ROOT
from tests.simulation.moods import misspelt
from tests.simulation.person import Person, View, wordings

_ANNOTATION = re.compile(r"\[([^\[\]]+)\]\(\w+\)")
# Data and buttons' words are what they are in everybody's mouth.
_BARE = frozenset({"values", "answers", "menus", "skips"})
_SAME_TO_ALL = frozenset({"number"})


def _sentences(found: Any) -> Iterator[str]:
    if isinstance(found, dict):
        for name, inner in found.items():
            if name not in _BARE | _SAME_TO_ALL:
                yield from _sentences(inner)
    elif isinstance(found, list):
        yield from found


def _folded(text: str) -> str:
    return " ".join(re.findall(r"\w+", normalise(text))) or text


def test_no_wording_stands_in_the_training_data() -> None:
    trained = {
        _folded(_ANNOTATION.sub(r"\1", line.removeprefix("- ")))
        for file in (ROOT / "data" / "shared" / "nlu").glob("*.yml")
        for entry in yaml.safe_load(file.read_text("utf-8"))["nlu"]
        for line in entry["examples"].strip().split("\n")
    }
    said = {_folded(sentence) for sentence in _sentences(wordings())}
    assert len(said) > 80
    assert said & trained == set()


def test_the_same_seed_is_the_same_person() -> None:
    lives = [
        [person.begins(), *(person.goes_on(View(asked="email")) for _ in range(5))]
        for person in (Person.born("7:amigro:3", ("job", "register")) for _ in range(2))
    ]
    assert lives[0] == lives[1]


def test_slips_change_the_text_and_never_empty_it() -> None:
    dice = random.Random(4)
    written = {misspelt("qué papeles ando necesitando juntar?", dice) for _ in range(40)}
    assert len(written) > 10
    assert all(written)
