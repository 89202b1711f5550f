"""What counts as a text of a template, and how another takes its place."""

from __future__ import annotations

import pytest
from jinja2 import Environment

from backoffice.translations.reading import translate


class Said:
    """A catalogue of a test, noting what is asked of it."""

    def __init__(self, phrases: dict[str, str] | None = None) -> None:
        self.phrases, self.asked = phrases or {}, []  # type: ignore[var-annotated]

    def knows(self, text: str, place: str) -> bool:
        return text in self.phrases

    def say(self, text: str, place: str) -> str | None:
        self.asked.append((text, place))
        return self.phrases.get(text)


def asked(source: str) -> list[str]:
    words = Said()
    translate(Environment().parse(source), "page.html", words, frozenset({"check", "btn", "green"}))
    return [text for text, _ in words.asked]


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        ("<p class='Rojo'>Hola</p>", ["Hola"]),
        ('<a title="Abrir" href="/Abrir" data-ask="¿Seguro?" data-x="btn check">1</a>', ["Abrir", "¿Seguro?"]),
        ("<p>Toca <b>Iniciar</b> y sigue.</p>", ["Toca <b>Iniciar</b> y sigue."]),
        ("<p>{% if a %}Uno{% else %}Otro{% endif %} <b>{{ x }}</b> más</p>", ["Uno", "Otro", "más"]),
        ("{{ icon('check') }} Guardar {{ n }}", ["Guardar"]),
        ("<p>Tiene {{ a }} de {{ b }} años</p>", ["Tiene {1} de {2} años"]),
        ("{{ 'cosa' if n == 'una' else 'cosas' }}", ["cosa", "cosas"]),
        ("{{ ui.badge('Cerrada', 'green') }}{{ ui.head('Vacante ' ~ n) }}", ["Cerrada", "Vacante"]),
        ("{{ t.fields.get('name', 'Otro dato') }}{{ url_for('Nada más') }}", ["Otro dato"]),
        ("<script>var Hola = 1</script><style>p { color: Rojo }</style>Fin", ["Fin"]),
        ("<{{ tag }} class='Titulo'>Bandeja</{{ tag }}>", ["Bandeja"]),
        ("<option {{ 'selected' if x }} class='{{ 'Uno' if y }}'>Dos</option>", ["Dos"]),
        ("{{ '%.1f' | format(x) }} · {{ x }} — (12)", []),
    ],
)
def test_texts_are_told_from_codes(source: str, texts: list[str]) -> None:
    assert asked(source) == texts


def test_a_value_of_a_dictionary_has_its_own_place() -> None:
    words = Said()
    translate(Environment().parse("{% set t = {'a': {'b': 'Estado'}} %}"), "texts.html", words, frozenset())

    assert words.asked == [("Estado", "t.a.b")]


def _rendered(source: str, phrases: dict[str, str], **values: object) -> str:
    environment = Environment(autoescape=True)
    tree = environment.parse(source)
    translate(tree, "page.html", Said(phrases), frozenset())
    code = environment.compile(tree, "page.html")
    return environment.template_class.from_code(environment, code, {}).render(values)


def test_values_go_where_the_other_language_has_them() -> None:
    told = _rendered("<p>Tiene {{ a }} de {{ b }} años.</p>", {"Tiene {1} de {2} años.": "{2} years asked, {1} told."}, a=1, b="<i>")

    assert told == "<p>&lt;i&gt; years asked, 1 told.</p>"


def test_a_saying_of_the_whole_sentence_comes_before_one_of_its_words() -> None:
    phrases = {"llegó": "arrived", "{1} llegó {2}": "On {2} came {1}"}

    assert _rendered("<p>{{ a }} llegó {{ b }}</p><p>llegó {{ a }}</p>", phrases, a="Ana", b="Monday") == (
        "<p>On Monday came Ana</p><p>arrived Ana</p>"
    )


def test_what_has_no_english_stays_and_quotation_marks_change() -> None:
    assert _rendered("<p>«{{ a }}» es <b>Nuevo</b></p>", {}, a="Ana") == "<p>“Ana” es <b>Nuevo</b></p>"
