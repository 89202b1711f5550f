"""What counts as the code of a campaign, and what is left of the words around it."""

from __future__ import annotations

import pytest

from contract.campaigns import campaign_in, prefilled
from contract.invitations import invitation_in

CODE = "VIA-ABCD2345"


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        (CODE, ""), (f"{CODE}.", ""), (f"({CODE})", ""), ("via-abcd2345", ""),
        (f"Hola, quiero información ({CODE})", "Hola, quiero información"),
        (f"Hola, ¿cuánto pagan? {CODE}", "Hola, ¿cuánto pagan?"),
        (f"{CODE} busco trabajo de mesera", "busco trabajo de mesera"),
        (f"Busco {CODE} trabajo", "Busco trabajo"), (f"hola {CODE} {CODE}", "hola"),
        (f"hola\nvengo por el anuncio ({CODE})", "hola\nvengo por el anuncio"),
    ],
)  # fmt: skip
def test_the_code_is_found_and_cut_out(text: str, rest: str) -> None:
    assert campaign_in(text) == (CODE, rest)


@pytest.mark.parametrize("text", ["", "vía WhatsApp", "VIA-ABC", "viajar", "VIA-ABCD23456", "VIA-ABCD0O1I", "INV-ABCD2345"])
def test_what_only_looks_like_one_stays_as_it_was_written(text: str) -> None:
    assert campaign_in(text) == ("", text)


@pytest.mark.parametrize("greeting", ["", "Hola, quiero información", "¿Siguen contratando?"])
def test_what_a_link_prefills_is_read_back(greeting: str) -> None:
    assert campaign_in(prefilled(greeting, CODE)) == (CODE, greeting)


def test_the_two_kinds_of_codes_are_never_taken_for_each_other() -> None:
    assert invitation_in(CODE) == "" and campaign_in("INV-ABCD2345")[0] == ""
