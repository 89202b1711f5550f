"""A draft is offered in the chat's language as long as it is the one that the unit began with."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from huntred.applications import drafts
from huntred.units.service import SEED_FOLDER

[FIRST, *_] = yaml.safe_load((SEED_FOLDER / "shared" / "reject_reasons.yml").read_text(encoding="utf-8"))[
    "reject_reasons"
]


@pytest.mark.parametrize(
    ("language", "begins"),
    [
        ("en", "Thank you for your interest in {puesto} and for your time."),
        ("fr", "Merci de votre intérêt pour « {puesto} » et de votre temps."),
        ("ht", "Mèsi dèske ou te enterese nan «{puesto}», e mèsi pou tan ou te ban nou."),
        ("pt", "Obrigado pelo seu interesse em “{puesto}” e pelo seu tempo."),
    ],
)
@pytest.mark.parametrize("form", ["tu", "usted"])
def test_what_a_unit_began_with_is_there_in_the_language(language: str, begins: str, form: str) -> None:
    draft = FIRST["message"][form].strip()
    assert drafts.said_in(draft, "amigro", language).startswith(begins)
    assert drafts.said_in(draft, "amigro", "es") == drafts.said_in(draft, "amigro", "de") == draft


def test_the_unit_s_own_words_stand_as_they_are() -> None:
    own = FIRST["message"]["tu"].strip() + " ¡Suerte!"
    assert drafts.said_in(own, "amigro", "fr") == own
    assert drafts.said_in("", "amigro", "fr") == ""


def test_a_unit_with_reasons_of_its_own_has_its_own_translations(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafts, "SEED_FOLDER", tmp_path)
    for file, message in (
        ("shared/reject_reasons.yml", "Gracias."), ("shared/reject_reasons.en.yml", "Thank you."),
        ("own/reject_reasons.yml", "Gracias."), ("other/unit.yml", ""),
    ):  # fmt: skip
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text(f"reject_reasons: [{{name: Otro, message: {message!r}}}]\n", encoding="utf-8")
    assert drafts.said_in("Gracias.", "other", "en") == "Thank you."
    assert drafts.said_in("Gracias.", "own", "en") == "Gracias."
