"""The pages of a file of vacancies: seen, mended by its columns, written."""

from __future__ import annotations

import gc
import io
import re
import warnings
from pathlib import Path
from typing import Any

from sqlalchemy import select

from huntred.clock import utc_now
from huntred.importing import job_pages, mails
from huntred.importing.errors import PageUnreadable
from huntred.importing.models import ImportJob
from huntred.importing.ports import Page
from huntred.vacancies.models import Vacancy
from ml.lexicon.advert import LexiconAdvertReader
from tests.factories.job_site import POSTING, page_of
from tests.factories.letters import Documents, came, written
from tests.integration.backoffice.conftest import Office, post
from tests.integration.huntred.alike.test_alike import company, vacancy
from tests.unit.huntred.importing.test_letters import LETTER

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
    assert "1 de 2 filas está bien" in text and "muchas" in text and "Escribe solo un número" in text
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
    assert "2 vacantes listas" in text and "1 fila se parece" in text, "the columns were remembered"


def test_a_file_that_is_none_is_refused_in_plain_words(office: Office) -> None:
    client = office.client(office.user())
    for content, said in ((b"\x00\x01", "No pudimos leer"), (b"", "hace falta"), (b"x" * 5_300_000, "demasiado grande")):
        answer = _upload(client, content)
        assert said in client.get(answer.location).text
    assert office.desk.rows(select(ImportJob)) == []
    with warnings.catch_warnings():
        # The test's client, not what is tested, leaves the file open in which it kept what it sent.
        warnings.simplefilter("ignore", ResourceWarning)
        del answer
        gc.collect()


def _worker(office: Office, *outcomes: Any) -> None:
    class Pages:
        def fetch(self, url: str) -> Page:
            outcome = outcomes[0]
            if isinstance(outcome, Exception):
                raise outcome
            return Page(url, outcome)

    assert job_pages.fetch_next(office.desk.app, "amigro", Pages(), LexiconAdvertReader(), utc_now)


def test_a_job_page_is_read_checked_completed_and_saved(office: Office) -> None:
    client = office.client(office.user())
    asked = {"unit": "amigro", "page_url": "https://empleos.example/1"}
    page = post(client, "/imports/page", asked).location
    assert "Estamos leyendo la página" in client.get(page).text
    data = POSTING | {"description": "<p>Hola</p><script>alert(1)</script>&lt;img src=x onerror=alert(2)&gt;"}
    del data["hiringOrganization"]
    _worker(office, page_of(data))

    assert "Revisar lo que leímos" in client.get(f"{page}/progress").text
    text = client.get(page).text
    assert "Falta" not in text and "La página no lo dice." in text and "Auxiliar contable" not in text
    post(client, f"{page}/complete", {"cell-2-company": "Despacho <b>Sur</b>", "cell-x-title": "no", "cell-2": "no"})
    text = client.get(page).text
    assert "1 vacante lista" in text and "Auxiliar contable" in text and "Despacho &lt;b&gt;Sur" in text
    assert "<script>alert" not in text
    assert "<img src=x" not in text and "&lt;img src=x" in text
    post(client, f"{page}/start")
    assert "Se guardó 1 vacante" in client.get(page).text
    (made,) = office.desk.rows(select(Vacancy))
    assert (made.title, made.state) == ("Auxiliar contable", "draft") and "alert(1)" not in made.description


def test_a_page_that_cannot_be_read_says_what_to_do(office: Office) -> None:
    client = office.client(office.user())
    for url, said in (
        ("http://169.254.169.254/latest", "debe estar en internet"), ("ftp://a.mx", "no parece una dirección web"),
        ("", "hace falta"), ("https://a.mx:22/", "puertos normales"),
    ):  # fmt: skip
        answer = post(client, "/imports/page", {"unit": "amigro", "page_url": url})
        assert said in client.get(answer.location).text
    assert office.desk.rows(select(ImportJob)) == []
    page = post(client, "/imports/page", {"unit": "amigro", "page_url": "https://empleos.example/1"}).location
    _worker(office, PageUnreadable("robots"))
    assert "robots.txt" in client.get(page).text and "a mano" in client.get(f"{page}/progress").text
    assert "No se pudo leer" in client.get("/imports/").text
    assert "ya no lo conservamos" in client.get(post(client, f"{page}/start").location).text


def test_each_problem_and_note_of_a_page_has_its_words(office: Office) -> None:
    client = office.client(office.user())
    page = post(client, "/imports/page", {"unit": "amigro", "page_url": "https://empleos.example/1"}).location
    _worker(office, page_of(POSTING | {"validThrough": "2020-01-01", "baseSalary": {"currency": "CAD", "value": 9}}))
    text = client.get(page).text
    assert "ya venció" in text and "moneda que no manejamos" in text
    source = "".join(path.read_text() for path in Path(job_pages.__file__).parent.rglob("*.py"))
    (words,) = re.findall(r"page_problems = \{(.*?)\} -%\}", Path("backoffice/templates/texts.html").read_text(), re.DOTALL)
    raised = set(re.findall(r'PageUnreadable\(\s*"(\w+)"', source)) | {"failed", "not_a_url", "broken_data", "no_posting"}
    assert raised == set(re.findall(r"^  '(\w+)':", words, re.MULTILINE))


def test_a_row_that_looks_like_a_vacancy_that_is_there_is_kept_left_or_written_over(office: Office) -> None:
    of = company(office.desk, "Norte")
    there = [
        vacancy(office.desk, of, title=title, description=description, state="open" if description else "draft")
        for title, description in (("Cajero", "Cobrar y cuadrar la caja."), ("Almacenista", ""), ("Guardia de seguridad", ""))
    ]
    content = (
        "Puesto,Empresa,Ciudad,Sueldo,Indispensables\nCajera,Norte S.A.,Puebla,9500,Excel\nAuxiliar de almacén,Norte,Puebla,9000,\n"
        "Guardia de Seguridad,Norte,Puebla,,\nCocinero,Norte,Puebla,,\nCocinera,Norte,Puebla,,\n"
    )
    client = office.client(office.user())
    page = _upload(client, content.encode()).location
    text = client.get(page).text
    assert "4 filas se parecen a vacantes que ya están" in text
    for one in there:
        assert f"/vacancies/{one.id}" in text
    assert "se parece a la fila 5 de este archivo" in text

    post(client, f"{page}/start", {"alike_all": "skip", "alike-2": "update", "alike-6": "keep"})

    text = client.get(page).text
    assert "guardaron 2 vacantes" in text and "actualizó 1" in text and "2 filas parecidas no se guardaron" in text
    rows = {row.title: row for row in office.desk.rows(select(Vacancy))}
    assert set(rows) == {"Cajera", "Almacenista", "Guardia de seguridad", "Cocinero", "Cocinera"}
    updated = rows["Cajera"]
    assert (updated.id, updated.state, updated.salary_min) == (there[0].id, "open", 9500)
    assert updated.company_id == of.id


def test_what_nobody_said_is_kept(office: Office) -> None:
    vacancy(office.desk, company(office.desk, "Norte"), title="Cajero", description="")
    client = office.client(office.user())
    page = _upload(client, b"Puesto,Empresa,Ciudad\nCajera,Norte,Puebla\n").location
    assert "1 fila se parece" in client.get(page).text
    post(client, f"{page}/start")
    assert len(office.desk.rows(select(Vacancy))) == 2


def test_one_that_was_closed_meanwhile_is_not_written_over(office: Office) -> None:
    there = vacancy(office.desk, company(office.desk, "Norte"), title="Cajero", description="")
    client = office.client(office.user())
    page = _upload(client, b"Puesto,Empresa,Ciudad\nCajera,Norte,Puebla\nCocinero,Norte,Puebla\n").location
    office.desk.execute("UPDATE vacancies SET state = 'closed' WHERE id = :id", id=there.id)
    post(client, f"{page}/start", {"alike-2": "update"})
    assert sorted(row.title for row in office.desk.rows(select(Vacancy))) == ["Cajera", "Cajero", "Cocinero"], (
        "it looks like nothing that is there any more"
    )


def test_a_mail_is_checked_beside_its_own_words_and_saved(office: Office) -> None:
    letter = came(office.desk, written(LETTER.replace("Empresa: Abarrotes del Norte\n", "")))
    cv = came(office.desk, written("Me postulo, adjunto mi CV.", "Mi CV", files=(("cv.txt", "text/plain", b"Ana"),)))
    while mails.read_next(office.desk.app, "amigro", Documents({}), LexiconAdvertReader(), lambda: office.desk.now):
        pass
    user = office.user()
    client = office.client(user)
    index = client.get("/imports/").text
    assert "No parece vacante" in index and f"folio {letter.number}" in index
    (job,) = office.desk.rows(select(ImportJob))
    page = client.get(f"/imports/{job.id}").text
    assert "No conocemos a quien escribe" in page and "Solicitamos Auxiliar" in page and "El correo no lo dice" in page

    post(client, f"/imports/{job.id}/start", {"cell-2-company": "Tiendas Sur", "cell-2-title": "Auxiliar de bodega"})

    (made,) = office.desk.rows(select(Vacancy))
    assert (made.title, made.state, made.company.name) == ("Auxiliar de bodega", "draft", "Tiendas Sur")
    text = client.get(f"/imports/mails/{cv.id}").text
    assert "Me postulo" in text and "cv.txt" in text
    answer = client.get(f"/imports/mails/{cv.id}/files/1")
    assert (answer.data, answer.mimetype) == (b"Ana", "application/octet-stream")
    assert client.get(f"/imports/mails/{cv.id}/files/2").status_code == 404
    post(client, f"/imports/mails/{cv.id}/forward", {"user_id": str(user.id)})
    assert "Lo pasaste a alguien del equipo" in client.get(f"/imports/mails/{cv.id}").text
    post(client, f"/imports/mails/{cv.id}/dismiss")
    assert "ya decidió" in client.get(f"/imports/mails/{cv.id}").text
