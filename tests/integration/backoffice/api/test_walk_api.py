"""Every operation of the API × scope × foreign id: without its scope refused, another unit's id is not there."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from backoffice.api.operations import OPERATIONS, Operation
from backoffice.api.routes import OPEN
from contract.ids import new_id
from huntred.api_clients.rules import SCOPES
from huntred.conversations import resetting
from huntred.conversations.models import Chat, Conversation
from huntred.exchange.models import PeopleImport
from huntred.webhooks import service as webhooks
from huntred.webhooks.service import SubscriptionForm
from tests.integration.backoffice.api.conftest import Program, program
from tests.integration.backoffice.conftest import Office
from tests.integration.backoffice.test_access import things

NOWHERE = "0190a0a0-0000-7000-8000-000000000000"
# operation → the name of what its path's id is of; the names are those of `ids`.
IDS = {
    "get_vacancy": "vacancy", "change_vacancy": "vacancy", "publish_vacancy": "vacancy", "pause_vacancy": "vacancy",
    "close_vacancy": "vacancy", "get_person": "profile", "change_person": "profile", "get_application": "application",
    "move_application": "application", "list_free_slots": "application", "get_interview": "interview",
    "cancel_interview": "interview", "get_conversation": "conversation", "list_messages": "conversation",
    "get_webhook": "webhook", "change_webhook": "webhook", "delete_webhook": "webhook",
    "rotate_webhook_secret": "webhook", "test_webhook": "webhook", "list_deliveries": "webhook",
    "redeliver": "webhook", "get_chat_state": "chat_user", "get_reset_of_all": "reset",
    "get_people_import": "people_import", "start_people_import": "people_import",
}  # fmt: skip
LISTS = {
    "list_vacancies", "list_companies", "list_people", "list_applications", "list_interviews", "list_conversations",
    "list_webhooks",
}  # fmt: skip
# operation → a body that is well formed; names in braces are those of `ids`.
BODIES: dict[str, dict[str, Any]] = {
    "create_vacancy": {"title": "Cajera", "company_id": "{company}"},
    "change_vacancy": {"title": "Cajera"},
    "create_person": {"first_name": "Eva", "last_name": "Ruiz"},
    "change_person": {"first_name": "Eva"},
    "create_people_import": {
        "declaration": "Nos los entregó su agencia con su consentimiento.", "people": [{"nombre": "Eva", "correo": "e@example.com"}],
        "vacancy_id": "{vacancy}",
    },
    "create_application": {"vacancy_id": "{vacancy}", "person_id": "{profile}"},
    "move_application": {"to_stage_id": "{stage}"},
    "book_interview": {"application_id": "{application}", "slot_id": "{slot}"},
    "cancel_interview": {"reason": "cambio"},
    "post_chat_message": {"user_id": "8841", "message_id": "m-1", "text": "hola"},
    "reset_chat": {"user_id": "{chat_user}"},
    "reset_all_chats": {"unit": "amigro", "confirm": "amigro"},
    "create_webhook": {"url": "https://example.com/x", "events": ["interview.booked"]},
    "change_webhook": {"description": "x"},
}


def ids(office: Office, unit: str) -> dict[str, Any]:
    made = vars(things(office, unit))
    with office.desk.work(unit) as uow:
        form = SubscriptionForm("https://example.com/hook", ["interview.booked"])
        hook, _ = webhooks.subscribe(uow, form, now=office.desk.now)
        delivery = webhooks.send_test(uow, hook.id, now=office.desk.now)
        reset = resetting.ask(uow, unit, None, now=office.desk.now)
    chat = office.desk.one(Conversation, made["conversation"]).chat_id
    file = PeopleImport(
        id=new_id(), unit=unit, user_id=office.user(unit=unit).id, file_name="a.csv", system="other", heads=[],
        told={"columns": {}, "values": {}, "dates": "dmy"}, declaration="Declaro", declared_at=office.desk.now,
    )  # fmt: skip
    office.desk.add(file)
    named = {"people_import": file.id, "webhook": hook.id, "delivery": delivery.id, "reset": reset.id, "chat_user": office.desk.one(Chat, chat).user_id}
    return {name: str(value) for name, value in (made | named).items()}


def address(one: Operation, of: dict[str, Any]) -> str:
    path = one.path.replace("<uuid:id>", of[IDS.get(one.name, "vacancy")]).replace("<uuid:delivery>", of["delivery"])
    return path.replace("<user_id>", of["chat_user"])


def ask(caller: Program, one: Operation, of: dict[str, Any], path: str) -> Any:
    body = {name: value.format(**of) if isinstance(value, str) else value for name, value in
            BODIES.get(one.name, {}).items()}  # fmt: skip
    told = {"json": body} if one.body else {}
    headers = {"If-Match": "*"} if one.matched else {}
    return caller.call(one.verb, path, headers=headers, **told)


def counted(office: Office) -> list[int]:
    tables = ("vacancies", "unit_profiles", "applications", "application_moves", "interviews", "webhook_subscriptions",
              "webhook_deliveries", "stored_events", "inbox", "chats", "people_imports")  # fmt: skip
    return [office.desk.rows(text(f"SELECT count(*) FROM {table}"))[0] for table in tables]


def test_every_route_of_the_api_is_an_operation(office: Office) -> None:
    routes = {rule.endpoint for rule in office.app.url_map.iter_rules() if rule.endpoint.startswith("api.")}

    # GraphQL has a walk of its own over its fields: test_graphql.py.
    assert routes == {f"api.{name}" for name in OPERATIONS} | OPEN | {"api.graphql"}
    assert {name for name, one in OPERATIONS.items() if "<" in one.path} == set(IDS)
    assert {name for name, one in OPERATIONS.items() if one.body} == set(BODIES)


def test_without_its_scope_no_operation_is_done(office: Office) -> None:
    own = ids(office, "amigro")
    before = counted(office)
    # Every other scope, so that only the one that is missing can be what refuses.
    callers = {scope: program(office, scopes=tuple(one for one in SCOPES if one != scope)) for scope in SCOPES}
    nobody = program(office)
    nobody.token = "hra_nobody"

    for one in OPERATIONS.values():
        refused = ask(callers[one.scope], one, own, address(one, own))
        assert refused.status_code == 403, one.name
        assert refused.json["code"] == "insufficient_scope"
        assert ask(nobody, one, own, address(one, own)).status_code == 401, one.name
    assert counted(office) == before


def test_another_units_ids_are_not_there(office: Office) -> None:
    own, foreign = ids(office, "amigro"), ids(office, "huntu")
    caller = program(office)
    before, tried = counted(office), 0

    for one in OPERATIONS.values():
        if one.name in IDS:
            paths = [address(one, foreign), address(one, dict.fromkeys(own, NOWHERE))]
            if one.name == "redeliver":
                paths.append(address(one, own | {"delivery": foreign["delivery"]}))
            for path in paths:
                answer = ask(caller, one, own, path)
                tried += 1
                assert (answer.status_code, answer.json["code"]) == (404, "not_found"), (one.name, path)
        # In the body, one at a time.
        for name, value in BODIES.get(one.name, {}).items():
            if isinstance(value, str) and value.startswith("{"):
                body = {key: told.format(**own) if isinstance(told, str) else told
                        for key, told in BODIES[one.name].items()}  # fmt: skip
                body[name] = value.format(**foreign)
                answer = caller.call(one.verb, address(one, own), json=body, headers={"If-Match": "*"})
                tried += 1
                assert answer.status_code == 404, (one.name, name, answer.text)
        if any("unit" in model.model_fields for model in (one.body, one.query) if model):
            named = {key: told.format(**own) if isinstance(told, str) else told
                     for key, told in BODIES.get(one.name, {}).items()}  # fmt: skip
            told = {"json": {**named, "company_id": own["company"], "unit": "huntu"}}
            if one.name != "create_vacancy" and one.body:
                told["json"].pop("company_id")
            told = told if one.body else {"query_string": {"unit": "huntu"}}
            tried += 1
            assert caller.call(one.verb, address(one, own), **told).status_code == 404, one.name
    for path in (f"vacancies?company={foreign['company']}", f"applications?vacancy={foreign['vacancy']}"):
        tried += 1
        assert caller.get(f"/api/v1/{path}").status_code == 404, path
    assert counted(office) == before
    assert tried > 50


def test_lists_hold_ones_own_units_alone(office: Office) -> None:
    own, foreign = ids(office, "amigro"), ids(office, "huntu")
    one, both = program(office), program(office, ("amigro", "huntu"))

    for name in LISTS:
        path = OPERATIONS[name].path
        seen = {item["unit"] for item in one.get(path).json["items"]}
        assert seen == {"amigro"}, name
        assert {item["unit"] for item in both.get(path).json["items"]} == {"amigro", "huntu"}, name
    assert one.get(f"/api/v1/people/{own['profile']}").json["first_name"] == "Rosa"
    assert both.get(f"/api/v1/people/{foreign['profile']}").status_code == 200
    # Who sees several says where something new belongs.
    assert both.post("/api/v1/people", BODIES["create_person"]).json["code"] == "unit_missing"
    assert both.post("/api/v1/people", BODIES["create_person"] | {"unit": "huntu"}).json["unit"] == "huntu"
