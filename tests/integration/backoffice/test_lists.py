"""Views that are kept, columns that are chosen, and rows as files: at once, or by the worker."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from openpyxl import load_workbook
from sqlalchemy import text

from backoffice.lists import exporting
from backoffice.views import lists as views
from contract.ids import new_id
from huntred.lists.models import ListExport
from tests.integration.backoffice.conftest import Office, post
from tests.integration.backoffice.test_access import _division, _division_user, things

NAMES = ("vacancies", "people", "applications", "interviews", "companies")
PAGES = {"interviews": "/interviews/list"}


def heads(page: str) -> list[str]:
    return re.findall(r'<th scope="col" [^>]*>([^<]+)</th>', page)


def as_csv(answer: Any) -> list[list[str]]:
    assert answer.status_code == 200, answer.text
    assert answer.data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))


@pytest.mark.parametrize("name", NAMES)
def test_what_is_shown_is_what_the_file_holds(office: Office, name: str) -> None:
    things(office, "amigro")
    things(office, "huntu")
    client = office.client(office.user())

    page = client.get(PAGES.get(name, f"/{name}/"))
    rows = as_csv(post(client, f"/lists/{name}/export", {"format": "csv"}))

    assert page.status_code == 200
    assert rows[0] == heads(page.text)
    assert len(rows) == 2, "the unit's own row alone"


def test_a_view_keeps_filters_and_columns_for_its_user_alone(office: Office) -> None:
    things(office, "amigro", state="paused", title="Montacarguista")
    client, other = office.client(office.user()), office.client(office.user())

    post(client, "/lists/vacancies/columns", {"column": ["salary", "number"]})
    assert heads(client.get("/vacancies/").text) == []
    assert heads(client.get("/vacancies/?state=paused").text) == ["Vacante", "Número", "Sueldo"]
    assert heads(other.get("/vacancies/?state=paused").text)[:2] == ["Vacante", "Empresa"]

    saved = post(client, "/lists/vacancies/views", {"view_name": " En  pausa ", "state": "paused", "nonsense": "1"})
    address = saved.headers["Location"]
    assert re.fullmatch(r"/vacancies/\?state=paused&view=[0-9a-f-]{36}", address) or "view=" in address
    post(client, "/lists/vacancies/columns", {"column": "city"})
    opened = client.get(address)
    assert "En pausa" in opened.text and heads(opened.text) == ["Vacante", "Número", "Sueldo"]
    assert other.get(address).status_code == 404
    view_id = address.rpartition("view=")[2].partition("&")[0]
    assert post(other, f"/lists/vacancies/views/{view_id}/delete").status_code == 404
    assert post(client, f"/lists/vacancies/views/{view_id}/delete").status_code == 302
    assert client.get(address).status_code == 404


def test_a_view_needs_a_name_and_there_are_fifty_at_most(office: Office) -> None:
    client = office.client(office.user())

    post(client, "/lists/people/views", {"view_name": "  "})
    assert "Nombre: hace falta" in client.get("/people/").text
    for number in range(51):
        client.post("/lists/people/views", data={"csrf_token": "", "view_name": str(number)})
    assert post(client, "/lists/nothing/views", {"view_name": "x"}).status_code == 404
    assert post(client, "/lists/nothing/export", {"format": "csv"}).status_code == 404
    assert post(client, "/lists/people/export", {"format": "pdf"}).status_code == 400


def test_nothing_in_a_file_is_taken_for_a_formula(office: Office) -> None:
    for title in ("=HYPERLINK(1)", "+1", "-2", "@x", "\tt", "Tornero, «CNC»\nturno 2 \x07"):
        things(office, "amigro", title=title)
    client = office.client(office.user())

    cells = {row[0] for row in as_csv(post(client, "/lists/vacancies/export", {"format": "csv"}))[1:]}
    answer = post(client, "/lists/vacancies/export", {"format": "xlsx"})
    sheet = load_workbook(io.BytesIO(answer.data)).active

    assert cells == {"'=HYPERLINK(1)", "'+1", "'-2", "'@x", "'\tt", "Tornero, «CNC»\nturno 2 \x07"}
    kinds = {cell.value: cell.data_type for cell in sheet["A"][1:]}
    assert set(kinds.values()) == {"s"}
    assert "=HYPERLINK(1)" in kinds
    assert answer.headers["Content-Disposition"].endswith('.xlsx"')


@pytest.fixture
def media(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    from dataclasses import replace

    wiring = office.app.extensions["wiring"]
    office.app.extensions["wiring"] = replace(wiring, settings=replace(wiring.settings, media_dir=str(tmp_path)))
    monkeypatch.setattr(views, "AT_ONCE", 3)
    yield tmp_path


def many(office: Office, unit: str, count: int) -> None:
    office.desk.execute(
        "INSERT INTO companies (id, unit, name) SELECT gen_random_uuid(), :unit, 'Empresa ' || n"
        " FROM generate_series(1, :count) n",
        unit=unit, count=count,
    )  # fmt: skip


def test_many_rows_are_written_by_the_worker_for_who_asked_alone(office: Office, media: Path) -> None:
    many(office, "amigro", 1203)
    many(office, "huntu", 5)
    client, other = office.client(office.user()), office.client(office.user())

    asked = post(client, "/lists/companies/export", {"format": "csv"})
    address = asked.headers["Location"]
    assert re.fullmatch(r"/lists/exports/[0-9a-f-]{36}", address)
    assert "En unos segundos empieza" in client.get(address).text
    assert client.get(f"{address}/file").status_code == 404
    assert exporting.write_next(office.desk.app, media, lambda: office.desk.now)
    assert not exporting.write_next(office.desk.app, media, lambda: office.desk.now)

    assert "1,203 filas" in client.get(f"{address}/progress").text
    rows = as_csv(client.get(f"{address}/file", buffered=True))
    assert len(rows) == 1204 and len({row[0] for row in rows}) == 1204
    for path in (address, f"{address}/progress", f"{address}/file"):
        assert other.get(path).status_code == 404, path


def test_the_worker_writes_the_heads_in_the_language_of_who_asked(office: Office, media: Path) -> None:
    many(office, "amigro", 10)
    client = office.client(office.user(language="en"))

    address = post(client, "/lists/companies/export", {"format": "csv"}).headers["Location"]
    assert exporting.write_next(office.desk.app, media, lambda: office.desk.now)

    answer = client.get(f"{address}/file", buffered=True)
    assert answer.data.decode("utf-8-sig").startswith("Company,")
    assert "companies" in answer.headers["Content-Disposition"]


def test_an_export_gives_what_the_grants_give_by_then(office: Office, media: Path) -> None:
    many(office, "amigro", 10)
    user = office.user()
    client = office.client(user)
    post(client, "/lists/companies/export", {"format": "xlsx"})
    office.desk.execute("DELETE FROM grants WHERE user_id = :id", id=user.id)

    assert exporting.write_next(office.desk.app, media, lambda: office.desk.now)

    [export] = office.desk.rows(text("SELECT id FROM list_exports"))
    sheet = load_workbook(io.BytesIO(exporting.path_of(media, UUID(str(export))).read_bytes())).active
    assert sheet.max_row == 1


def test_interviews_are_listed_by_what_became_of_them(office: Office) -> None:
    """Each state its own, an outcome that was told just now too."""
    for state, hours_later in (("booked", 0), ("cancelled", 0), ("attended", -4), ("missed", -3)):
        interview = things(office, "amigro", title=f"Puesto {state}").interview
        office.desk.execute("UPDATE interviews SET state = :s WHERE id = :i", s=state, i=interview)
        office.desk.execute(
            "UPDATE interview_slots SET starts_at = starts_at + :later, ends_at = ends_at + :later"
            " WHERE id = (SELECT slot_id FROM interviews WHERE id = :i)", later=timedelta(hours=hours_later), i=interview,
        )  # fmt: skip
    client = office.client(office.user())

    for state in ("booked", "cancelled", "attended", "missed"):
        page = client.get(f"/interviews/list?state={state}").text
        assert set(re.findall("Puesto ([a-z]+)", page)) == {state}


def test_a_division_exports_its_own(office: Office, media: Path) -> None:
    north, south = _division(office, "norte"), _division(office, "sur")
    for division in (north, north, north, north, south, south):
        things(office, "amigro", division_id=division.id)
    client = office.client(_division_user(office, north, []))

    post(client, "/lists/vacancies/export", {"format": "csv"})
    exporting.write_next(office.desk.app, media, lambda: office.desk.now)

    [export] = office.desk.rows(text("SELECT id FROM list_exports"))
    rows = as_csv(client.get(f"/lists/exports/{export}/file", buffered=True))
    assert len(rows) == 5


def test_a_file_is_gone_after_a_day_and_a_dead_worker_is_followed(office: Office, media: Path) -> None:
    many(office, "amigro", 5)
    client, now = office.client(office.user()), office.desk.now
    post(client, "/lists/companies/export", {"format": "csv"})
    [export] = office.desk.rows(text("SELECT id FROM list_exports"))
    office.desk.execute("UPDATE list_exports SET state = 'writing'")
    assert not exporting.write_next(office.desk.app, media, lambda: now + timedelta(minutes=1))
    assert exporting.write_next(office.desk.app, media, lambda: now + timedelta(minutes=3))
    path = exporting.path_of(media, UUID(str(export)))
    assert path.is_file() and path.name.startswith("."), "out of backups"

    exporting.forget_expired(office.desk.app, media, now=now + timedelta(hours=25))

    assert not path.exists()
    assert office.desk.rows(text("SELECT id FROM list_exports")) == []
    assert client.get(f"/lists/exports/{new_id()}").status_code == 404


def test_what_cannot_be_written_is_said(office: Office, media: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    many(office, "amigro", 5)
    client = office.client(office.user())
    address = post(client, "/lists/companies/export", {"format": "csv"}).headers["Location"]

    def broken(*_: object) -> int:
        raise OSError("no space left")

    monkeypatch.setattr(exporting, "write", broken)
    with pytest.raises(OSError, match="no space"):
        exporting.write_next(office.desk.app, media, lambda: office.desk.now)

    assert "No se pudo escribir" in client.get(address).text
    [export] = office.desk.rows(ListExport.__table__.select().with_only_columns(ListExport.state))
    assert export == "failed"
    assert list((media / "exports").iterdir()) == []
