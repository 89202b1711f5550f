"""What an advertisement wants, must or nice as its own words have it."""

from __future__ import annotations

import pytest

from huntred.importing.ports import Advert
from ml.lexicon.advert import LexiconAdvertReader

READER = LexiconAdvertReader()


def test_lists_under_heads_and_words_in_items_say_how_much_it_is_wanted() -> None:
    told = READER.read(
        Advert(
            "Gerente de logística",
            "Somos líderes en ventas.\nRequisitos:\n• Excel avanzado\n• SAP (deseable)\n• Inglés intermedio\n"
            "Deseable:\n• Power BI\n• Licencia federal, indispensable\nOfrecemos:\n• Capacitación en ventas\nUsarás Word.",
        )
    )
    assert told.seniority == "manager"
    assert "Excel avanzado" in told.must and any("icencia federal" in name for name in told.must)
    assert {"SAP", "Power BI", "Word"} <= set(told.nice) and not set(told.must) & set(told.nice)
    assert told.languages == ("inglés",)
    assert not any("entas" in name for name in (*told.must, *told.nice)), "what the company says of itself is no wish"


@pytest.mark.parametrize("text", ["Sueldo: 9,000 al mes", "Te ayudamos a go", "", "Requisitos:", "ventas"])
def test_nothing_is_read_into_what_says_nothing(text: str) -> None:
    told = READER.read(Advert("", text))
    assert (told.must, told.nice, told.languages, told.seniority) == ((), (), (), "")


def test_what_the_page_itself_calls_a_skill_is_kept_without_a_name_in_the_taxonomy() -> None:
    told = READER.read(Advert("Cajera", "", ("Manejo de tolvas rojas", "excel", "Tolvas azules, de preferencia")))
    assert "Manejo de tolvas rojas" in told.must and "Excel" in told.must and "Tolvas azules" in told.nice
