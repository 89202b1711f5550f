"""The language of a message is told beside them; one that is asked for goes before the one that is written."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.components.language_reader import LanguageReader
from bot.understanding.languages import WRITTEN_IN


def read(text: str, intent: str = "inform", entities: list[dict[str, Any]] | None = None) -> str | None:
    message = Message({TEXT: text, INTENT: {"name": intent}, ENTITIES: entities or []})
    LanguageReader().process([message])
    told: str | None = message.as_dict(only_output_properties=True).get(WRITTEN_IN)
    return told


@pytest.mark.parametrize(
    ("text", "told"),
    [("I need a job in the city", "en"), ("busco trabajo de mesera", "es"), ("ok", None), ("Ana Ruiz", None)],
)
def test_what_is_written_tells(text: str, told: str | None) -> None:
    assert read(text) == told


def test_a_language_that_is_asked_for_goes_before() -> None:
    english = {"entity": "language", "value": "en", "start": 12, "end": 18}
    assert read("háblame en inglés por favor", "change_language", [english]) == "en"


def test_a_language_that_somebody_has_is_not_asked_for() -> None:
    english = {"entity": "language", "value": "en", "start": 6, "end": 12}
    assert read("hablo inglés y busco trabajo de recepción", "inform", [english]) == "es"


def test_one_that_nobody_knows_changes_nothing() -> None:
    mayan = {"entity": "language", "value": "maya", "start": 3, "end": 7}
    assert read("en maya", "change_language", [mayan]) is None
