"""The gateway's own words in the language of a message."""

from __future__ import annotations

import pytest

from bot.rendering.words import say, speaking, texts


@pytest.mark.parametrize("language", ["en", "fr", "pt", "ht"])
def test_a_language_has_the_spanish_keys_and_values(language: str) -> None:
    assert set(texts(language)) == set(texts(""))
    assert ("{left}" in texts(language)["more_left"]) and len(texts(language)["more_options"]) <= 20
    assert texts(language)["done"] != texts("")["done"]


def test_words_are_said_in_the_language_that_is_spoken() -> None:
    with speaking("en"):
        assert say("more_left", left=3) == "3 left"
    assert say("more_left", left=3) == "Quedan 3"
    with speaking("../x"):
        assert say("done") == "Listo", "of a language that nobody wrote, the Spanish words"
