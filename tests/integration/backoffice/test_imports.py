"""The pages of a file of vacancies: seen, mended by its columns, written."""

from __future__ import annotations

import io
from typing import Any

from sqlalchemy import select

from huntred.importing.models import ImportJob
from huntred.vacancies.models import Vacancy
from tests.integration.backoffice.conftest import Office, post

FILE = "Chamba,Empresa,Ciudad,Plazas\nCajera,Norte,Puebla,2\nAuxiliar,Norte,Puebla,muchas\n"


def _upload(client: Any, content: bytes, name: str = "vacantes.csv") -> Any:
    return post(client, "/imports/upload", {"unit": "amigro", "file": (io.BytesIO(content), name)})


def test_a_file_is_seen_with_its_faults_and_then_written(office: Office) -> None:
    client = office.client(office.user())
    assert b"Puesto" in client.get("/imports/template.csv").data
    page = _upload(client, FILE.encode()).location
    assert "Dinos qué columna es cuál" in client.get(page).text
    (job,) = office.desk.rows(select(ImportJob))

    chosen = {"column_title": "Chamba", "column_company": "Empresa", "column_city": "Ciudad", "column_openings": "Plazas"}
    post(client, f"/imports/{job.id}/columns", chosen)

    text = client.get(page).text
    assert "1 de 2 filas están bien" in text and "muchas" in text and "Escribe solo un número" in text
    assert "Se creará 1 empresa nueva: Norte" in text
    post(client, f"/imports/{job.id}/start")
    assert "Hay filas por corregir" in client.get(page).text
    assert office.desk.rows(select(Vacancy)) == []
    post(client, f"/imports/{job.id}/start", {"skip_faulty": "1"})
    assert "Se guardó 1 vacante" in client.get(page).text
    assert [row.title for row in office.desk.rows(select(Vacancy))] == ["Cajera"]
    post(client, f"/imports/{job.id}/start", {"skip_faulty": "1"})
    assert len(office.desk.rows(select(Vacancy))) == 1, "posted twice, written once"

    again = _upload(client, FILE.replace("muchas", "3").encode()).location
    text = client.get(again).text
    assert "2 vacantes listas" in text and "mismo puesto, empresa y ciudad" in text, "the columns were remembered"


def test_a_file_that_is_none_is_refused_in_plain_words(office: Office) -> None:
    client = office.client(office.user())
    for content, said in ((b"\x00\x01", "No pudimos leer"), (b"", "hace falta"), (b"x" * 5_300_000, "demasiado grande")):
        answer = _upload(client, content)
        assert said in client.get(answer.location).text
    assert office.desk.rows(select(ImportJob)) == []
