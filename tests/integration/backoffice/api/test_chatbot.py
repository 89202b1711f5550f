"""The assistant's own paths: where a person stands, the figures of the dashboards, starting anew."""

from __future__ import annotations

import typing
from datetime import timedelta
from typing import Any

from sqlalchemy import select, text

from backoffice.api.values import Channel
from backoffice.views.dashboards import CHANNELS
from contract.ids import new_id
from huntred.access.models import AuditEntry
from huntred.conversations import resetting
from huntred.conversations.models import Chat, Conversation
from huntred.reporting import repository, rules
from huntred.reporting.types import Wanted
from huntred.units.models import Division
from tests.factories.figures import Tracker, application, said
from tests.integration.backoffice.api.conftest import program
from tests.integration.backoffice.conftest import Office

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
METRICS = "/api/chatbot/metrics/"
RESET, MESSAGE = "/api/chatbot/workflow/reset/", "/api/chatbot/message/"


def state(user_id: str) -> str:
    return f"/api/chatbot/state/{user_id}/"


def user_of(office: Office, conversation: Conversation) -> str:
    return str(office.desk.one(Chat, conversation.chat_id).user_id)


def offer(office: Office, conversation: Conversation, id_: str, title: str, ord_: int, lives: timedelta) -> None:
    office.desk.execute(
        "INSERT INTO offered_options (conversation_id, option_id, unit, title, intent, entities, ord, turn_id,"
        " expires_at) VALUES (:c, :id, :unit, :title, 'affirm', '{}', :ord, 1, :until)",
        c=conversation.id, id=id_, unit=conversation.unit, title=title, ord=ord_, until=office.desk.now + lives,
    )  # fmt: skip


def test_the_state_tells_where_the_person_stands(office: Office) -> None:
    desk, caller = office.desk, program(office)
    conversation = desk.chat("amigro", "telegram", user_id="77001")
    tracker = Tracker(desk, conversation)
    tracker.add({"event": "slot", "name": "vacancy_id", "value": "of the session before"}, 3 * HOUR)
    tracker.add({"event": "session_started"}, 2 * HOUR)
    tracker.add({"event": "slot", "name": "goal", "value": "apply"}, HOUR)
    tracker.begin("form_profile", HOUR, "first_name", "city")
    tracker.add({"event": "slot", "name": "city", "value": "Saltillo"}, MINUTE)
    desk.execute(
        "UPDATE conversations SET current_step = 'form_profile', message_count = 4, last_message_at = :at"
        " WHERE id = :c", c=conversation.id, at=desk.now - MINUTE,
    )  # fmt: skip
    offer(office, conversation, "yes", "Sí", 2, HOUR)
    offer(office, conversation, "no", "No", 1, HOUR)
    offer(office, conversation, "old", "Antes", 3, -HOUR)
    offer(office, conversation, "later", "Después", -1, HOUR)

    told = caller.get(state("77001"))

    assert told.status_code == 200, told.text
    assert told.json["conversation_id"] == str(conversation.id)
    assert (told.json["unit"], told.json["channel"], told.json["handling"]) == ("amigro", "telegram", "bot")
    assert (told.json["current_step"], told.json["language"], told.json["message_count"]) == ("form_profile", "es", 4)
    # What the person told of themselves is no part of it.
    assert told.json["context"] == {
        "flow": "form_profile", "goal": "apply", "asked": "city", "vacancy_id": None, "application_id": None,
        "interview_id": None,
    }  # fmt: skip
    assert [one["id"] for one in told.json["options"]] == ["no", "yes"]
    assert told.json["last_activity_at"] == (desk.now - MINUTE).isoformat().replace("+00:00", "Z")

    tracker.end(MINUTE)
    assert caller.get(state("77001")).json["context"] | {"goal": None} == dict.fromkeys(told.json["context"])
    assert caller.get(state("77001")).headers["ETag"] != told.headers["ETag"]


def test_the_state_of_another_units_person_is_not_there(office: Office) -> None:
    desk = office.desk
    desk.chat("huntu", "telegram", user_id="88001")
    both_know = [desk.chat(unit, "telegram", user_id="88002") for unit in ("amigro", "huntu")]
    # Somebody who went on to another unit is found by who sees that one too, as on the pages.
    moved = desk.chat("amigro", "telegram", user_id="88003")
    desk.execute("UPDATE chats SET unit = 'huntu', conversation_id = NULL WHERE id = :c", c=moved.chat_id)
    one, both = program(office), program(office, ("amigro", "huntu"))

    assert one.get(state("88001")).status_code == 404
    assert one.get(f"{state('88001')}?unit=huntu").status_code == 404
    assert one.get(state("nadie")).status_code == 404
    assert one.get("/api/chatbot/state/%00/").status_code == 404
    assert one.get(f"{state('88002')}?channel=whatsapp").status_code == 404
    assert one.get(f"{state('88002')}?channel=fax").status_code == 400
    assert one.get(state("88002")).json["conversation_id"] == str(both_know[0].id)
    assert both.get(f"{state('88002')}?unit=huntu").json["conversation_id"] == str(both_know[1].id)
    assert one.get(state("88003")).status_code == 404
    assert both.get(f"{state('88003')}?unit=amigro").json["conversation_id"] == str(moved.id)
    assert program(office, ("huntu",)).get(state("88001")).json["unit"] == "huntu"


def test_the_metrics_are_the_dashboards_figures(office: Office) -> None:
    desk, caller = office.desk, program(office)
    chats = [desk.chat("amigro", channel) for channel in ("telegram", "whatsapp")]
    for conversation in chats:
        said(desk, conversation, "person", 2 * HOUR, intent="greet")
        said(desk, conversation, "bot", 2 * HOUR - timedelta(seconds=3))
        tracker = Tracker(desk, conversation)
        tracker.begin("form_profile", 2 * HOUR, "first_name", "city")
        tracker.end(HOUR, "" if conversation is chats[0] else "action_profile_complete")
        tracker.fallback(HOUR)
    for author, ago in (("person", HOUR), ("consultant", HOUR - 10 * MINUTE)):
        said(desk, chats[0], author, ago)
    foreign = desk.chat("huntu")
    said(desk, foreign, "person", HOUR)

    told = caller.get(METRICS).json

    assert told["units"] == ["amigro"]
    assert (told["messages"], told["conversations"]) == (6, 2)
    assert told["answers"] == {"count": 2, "median_seconds": 3.0, "ninetieth_seconds": 3.0}
    assert told["team_answers"] == {"count": 1, "median_seconds": 600.0, "ninetieth_seconds": 600.0}
    assert told["fallback"] == {"not_understood": 2, "read": 2, "rate": 1.0}
    profile = next(one for one in told["flows"] if one["flow"] == "form_profile")
    assert profile == {"flow": "form_profile", "completed": 1, "left": 1, "silent": 0, "running": 0, "rate": 0.5}
    assert told["drop_off"] == [{"flow": "form_profile", "step": "city", "left": 1, "silent": 0}]
    with desk.work() as uow:
        wanted = Wanted({"amigro": "America/Mexico_City"}, rules.period_of(None, None, today=desk.now.date()), desk.now)
        plots = repository.plots("conversation")
        assert repository.figures(uow.session, plots["messages"], wanted).count == told["messages"]
        assert repository.figures(uow.session, plots["answer_time"], wanted).median == 3.0
    assert caller.get(f"{METRICS}?channel=whatsapp").json["messages"] == 2
    assert program(office, ("amigro", "huntu")).get(METRICS).json["messages"] == 7
    assert program(office, ("amigro", "huntu")).get(f"{METRICS}?unit=huntu").json["messages"] == 1
    assert typing.get_args(Channel) == CHANNELS


def test_metrics_of_a_division_and_what_cannot_be_asked(office: Office) -> None:
    desk, caller = office.desk, program(office)
    north, south = (Division(id=new_id(), unit="amigro", code=name, name=name) for name in ("norte", "sur"))
    foreign = Division(id=new_id(), unit="huntu", code="otra", name="Otra")
    desk.add(north, south, foreign)
    for division, count in ((north, 1), (south, 2)):
        conversation = desk.chat()
        made = application(desk, [("new", HOUR)], division_id=division.id)
        desk.execute("UPDATE conversations SET person_id = :p WHERE id = :c", p=made.person_id, c=conversation.id)
        for _ in range(count):
            said(desk, conversation, "person", HOUR)

    assert [caller.get(f"{METRICS}?division={one.id}").json["messages"] for one in (north, south)] == [1, 2]
    for nowhere in (f"division={foreign.id}", "unit=huntu", f"division={north.id}&unit=huntu"):
        assert caller.get(f"{METRICS}?{nowhere}").status_code == 404, nowhere
    wrong: list[tuple[str, str]] = [
        ("first_day=2026-03-02&last_day=2026-03-01", "last_day"), ("first_day=1999-01-01", "first_day"),
        ("first_day=2021-01-01&last_day=2026-01-01", "first_day"), ("last_day=ayer", "last_day"),
    ]  # fmt: skip
    for query, parameter in wrong:
        refused: Any = caller.get(f"{METRICS}?{query}")
        assert (refused.status_code, refused.json["errors"][0]["parameter"]) == (400, parameter), query


def test_a_reset_starts_one_persons_conversation_anew(office: Office) -> None:
    desk, caller = office.desk, program(office)
    mine, other = (desk.chat("amigro", "telegram", user_id=user) for user in ("77001", "77002"))
    desk.chat("huntu", "telegram", user_id="88001")
    for conversation in (mine, other):
        Tracker(desk, conversation, archived=True).begin("form_code", HOUR, "code")
        Tracker(desk, conversation).begin("form_profile", HOUR, "city")
        said(desk, conversation, "person", HOUR)
        desk.execute("UPDATE conversations SET current_step = 'form_profile' WHERE id = :c", c=conversation.id)

    told = caller.post(RESET, {"user_id": "77001"}, Idempotency_Key="anew-1")
    again = caller.post(RESET, {"user_id": "77001"}, Idempotency_Key="anew-1")

    assert told.status_code == 200, told.text
    assert (told.json["current_step"], told.json["context"]["flow"]) == ("", None)
    assert (again.headers["Idempotency-Replayed"], again.json) == ("true", told.json)
    assert desk.one(Conversation, mine.id).version == 1
    left = "SELECT count(*) FROM {} WHERE conversation_id = '{}'"
    for table in ("tracker_events", "tracker_events_archive"):
        assert desk.rows(text(left.format(table, mine.id))) == [0], table
        assert desk.rows(text(left.format(table, other.id)))[0] > 0, table
    # What was said stays.
    assert desk.rows(text(left.format("messages", mine.id))) == [1]
    assert desk.one(Conversation, other.id).current_step == "form_profile"
    assert caller.post(RESET, {"user_id": "88001"}).status_code == 404
    assert caller.post(RESET, {"user_id": "88001", "unit": "huntu"}).status_code == 404
    who = desk.rows(select(AuditEntry.client_id).where(AuditEntry.action == "api.reset_chat"))
    assert {str(one) for one in who} == {caller.client_id}


def test_a_message_waits_once_in_the_lane_of_every_channel(office: Office) -> None:
    desk, caller = office.desk, program(office)
    body = {"user_id": "8841", "message_id": "m-1", "text": " /restart mi CURP es GOMC900101HDFRRS09 "}

    first, again = caller.post(MESSAGE, body), caller.post(MESSAGE, body)
    second = caller.post(MESSAGE, {"user_id": "8841", "message_id": "m-2", "option_id": "yes", "text": "Sí"})

    assert [one.status_code for one in (first, again, second)] == [202, 202, 202], first.text
    assert [one.json["stored"] for one in (first, again, second)] == [True, False, True]
    [chat] = desk.rows(select(Chat))
    assert (chat.channel, chat.unit, chat.user_id) == ("web", "amigro", f"api:{caller.client_id}:8841")
    assert (chat.due, chat.last_inbound_at, chat.background) == (desk.now, desk.now, False)
    one, two = desk.inbox(chat.id)
    assert (one.kind, one.state, two.kind) == ("text", "waiting", "option")
    # As the gateway keeps it: no command of Rasa's, no CURP.
    assert one.payload["text"].startswith("restart mi CURP es") and "GOMC900101HDFRRS09" not in str(one.payload)
    assert two.payload == {"kind": "option", "text": "Sí", "option_id": "yes"}
    told = caller.get(state("8841")).json
    assert (told["conversation_id"], told["waiting_messages"], told["channel"]) == (None, 2, "web")
    # Another program's person of the same name is somebody else.
    assert program(office).get(state("8841")).status_code == 404


def test_a_message_reaches_nobody_elses_chat(office: Office) -> None:
    desk = office.desk
    known = desk.chat("amigro", "web", user_id="77001")
    one, both = program(office), program(office, ("amigro", "huntu"))
    body = {"user_id": "77001", "message_id": "m-1", "text": "hola"}

    assert one.post(MESSAGE, body).status_code == 202
    assert desk.inbox(known.chat_id) == []
    assert one.post(MESSAGE, body | {"unit": "huntu"}).status_code == 404
    assert both.post(MESSAGE, body).json["code"] == "unit_missing"
    assert both.post(MESSAGE, body | {"unit": "huntu"}).json["unit"] == "huntu"
    assert one.post(MESSAGE, body | {"text": "  "}).json["errors"][0]["pointer"] == "/text"
    assert one.post(MESSAGE, body | {"user_id": "a/b"}).status_code == 422
    # Their chat went on to another unit, which this program does not see.
    desk.execute(
        "UPDATE chats SET unit = 'huntu' WHERE user_id = :user", user=f"api:{one.client_id}:77001"
    )
    refused = one.post(MESSAGE, body | {"message_id": "m-2"})
    assert (refused.status_code, refused.json["code"]) == (404, "not_found")
    # A unit without a web chat has nowhere to take it.
    desk.execute("UPDATE channel_accounts SET active = false WHERE channel = 'web' AND unit = 'amigro'")
    assert one.post(MESSAGE, body | {"user_id": "2"}).json["code"] == "unit_not_on_channel"


def test_all_of_a_unit_are_reset_by_its_code_and_in_the_background(office: Office) -> None:
    desk, caller = office.desk, program(office)
    mine = desk.chat("amigro", "telegram")
    desk.execute("UPDATE conversations SET current_step = 'form_profile', created_at = :at", at=desk.now)
    path = "/api/chatbot/workflow/reset-all/"

    refused = caller.post(path, {"unit": "amigro", "confirm": "yes"})
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/confirm"), refused.text
    told = caller.post(path, {"unit": "amigro", "confirm": "amigro"})
    assert told.status_code == 202, told.text
    assert (told.json["state"], told.json["conversations"], told.json["done"]) == ("waiting", 1, 0)
    assert desk.one(Conversation, mine.id).current_step == "form_profile"
    resetting.work_next(desk.app, "amigro", lambda: desk.now)
    now = caller.get(f"{path}{told.json['id']}/")
    assert (now.json["state"], now.json["done"]) == ("done", 1)
    assert desk.one(Conversation, mine.id).current_step == ""
    other = program(office, ("huntu",))
    assert other.get(f"{path}{told.json['id']}/").status_code == 404
    assert other.post(path, {"unit": "amigro", "confirm": "amigro"}).status_code == 404
    without = program(office, scopes=("conversations:write",))
    assert without.post(path, {"unit": "amigro", "confirm": "amigro"}).status_code == 403
