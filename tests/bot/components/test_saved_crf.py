"""The saved tagger predicts what Rasa's own predicts, and loading it trains nothing."""

from __future__ import annotations

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.nlu.extractors.crf_entity_extractor import CRFEntityExtractor
from rasa.nlu.featurizers.sparse_featurizer.lexical_syntactic_featurizer import LexicalSyntacticFeaturizer
from rasa.nlu.tokenizers.whitespace_tokenizer import WhitespaceTokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader
from rasa.shared.nlu.training_data.message import Message

from bot.components.saved_crf import SavedCRFEntityExtractor

NLU = """
version: "3.1"
nlu:
- intent: search_jobs
  examples: |
    - busco trabajo de [mesero](title) en [Puebla](place)
    - quiero ser [chofer](title) en [Monterrey](place)
    - hay algo de [cajera](title) por [Toluca](place)
    - trabajo de [almacenista](title) en [León](place)
    - busco de [cocinero](title) en [Mérida](place)
- intent: greet
  examples: |
    - hola
    - buenos días
"""
SENTENCES = ["busco trabajo de mesera en Puebla", "quiero ser cajero en Toluca", "hola", "algo de chofer por León"]


@pytest.fixture
def context():
    return ExecutionContext(GraphSchema({}))


class Reading:
    """What stands before the extractor in the pipeline: words and their features."""

    def __init__(self, folder, context) -> None:
        self._tokenizer = WhitespaceTokenizer(WhitespaceTokenizer.get_default_config())
        folder.mkdir()
        self._featurizer = LexicalSyntacticFeaturizer.create(
            LexicalSyntacticFeaturizer.get_default_config(), LocalModelStorage.create(folder), Resource("words"), context
        )

    def learn(self, data) -> None:
        self._tokenizer.process_training_data(data)
        self._featurizer.train(data)
        self._featurizer.process_training_data(data)

    def process(self, messages) -> None:
        self._tokenizer.process(messages)
        self._featurizer.process(messages)


@pytest.fixture
def reading(tmp_path, context):
    return Reading(tmp_path / "reading", context)


def trained(kind, folder, context, reading, nlu=NLU):
    """Train one extractor; return what is needed to load it again."""
    folder.mkdir()
    storage = LocalModelStorage.create(folder)
    resource = Resource(kind.__name__)
    data = RasaYAMLReader().reads(nlu)
    reading.learn(data)
    config = {**kind.get_default_config(), "BILOU_flag": False}
    extractor = kind.create(config, storage, resource, context)
    extractor.train(data)
    return extractor, (config, storage, resource, context)


def entities(extractor, reading) -> list[list[tuple]]:
    messages = [Message({TEXT: sentence}) for sentence in SENTENCES]
    reading.process(messages)
    extractor.process(messages)
    return [
        [(e["entity"], e["value"], e["start"], e["end"], round(e["confidence_entity"], 6)) for e in m.get("entities", [])]
        for m in messages
    ]


def test_a_loaded_one_predicts_as_rasas_own_and_as_it_did_before(tmp_path, context, reading, monkeypatch):
    rasas, _ = trained(CRFEntityExtractor, tmp_path / "rasa", context, reading)
    ours, stored = trained(SavedCRFEntityExtractor, tmp_path / "ours", context, reading)
    expected = entities(rasas, reading)
    assert [found[:2] for found in expected[0]] == [("title", "mesera"), ("place", "Puebla")]
    assert entities(ours, reading) == expected

    def refuse(*_, **__):
        raise AssertionError("loading must not train")

    monkeypatch.setattr(SavedCRFEntityExtractor, "train_model", refuse)
    loaded = SavedCRFEntityExtractor.load(*stored)
    assert entities(loaded, reading) == expected
    assert loaded.crf_order == ours.crf_order


def test_the_tagger_outlives_the_folder_that_it_was_read_from(tmp_path, context, reading):
    _, stored = trained(SavedCRFEntityExtractor, tmp_path / "ours", context, reading)
    loaded = SavedCRFEntityExtractor.load(*stored)
    for path in tmp_path.rglob("*.crfsuite"):
        path.unlink()
    assert entities(loaded, reading)[0]


def test_a_model_without_entities_loads_and_finds_none(tmp_path, context, reading):
    nlu = 'version: "3.1"\nnlu:\n- intent: greet\n  examples: |\n    - hola\n    - buenas\n'
    _, stored = trained(SavedCRFEntityExtractor, tmp_path / "ours", context, reading, nlu)
    loaded = SavedCRFEntityExtractor.load(*stored)
    assert entities(loaded, reading) == [[], [], [], []]
