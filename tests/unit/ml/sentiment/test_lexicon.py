"""How messages sound, against what a reader would say. The sentences are ours, written as candidates write."""

from __future__ import annotations

import pytest

from ml.sentiment import LexiconSentiment

READ: dict[int, tuple[str, ...]] = {
    2: (
        "MUCHAS GRACIAS, me encanta el trabajo!!", "mil gracias, son los mejores", "Excelente, muy feliz con la noticia 🎉",
        "muchísimas gracias, qué bueno que me ayudaron",
    ),
    1: (
        "gracias", "ok, perfecto", "sí me interesa", "está bien, ahí nos vemos", "no está mal", "qué bueno 🙂",
        "me gusta el horario", "👍", "súper, gracias", "No, gracias", "no gracias", "sin problema",
    ),
    0: (
        "hola", "busco trabajo de cocina", "¿a qué hora es la entrevista?", "vivo en Saltillo", "1", "55 1234 5678",
        "quiero hablar con una persona", "soy soldadora con cinco años de experiencia", "", "¿dónde están?",
        "mi CURP es otra", "no", "mañana a las 10",
    ),
    -1: (
        "tengo un problema con mi registro", "no entiendo", "ya llevo mucho esperando 🙁", "no me gusta",
        "qué lástima", "no funciona", "está muy lento", "me preocupa mi contrato", "la app no sirve",
        "estoy molesta", "otra vez lo mismo", "no estoy contenta",
    ),
    -2: (
        "ESTO ES UNA ESTAFA", "son unos rateros, los voy a denunciar", "pésimo servicio, nadie contesta, estoy harta",
        "es una burla!!", "qué asco de empresa, puro fraude", "me discriminaron, es horrible", "👎😡",
        "chinguen a su madre", "estoy muy enojado, nadie responde",
    ),
}  # fmt: skip
CASES = [(text, step) for step, texts in READ.items() for text in texts]


def test_most_are_read_as_a_reader_would_and_none_the_other_way_round() -> None:
    reader = LexiconSentiment()
    read = [(text, step, reader.read(text)) for text, step in CASES]
    assert [one for one in read if one[1] * one[2] < 0] == []
    exact = sum(step == found for _, step, found in read)
    assert exact >= 0.9 * len(read), [one for one in read if one[1] != one[2]]


@pytest.mark.parametrize("text", ["ESTO ES UNA ESTAFA", "los voy a denunciar por fraude", "nadie contesta, estoy harta!!"])
def test_the_strongly_negative_is_never_missed(text: str) -> None:
    assert LexiconSentiment().read(text) == -2


@pytest.mark.parametrize("text", ["\0", "a" * 5000, "¿¿¿???", "مرحبا", "🙂" * 300])
def test_anything_can_be_read(text: str) -> None:
    assert -2 <= LexiconSentiment().read(text) <= 2
