"""What the sentences of an advertisement add to its data."""

from __future__ import annotations

import pytest

from huntred.importing.adverts import told
from huntred.importing.postings import Posting
from ml.lexicon.advert import LexiconAdvertReader

READER = LexiconAdvertReader()
TEXT = "Buscamos velador.\nHorario: lunes a sábado, 22:00 a 6:00\nPrestaciones: de ley y vales\nDeseable: manejo de cámaras"


@pytest.mark.parametrize(
    ("schedule", "kept"),
    [
        ("", "lunes a sábado, 22:00 a 6:00"),
        ("Tiempo completo", "Tiempo completo, lunes a sábado, 22:00 a 6:00"),
        ("Tiempo completo, 9 a 18", "Tiempo completo, 9 a 18"),
    ],
)
def test_hours_and_benefits_of_a_description_are_taken_where_its_data_has_none(schedule: str, kept: str) -> None:
    found = told(Posting({"title": "Velador", "description": TEXT} | ({"schedule": schedule} if schedule else {})), READER)
    assert (found.cells["schedule"], found.cells["benefits"]) == (kept, "de ley y vales")
    assert found.cells["nice"] == "monitoreo de CCTV"
