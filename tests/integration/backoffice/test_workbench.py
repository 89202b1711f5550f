"""The workbench: a designer sees masked turns and nobody, and makes of them a change that is a patch."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text

from contract.ids import new_id
from huntred.access.models import AuditEntry
from huntred.workbench.models import Change, Example, Job, Turn
from tests.factories.desk import Desk
from tests.integration.backoffice.conftest import Office, post

RESULT: dict[str, Any] = {
    "passed": True, "valid": True, "problems": "", "stories_wrong": 0, "folds": 5, "judged": 9000, "seconds": 90,
    "macro_f1": {"before": 0.91, "after": 0.92}, "oos_recall": {"before": 0.9, "after": 0.88},
    "intents": [{"intent": "search_jobs", "before": 0.9, "after": 0.93, "added": 2}],
    "mended": [{"intent": "search_jobs", "answer": "greet", "before": 3, "after": 1, "example": "ando tras un jale"}],
    "made": [], "turns": {"read": 2, "changed_count": 1, "changed": [
        {"text": "ando tras un jale", "before": "greet", "before_confidence": 0.4, "after": "search_jobs",
         "after_confidence": 0.8}]},
}  # fmt: skip


def waiting(desk: Desk, unit: str = "amigro", said: str = "ando tras un jale de [NOMBRE]", **values: Any) -> Turn:
    turn = Turn(
        **({
            "id": new_id(), "unit": unit, "message_id": new_id(), "conversation_id": new_id(), "text": said,
            "intent": "nlu_fallback", "confidence": 0.7, "reason": "unsure", "group_id": new_id(),
            "at": desk.now - timedelta(hours=1), "suggested": "",
        } | values)
    )  # fmt: skip
    desk.add(turn)
    return turn


def bench(desk: Desk, unit: str, user_id: UUID) -> dict[str, Any]:
    """One of everything of a unit's workbench, by the name of its id."""
    turn = waiting(desk, unit)
    change = Change(id=new_id(), unit=unit, title="Más formas de pedir trabajo", created_by=user_id)
    desk.add(change)
    example = Example(
        id=new_id(), unit=unit, change_id=change.id, turn_id=turn.id, intent="search_jobs", text="ando viendo jales xyz",
        added_by=user_id,
    )  # fmt: skip
    job = Job(
        id=new_id(), unit=unit, change_id=change.id, additions=[], asked_by=user_id, state="done", result=RESULT,
        model_name="probado.tar.gz", model_sha256="abc", model=b"a model", ended_at=desk.now,
    )  # fmt: skip
    desk.add(example, job)
    return {"turn": turn.id, "group": turn.group_id, "change": change.id, "example": example.id, "test": job.id}


@pytest.fixture
def designer(office: Office) -> FlaskClient:
    return office.client(office.user("designer"))


def test_a_designer_opens_the_workbench_and_nothing_else(office: Office, designer: FlaskClient) -> None:
    bench(office.desk, "amigro", office.user().id)
    opened = {"workbench", "account", "about", "security", "static", "public", "api", "health", "push_worker"}

    assert designer.get("/").headers["Location"].endswith("/workbench/")
    for path in ("", "changes/", "models", "flows/"):
        assert designer.get(f"/workbench/{path}").status_code == 200, path
    for rule in office.app.url_map.iter_rules():
        area = rule.endpoint.split(".")[0]
        if area in opened or "<" in rule.rule or "GET" not in (rule.methods or ()) or rule.endpoint == "home.index" \
                or rule.endpoint.endswith(".static"):  # fmt: skip
            continue
        assert designer.get(rule.rule).status_code == 404, rule.rule


def test_the_database_shows_a_designer_no_person(office: Office) -> None:
    """Where a page forgot to ask, row-level security does not."""
    desk = office.desk
    desk.profile("amigro")
    conversation = desk.chat()
    waiting(desk, "amigro")
    waiting(desk, "huntu")

    with desk.work(units=(), design=("amigro",)) as uow:
        for table in ("unit_profiles", "messages", "conversations", "applications", "inbox", "tracker_events"):
            assert uow.session.scalar(text(f"SELECT count(*) FROM {table}")) == 0, table
        assert uow.session.scalars(text("SELECT unit FROM workbench_turns")).all() == ["amigro"]
    assert conversation.unit == "amigro"


def test_consultants_do_not_find_it(office: Office) -> None:
    client = office.client(office.user("consultant"))

    assert client.get("/workbench/").status_code == 404
    assert "/workbench/" not in client.get("/").text


def test_turns_become_examples_of_a_new_change(office: Office, designer: FlaskClient) -> None:
    desk = office.desk
    group = new_id()
    one = waiting(desk, said="ando tras un jale, soy [NOMBRE]", group_id=group)
    two = waiting(desk, said="ya no aguanto donde estoy, muévanme", group_id=group)

    page = designer.get("/workbench/").text
    assert "ando tras un jale, soy [NOMBRE]" in page and "2 parecidos" in page
    answer = post(
        designer, f"/workbench/groups/{group}/assign",
        {"turn": [str(one.id), str(two.id)], f"text-{one.id}": "ando tras un jale, soy Wilkerman Urdaneta 5512345678",
         f"text-{two.id}": two.text, "intent": "search_jobs", "change_title": "Jales", "turns_unit": "amigro"},
    )  # fmt: skip

    assert answer.status_code == 302
    [change] = desk.rows(select(Change))
    said = desk.rows(select(Example.text).order_by(Example.text))
    assert said == [
        "ando tras un jale, soy [Lupita Robles](name) [55 0000 0000](phone)", "ya no aguanto donde estoy, muévanme"
    ]  # fmt: skip
    assert {turn.state for turn in desk.rows(select(Turn))} == {"used"}
    patch = designer.get(f"/workbench/changes/{change.id}/patch").text
    assert "+      - ya no aguanto donde estoy, muévanme" in patch and "Urdaneta" not in patch
    assert "No hay mensajes por revisar" in designer.get("/workbench/").text
    audited = desk.rows(select(AuditEntry.object_type).where(AuditEntry.action == "workbench.assign"))
    assert sorted(audited) == ["workbench_changes", *["workbench_examples"] * 2, *["workbench_turns"] * 2]


def test_a_turn_of_the_demonstration_is_shown_and_teaches_nothing(office: Office, designer: FlaskClient) -> None:
    desk = office.desk
    conversation = desk.chat()
    desk.execute("UPDATE conversations SET generated = true WHERE id = :c", c=conversation.id)
    turn = waiting(desk, said="hay comedor o llevo lonche", conversation_id=conversation.id)

    page = designer.get("/workbench/").text
    assert "hay comedor o llevo lonche" in page and "Datos de demostración" in page
    assert f"/workbench/groups/{turn.group_id}/assign" not in page
    refused = post(
        designer, f"/workbench/groups/{turn.group_id}/assign",
        {"turn": [str(turn.id)], f"text-{turn.id}": turn.text, "intent": "faq_benefits", "change_title": "Comedor",
         "turns_unit": "amigro"},
    )  # fmt: skip

    assert refused.status_code == 404
    assert desk.rows(select(Example)) == [] and desk.one(Turn, turn.id).state == "open"
    assert post(designer, f"/workbench/groups/{turn.group_id}/set-aside", {}).status_code == 302
    assert desk.one(Turn, turn.id).state == "set_aside"


@pytest.mark.parametrize(
    ("intent", "sentence", "told"),
    [
        ("greet", "hola", "ya está entre los ejemplos"), ("goodbye", "hola", "ya es ejemplo de otra"),
        ("nada", "algo nuevo aquí", "no es una de las opciones"), ("greet", "qué [onda", "corchetes"),
        ("greet", "x" * 400, "demasiado largo"),
    ],
)  # fmt: skip
def test_what_would_spoil_the_data_is_refused(
    office: Office, designer: FlaskClient, intent: str, sentence: str, told: str
) -> None:
    ids = bench(office.desk, "amigro", office.user().id)

    post(designer, f"/workbench/changes/{ids['change']}/examples", {"intent": intent, "example_text": sentence})

    assert told in designer.get(f"/workbench/changes/{ids['change']}").text
    assert len(office.desk.rows(select(Example))) == 1


def test_an_example_that_is_removed_lets_its_turn_wait_again(office: Office, designer: FlaskClient) -> None:
    ids = bench(office.desk, "amigro", office.user().id)
    office.desk.execute("UPDATE workbench_turns SET state = 'used'")

    post(designer, f"/workbench/examples/{ids['example']}/remove")

    assert office.desk.rows(select(Example)) == []
    assert office.desk.one(Turn, ids["turn"]).state == "open"


def test_what_teaches_nothing_is_set_aside(office: Office, designer: FlaskClient) -> None:
    turn = waiting(office.desk)

    post(designer, f"/workbench/groups/{turn.group_id}/set-aside")

    assert office.desk.one(Turn, turn.id).state == "set_aside"
    assert turn.text not in designer.get("/workbench/").text


def test_a_change_waits_for_one_test_and_can_be_taken_out_of_the_queue(office: Office, designer: FlaskClient) -> None:
    ids = bench(office.desk, "amigro", office.user().id)
    page = f"/workbench/changes/{ids['change']}"

    post(designer, f"{page}/test")
    post(designer, f"{page}/test")

    assert "ya está en la fila" in designer.get(page).text
    [job] = office.desk.rows(select(Job).where(Job.state == "queued"))
    assert job.additions == [{"intent": "search_jobs", "text": "ando viendo jales xyz"}]
    post(designer, f"/workbench/tests/{job.id}/cancel")
    assert office.desk.one(Job, job.id).state == "cancelled"


def test_a_tested_model_is_published_and_taken_back(office: Office, designer: FlaskClient) -> None:
    desk = office.desk
    desk.execute("INSERT INTO published_models (unit, name, sha256, content) VALUES ('amigro', 'antes', 'old', 'x')")
    ids = bench(desk, "amigro", office.user().id)
    page = f"/workbench/changes/{ids['change']}"

    post(designer, f"/workbench/tests/{ids['test']}/publish")
    post(designer, f"/workbench/tests/{ids['test']}/publish")

    models = text("SELECT name || ':' || encode(content, 'escape') || ':' || (taken_back_at IS NULL) FROM published_models ORDER BY id")
    assert desk.rows(models) == ["antes:x:true", "probado.tar.gz:a model:true"]
    assert "En uso" in designer.get(page).text
    post(designer, "/workbench/models/amigro/take-back")
    assert desk.rows(models) == ["antes:x:true", "probado.tar.gz:a model:false"]
    post(designer, "/workbench/models/amigro/take-back")
    assert "No hay un modelo anterior" in designer.get("/workbench/models").text
    actions = desk.rows(select(AuditEntry.action).where(AuditEntry.action.startswith("model.")))
    assert sorted(actions) == ["model.make_current", "model.publish", "model.publish"]


def test_what_did_not_pass_is_not_published(office: Office, designer: FlaskClient) -> None:
    ids = bench(office.desk, "amigro", office.user().id)
    office.desk.execute("UPDATE workbench_jobs SET result = jsonb_set(result, '{passed}', 'false')")

    post(designer, f"/workbench/tests/{ids['test']}/publish")

    assert office.desk.rows(text("SELECT count(*) FROM published_models")) == [0]
    assert "pasó su prueba" in designer.get(f"/workbench/changes/{ids['change']}").text


def test_another_units_workbench_is_not_there(office: Office, designer: FlaskClient) -> None:
    ids = bench(office.desk, "huntu", office.user(unit="huntu").id)
    own = bench(office.desk, "amigro", office.user().id)
    office.desk.execute("INSERT INTO published_models (unit, name, sha256, content) VALUES ('huntu', 'a', 'a', 'x')")
    [model] = office.desk.rows(text("SELECT max(id) FROM published_models"))

    for path in ("", "/tests", "/patch"):
        assert designer.get(f"/workbench/changes/{ids['change']}{path}").status_code == 404
    assert designer.get("/workbench/flows/?unit=huntu").status_code == 404
    for path in (
        f"groups/{ids['group']}/set-aside", f"examples/{ids['example']}/remove", f"tests/{ids['test']}/publish",
        f"tests/{ids['test']}/cancel", f"models/{model}/use", "models/huntu/take-back", f"changes/{ids['change']}/test",
        f"changes/{ids['change']}/close", f"changes/{ids['change']}/examples",
    ):  # fmt: skip
        assert post(designer, f"/workbench/{path}", {"intent": "greet", "example_text": "y"}).status_code == 404, path
    # Not by a form either: the turn of one unit into the change of another.
    for turn, change in ((ids["turn"], own["change"]), (own["turn"], ids["change"])):
        form = {"turn": str(turn), f"text-{turn}": "algo muy nuevo", "intent": "greet", "change_id": str(change)}
        assert post(designer, f"/workbench/groups/{own['group']}/assign", form).status_code == 404


def test_the_map_holds_every_rule_as_drawing_and_as_list(office: Office, designer: FlaskClient) -> None:
    page = designer.get("/workbench/flows/").text

    assert page.count("<svg") > 3 and "data/shared/rules.yml" in page
    assert re.search(r"<li><strong>form_profile is complete</strong>", page)
    found = designer.get("/workbench/flows/?text=action_goodbye").text
    assert "goodbye" in found and "form_profile is complete" not in found
    assert "Ninguna regla coincide" in designer.get("/workbench/flows/?text=zzzz").text


def test_the_super_administrator_makes_a_designer(office: Office) -> None:
    boss = office.client(office.user("super_admin"))
    user = office.user("consultant")

    post(boss, f"/users/{user.id}/grants", {"role": "designer", "units": ["amigro", "huntu"]})

    client = office.client(user)
    assert client.get("/workbench/").status_code == 200
    assert client.get("/people/").status_code == 404
