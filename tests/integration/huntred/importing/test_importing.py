"""A file of vacancies: seen before it is written, all of it or nothing, and its columns remembered."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import select, text

from contract.ids import new_id
from huntred.companies.models import Company
from huntred.importing import alike, service, writing
from huntred.importing.errors import FileEmpty, FileTooLarge, FileUnreadable, ImportOver, RowsFaulty
from huntred.importing.files import MOST_ROWS, read_table
from huntred.importing.models import ImportJob
from huntred.vacancies.models import Vacancy
from ml.lexicon.positions import LexiconTitles
from tests.factories.desk import Desk

HEADS = "Puesto;Empresa;Ciudad;Sueldo;Modalidad;Plazas;Requisitos;Deseables;Idiomas\n"
GOOD = HEADS + (
    "Cajera;Abarrotes del Norte;Puebla;$9,500 a 11,000 mensuales;Presencial;3;caja, atención a clientes;Excel;\n"
    "Soldadura;Industrias Norte;Saltillo;2,800 semanales;;1;soldadura MIG;;inglés\n"
)


def uploaded(desk: Desk, content: str | bytes, **values: Any) -> ImportJob:
    user = desk.user()
    raw = content.encode() if isinstance(content, str) else content
    with desk.work() as uow:
        return service.upload(uow, "vacantes.csv", raw, user_id=user.id, now=values.get("now", desk.now))


def book(*rows: list[Any]) -> bytes:
    made = Workbook()
    for row in rows:
        made.active.append(row)
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def test_a_file_is_seen_first_and_then_written_whole(desk: Desk) -> None:
    desk.add(Company(id=new_id(), unit="amigro", name="ABARROTES DEL NORTE"))
    job = uploaded(desk, GOOD)
    assert desk.rows(select(Vacancy)) == []
    with desk.work() as uow:
        seen = service.preview(uow, service.get(uow, job.id))
        assert (seen.good, seen.faults, seen.new_companies) == (2, [], ["Industrias Norte"])
        done = service.start(uow, job.id, skip_faulty=False, now=desk.now)
        uow.session.refresh(done)
        assert (done.state, done.made) == ("done", 2)

    first, second = sorted(desk.rows(select(Vacancy)), key=lambda row: row.number)
    assert (first.title, first.state, first.openings) == ("Cajera", "draft", 3)
    assert (first.salary_min, first.salary_max, first.salary_period) == (Decimal(9500), Decimal(11000), "month")
    assert (second.salary_min, second.salary_period) == (Decimal(2800), "week")
    asked = desk.rows(text("SELECT kind || ':' || importance || ':' || name FROM vacancy_requirements ORDER BY 1"))
    assert asked == [
        "language:must:inglés", "skill:must:atención a clientes", "skill:must:caja", "skill:must:soldadura MIG",
        "skill:nice:Excel",
    ]  # fmt: skip
    assert len(desk.rows(select(Company).where(Company.name.ilike("abarrotes%")))) == 1, "no second one is made"
    with pytest.raises(ImportOver), desk.work() as uow:
        service.start(uow, job.id, skip_faulty=False, now=desk.now)


def test_each_fault_is_told_by_row_and_column_and_nothing_is_half_written(desk: Desk) -> None:
    job = uploaded(
        desk,
        HEADS + "Cajera;;Puebla;9500;;tres;;;\n\nSoldadura;Norte;Saltillo;15,000 a 12,000;en la luna;1;;;\nAuxiliar;Norte;;;;;;;\n",
    )
    with desk.work() as uow:
        seen = service.preview(uow, service.get(uow, job.id))
    told = [(fault.row, fault.column, fault.field, fault.problem) for fault in seen.faults]
    assert told == [
        (2, "Empresa", "company", "missing"), (2, "Plazas", "openings", "not_a_number"),
        (4, "Modalidad", "modality", "unknown"), (4, "Sueldo", "salary", "below_minimum"),
    ]  # fmt: skip
    with pytest.raises(RowsFaulty), desk.work() as uow:
        service.start(uow, job.id, skip_faulty=False, now=desk.now)
    assert desk.rows(select(Vacancy)) == []
    with desk.work() as uow:
        service.start(uow, job.id, skip_faulty=True, now=desk.now)
    assert [row.title for row in desk.rows(select(Vacancy))] == ["Auxiliar"]


def test_what_a_unit_calls_its_columns_is_kept(desk: Desk) -> None:
    job = uploaded(desk, "Chamba,Patrón\nCajera,Norte\n")
    assert job.mapping == {}
    with desk.work() as uow:
        service.choose_columns(
            uow, job.id, {"title": "Chamba", "company": "Patrón", "city": "no está"}, user_id=job.user_id, now=desk.now
        )
    again = uploaded(desk, book(["PATRON", "chamba", "Ciudad"], ["Norte", "Auxiliar", "León"]))
    assert again.mapping == {"title": "chamba", "company": "PATRON", "city": "Ciudad"}
    with desk.work("huntu") as uow:
        assert service.kept_mapping(uow) == {}, "another unit has its own"


def test_a_vacancy_that_is_there_already_is_pointed_out(desk: Desk) -> None:
    job = uploaded(desk, GOOD)
    with desk.work() as uow:
        service.start(uow, job.id, skip_faulty=False, now=desk.now)
    again = uploaded(desk, GOOD.replace("Cajera", "CAJERA"))
    with desk.work() as uow:
        seen = service.preview(uow, service.get(uow, again.id))
        assert set(alike.of_rows(uow, LexiconTitles(), "amigro", seen.rows)) == {2, 3}


def test_a_large_file_is_written_by_the_worker_in_one_go(desk: Desk) -> None:
    rows = "".join(f"Puesto {n};Norte;Puebla;9500;;1;;;\n" for n in range(service.AT_ONCE + 20))
    job = uploaded(desk, HEADS + rows)
    with desk.work() as uow:
        assert service.start(uow, job.id, skip_faulty=False, now=desk.now).state == "waiting"
    assert desk.rows(select(Vacancy)) == []

    assert writing.write_next(desk.app, "amigro", lambda: desk.now)

    assert len(desk.rows(select(Vacancy))) == service.AT_ONCE + 20
    done = desk.one(ImportJob, job.id)
    assert (done.state, done.made, done.rows_done) == ("done", service.AT_ONCE + 20, service.AT_ONCE + 20)
    assert not writing.write_next(desk.app, "amigro", lambda: desk.now)


def test_a_worker_that_died_is_followed_and_the_late_one_writes_nothing(desk: Desk) -> None:
    rows = "".join(f"Puesto {n};Norte;Puebla;;;1;;;\n" for n in range(service.AT_ONCE + 1))
    job = uploaded(desk, HEADS + rows)
    with desk.work() as uow:
        service.start(uow, job.id, skip_faulty=False, now=desk.now)
    with desk.work() as uow:
        claimed = service.claim(uow, now=desk.now)
        assert claimed is not None
    later = desk.now + timedelta(minutes=5)
    assert writing.write_next(desk.app, "amigro", lambda: later)
    with desk.work() as uow:
        assert not service.write_claimed(uow, claimed[0], claimed[1], lambda done: None, now=later)
    assert len(desk.rows(select(Vacancy))) == service.AT_ONCE + 1


def test_files_that_are_none_are_refused(desk: Desk) -> None:
    good = book(["Puesto"], ["Cajera"])
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            content = old.read(part)
            if part.filename.endswith("sheet1.xml"):
                content = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "y">]>' + content
            new.writestr(part.filename, content)
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (70 * 1024 * 1024))
    for content, error in (
        (stream.getvalue(), FileUnreadable), (bomb.getvalue(), FileTooLarge), (b"PK\x03\x04broken", FileUnreadable),
        (b"\x00\x01\x02", FileUnreadable), (b"", FileEmpty), (b"Puesto\n", FileEmpty),
        (b"a\n" + b"b\n" * (MOST_ROWS + 1), FileTooLarge), (b"x" * (6 * 1024 * 1024), FileTooLarge),
    ):
        with pytest.raises(error):
            read_table(content)
    assert read_table("Puesto,Año\nCajera,2024\n".encode("cp1252"))[0] == ["Puesto", "Año"], "as Excel writes it"


def test_what_a_file_held_is_gone_after_a_day(desk: Desk) -> None:
    job = uploaded(desk, GOOD)
    with desk.work() as uow:
        assert service.forget_rows(uow, now=desk.now + timedelta(hours=23)) == 0
        assert service.forget_rows(uow, now=desk.now + timedelta(hours=25)) == 1
    with pytest.raises(ImportOver), desk.work() as uow:
        service.preview(uow, service.get(uow, job.id))
    with desk.work(divisions=(new_id(),)) as uow:
        assert service.recent(uow) == []
