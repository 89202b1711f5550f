"""The catalogue is whole: no page speaks both languages. `python -m backoffice.translations` lists what is missing."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask

from backoffice import formats
from backoffice.reports import wording as reports
from backoffice.translations import checking
from backoffice.translations.catalogue import english, stored
from backoffice.translations.compiling import in_english
from huntred.people.words import words as people_words

_VALUE = re.compile(r"\{\d+\}")
_SPANISH = re.compile(r"[áéíóúñ¿¡]", re.I)
_TAG = re.compile(r"</?\w+>")
# In both languages: what the reader types, as it is read in the chat and in files.
_AS_TYPED = re.compile(r"“[^”]*”|\{\w+\}|Presencial, .*|Inicial, .*|Hora, .*|For example: .*|sí, no or .*|Mérida.*|Cancún.*|Mazatlán.*|Ciudad Juárez.*|Benito Juárez.*|Español")  # fmt: skip


def test_every_text_of_the_templates_has_english() -> None:
    lacking = [f"{one.template}: {one.text!r}" for one in checking.missing()]

    assert not lacking, "add a line to backoffice/translations/en/*.yml for each:\n" + "\n".join(lacking)


def test_no_phrase_is_left_of_a_text_that_is_gone() -> None:
    assert checking.unused() == []


def test_english_keeps_the_values_and_the_tags() -> None:
    for place, spanish, said in english().every():
        assert isinstance(said, str) and said.strip(), (place, spanish)
        assert sorted(_VALUE.findall(spanish)) == sorted(_VALUE.findall(said)), (place, spanish, said)
        assert sorted(_TAG.findall(spanish)) == sorted(_TAG.findall(said)), (place, spanish, said)
        assert '"' not in said, (place, said)


def test_english_is_english() -> None:
    """Letters and signs that only Spanish has stand in no translation."""
    for place, spanish, said in english().every():
        assert not _SPANISH.search(_AS_TYPED.sub("", said)), (place, spanish, said)


def test_why_a_message_was_not_sent_has_english() -> None:
    """The bot writes it into the row in Spanish; the pages say it."""
    folder = resources.files("backoffice.translations")
    reasons = yaml.safe_load(Path("bot/reasons.yml").read_text(encoding="utf-8"))
    written = yaml.safe_load((folder / "stored.yml").read_text(encoding="utf-8"))

    assert {text for texts in reasons.values() for text in texts.values()} == set(written)
    for spanish, said in written.items():
        assert sorted(re.findall(r"\{\w+\}", spanish)) == sorted(re.findall(r"\{\w+\}", said)), spanish
        assert not _SPANISH.search(said), said
    assert stored("No se pudo enviar (código 7: Bad {x}).") == "It could not be sent (code 7: Bad {x})."
    assert stored("No se pudo enviar (código 7).") == "It could not be sent (code 7)."
    assert stored("El canal no respondió.") == "The channel did not answer."
    assert stored("Timeout") == "Timeout"


def test_every_template_compiles_in_english_and_is_left_as_it_is_in_spanish() -> None:
    app = Flask("backoffice.app")
    formats.init_app(app)
    spanish = app.jinja_env
    spanish.add_extension("jinja2.ext.i18n")
    told = in_english(spanish)
    changed = 0
    for path in sorted(Path(app.root_path, "templates").rglob("*.html")):
        name, source = path.name, path.read_text(encoding="utf-8")
        written = spanish.compile(source, name, raw=True)
        compile(told.compile(source, name, raw=True), name, "exec")
        changed += told.compile(source, name, raw=True) != written
        assert spanish.compile(source, name, raw=True) == written, name
    assert changed > 100


def _shape(value: Any) -> Any:
    return {key: _shape(one) for key, one in value.items()} if isinstance(value, dict) else str


@pytest.mark.parametrize("name", ["words.en.yml"])
def test_the_dashboards_have_the_same_words_in_english(name: str) -> None:
    folder = resources.files("backoffice.reports")
    spanish, said = (
        yaml.safe_load((folder / one).read_text(encoding="utf-8")) for one in ("words.yml", name)
    )  # fmt: skip

    assert _shape(said) == _shape(spanish)
    assert reports.words() == spanish


def test_values_of_a_profile_have_the_same_words_in_english() -> None:
    spanish, said = people_words()["shown"], people_words()["shown_in_english"]

    assert set(said) - {"work_permits"} == set(spanish)
    assert set(said["work_permits"]) == set(people_words()["work_permits"])
