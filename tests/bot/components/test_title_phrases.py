"""Titles in free wording are found, and what only looks like one is not."""

from __future__ import annotations

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader
from rasa.shared.nlu.training_data.message import Message

from bot.components.title_phrases import TitlePhrases, folded, titles_in

HEADS = frozenset({"ayudante", "chofer", "guardia", "maestra", "cocinera"})
NLU = """
version: "3.1"
nlu:
- intent: search_jobs
  examples: |
    - busco trabajo de [chofer](title) en [Puebla](place)
    - quiero ser [Maestra de inglés](title)
- lookup: title
  examples: |
    - guardia de seguridad
"""


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("chamba de ayudante de cocina en Saltillo", "ayudante de cocina"),
        ("Busco jale de TORNERO por Apodaca", "TORNERO"),
        ("quiero trabajar de vigilante nocturno", "vigilante nocturno"),
        ("tienen algo de lavaplatos, xfa", "lavaplatos"),
        ("soy maestra de kinder y busco trabajo", "maestra de kinder"),
        ("empleo como operador de montacargas cerca de aquí", "operador de montacargas"),
        ("hay vacantes de técnico mecánico?", "técnico mecánico"),
        ("puesto de una cocinera", "cocinera"),
    ],
)
def test_finds_the_title_as_it_was_written(text, title):
    assert [text[start:end] for start, end in titles_in(text, HEADS)] == [title]


@pytest.mark.parametrize(
    "text",
    [
        "trabajo de lo que sea en Monterrey",
        "busco trabajo de medio tiempo",
        "trabajo de noche",
        "quiero trabajo de lunes a viernes",
        "soy Héctor",
        "soy soltera",
        "soy solicitante de refugio",
        "hay trabajo para estudiantes",
        "trabajo de 8 horas",
        "trabajo de",
        "",
    ],
)
def test_takes_nothing_else_for_one(text):
    assert list(titles_in(text, HEADS)) == []


def test_folding_moves_nothing():
    for text in ("Niñera en Mérida", "ﬁesta İ ß 👩🏽‍🏭 n\u0303", "ǅ½"):
        assert len(folded(text)) == len(text)


@pytest.fixture
def kept(tmp_path):
    """A trained extractor as it is loaded from the model."""
    place = (LocalModelStorage.create(tmp_path), Resource("titles"), ExecutionContext(GraphSchema({})))
    TitlePhrases.create({}, *place).train(RasaYAMLReader().reads(NLU))
    return TitlePhrases.load({}, *place)


def entities(extractor: TitlePhrases, text: str, *tagged: tuple[str, str]) -> list[tuple[str, str, str]]:
    message = Message({TEXT: text})
    found = [
        {"entity": kind, "value": value, "start": text.index(value), "end": text.index(value) + len(value),
         "extractor": "tagger"}
        for value, kind in tagged
    ]  # fmt: skip
    message.set("entities", found)
    extractor.process([message])
    for each in message.get("entities"):
        assert each["value"] == text[each["start"] : each["end"]]
    return [(each["entity"], each["value"], each["extractor"]) for each in message.get("entities")]


def test_knows_the_titles_of_the_examples_and_the_tables(kept):
    assert entities(kept, "soy guardia") == [("title", "guardia", "TitlePhrases")]
    assert entities(kept, "soy chofer de tráiler") == [("title", "chofer de tráiler", "TitlePhrases")]
    assert entities(kept, "soy maestra") == [("title", "maestra", "TitlePhrases")]


def test_what_the_tagger_found_comes_in_order_beside_it(kept):
    assert entities(kept, "jale de soldador en Saltillo", ("Saltillo", "place")) == [
        ("title", "soldador", "TitlePhrases"),
        ("place", "Saltillo", "tagger"),
    ]


def test_a_longer_title_takes_the_place_of_its_parts_and_leaves_what_stands_beside_it(kept):
    text, tagged = "algo de operador de montacargas, sé de inventarios", (("operador", "title"), ("montacargas", "skill"))
    assert entities(kept, text, *tagged, ("inventarios", "skill")) == [
        ("title", "operador de montacargas", "TitlePhrases"),
        ("skill", "inventarios", "tagger"),
    ]


def test_the_taggers_own_title_stays(kept):
    for title in ("ingeniero en sistemas", "ingeniero"):
        assert entities(kept, "trabajo para ingeniero en sistemas", (title, "title")) == [("title", title, "tagger")]


def test_the_message_keeps_its_text_and_may_have_no_words(kept):
    assert entities(kept, "👍") == []
    message = Message({})
    assert kept.process([message]) == [message]
