"""People from another system's file: looked at, written once whatever dies meanwhile, brought up to date, taken back."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from contract.ids import new_id
from huntred.applications import moves
from huntred.applications.models import Application, ApplicationMove, Stage
from huntred.applications.types import Step
from huntred.errors import FieldInvalid, NotFound
from huntred.exchange import mappings, service, working
from huntred.exchange.errors import ExchangeOver, NothingToImport
from huntred.exchange.models import ImportedPerson, ImportedRow, PeopleImport
from huntred.people.models import UnitProfile
from huntred.vacancies.models import Vacancy
from tests.factories.desk import Desk

WORDS = "Declaro que la transferencia es lícita."
HEADS = "Candidate Id,First Name,Last Name,Email,Mobile,Skill Set,Gender,Candidate Status,Posting title,Source\n"
FILE = HEADS + (
    "Z1,ANA,LÓPEZ,ana@example.com,5512345601,\"SAP, Excel\",F,Phone screen,Auxiliar contable,LinkedIn\n"
    "Z2,Beto,Ruiz,beto@example.com,,Ventas,M,Hired,Auxiliar contable,Indeed\n"
    "Z3,Carla,Mena,no es un correo,55,Ventas,F,Applied,Auxiliar contable,Indeed\n"
)


def vacancy(desk: Desk, title: str = "Auxiliar contable", **values: Any) -> UUID:
    conversation, profile = desk.chat("amigro"), desk.profile("amigro", first_name="Otra")
    return UUID(str(desk.application(conversation, profile, title=title, **values).vacancy_id))


def uploaded(desk: Desk, content: str | bytes, name: str = "candidatos.csv", **values: Any) -> PeopleImport:
    user = desk.user()
    raw = content.encode() if isinstance(content, str) else content
    scope = values.pop("scope", {})
    with desk.work(**scope) as uow:
        declared = service.Declared(WORDS, user_id=user.id)
        return service.upload(uow, name, raw, declared, now=desk.now, **values)


def worked(desk: Desk, found: PeopleImport) -> PeopleImport:
    while working.work_next(desk.app, "amigro", lambda: desk.now):
        pass
    return desk.one(PeopleImport, found.id)


def looked_at(desk: Desk, found: PeopleImport, **values: Any) -> PeopleImport:
    with desk.work() as uow:
        columns = values.pop("columns", found.told["columns"])
        service.choose(uow, found.id, columns, values.pop("values", {}), found.told["dates"], now=desk.now, **values)
    return worked(desk, found)


def written(desk: Desk, found: PeopleImport, **values: Any) -> PeopleImport:
    assert looked_at(desk, found, **values).state == "preview"
    with desk.work() as uow:
        service.start(uow, found.id, now=desk.now)
    return worked(desk, found)


def rows(desk: Desk, found: PeopleImport) -> list[ImportedRow]:
    return desk.rows(select(ImportedRow).where(ImportedRow.import_id == found.id).order_by(ImportedRow.row))


def imported(desk: Desk) -> list[UnitProfile]:
    people = select(ImportedPerson.person_id)
    return desk.rows(select(UnitProfile).where(UnitProfile.person_id.in_(people)).order_by(UnitProfile.number))


def test_a_file_is_looked_at_and_then_written_with_its_applications(desk: Desk) -> None:
    position = vacancy(desk)
    found = uploaded(desk, FILE)
    assert found.system == "zoho_recruit" and found.told["columns"]["phone"] == "Mobile"
    assert "Gender" not in found.told["columns"].values()
    assert imported(desk) == []

    assert looked_at(desk, found).state == "preview"
    seen = rows(desk, found)
    assert [row.verdict for row in seen] == ["new", "new", "faulty"]
    assert seen[2].faults == [
        {"field": "email", "problem": "not_an_email"}, {"field": "phone", "problem": "not_a_phone"}
    ]  # fmt: skip
    with desk.work() as uow:
        service.start(uow, found.id, now=desk.now)
    done = worked(desk, found)

    assert (done.state, done.rows_done) == ("done", 2)
    ana, beto = imported(desk)
    assert (ana.first_name, ana.last_name, ana.phone, ana.skills) == ("Ana", "López", "+525512345601", ["SAP", "Excel"])
    applied = desk.rows(select(Application).where(Application.vacancy_id == position, Application.source == "import"))
    stands = {one.person_id: desk.one(Stage, one.stage_id).kind for one in applied}
    assert stands == {ana.person_id: "screening", beto.person_id: "hired"}
    (origin,) = desk.rows(select(ImportedPerson).where(ImportedPerson.person_id == ana.person_id))
    assert (origin.system, origin.external_id, origin.source, origin.legal_basis) == (
        "zoho_recruit", "Z1", "LinkedIn", "notice_pending",
    )  # fmt: skip
    assert (done.declaration, done.declared_at, done.user_id) == (WORDS, desk.now, found.user_id)
    with pytest.raises(ExchangeOver), desk.work() as uow:
        service.start(uow, found.id, now=desk.now)


def test_the_same_file_again_doubles_nobody_and_a_newer_one_brings_up_to_date(desk: Desk) -> None:
    vacancy(desk)
    written(desk, uploaded(desk, FILE))
    again = written(desk, uploaded(desk, FILE))
    assert [row.outcome for row in rows(desk, again)] == ["unchanged", "unchanged", "skipped"]
    newer = FILE.replace("ANA,LÓPEZ", "Ana María,López").replace("5512345601", "5512345699").replace("Phone screen", "Offer")
    last = written(desk, uploaded(desk, newer))
    assert [row.outcome for row in rows(desk, last)] == ["updated", "unchanged", "skipped"]
    ana, _ = imported(desk)
    assert (ana.first_name, ana.phone) == ("Ana María", "+525512345699")
    (stage,) = desk.rows(select(Application.stage_id).where(Application.person_id == ana.person_id))
    assert desk.one(Stage, stage).kind == "offer", "nobody here had moved it, so the file may"
    assert len(imported(desk)) == 2


def test_whoever_moved_an_application_here_is_not_overruled(desk: Desk) -> None:
    vacancy(desk)
    written(desk, uploaded(desk, FILE))
    ana, _ = imported(desk)
    (application,) = desk.rows(select(Application).where(Application.person_id == ana.person_id))
    with desk.work() as uow:
        stage = next(one for one in desk.rows(select(Stage).where(Stage.unit == "amigro")) if one.kind == "interview")
        moves.move(uow, application.id, Step(stage.id, desk.user().id), application.version, now=desk.now)
    written(desk, uploaded(desk, FILE.replace("Phone screen", "Offer")))
    assert desk.one(Application, application.id).stage_id == stage.id


def test_what_a_person_told_us_is_never_overwritten(desk: Desk) -> None:
    profile = desk.profile(first_name="Ana", last_name="López", email="ana@example.com", headline="Contadora")
    conversation = desk.chat()
    desk.execute(
        "UPDATE conversations SET person_id = :person WHERE id = :id", person=profile.person_id, id=conversation.id
    )
    content = "Nombre,Apellido paterno,Correo,Puesto,Celular\nAna,López Mena,ana@example.com,Auxiliar,5512345601\n"
    found = written(desk, uploaded(desk, content))
    assert [(row.verdict, row.outcome) for row in rows(desk, found)] == [("known", "updated")]
    there = desk.one(UnitProfile, profile.id)
    assert (there.last_name, there.headline, there.phone) == ("López", "Contadora", "+525512345601"), "only the gap"


def test_who_is_known_is_found_by_each_rule_and_a_shared_address_is_no_proof(desk: Desk) -> None:
    desk.profile(first_name="Ana", last_name="López", email="casa@example.com", phone="+525512345601")
    content = (
        "Nombre completo,Correo,Celular,CURP\n"
        "Ana López,otro@example.com,55 1234 5601,\n"
        "Beto Ruiz,casa@example.com,,\n"
        "Carla Mena,carla@example.com,,GOLA900101MDFMPN05\n"
        "Karla M.,,,GOLA900101MDFMPN05\n"
    )
    found = looked_at(desk, uploaded(desk, content))
    verdicts = [(row.verdict, row.repeats_row) for row in rows(desk, found)]
    assert verdicts[:2] == [("known", None), ("new", None)]
    assert verdicts[2][0] in {"new", "faulty"}


def test_an_id_that_two_systems_gave_is_not_one_person(desk: Desk) -> None:
    written(desk, uploaded(desk, "Id,Nombre completo,Correo\n1,Ana López,ana@example.com\n"))
    found = written(desk, uploaded(desk, "Folio,Nombre completo,Correo,Celular\n1,Beto Ruiz,beto@example.com,5512345602\n"))
    assert [row.outcome for row in rows(desk, found)] == ["made"]
    again = written(desk, uploaded(desk, "Folio,Nombre completo,Correo\n1,Beto Ruiz,beto@example.com\n"))
    assert [row.outcome for row in rows(desk, again)] == ["unchanged"]
    assert [one.first_name for one in imported(desk)] == ["Ana", "Beto"]
    origins = desk.rows(select(ImportedPerson).order_by(ImportedPerson.id))
    assert [one.external_id for one in origins] == ["1", None]


def test_a_nested_answer_of_an_api_is_read_by_its_paths(desk: Desk) -> None:
    position = vacancy(desk)
    people = [
        {
            "id": 12345678901234567890, "first_name": "Ana", "last_name": "López", "title": "Contadora", "tags": ["SAP", "Excel"],
            "email_addresses": [{"value": "ana@example.com", "type": "personal"}],
            "phone_numbers": [{"value": "+52 55 1234 5601", "type": "mobile"}],
            "applications": [{
                "applied_at": "2026-02-26T22:15:45.000Z", "jobs": [{"id": 1, "name": "Accountant"}],
                "current_stage": {"name": "Face to Face"}, "source": {"public_name": "LinkedIn"}}],
        }
    ]  # fmt: skip
    found = uploaded(desk, json.dumps({"data": people}), "greenhouse.json")
    assert found.system == "greenhouse"
    assert found.told["columns"]["vacancy"] == "applications.0.jobs.0.name"
    with desk.work() as uow:
        told = service.values_of(uow, service.get(uow, found.id))
    assert told["vacancy"] == [("Accountant", 1)] and told["stage"] == [("Face to Face", 1)]
    interview = desk.rows(select(Stage.id).where(Stage.unit == "amigro", Stage.kind == "interview"))[0]
    values = {
        "vacancy": {"Accountant": str(position)}, "stage": {"Face to Face": str(interview)}, "source": {"LinkedIn": "Redes"},
    }  # fmt: skip
    assert written(desk, found, values=values, keep_as="Greenhouse de ventas").state == "done"
    (ana,) = imported(desk)
    (application,) = desk.rows(select(Application).where(Application.person_id == ana.person_id))
    assert application.stage_id == interview and application.created_at.isoformat().startswith("2026-02-26T22:15:45")
    (origin,) = desk.rows(select(ImportedPerson))
    assert (origin.external_id, origin.source) == ("12345678901234567890", "Redes")

    lines = "\n".join(json.dumps(one) for one in people)
    again = uploaded(desk, lines, "otra.jsonl")
    assert again.told["values"] == values, "the same heads are read as it was said last"
    with desk.work("huntu") as uow:
        assert mappings.kept(uow, mappings.IN) == [], "another unit has its own"


def test_what_nobody_here_can_place_is_a_fault_until_it_is_said(desk: Desk) -> None:
    found = uploaded(desk, FILE)
    looked_at(desk, found)
    assert rows(desk, found)[0].faults == [{"field": "vacancy", "problem": "unknown_place"}]
    with pytest.raises(NothingToImport), desk.work() as uow:
        service.start(uow, found.id, now=desk.now)
    written(desk, found, values={"vacancy": {"Auxiliar contable": "-"}})
    assert len(imported(desk)) == 2 and desk.rows(select(Application)) == []


def test_protected_columns_are_not_read_even_where_somebody_says_so(desk: Desk) -> None:
    vacancy(desk)
    found = uploaded(desk, FILE)
    looked_at(desk, found, columns={**found.told["columns"], "headline": "Gender"})
    assert "headline" not in desk.one(PeopleImport, found.id).told["columns"]


def test_nobody_imports_without_answering_for_it(desk: Desk) -> None:
    user = desk.user()
    with pytest.raises(FieldInvalid), desk.work() as uow:
        service.upload(uow, "a.csv", FILE.encode(), service.Declared(" ", user_id=user.id), now=desk.now)


_WORKER = """
import sys, time
from contract.encryption import Cipher
from huntred.clock import utc_now
from huntred.db import all_models
from huntred.db.base import KeyRing
from huntred.db.session import make_engine
from huntred.exchange import working
KeyRing.cipher, KeyRing.lookup_key = Cipher({"test": b"k" * 32}), b"l" * 32
real = working.writing.write
def slowly(*args, **values):
    real(*args, **values)
    print("written", flush=True)
    time.sleep(0.05)
working.writing.write, working.WRITTEN_AT_ONCE = slowly, 10
while working.work_next(make_engine(sys.argv[1]), "amigro", utc_now):
    pass
"""


def test_a_worker_that_is_killed_in_a_batch_is_followed_and_no_row_comes_twice(desk: Desk, database: Any) -> None:
    content = "Nombre,Apellido,Correo\n" + "".join(f"Ana,López,ana{n}@example.com\n" for n in range(35))
    found = uploaded(desk, content)
    looked_at(desk, found)
    with desk.work() as uow:
        service.start(uow, found.id, now=desk.now)
    with subprocess.Popen(
        [sys.executable, "-c", _WORKER, database.url("app")], stdout=subprocess.PIPE, text=True
    ) as worker:
        assert worker.stdout is not None
        for _ in range(17):
            assert worker.stdout.readline() == "written\n"
        worker.kill()
        worker.wait()
    assert worker.returncode == -signal.SIGKILL
    deadline = time.monotonic() + 30
    # PostgreSQL hears of the death, and then the batch's lock is free.
    while (state := worked(desk, found).state) != "done" and time.monotonic() < deadline:
        time.sleep(0.2)
    assert state == "done"
    assert len(imported(desk)) == 35
    assert [row.outcome for row in rows(desk, found)] == ["made"] * 35
    assert desk.one(PeopleImport, found.id).rows_done == 35, "what was begun and lost counts once"


def test_what_fails_says_so_and_goes_on_from_there(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    found = uploaded(desk, "Nombre,Apellido,Correo\nAna,López,ana@example.com\n")
    looked_at(desk, found)
    with desk.work() as uow:
        service.start(uow, found.id, now=desk.now)
    with monkeypatch.context() as broken:
        broken.setattr(working.writing, "write", lambda *args, **values: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            working.work_next(desk.app, "amigro", lambda: desk.now)
    assert desk.one(PeopleImport, found.id).state == "failed"
    assert not working.work_next(desk.app, "amigro", lambda: desk.now)
    with desk.work() as uow:
        service.go_on(uow, found.id, now=desk.now)
    assert worked(desk, found).state == "done"


def test_an_import_is_taken_back_except_for_whom_somebody_touched(desk: Desk) -> None:
    vacancy(desk)
    known = desk.profile(first_name="Ana", last_name="López", email="ana@example.com")
    before = desk.one(UnitProfile, known.id).updated_at
    content = FILE.replace("no es un correo,55", "carla@example.com,5512345603") + "Z4,Dora,Paz,dora@example.com,,,F,New,-,\n"
    found = written(desk, uploaded(desk, content), values={"vacancy": {"-": "-"}})
    assert [row.outcome for row in rows(desk, found)] == ["updated", "made", "made", "made"]
    carla = next(one for one in imported(desk) if one.first_name == "Carla")
    (application,) = desk.rows(select(Application).where(Application.person_id == carla.person_id))
    with desk.work() as uow:
        stage = next(one for one in desk.rows(select(Stage).where(Stage.unit == "amigro")) if one.kind == "interview")
        moves.move(uow, application.id, Step(stage.id, found.user_id), 0, now=desk.now)
    with desk.work() as uow:
        service.undo(uow, found.id, user_id=found.user_id, now=desk.now)
    done = worked(desk, found)

    assert done.state == "undone"
    assert [row.undone for row in rows(desk, found)] == ["taken_back", "taken_back", "kept", "taken_back"]
    assert [one.first_name for one in imported(desk)] == ["Carla"]
    there = desk.one(UnitProfile, known.id)
    assert (there.phone, there.skills, there.updated_at) == ("", [], before), "as it was"
    left = desk.rows(select(Application).where(Application.source == "import"))
    assert [one.id for one in left] == [application.id]
    assert desk.rows(select(ApplicationMove.application_id).distinct()) == [application.id]
    with pytest.raises(ExchangeOver), desk.work() as uow:
        service.undo(uow, found.id, user_id=found.user_id, now=desk.now)


def test_two_rows_of_one_person_are_one_and_go_back_together(desk: Desk) -> None:
    vacancy(desk)
    vacancy(desk, "Cajera")
    content = HEADS + (
        "Z1,Ana,López,ana@example.com,,SAP,F,New,Auxiliar contable,\nZ1,Ana,López,ana@example.com,5512345601,Excel,F,New,Cajera,\n"
    )
    found = uploaded(desk, content)
    looked_at(desk, found)
    assert [(row.verdict, row.repeats_row) for row in rows(desk, found)] == [("new", None), ("repeated", 2)]
    with desk.work() as uow:
        service.start(uow, found.id, now=desk.now)
    worked(desk, found)
    (ana,) = imported(desk)
    assert ana.skills == ["SAP", "Excel"]
    assert len(desk.rows(select(Application).where(Application.person_id == ana.person_id))) == 2
    with desk.work() as uow:
        service.undo(uow, found.id, user_id=found.user_id, now=desk.now)
    worked(desk, found)
    assert imported(desk) == [] and desk.rows(select(UnitProfile).where(UnitProfile.id == ana.id)) == []


def test_a_division_imports_into_its_own_vacancy_and_learns_of_nobody_else(desk: Desk) -> None:
    mine, other = new_id(), new_id()
    for id_ in (mine, other):
        desk.execute("INSERT INTO divisions (id, unit, code, name) VALUES (:id, 'amigro', :code, :code)", id=id_, code=str(id_))
    position, foreign = vacancy(desk, division_id=mine), vacancy(desk, "Cajera", division_id=other)
    desk.profile(first_name="Beto", last_name="Ruiz", email="beto@example.com")
    scope = {"divisions": (mine,)}
    with pytest.raises(FieldInvalid):
        uploaded(desk, FILE, scope=scope)
    with pytest.raises(NotFound):
        uploaded(desk, FILE, scope=scope, vacancy_id=foreign)
    found = uploaded(desk, FILE, scope=scope, vacancy_id=position)
    assert found.division_id == mine
    with pytest.raises(NotFound), desk.work(divisions=(other,)) as uow:
        service.get(uow, found.id)
    with desk.work(**scope) as uow:
        service.choose(uow, found.id, found.told["columns"], {}, "dmy", now=desk.now)
    worked(desk, found)
    assert rows(desk, found)[1].faults == [{"field": "email", "problem": "of_another_team"}]
    with desk.work(**scope) as uow:
        assert service.counts(uow, found.id).verdicts == {"new": 1, "faulty": 2}
        service.start(uow, found.id, now=desk.now)
    worked(desk, found)
    with desk.work(**scope) as uow:
        assert sorted(one.first_name for one in uow.session.scalars(select(UnitProfile))) == ["Ana", "Otra"]
        assert len(uow.session.scalars(select(ImportedPerson)).all()) == 1
    with desk.work(divisions=(other,)) as uow:
        assert uow.session.scalars(select(ImportedPerson)).all() == []
        assert uow.session.scalars(select(ImportedRow)).all() == []
    (ana,) = imported(desk)
    (application,) = desk.rows(select(Application).where(Application.person_id == ana.person_id))
    assert (application.vacancy_id, application.division_id) == (position, mine)


def test_what_a_file_held_goes_with_the_day_and_what_undoes_it_with_the_week(desk: Desk) -> None:
    vacancy(desk)
    found = written(desk, uploaded(desk, FILE))
    unstarted = uploaded(desk, FILE)
    with desk.work() as uow:
        service.forget_old(uow, now=desk.now + timedelta(hours=25))
    kept = desk.rows(text("SELECT count(*) FROM people_import_rows WHERE cells_sealed IS NOT NULL"))
    assert kept == [0] and desk.one(PeopleImport, unstarted.id).state == "expired"
    with desk.work() as uow:
        service.forget_old(uow, now=desk.now + timedelta(days=8))
        assert not service.may_undo(service.get(uow, found.id), now=desk.now + timedelta(days=8))
    assert desk.rows(text("SELECT count(*) FROM people_import_rows WHERE before_sealed IS NOT NULL")) == [0]
    assert len(imported(desk)) == 2


def test_drafts_take_no_applications(desk: Desk) -> None:
    position = vacancy(desk)
    desk.execute("UPDATE vacancies SET state = 'draft' WHERE id = :id", id=position)
    with pytest.raises(NotFound):
        uploaded(desk, FILE, vacancy_id=position)
    assert desk.one(Vacancy, position).state == "draft"
