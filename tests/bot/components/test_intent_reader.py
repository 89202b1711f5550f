"""The reader and the gate in Rasa's own storage: kept, loaded, asked from several threads, decided."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader
from rasa.shared.nlu.training_data.message import Message

from bot.components.intent_reader import LinearIntentReader, examples_of
from bot.components.scope_gate import ScopeGate

EXAMPLES = {
    "search_jobs": "busco trabajo de [mesero](title)|quiero chamba|hay vacantes|necesito empleo en [Puebla](place)|"
    "ando buscando jale|qué vacantes tienen|tienen trabajo de [chofer](title)|busco chamba de lo que sea",
    "faq_cost": "cuánto cuesta|me van a cobrar|esto es gratis|cobran por registrarme|hay que pagar algo|"
    "tiene costo el servicio|cuánto cobran|no tengo para pagar",
    "greet": "hola|buenas tardes|buenos días|qué tal|holi|hola hola|muy buenas|saludos",
    "out_of_scope": "quién ganó el partido|receta de mole|venden celulares|cuál es la capital de Francia|"
    "necesito un plomero|pon música|cómo se hace el pan|quiero una pizza|precio del dólar|se descompuso mi carro|"
    "horóscopo de hoy|mi perro está enfermo|resuelve esta ecuación|qué película veo|renta de departamentos|"
    "boletos de avión|quién pintó la mona lisa|cuánto es dos más dos|medicina para la tos|dónde hay un cajero|"
    "cómo llego al metro|letra de una canción|traduce esta frase|vendo una moto",
}
NLU = 'version: "3.1"\nnlu:\n' + "".join(
    f"- intent: {intent}\n  examples: |\n" + "".join(f"    - {line}\n" for line in lines.split("|"))
    for intent, lines in EXAMPLES.items()
)
SENTENCES = ["kiero chambaaa", "me cobran algo?", "wenas tardes", "cómo se hace el pastel", "🤷", "", "¿?"]


@pytest.fixture(scope="module")
def data():
    return RasaYAMLReader().reads(NLU)


@pytest.fixture(scope="module")
def kept(data, tmp_path_factory):
    """One trained reader, and what is needed to load it again."""
    context = ExecutionContext(GraphSchema({}))
    storage = LocalModelStorage.create(tmp_path_factory.mktemp("model"))
    place = (LinearIntentReader.get_default_config(), storage, Resource("reader"), context)
    reader = LinearIntentReader.create(*place)
    reader.train(data)
    return reader, place


def parsed(component, sentences=SENTENCES) -> list[list[tuple[str, float]]]:
    messages = component.process([Message({TEXT: sentence}) for sentence in sentences])
    return [[(each["name"], each["confidence"]) for each in message.get("intent_ranking")] for message in messages]


def test_understands_what_it_never_read(kept):
    assert [ranking[0][0] for ranking in parsed(kept[0])[:4]] == ["search_jobs", "faq_cost", "greet", "out_of_scope"]


def test_a_loaded_reader_says_the_same_to_the_last_digit(kept):
    reader, place = kept
    assert parsed(LinearIntentReader.load(*place)) == parsed(reader)


def test_training_again_says_the_same(kept, data, tmp_path):
    reader, (config, _, resource, context) = kept
    again = LinearIntentReader.create(config, LocalModelStorage.create(tmp_path), resource, context)
    again.train(data)
    assert parsed(again) == parsed(reader)


def test_one_by_one_is_as_all_at_once(kept):
    reader, _ = kept
    together = parsed(reader)
    for sentence, ranking in zip(SENTENCES, together, strict=True):
        alone = parsed(reader, [sentence])[0]
        assert [name for name, _ in alone] == [name for name, _ in ranking]
        assert [share for _, share in alone] == pytest.approx([share for _, share in ranking], abs=1e-4)


def test_several_threads_at_once_hear_the_same(kept):
    """Channels are read in threads beside the loop; the encoder is one for all units."""
    reader, place = kept
    other = LinearIntentReader.load(*place)
    alone = parsed(reader)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda turn: parsed((reader, other)[turn % 2]), range(32)))
    assert all(answer == alone for answer in answers)


def test_values_stand_as_their_entity_where_variants_are_told(data):
    assert "busco trabajo de  title " in examples_of(data).shapes


def test_the_message_keeps_its_text(kept):
    message = Message({TEXT: "Kieroooo chamba en Puebla"})
    kept[0].process([message])
    assert message.get(TEXT) == "Kieroooo chamba en Puebla"


def test_without_examples_it_says_nothing(tmp_path):
    context = ExecutionContext(GraphSchema({}))
    place = (LinearIntentReader.get_default_config(), LocalModelStorage.create(tmp_path), Resource("none"), context)
    reader = LinearIntentReader.create(*place)
    reader.train(RasaYAMLReader().reads('version: "3.1"\nnlu: []\n'))
    message = LinearIntentReader.load(*place).process([Message({TEXT: "hola"})])[0]
    assert message.get("intent") is None


def test_rasas_cache_knows_the_code_and_the_words_that_learn(tmp_path, monkeypatch):
    """Else it would give an old reader back after a change of `bot/understanding/`."""
    monkeypatch.setattr("bot.components.intent_reader._LEARNING", tmp_path)
    prints = []
    for name, text in (("words.py", "a"), ("words.py", "b"), ("shorthand.yml", "c"), ("notes.txt", "d")):
        (tmp_path / name).write_text(text)
        prints.append(LinearIntentReader.fingerprint_addon({}))
    assert len(set(prints)) == 3
    assert prints[2] == prints[3]


def gate(**settings) -> ScopeGate:
    return ScopeGate({**ScopeGate.get_default_config(), **settings})


def decided(gate: ScopeGate, *ranking: tuple[str, float], threshold: float = 0.5) -> list[tuple[str, float]]:
    message = Message({TEXT: "…"})
    ranked = [{"name": name, "confidence": share} for name, share in ranking]
    message.set("intent", ranked[0])
    message.set("intent_ranking", ranked)
    message.set("scope_threshold", threshold)
    gate.process([message])
    assert message.get("intent") == message.get("intent_ranking")[0]
    return [(each["name"], each["confidence"]) for each in message.get("intent_ranking")]


def test_what_is_ours_is_answered():
    assert decided(gate(), ("greet", 0.8), ("out_of_scope", 0.2))[0] == ("greet", 0.8)


def test_what_is_out_of_scope_stays_so():
    assert decided(gate(), ("out_of_scope", 0.7), ("greet", 0.3)) == [("out_of_scope", 0.7), ("greet", 0.3)]


def test_hardly_ours_is_a_fallback_and_the_runner_up_is_kept():
    ranking = decided(gate(), ("greet", 0.6), ("out_of_scope", 0.4), threshold=0.9)
    assert ranking == [("nlu_fallback", pytest.approx(0.4)), ("greet", 0.6), ("out_of_scope", 0.4)]


def test_ours_without_a_clear_intent_is_a_fallback():
    assert decided(gate(), ("greet", 0.2), ("thank", 0.19), ("goodbye", 0.18))[0][0] == "nlu_fallback"


def test_above_the_threshold_the_best_of_ours_goes_before_out_of_scope():
    assert decided(gate(), ("out_of_scope", 0.55), ("greet", 0.45), threshold=0.4)[0] == ("greet", 0.45)


def test_a_units_own_threshold_goes_before_the_one_of_the_data():
    assert decided(gate(threshold=0.9), ("greet", 0.8), ("out_of_scope", 0.2))[0][0] == "nlu_fallback"
    assert decided(gate(threshold=0.1), ("out_of_scope", 0.8), ("thank", 0.3), threshold=0.9)[0][0] == "thank"


def test_a_message_without_a_reading_passes():
    message = Message({TEXT: "hola"})
    gate().process([message])
    assert message.get("intent") is None
