"""The pages of the exchange with other systems: a file in, with its faults and its undoing; lists out, as they are kept."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from backoffice.lists import exporting
from huntred.access.models import AuditEntry
from huntred.applications.models import Application
from huntred.exchange import working
from huntred.exchange.models import ExchangeMapping, ImportedPerson, ImportedRow, PeopleImport
from huntred.lists.models import ListExport
from huntred.people.models import UnitProfile
from tests.integration.backoffice.conftest import Office, post
from tests.integration.backoffice.test_access import _division, _division_user, things

FILE = (
    "Folio,Nombre,Apellido paterno,Correo,Celular,Sexo,Etapa,Vacante\n"
    "A1,Ana,López,ana@example.com,5512345601,F,Aplicó ya,Soldadura industrial\n"
    "A2,Beto,Ruiz,beto,5512345602,M,Aplicó ya,Soldadura industrial\n"
)


def _upload(client: Any, content: str, **data: Any) -> Any:
    given = {"unit": "amigro", "declaration": "1", "file": (io.BytesIO(content.encode()), "candidatos.csv"), **data}
    return post(client, "/people-imports/upload", given)


def _work(office: Office) -> None:
    while working.work_next(office.desk.app, "amigro", lambda: office.desk.now):
        pass


def _only(office: Office) -> PeopleImport:
    (found,) = office.desk.rows(select(PeopleImport))
    return found  # type: ignore[no-any-return]


def test_a_file_is_confirmed_looked_at_imported_and_taken_back(office: Office) -> None:
    own = things(office, "amigro")
    user = office.user()
    client = office.client(user)
    assert "Declaro que estas personas" in client.get("/people-imports/").text
    refused = _upload(client, FILE, declaration="")
    assert "La declaración sobre los datos: hace falta" in client.get(refused.location).text
    assert office.desk.rows(select(PeopleImport)) == []

    page = _upload(client, FILE).location
    shown = client.get(page).text
    assert "Columnas: cuál es cuál" in shown and "sexo o género no cuenta" in shown and "Aplicó ya" in shown
    found = _only(office)
    assert found.declaration.startswith("Declaro que estas personas") and found.user_id == user.id
    chosen = {f"field-{n}": name for n, name in enumerate(
        ("external_id", "first_name", "last_name", "email", "phone", "headline", "stage", "vacancy"))}  # fmt: skip
    post(client, f"{page}/columns", {**chosen, "field-0": "email"})
    assert "se repiten" in client.get(page).text
    post(client, f"{page}/columns", {
        **chosen, "dates": "dmy", "mapping_name": "Bolsa vieja", "theirs-stage-0": "Aplicó ya", "ours-stage-0": str(own.stage),
    })  # fmt: skip
    assert "Revisamos 0 de 2 filas" in client.get(page).text
    _work(office)
    assert "Ver qué se guardaría" in client.get(f"{page}/progress").text
    shown = client.get(page).text
    assert "Importar 1 fila" in shown and "No es un correo completo" in shown and "No se importa: Sexo." in shown
    wrong = list(csv.reader(io.StringIO(client.get(f"{page}/faulty.csv").data.decode("utf-8-sig"))))
    assert wrong[1][:4] == ["A2", "Beto", "Ruiz", "beto"] and wrong[1][8] == "3" and wrong[1][9].startswith("Correo: No es")

    post(client, f"{page}/start")
    _work(office)
    assert "Nadie recibirá mensajes" in client.get(page).text
    (origin,) = office.desk.rows(select(ImportedPerson))
    (ana,) = office.desk.rows(select(UnitProfile).where(UnitProfile.person_id == origin.person_id))
    assert "Su aviso de privacidad está pendiente" in client.get(f"/people/{ana.id}").text
    (applied,) = office.desk.rows(select(Application).where(Application.person_id == ana.person_id))
    assert (applied.vacancy_id, applied.stage_id) == (own.vacancy, own.stage)

    again = client.get(_upload(client, FILE).location).text
    assert f'value="{own.stage}" selected' in again.replace("  ", " "), "the kept mapping is offered again"
    post(client, f"{page}/undo")
    _work(office)
    assert "Deshicimos una fila." in client.get(page).text
    assert office.desk.rows(select(UnitProfile).where(UnitProfile.id == ana.id)) == []
    actions = office.desk.rows(select(AuditEntry.action).where(AuditEntry.user_id == user.id))
    assert {"people_imports.upload", "people_imports.choose", "people_imports.start", "people_imports.undo"} <= set(actions)


def test_a_division_imports_only_with_its_switch_and_into_its_own_vacancy(office: Office) -> None:
    mine = _division(office, "norte")
    own = things(office, "amigro", division_id=mine.id)
    closed = office.client(_division_user(office, mine, ["edit_vacancies"]))
    for path in ("/people-imports/", "/exchange/", "/exchange/new?kind=people"):
        assert closed.get(path).status_code == 403, path
    assert "Importar" not in closed.get("/people/").text
    client = office.client(_division_user(office, mine, ["exchange_people"]))
    refused = _upload(client, FILE)
    assert "Vacante: hace falta" in client.get(refused.location).text
    page = _upload(client, FILE, vacancy=str(own.vacancy)).location
    assert "Vacante" not in [option for option in client.get(page).text.split('aria-label="Qué es Vacante"')[1:2] if "selected" in option.split("</select>")[0]]
    assert _only(office).division_id == mine.id


@pytest.fixture
def written(office: Office, tmp_path: Path) -> Office:
    object.__setattr__(office.app.extensions["wiring"].settings, "media_dir", str(tmp_path))
    office.media = tmp_path  # type: ignore[attr-defined]
    return office


def _export(office: Office, client: Any, kind: str, **data: str) -> bytes:
    answer = post(client, "/exchange/export", {"kind": kind, "unit": "amigro", "dates": "iso", "format": "csv", **data})
    assert "/lists/exports/" in answer.location, client.get(answer.location).text
    assert exporting.write_next(office.desk.app, office.media, lambda: office.desk.now)  # type: ignore[attr-defined]
    assert "Descargar" in client.get(answer.location).text
    content: bytes = client.get(f"{answer.location}/file", buffered=True).data
    return content


def _fields(*named: tuple[str, str]) -> dict[str, str]:
    told = {}
    for at, (name, head) in enumerate(named, 1):
        told |= {f"take-{name}": "1", f"head-{name}": head, f"place-{name}": str(at)}
    return told


def test_lists_leave_under_the_heads_that_are_kept_and_nobody_runs_a_cell(written: Office) -> None:
    things(written, "amigro")
    written.desk.profile(first_name="Zoé", last_name="Paz", headline="=1+1", skills=["SAP", "Excel"], phone="+525512345601")
    things(written, "huntu")
    client = written.client(written.user())
    told = _fields(("email", "E-Mail"), ("first_name", "Name"), ("headline", "Title"), ("skills", "Tags"), ("phone", "Tel"))
    content = _export(written, client, "people", mapping_name="Su ATS", **told)
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows[0] == ["E-Mail", "Name", "Title", "Tags", "Tel"]
    zoe = next(row for row in rows if row[1] == "Zoé")
    assert zoe[2:] == ["'=1+1", "SAP; Excel", "'+525512345601"]
    assert len(rows) == 3, "another unit's people are not there"

    (kept,) = written.desk.rows(select(ExchangeMapping))
    page = client.get(f"/exchange/new?mapping={kept.id}").text
    assert 'value="E-Mail"' in page and 'value="Su ATS"' in page
    entries = written.desk.rows(select(AuditEntry).where(AuditEntry.action == "exchange.export"))
    assert any(entry.object_type == "list_exports" for entry in entries)
    post(client, f"/exchange/mappings/{kept.id}/forget")
    assert written.desk.rows(select(ExchangeMapping)) == []


def test_applications_and_vacancies_leave_as_json(written: Office) -> None:
    own = things(written, "amigro", salary_min=9500, confidential=True)
    client = written.client(written.user())
    told = _fields(("first_name", "candidate.name"), ("stage_kind", "status"), ("vacancy_title", "job.name"), ("skills", "tags"))
    (one,) = json.loads(_export(written, client, "applications", **told, format="json"))
    assert one == {"candidate": {"name": "Rosa"}, "status": "new", "job": {"name": "Soldadura industrial"}, "tags": []}
    told = _fields(("title", "name"), ("company", "company"), ("salary_min", "min"), ("state", "state"))
    lines = _export(written, client, "vacancies", **told, format="jsonl").decode().splitlines()
    assert [json.loads(line) for line in lines] == [
        {"name": "Soldadura industrial", "company": "", "min": "9500.00", "state": "open"}
    ], "whom a confidential search keeps back is not named"
    refused = post(client, "/exchange/export", {
        "kind": "people", "unit": "amigro", "dates": "iso", "format": "json", **_fields(("city", "a"), ("region", "a.b")),
    })  # fmt: skip
    assert "se repiten" in client.get(refused.location).text
    assert own.vacancy and len(written.desk.rows(select(ListExport))) == 2


def test_a_division_exports_what_it_sees(written: Office) -> None:
    mine, other = _division(written, "norte"), _division(written, "sur")
    things(written, "amigro", division_id=mine.id)
    things(written, "amigro", division_id=other.id)
    client = written.client(_division_user(written, mine, ["exchange_people"]))
    rows = list(csv.reader(io.StringIO(_export(written, client, "people", **_fields(("email", "email"))).decode("utf-8-sig"))))
    assert len(rows) == 2


def test_rows_of_an_import_are_written_by_the_task_of_the_worker(office: Office) -> None:
    from runtime import celery_app, tasks

    client = office.client(office.user())
    page = _upload(client, FILE).location
    chosen = {"field-1": "first_name", "field-2": "last_name", "field-3": "email"}
    post(client, f"{page}/columns", chosen)
    wiring = office.app.extensions["wiring"]
    app = celery_app.make_celery(wiring.settings)
    tasks.register(app, wiring)
    app.tasks[celery_app.IMPORT_PEOPLE]()
    assert _only(office).state == "preview"
    verdicts = office.desk.rows(select(ImportedRow.verdict).order_by(ImportedRow.row))
    assert verdicts == ["new", "faulty"]
    assert office.desk.rows(text("SELECT count(*) FROM outbox")) == [0]
