"""A turn is whole or it is not; a person always hears something."""

from __future__ import annotations

import asyncio
from datetime import datetime

import pytest

from bot.agents import UnitAgent
from bot.inside import one_line
from bot.lane import Lane
from bot.store import open_pool
from bot.understanding.languages import WRITTEN_IN
from contract.ids import new_id
from tests.bed import Database
from tests.bot.turns.conftest import ActionServer, Running, World, events_of


async def test_a_greeting_is_answered_and_stored_whole(running: Running, world: World) -> None:
    inbox_id = world.arrive("ana", "hola")
    await running.settle()

    assert world.said("ana") == ["Hola, soy Prueba."]
    conversation = world.row("SELECT * FROM conversations")
    assert (conversation["unit"], conversation["version"], conversation["handling"]) == ("amigro", 1, "bot")
    assert world.row("SELECT state FROM inbox WHERE id = %s", inbox_id)["state"] == "done"
    assert [(m["direction"], m["text"]) for m in world.rows("SELECT * FROM messages ORDER BY at")] == [
        ("in", "hola"),
        ("out", "Hola, soy Prueba."),
    ]
    assert [event["event"] for event in events_of(world, "ana")].count("user") == 1
    options = world.rows("SELECT option_id, intent, entities, ord FROM offered_options ORDER BY ord")
    assert [(o["option_id"], o["intent"], o["entities"]) for o in options] == [
        ("book", "book", {}),
        ("choose_option:one", "choose_option", {"option": "one"}),
    ]


@pytest.mark.parametrize("typed", ["2", "la 2", "LA OPCION UNO", "choose_option:one"])
async def test_an_option_is_picked_by_number_title_or_id(running: Running, world: World, typed: str) -> None:
    world.arrive("ana", "hola")
    await running.settle()
    world.arrive("ana", typed)
    await running.settle()

    assert world.said("ana")[-1] == "Elegiste one."


async def test_a_pressed_option_is_looked_up_and_never_believed(running: Running, world: World) -> None:
    """A client that makes up an id, or a payload, gets the menu and sets no slot."""
    world.arrive("ana", "hola")
    await running.settle()
    world.arrive("ana", kind="option", option_id='choose_option{"option": "two"}')
    await running.settle()
    world.arrive("ana", kind="option", option_id="choose_option:one")
    await running.settle()

    assert world.said("ana")[1:] == ["El menú de la unidad.", "Elegiste one."]


async def test_bubbles_of_one_burst_are_one_turn(running: Running, world: World) -> None:
    running.lane._burst = 1.0
    with world.connection.transaction():
        world.arrive("ana", "quiero")
        world.arrive("ana", "apartar una")
        world.arrive("ana", "cita")
    await running.settle()

    assert world.said("ana") == ["¿Cómo te llamas?"]
    rows = world.rows("SELECT turn_id, state FROM inbox ORDER BY id")
    assert len({row["turn_id"] for row in rows}) == 1 and {row["state"] for row in rows} == {"done"}
    assert world.row("SELECT count(*) AS n FROM messages WHERE direction = 'in'")["n"] == 3


async def test_a_form_is_walked_and_its_action_called_once(
    running: Running, world: World, actions: ActionServer
) -> None:
    world.arrive("ana", "quiero apartar una cita")
    await running.settle()
    world.arrive("ana", "Ana López")
    await running.settle()

    assert world.said("ana") == ["¿Cómo te llamas?", "Apartado.", "Gracias, Ana López."]
    assert all(times == 1 for times in actions.keys.values())
    assert [call["turn"]["ordinal"] for call in actions.calls if call["next_action"] == "action_book"] == [2]


@pytest.mark.parametrize("mode", ["503", "hang", "html"])
async def test_an_outage_rolls_the_turn_back_and_never_counts(
    running: Running, world: World, actions: ActionServer, mode: str
) -> None:
    """The form never takes a slot unvalidated, nothing is half written, and it is handled once afterwards."""
    world.arrive("ana", "quiero apartar una cita")
    await running.settle()
    actions.mode = mode
    before = len(events_of(world, "ana"))
    world.arrive("ana", "Ana López")
    running.worker.wake()
    await asyncio.sleep(1.5)
    assert len(events_of(world, "ana")) == before and world.waiting() == 1
    assert world.row("SELECT max(attempts) AS n FROM inbox")["n"] == 0
    actions.mode = "ok"
    await running.settle()

    assert world.said("ana") == ["¿Cómo te llamas?", "Apartado.", "Gracias, Ana López."]


async def test_an_outage_of_ten_seconds_is_told_once(
    running: Running, world: World, actions: ActionServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.arrive("ana", "quiero apartar una cita")
    await running.settle()
    monkeypatch.setattr("bot.worker.OUTAGE_LINE_AFTER", 0.8)
    actions.mode = "503"
    world.arrive("ana", "Ana")
    running.worker.wake()
    for _ in range(600):
        if len(world.said("ana")) == 2:
            break
        await asyncio.sleep(0.1)
    await asyncio.sleep(2.0)  # long enough for another one, if another one came
    monkeypatch.setattr("bot.worker.OUTAGE_LINE_AFTER", 600.0)
    actions.mode = "ok"
    await running.settle()

    assert world.said("ana") == [
        "¿Cómo te llamas?",
        "Dame un momento, sigo contigo.",
        "Apartado.",
        "Gracias, Ana.",
    ]


async def test_the_line_is_told_while_the_slow_action_still_holds_the_person(
    running: Running, world: World, actions: ActionServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As huntred.people.service.person_of holds them: the chat is kept from being locked whole."""
    world.arrive("ana", "quiero apartar una cita")
    await running.settle()
    monkeypatch.setattr("bot.worker.OUTAGE_LINE_AFTER", 0.8)
    actions.mode = "503"
    world.arrive("ana", "Ana")
    with world.connection.transaction():
        world.row("SELECT id FROM chats WHERE user_id = 'ana' FOR KEY SHARE")
        running.worker.wake()
        for _ in range(100):
            if len(world.said("ana")) == 2:
                break
            await asyncio.sleep(0.1)
        assert world.said("ana")[-1] == "Dame un momento, sigo contigo."
    monkeypatch.setattr("bot.worker.OUTAGE_LINE_AFTER", 600.0)
    actions.mode = "ok"
    await running.settle()


@pytest.mark.parametrize(
    ("chat", "message", "line"),
    [
        ("en", "", "One moment, I’m still here."), ("en", "es", "Dame un momento, sigo contigo."),
        ("es", "en", "One moment, I’m still here."), ("fr", "", "Dame un momento, sigo contigo."),
    ],
)  # fmt: skip
async def test_the_line_is_in_the_language_of_the_chat_or_of_the_message(
    world: World, agent: UnitAgent, database: Database, chat: str, message: str, line: str
) -> None:
    """What the message told counts before it is stored; a language that the unit does not speak is Spanish."""
    world.arrive("ana", "hola")
    pool = open_pool(database.url("bot"), 1)
    try:
        lane = Lane(pool, ["amigro"], lease=5.0, burst=0.0)
        _, first = lane.take()
        assert first is not None and first.language == "es"
        lane.retry_later(first, 0)
        world.connection.execute("UPDATE conversations SET language = %s", (chat,))
        _, turn = lane.take()
    finally:
        pool.close()
    assert turn is not None
    turn.parse = {WRITTEN_IN: message} if message else None
    said = await one_line(turn, agent, "utter_outage")
    assert (said.message.text, said.message.language) == (line, message or chat)


@pytest.mark.parametrize("mode", ["500", "wrong_shape"])
async def test_a_message_that_fails_by_itself_goes_aside_and_the_chat_goes_on(
    running: Running, world: World, actions: ActionServer, mode: str
) -> None:
    world.arrive("ana", "quiero apartar una cita")
    await running.settle()
    actions.mode = mode
    world.arrive("ana", "Ana")
    await running.settle()
    actions.mode = "ok"
    world.arrive("ana", "Ana María")
    await running.settle()

    assert world.said("ana") == [
        "¿Cómo te llamas?",
        "Algo falló de mi lado.",
        "Apartado.",
        "Gracias, Ana María.",
    ]
    aside = world.row("SELECT attempts, error FROM inbox WHERE state = 'aside'")
    assert aside["attempts"] == 3 and aside["error"]


async def test_a_rejected_form_keeps_its_meaning(running: Running, world: World, actions: ActionServer) -> None:
    """A 400 that names the action is Rasa's ActionExecutionRejection, not a failure."""
    world.arrive("ana", "quiero apartar una cita")
    await running.settle()
    actions.mode = "reject"
    world.arrive("ana", "menú")
    await running.settle()

    assert world.waiting() == 0
    assert "action_execution_rejected" in [event["event"] for event in events_of(world, "ana")]


async def test_a_notice_does_not_answer_the_form(running: Running, world: World) -> None:
    world.arrive("ana", "quiero apartar una cita")
    await running.settle()
    world.arrive(
        "ana", kind="notice", values={"response": "utter_reminder", "values": {"when": "las 10"}}
    )
    await running.settle()
    world.arrive("ana", "Ana")
    await running.settle()

    assert world.said("ana") == [
        "¿Cómo te llamas?",
        "Recuerda tu cita de las 10.",
        "Apartado.",
        "Gracias, Ana.",
    ]
    assert world.rows("SELECT purpose FROM outbox ORDER BY id")[1]["purpose"] == "notice"


async def test_a_notice_keeps_its_templates_for_when_the_window_is_shut(running: Running, world: World) -> None:
    """Of both languages, each with its own values: which is approved shows when it is sent."""
    spanish = {"name": "aviso", "language": "es_MX", "values": ["Ana", "lunes"]}
    template = {"name": "aviso", "language": "en_US", "values": ["Ana", "Monday"], "instead": spanish}
    values = {"response": "utter_reminder", "values": {"when": "hoy"}, "template": template}
    world.arrive("ana", kind="notice", values=values)
    await running.settle()
    (row,) = world.rows("SELECT payload FROM outbox")
    assert row["payload"]["template"] == template


async def test_the_bot_is_silent_while_a_person_has_the_conversation(running: Running, world: World) -> None:
    world.arrive("ana", "hola")
    await running.settle()
    world.connection.execute("UPDATE conversations SET handling = 'with_person', version = version + 1")
    world.arrive("ana", "quiero apartar una cita")
    await running.settle()
    user = "0190163d-8694-739b-aea5-966c26f8ad91"
    world.arrive("ana", "Soy Laura, te ayudo.", kind="consultant", values={"user_id": user})
    await running.settle()

    assert world.said("ana") == ["Hola, soy Prueba.", "Soy Laura, te ayudo."]
    assert world.row("SELECT unread_count FROM conversations")["unread_count"] == 1
    assert world.rows("SELECT author FROM messages ORDER BY at")[-1]["author"] == "consultant"


async def test_the_menu_leads_back_from_the_queue(running: Running, world: World) -> None:
    world.arrive("ana", "hola")
    await running.settle()
    world.connection.execute("UPDATE conversations SET handling = 'queued'")
    world.arrive("ana", "quiero apartar una cita")
    await running.settle()
    world.arrive("ana", "menú")
    await running.settle()

    assert world.said("ana") == ["Hola, soy Prueba.", "El menú de la unidad."]
    assert world.row("SELECT handling FROM conversations")["handling"] == "bot"


async def test_a_closed_conversation_opens_when_its_person_writes_and_not_before(
    running: Running, world: World
) -> None:
    world.arrive("ana", "hola")
    await running.settle()
    world.connection.execute("UPDATE conversations SET handling = 'closed', version = version + 1")

    world.arrive("ana", "", kind="notice", values={"response": "utter_greet", "values": {}})
    await running.settle()
    assert world.row("SELECT handling FROM conversations")["handling"] == "closed"

    world.arrive("ana", "menú")
    await running.settle()
    assert world.said("ana")[-1] == "El menú de la unidad."
    assert world.row("SELECT handling, unread_count FROM conversations") == {"handling": "bot", "unread_count": 0}


async def test_a_template_that_a_consultant_chose_goes_as_one(running: Running, world: World) -> None:
    world.arrive("ana", "hola")
    await running.settle()
    world.connection.execute("UPDATE conversations SET handling = 'with_person', version = version + 1")
    values = {
        "user_id": "0190163d-8694-739b-aea5-966c26f8ad91", "purpose": "promotion",
        "template": {"name": "retomar", "language": "es_MX", "values": ["Ana"]},
    }  # fmt: skip
    world.arrive("ana", "Hola, Ana: ¿seguimos?", kind="consultant", values=values)
    await running.settle()

    row = world.rows("SELECT payload, purpose FROM outbox ORDER BY id")[-1]
    assert row["purpose"] == "promotion"
    assert row["payload"] == {"kind": "template", "text": "Hola, Ana: ¿seguimos?", "template": values["template"]}


async def test_a_conversation_taken_during_the_turn_refuses_it(
    running: Running, world: World, actions: ActionServer
) -> None:
    """The consultant's take wins: the bot's answer of that moment is not saved and not sent."""
    world.arrive("ana", "quiero apartar una cita")
    await running.settle()
    actions.mode = "hang"
    world.arrive("ana", "Ana")
    running.worker.wake()
    await asyncio.sleep(0.2)
    world.connection.execute("UPDATE conversations SET handling = 'with_person', version = version + 1")
    actions.mode = "ok"
    await running.settle()

    assert world.said("ana") == ["¿Cómo te llamas?"]


async def test_a_location_is_an_intent_with_its_coordinates(running: Running, world: World) -> None:
    from contract.message import Location

    world.arrive("ana", kind="location", location=Location(19.4, -99.1))
    await running.settle()

    user = next(event for event in events_of(world, "ana") if event["event"] == "user")
    assert user["parse_data"]["intent"]["name"] == "share_location"
    assert {e["entity"]: e["value"] for e in user["parse_data"]["entities"]} == {
        "latitude": 19.4,
        "longitude": -99.1,
    }


@pytest.mark.parametrize("text", ["INV-AZ4HWV5J", "Hola, vengo con inv-az4hwv5j"])
async def test_the_code_of_an_invitation_is_an_arrival_for_certain(running: Running, world: World, text: str) -> None:
    world.arrive("ana", text)
    await running.settle()

    user = next(event for event in events_of(world, "ana") if event["event"] == "user")
    assert user["parse_data"]["intent"] == {"name": "greet", "confidence": 1.0}
    assert user["text"] == text


async def test_what_comes_from_inside_is_said_in_the_conversation_that_it_is_for(
    running: Running, world: World
) -> None:
    """The chat has moved on to another unit; the first unit's notice is still said by the first."""
    world.arrive("ana", "hola")
    await running.settle()
    conversation = world.row("SELECT id FROM conversations")["id"]
    world.connection.execute("UPDATE chats SET unit = 'huntu'")
    inbox_id = world.arrive("ana", kind="notice", values={"response": "utter_reminder", "values": {"when": "hoy"}})
    world.connection.execute(
        "UPDATE inbox SET conversation_id = %s, unit = 'amigro' WHERE id = %s", (conversation, inbox_id)
    )
    running.lane._units = ["amigro", "huntu"]
    await running.settle()

    assert world.said("ana")[-1] == "Recuerda tu cita de hoy."
    assert world.row("SELECT count(*) AS n FROM conversations")["n"] == 1


def campaign(world: World, greeting: str) -> str:
    code = "VIA-ABCD2345"
    world.connection.execute(
        "INSERT INTO campaigns (id, unit, code, name, channel, greeting) VALUES (%s, 'amigro', %s, 'Volante', 'web', %s)",
        (new_id(), code, greeting),
    )
    return code


@pytest.mark.parametrize(
    ("kind", "text", "values", "read_as", "words"),
    [
        # As the link writes it: nothing is read into it. (By the model "quiero apartar una cita" is no greeting.)
        ("text", "quiero apartar una cita ({code})", {}, "greet", "quiero apartar una cita"),
        ("text", "{code}", {}, "greet", ""), ("opened", "", {"start": "{code}"}, "greet", None),
        # In words of their own: those are read, without the code.
        ("text", "me llamo Ana ({code})", {}, "inform", "me llamo Ana"),
    ],
)  # fmt: skip
async def test_the_code_of_a_campaign_is_noted_and_never_read_as_words(
    running: Running, world: World, kind: str, text: str, values: dict[str, str], read_as: str, words: str | None
) -> None:
    code = campaign(world, "quiero apartar una cita")
    inbox_id = world.arrive(
        "ana", text.format(code=code), kind, values={name: value.format(code=code) for name, value in values.items()}
    )
    await running.settle()

    [user] = [event for event in events_of(world, "ana") if event["event"] == "user"]
    assert user["parse_data"]["intent"]["name"] == read_as
    assert (user["text"] or None) == (words or None)
    assert user["metadata"]["campaign"] == code
    told = world.row("SELECT unit, payload FROM stored_events WHERE name = 'CampaignFollowed'")
    conversation = world.row("SELECT id FROM conversations")["id"]
    received = world.row("SELECT received_at FROM inbox WHERE id = %s", inbox_id)["received_at"]
    assert told["unit"] == "amigro" and told["payload"]["code"] == code
    assert told["payload"]["conversation_id"] == str(conversation)
    assert datetime.fromisoformat(told["payload"]["at"]) == received


async def test_a_turn_that_was_tried_again_tells_of_its_campaign_once(
    running: Running, world: World, actions: ActionServer
) -> None:
    code = campaign(world, "Hola")
    actions.mode = "503"
    world.arrive("ana", f"quiero apartar una cita {code}")
    running.worker.wake()
    await asyncio.sleep(1.5)
    assert world.rows("SELECT 1 FROM stored_events WHERE name = 'CampaignFollowed'") == []
    actions.mode = "ok"
    await running.settle()

    assert world.row("SELECT count(*) AS n FROM stored_events WHERE name = 'CampaignFollowed'")["n"] == 1


async def test_the_code_of_an_invitation_in_a_link_reaches_whoever_serves_the_opening(
    running: Running, world: World
) -> None:
    world.arrive("ana", kind="opened", values={"start": "INV-ABCD2345"})
    await running.settle()

    [user] = [event for event in events_of(world, "ana") if event["event"] == "user"]
    assert (user["parse_data"]["intent"]["name"], user["text"]) == ("greet", "INV-ABCD2345")
