"""What the operations do: pages, ETags, once and no more, problems, money and times."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from huntred.access.models import AuditEntry
from huntred.api_clients import idempotency
from huntred.applications.models import Application, ApplicationMove, Stage
from huntred.db.session import Scope
from huntred.db.unit_of_work import unit_of_work
from huntred.people.models import UnitProfile
from tests.integration.backoffice.api.conftest import program
from tests.integration.backoffice.conftest import Office
from tests.integration.backoffice.test_access import things

VACANCIES = "/api/v1/vacancies"


def test_a_vacancy_from_draft_to_closed(office: Office) -> None:
    own, caller = things(office, "amigro"), program(office)
    body = {
        "title": "Soldadora o soldador", "company_id": str(own.company), "city": "saltillo",
        "description": "Soldar estructuras.",
        "salary_min": {"amount": "18500.00", "currency": "MXN"}, "salary_max": {"amount": "22000", "currency": "MXN"},
        "requirements": [{"name": "soldadura MIG", "min_years": 1.5}],
        "questions": [{"text": "¿Puedes rolar turnos?", "expected": {"answer": True}}],
    }  # fmt: skip

    made = caller.post(VACANCIES, body)

    assert made.status_code == 201, made.text
    told, here = made.json, made.headers["Location"]
    assert here == f"{VACANCIES}/{told['id']}"
    assert told["salary_min"] == {"amount": "18500.00", "currency": "MXN"}
    assert told["salary_max"]["amount"] == "22000.00"
    assert (told["state"], told["city"], told["requirements"][0]["min_years"]) == ("draft", "Saltillo", 1.5)
    assert told["created_at"].endswith("Z")
    assert caller.get(here).json == told
    assert caller.get(here, headers={"If-None-Match": made.headers["ETag"]}).status_code == 304

    changed = caller.patch(here, {"openings": 3}, If_Match=made.headers["ETag"])
    assert changed.status_code == 200, changed.text
    assert changed.json | {"openings": 1, "questions": [], "updated_at": ""} == told | {"questions": [], "updated_at": ""}
    assert caller.patch(here, {"openings": 4}, If_Match=made.headers["ETag"]).status_code == 412
    assert caller.patch(here, {"openings": 4}).status_code == 428
    for step, state in (("publish", "open"), ("pause", "paused"), ("close", "closed")):
        answer = caller.post(f"{here}/{step}", If_Match=caller.tag(here))
        assert (answer.status_code, answer.json["state"]) == (200, state)
    refused = caller.post(f"{here}/pause", If_Match=caller.tag(here))
    assert (refused.status_code, refused.json["code"]) == (409, "state_change_refused")
    audited = office.desk.rows(
        select(AuditEntry).where(AuditEntry.object_type == "vacancies", AuditEntry.object_id == told["id"])
    )
    assert {entry.action for entry in audited} == {
        f"api.{name}_vacancy" for name in ("create", "change", "publish", "pause", "close")
    }
    assert {str(entry.client_id) for entry in audited} == {caller.client_id}


def test_a_person_is_registered_and_corrected_as_in_the_chat(office: Office) -> None:
    caller = program(office)
    made = caller.post(
        "/api/v1/people",
        {"first_name": "eva", "last_name": "ruiz", "email": "Eva@Example.com", "phone": "55 5555 0134",
         "city": "Saltillo", "skills": ["soldadura", "lectura de planos"], "experience_years": 2.5,
         "salary": {"amount": "18500.50", "currency": "MXN"}, "headline": "soldadora"},
    )  # fmt: skip

    assert made.status_code == 201, made.text
    told = made.json
    assert (told["first_name"], told["email"], told["phone"]) == ("Eva", "eva@example.com", "+525555550134")
    assert told["salary"] == {"amount": "18500.50", "currency": "MXN"}
    assert (told["experience_years"], told["state"]) == (2.5, "Coahuila")
    assert len(told["skills"]) == 2
    assert not {"person_id", "curp", "rfc", "sex", "birth_date"} & set(told)
    here = made.headers["Location"]
    changed = caller.patch(here, {"city": "Monterrey", "salary": None}, If_Match=made.headers["ETag"])
    assert (changed.json["city"], changed.json["salary"]) == ("Monterrey", None)
    bad = caller.patch(here, {"email": "no es"}, If_Match=changed.headers["ETag"])
    assert (bad.status_code, bad.json["errors"][0]["pointer"]) == (422, "/email")
    assert caller.get("/api/v1/people?text=RUÍZ&place=monterrey").json["items"][0]["id"] == told["id"]


def test_an_application_is_made_moved_and_its_interview_booked_and_cancelled(office: Office) -> None:
    desk, caller = office.desk, program(office)
    own = things(office, "amigro")
    person = desk.profile(
        "amigro", phone="+525555550134", city="Saltillo", headline="Soldadora", skills=["soldadura"],
        email="eva@example.com",
    )  # fmt: skip
    body = {"vacancy_id": str(own.vacancy), "person_id": str(person.id)}

    made = caller.post("/api/v1/applications", body)

    if made.status_code == 409:
        raise AssertionError(made.text)
    assert made.status_code == 201, made.text
    here = made.headers["Location"]
    assert (made.json["source"], made.json["stage"]["kind"], made.json["person_id"]) == ("api", "new", str(person.id))
    assert caller.post("/api/v1/applications", body).json["code"] == "already_applied"
    stages = {stage["kind"]: stage["id"] for stage in caller.get("/api/v1/stages").json["stages"]}
    moved = caller.post(f"{here}/move", {"to_stage_id": stages["screening"]}, If_Match=made.headers["ETag"])
    assert (moved.status_code, moved.json["stage"]["kind"], moved.json["version"]) == (200, "screening", 1)
    stale = caller.post(f"{here}/move", {"to_stage_id": stages["offer"]}, If_Match=made.headers["ETag"])
    assert stale.status_code == 412
    unsaid = caller.post(f"{here}/move", {"to_stage_id": stages["rejected"]}, If_Match=moved.headers["ETag"])
    assert (unsaid.status_code, unsaid.json["errors"][0]["code"]) == (422, "missing")
    [move] = desk.rows(select(ApplicationMove).where(ApplicationMove.application_id == made.json["id"],
                                                    ApplicationMove.version == 1))  # fmt: skip
    assert (move.user_id, move.reason) == (None, "API · Nómina")

    slots = caller.get(f"{here}/free-slots").json["items"]
    assert [slot["id"] for slot in slots] == [str(own.slot)]
    booked = caller.post("/api/v1/interviews", {"application_id": made.json["id"], "slot_id": slots[0]["id"]})
    assert booked.status_code == 201, booked.text
    assert booked.json["slot"]["starts_at"] == (desk.now + timedelta(hours=5)).isoformat().replace("+00:00", "Z")
    taken = caller.post("/api/v1/interviews", {"application_id": str(own.application), "slot_id": slots[0]["id"]})
    assert (taken.status_code, taken.json["code"]) == (409, "slot_taken")
    cancelled = caller.post(
        f"{booked.headers['Location']}/cancel", {"reason": "cambio"}, If_Match=booked.headers["ETag"]
    )
    assert (cancelled.json["state"], cancelled.json["cancelled_by"]) == ("cancelled", "consultant")
    assert caller.get("/api/v1/interviews?state=cancelled").json["items"][0]["id"] == booked.json["id"]


def test_a_list_is_read_page_by_page_to_its_end(office: Office) -> None:
    caller = program(office)
    for number in range(7):
        office.desk.profile("amigro", first_name=f"Persona{number}", updated_at=office.desk.now - timedelta(days=number))

    seen, path = [], "/api/v1/people?limit=3&text="
    while path:
        page = caller.get(path)
        seen += [item["first_name"] for item in page.json["items"]]
        link = page.headers.get("Link", "")
        assert bool(link) == (page.json["next_cursor"] is not None)
        path = link.partition(">")[0].removeprefix("<")

    assert seen == [f"Persona{number}" for number in range(7)]
    for bad in ("cursor=xx", "cursor=%00", "limit=0", "limit=101", "limit=x"):
        answer = caller.get(f"/api/v1/people?{bad}")
        assert answer.status_code == 400, bad
        assert answer.json["errors"][0]["parameter"] == bad.partition("=")[0]


def test_the_same_key_does_it_once(office: Office) -> None:
    caller, body = program(office), {"first_name": "Eva", "last_name": "Ruiz"}
    other = program(office)

    first = caller.post("/api/v1/people", body, Idempotency_Key="alta-1")
    again = caller.post("/api/v1/people", body, Idempotency_Key="alta-1")
    changed = caller.post("/api/v1/people", body | {"last_name": "Paz"}, Idempotency_Key="alta-1")
    others = other.post("/api/v1/people", body, Idempotency_Key="alta-1")

    assert (first.status_code, again.status_code, again.json) == (201, 201, first.json)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Location"] == first.headers["Location"]
    assert (changed.status_code, changed.json["code"]) == (422, "key_reused")
    assert others.json["id"] != first.json["id"]
    assert office.desk.rows(select(func.count()).select_from(UnitProfile)) == [2]
    assert caller.post("/api/v1/people", body, Idempotency_Key="ñ").json["code"] == "key_invalid"


def test_a_refusal_leaves_the_key_free(office: Office) -> None:
    caller = program(office)

    refused = caller.post("/api/v1/people", {"first_name": "Eva", "last_name": "Ruiz", "email": "x"}, Idempotency_Key="k")
    done = caller.post("/api/v1/people", {"first_name": "Eva", "last_name": "Ruiz"}, Idempotency_Key="k")

    assert (refused.status_code, done.status_code) == (422, 201)


def test_two_at_once_with_one_key_do_it_once(office: Office, monkeypatch: Any) -> None:
    """The second one comes while the first is at work: it is told to come again."""
    caller, body = program(office), {"first_name": "Eva", "last_name": "Ruiz"}
    at_work, go_on = threading.Event(), threading.Event()
    from huntred.people import service as people

    real = people.register

    def slow(*args: Any, **told: Any) -> Any:
        at_work.set()
        assert go_on.wait(20)
        return real(*args, **told)

    monkeypatch.setattr(people, "register", slow)
    answers: list[Any] = []
    first = threading.Thread(
        target=lambda: answers.append(caller.post("/api/v1/people", body, Idempotency_Key="k").status_code)
    )
    first.start()
    assert at_work.wait(20)
    second = caller.post("/api/v1/people", body, Idempotency_Key="k")
    go_on.set()
    first.join(20)

    assert (second.status_code, second.json["code"], answers) == (409, "key_busy", [201])
    assert office.desk.rows(select(func.count()).select_from(UnitProfile)) == [1]


def test_who_dies_at_work_is_followed_by_the_next(office: Office) -> None:
    caller = program(office)
    from uuid import UUID

    with unit_of_work(office.desk.app, Scope(units=("amigro",))) as uow:
        claimed = idempotency.claim(uow, UUID(caller.client_id), "k", "f", now=office.desk.now)
    with unit_of_work(office.desk.app, Scope(units=("amigro",))) as uow:
        later = office.desk.now + timedelta(minutes=3)
        next_one = idempotency.claim(uow, UUID(caller.client_id), "k", "f", now=later)
    with unit_of_work(office.desk.app, Scope(units=("amigro",))) as uow:
        assert claimed.claim and next_one.claim
        late = idempotency.answer(uow, UUID(caller.client_id), "k", claimed.claim, 201, {}, "{}")

    assert (claimed.verdict, next_one.verdict, late) == ("go", "go", False)


def test_problems_say_what_and_where(office: Office) -> None:
    own, caller = things(office, "amigro"), program(office)
    person = f"/api/v1/people/{own.profile}"
    missing = caller.post(VACANCIES, {"title": "", "sueldo": 3})
    faults = {fault["pointer"]: fault["code"] for fault in missing.json["errors"]}

    assert (missing.status_code, missing.mimetype) == (422, "application/problem+json")
    assert missing.json["type"] == "urn:huntred:problem:field_invalid"
    assert faults == {"/title": "missing", "/company_id": "missing", "/sueldo": "unknown_field"}
    shapes = caller.post(VACANCIES, {"title": 7, "company_id": str(own.company), "salary_min": "9000"})
    said = {fault["pointer"]: fault["detail"] for fault in shapes.json["errors"]}
    assert "lleva texto" in said["/title"] and "es un objeto" in said["/salary_min"]
    assert caller.call("POST", VACANCIES, data="{", content_type="application/json").json["code"] == "body_unreadable"
    assert caller.call("POST", VACANCIES, data="a=1", content_type="text/plain").status_code == 415
    put = caller.call("PUT", person)
    assert (put.status_code, put.mimetype, set(put.headers["Allow"].split(", "))) == (
        405, "application/problem+json", {"GET", "HEAD", "OPTIONS", "PATCH"},
    )  # fmt: skip
    for nowhere in ("/api/v1/nada", "/api/v1/people/no-es-un-id", "/api/"):
        answer = caller.get(nowhere)
        assert (answer.status_code, answer.json["code"]) == (404, "not_found"), nowhere
    two = caller.post(
        VACANCIES,
        {"title": "X", "company_id": str(own.company), "salary_min": {"amount": "1.00", "currency": "MXN"},
         "salary_max": {"amount": "2.00", "currency": "USD"}},
    )  # fmt: skip
    assert two.json["errors"][0]["pointer"] == "/salary_max"


def test_conversations_are_read_with_what_was_said(office: Office) -> None:
    own, caller = things(office, "amigro"), program(office)
    office.desk.execute(
        "INSERT INTO messages (id, unit, conversation_id, direction, author, kind, text, payload)"
        " VALUES (gen_random_uuid(), 'amigro', :c, 'in', 'person', 'text', 'hola', '{}')", c=own.conversation,
    )  # fmt: skip
    here = f"/api/v1/conversations/{own.conversation}"

    assert caller.get(here).json["person_id"] == str(own.profile)
    assert [one["text"] for one in caller.get(f"{here}/messages").json["items"]] == ["hola"]
    assert caller.get("/api/v1/conversations?handling=queued").json["items"] == []
    assert caller.get("/api/v1/conversations?handling=nada").status_code == 400


def test_a_list_takes_as_many_queries_however_long_it_is(office: Office) -> None:
    from sqlalchemy import event

    caller = program(office)
    counts = []
    for _ in range(2):
        for _ in range(4):
            things(office, "amigro")
        seen: list[str] = []

        def listener(conn: Any, cursor: Any, statement: str, *rest: Any, seen: list[str] = seen) -> None:
            seen.append(statement)

        event.listen(office.desk.app, "before_cursor_execute", listener)
        for name in ("vacancies", "people", "applications", "interviews", "conversations", "companies"):
            assert len(caller.get(f"/api/v1/{name}").json["items"]) >= 4, name
        event.remove(office.desk.app, "before_cursor_execute", listener)
        counts.append(len(seen))

    assert counts[0] == counts[1]
    assert office.desk.rows(select(func.count()).select_from(Application)) == [8]
    assert office.desk.rows(select(func.count()).select_from(Stage))[0] > 0
