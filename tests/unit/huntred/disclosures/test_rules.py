"""What names a client, and the words that both sides agree to."""

from __future__ import annotations

import hashlib

import pytest
import yaml

from huntred.disclosures.rules import TERMS_VERSION, core_name, names_client, without_client
from tests.bed import ROOT

# Whoever changes the words gives them a new version, and both stand here.
_WORDS = {"2026-11-28": "a0bcc4099d623917"}


@pytest.mark.parametrize(
    ("company", "core"),
    [
        ("Grupo Andino, S.A. de C.V.", "Grupo Andino"), ("Aceros del Norte SA de CV", "Aceros del Norte"),
        ("Puerto Azul S. de R.L. de C.V.", "Puerto Azul"), ("Fintec S.A.P.I. de C.V.", "Fintec"),
        ("Ríos y Asociados, S.C.", "Ríos y Asociados"), ("Casa", "Casa"),
    ],
)  # fmt: skip
def test_the_legal_form_is_no_part_of_the_name(company: str, core: str) -> None:
    assert core_name(company) == core


@pytest.mark.parametrize(
    "text",
    ["En Grupo Andino buscamos…", "únete a GRUPO  ANDINO", "Somos grupo-andino.", "Dirección en Grúpo Andino, Saltillo"],
)  # fmt: skip
def test_a_client_is_found_however_it_is_written(text: str) -> None:
    assert names_client(text, "Grupo Andino, S.A. de C.V.")
    told = without_client(text, "Grupo Andino, S.A. de C.V.", "la empresa")
    assert "ndino" not in told.casefold() and "la empresa" in told


@pytest.mark.parametrize("text", ["Grupo de trabajo andino", "Andinos del grupo", "", "Dirección de finanzas"])
def test_what_names_nobody_stays_as_it_is(text: str) -> None:
    assert not names_client(text, "Grupo Andino, S.A. de C.V.")
    assert without_client(text, "Grupo Andino, S.A. de C.V.", "la empresa") == text


def test_the_words_that_are_agreed_to_have_their_version() -> None:
    words = ""
    for part in ("shared", "huntred_executive"):
        file = yaml.safe_load((ROOT / "domain" / part / "disclosures.yml").read_text("utf-8"))
        words += str(file["responses"]["utter_disclosure_asked"])
    page = (ROOT / "backoffice" / "templates" / "public" / "shortlist.html").read_text("utf-8")
    words += next(line for line in page.splitlines() if "Esta búsqueda es confidencial" in line)
    assert _WORDS[TERMS_VERSION] == hashlib.sha256(words.encode()).hexdigest()[:16]
