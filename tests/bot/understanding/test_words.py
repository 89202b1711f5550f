"""Chat spelling and good spelling are heard alike."""

from __future__ import annotations

import pytest
from ruamel.yaml import YAML

from bot.understanding.words import _SHORTHAND, shorthand, sound, spoken_words


def sounds(text: str) -> list[str]:
    return [sound(word) for word in spoken_words(text)]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("xq no me an ablado", "porque no me han hablado"),
        ("holaaaaa bns tardes", "hola buenas tardes"),
        ("kiero trabajar tmb", "quiero trabajar también"),
        ("empesar de sero", "empezar de cero"),
        ("no ay bacantes", "no hay vacantes"),
        ("GRASIAS", "gracias"),
    ],
)
def test_is_heard_as_it_is_meant(written, meant):
    assert sounds(written) == sounds(meant)


@pytest.mark.parametrize(
    ("one", "other"),
    [("perro", "perro?"), ("la 2", "la segunda"), ("sí 👍", "sí 👎"), ("pero", "peso"), ("", "hola")],
)
def test_what_differs_stays_apart(one, other):
    assert sounds(one) != sounds(other)


def test_digits_are_alike_and_their_number_is_kept():
    assert spoken_words("mi tel es 5512") == spoken_words("mi teléfono es 8765") != spoken_words("mi tel es 551")


def test_an_emoji_is_a_word_and_what_tints_it_is_none():
    assert spoken_words("gracias👍🏽") == ["gracias", "👍", "🏽"]
    assert spoken_words("❤️") == ["❤"]


def test_no_short_form_means_two_things():
    """A later line of the file would win in silence."""
    listed = [short for shorts in YAML(typ="safe").load(_SHORTHAND).values() for short in shorts]
    assert len(listed) == len(set(listed)) == len(shorthand())
