"""Changes from the pages: through services, audited, refused without a token, undone where refused."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from contract.ids import new_id
from contract.message import Inbound
from huntred.access.models import AuditEntry
from huntred.applications.models import Stage
from huntred.companies.models import Company
from huntred.conversations import handoff
from huntred.conversations.models import ChatMessage, Conversation
from huntred.interviews.models import InterviewSlot
from huntred.vacancies.models import Vacancy
from tests.integration.backoffice.conftest import Office, csrf_of, post
from tests.integration.backoffice.test_access import things


def test_every_post_without_a_token_is_refused(office: Office) -> None:
    own = things(office, "amigro")
    client = office.client(office.user("super_admin"))

    paths = [
        re.sub(r"<any\('?([\w-]+)[^>]*>", r"\1", str(rule)).replace("<token>", "x").replace("<id>", str(own.vacancy))
        for rule in office.app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and not rule.endpoint.startswith("api.")  # a session opens nothing there: test_tokens
    ]  # fmt: skip
    assert len(paths) > 25
    for path in paths:
        assert client.post(path).status_code == 400, path


def test_a_vacancy_is_written_published_paused_and_closed_and_all_of_it_is_audited(office: Office) -> None:
    company = Company(id=new_id(), unit="amigro", name="Panadería La Espiga")
    office.desk.add(company)
    user = office.user()
    client = office.client(user)

    made = post(client, "/vacancies/new", _vacancy(company))
    vacancy_path = made.headers["Location"]
    for step in ("publish", "pause", "publish", "close"):
        assert post(client, f"{vacancy_path}/{step}").status_code == 302

    [vacancy] = office.desk.rows(select(Vacancy))
    assert (vacancy.title, vacancy.state, str(vacancy.salary_min)) == ("Panadera o panadero", "closed", "12500.00")
    assert [(item.name, item.importance) for item in vacancy.requirements] == [("Panadería", "must")]
    shown = client.get(vacancy_path).text
    assert "$12,500.00 – $14,000.00 MXN mensuales" in shown
    states = [
        entry.changes["state"] for entry in office.desk.rows(
            select(AuditEntry).where(AuditEntry.object_type == "vacancies").order_by(AuditEntry.id)
        ) if "state" in entry.changes
    ]  # fmt: skip
    assert states == [[None, "draft"], ["draft", "open"], ["open", "paused"], ["paused", "open"], ["open", "closed"]]
    assert {entry.user_id for entry in office.desk.rows(select(AuditEntry))} == {user.id}


def test_a_wrong_form_names_the_field_keeps_what_was_typed_and_writes_nothing(office: Office) -> None:
    company = Company(id=new_id(), unit="amigro", name="Panadería La Espiga")
    office.desk.add(company)
    client = office.client(office.user())

    answer = post(client, "/vacancies/new", _vacancy(company) | {"salary_max": "9,000"})

    assert answer.status_code == 200
    assert "Sueldo hasta no puede ser menor que el mínimo" in answer.text
    assert 'value="Panadera o panadero"' in answer.text
    assert office.desk.rows(select(Vacancy)) == []
    assert office.desk.rows(select(AuditEntry).where(AuditEntry.action != "security.login")) == []


def test_an_application_moves_with_its_reason_unless_somebody_was_faster(office: Office) -> None:
    own = things(office, "amigro")
    client = office.client(office.user())
    stages = {stage.kind: stage.id for stage in office.desk.rows(select(Stage).where(Stage.unit == "amigro"))}
    path = f"/applications/{own.application}/move"

    assert "Elige un motivo" in post(client, path, {"to_stage": stages["rejected"], "expected_version": 0}).text
    post(client, path, {"to_stage": stages["screening"], "expected_version": 0, "reason": "Buen perfil"})
    post(client, path, {"to_stage": stages["offer"], "expected_version": 0})

    page = client.get(f"/applications/{own.application}").text
    assert "Buen perfil" in page
    assert "Alguien la movió mientras la veías" in page


def test_a_conversation_is_taken_answered_and_given_back(office: Office) -> None:
    conversation = office.desk.chat()
    with office.desk.work() as uow:
        handoff.request_handoff(uow, conversation.id, "quiere hablar", now=office.desk.now)
    client, path = office.client(office.user(name="Marisol Téllez")), f"/conversations/{conversation.id}"
    colleague = office.client(office.user())

    assert "Tomar" in client.get("/today").text
    post(client, f"{path}/take")
    post(colleague, f"{path}/take")
    assert "Otra persona del equipo ya atiende" in colleague.get(path).text
    post(colleague, f"{path}/reply", {"text": "no debo"})
    message_id = str(new_id())
    for _ in range(2):  # the same form sent twice says it once
        post(client, f"{path}/reply", {"text": "Hola, soy Marisol", "message_id": message_id})
    assert "Hola, soy Marisol" in client.get(f"{path}/chat").text

    said = [Inbound.from_json(row.payload) for row in office.desk.inbox(conversation.chat_id)]
    assert [(item.kind, item.text) for item in said] == [("consultant", "Hola, soy Marisol")]
    post(client, f"{path}/give-back")
    assert office.desk.one(Conversation, conversation.id).handling == "bot"
    actions = [entry.action for entry in office.desk.rows(select(AuditEntry).order_by(AuditEntry.id))]
    assert {"conversations.take", "conversations.reply", "conversations.give_back"} <= set(actions)


def test_what_a_candidate_writes_is_shown_as_text(office: Office) -> None:
    conversation = office.desk.chat()
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    office.desk.add(
        ChatMessage(
            id=new_id(), unit="amigro", conversation_id=conversation.id, direction="in", author="person",
            kind="text", text=evil, payload={"kind": "text"}, at=office.desk.now,
        )
    )  # fmt: skip
    office.desk.execute("UPDATE conversations SET last_text = :evil", evil=evil)
    office.desk.execute("UPDATE chats SET user_name = :evil", evil=evil)
    client = office.client(office.user())

    for path in ("/conversations/", f"/conversations/{conversation.id}", "/"):
        page = client.get(path).text
        assert "<script>alert" not in page, path
        assert "<img src=x" not in page, path
    assert "&lt;script&gt;alert(1)" in client.get(f"/conversations/{conversation.id}").text


def test_slots_are_made_and_taken_away(office: Office) -> None:
    interviewer = office.user()
    client = office.client(interviewer)
    day = (office.desk.now + timedelta(days=1)).date().isoformat()

    post(
        client, "/interviews/slots/new",
        {"first_day": day, "from_time": "09:00", "to_time": "11:00", "minutes": "30", "modality": "in_person",
         "interviewer_id": str(interviewer.id), "address": "Av. Juárez 120"},
    )  # fmt: skip
    slots = office.desk.rows(select(InterviewSlot).order_by(InterviewSlot.starts_at))
    assert len(slots) == 4
    assert slots[0].starts_at.hour == 15  # nine in Mexico City
    post(client, f"/interviews/slots/{slots[0].id}/cancel")

    assert office.desk.one(InterviewSlot, slots[0].id).cancelled_at is not None
    assert client.get(f"/interviews/?view=agenda&date={day}").text.count("Libre") == 3


def test_channel_secrets_can_be_written_and_never_read(office: Office) -> None:
    client = office.client(office.user("super_admin"))
    [account_id] = office.desk.rows(
        select(_accounts().c.id).where(_accounts().c.unit == "amigro", _accounts().c.channel == "telegram")
    )
    secrets = select(_accounts().c.secrets).where(_accounts().c.id == account_id)
    before = office.desk.rows(secrets)

    page = client.get(f"/channels/{account_id}").text
    post(client, f"/channels/{account_id}", {"name": "Amigro", "active": "1", "secret_bot_token": "42:nuevo-secreto"})

    after = office.desk.rows(secrets)
    assert "demo-bot-token" not in page
    assert after != before
    assert "nuevo-secreto" not in after[0]
    assert "nuevo-secreto" not in client.get(f"/channels/{account_id}").text
    assert not [e for e in office.desk.rows(select(AuditEntry)) if "nuevo-secreto" in str(e.changes)]


def test_a_super_administrator_makes_a_user_who_enters_with_the_password(office: Office) -> None:
    client = office.client(office.user("super_admin"))
    token = csrf_of(client, "/users/new")

    made = client.post(
        "/users/new",
        data={"csrf_token": token, "name": "Julia Baz", "email": "Julia@Example.com", "password": "clave de prueba 9",
              "role": "consultant", "units": ["amigro", "huntu"]},
    )  # fmt: skip
    assert made.status_code == 302, made.text

    newcomer = office.client()
    entered = post(newcomer, "/login", {"email": "julia@example.com", "password": "clave de prueba 9"}, page="/login")
    assert entered.status_code == 302
    assert newcomer.get("/").status_code == 200
    assert "clave de prueba" not in str([e.changes for e in office.desk.rows(select(AuditEntry))])


def _accounts() -> Any:
    from contract import tables

    return tables.channel_accounts


def _vacancy(company: Company) -> dict[str, Any]:
    return {
        "title": "Panadera o panadero", "company_id": str(company.id), "description": "Hornear y atender.",
        "openings": "2", "modality": "on_site", "city": "Saltillo", "salary_min": "12,500", "salary_max": "$14,000.00",
        "salary_period": "month", "salary_currency": "MXN", "requirement_name": ["Panadería", ""],
        "requirement_kind": ["skill", "skill"], "requirement_importance": ["must", "must"],
        "requirement_years": ["1", ""], "question_text": ["¿Puedes madrugar?"], "question_kind": ["yes_no"],
        "question_expected": ["sí"],
    }  # fmt: skip
