"""The tracker that is kept between turns, and what happens when the database goes away."""

from __future__ import annotations

from itertools import pairwise

import pytest
from rasa.shared.core.trackers import DialogueStateTracker

from bot.agents import UnitAgent
from tests.bot.turns.conftest import Running, World, events_of


async def test_a_kept_tracker_is_what_would_be_read_anew(running: Running, world: World, agent: UnitAgent) -> None:
    for text in ("hola", "quiero apartar una cita", "Ana López", "menú", "2", "quiero apartar una cita"):
        world.arrive("ana", text)
        await running.settle()
    conversation = world.row("SELECT id, version FROM conversations")
    kept = agent.store.take(conversation["id"])
    assert kept is not None
    assert kept.version == conversation["version"]
    assert kept.last_seq == world.row("SELECT max(seq) AS n FROM tracker_events")["n"]
    fresh = DialogueStateTracker.from_dict(kept.tracker.sender_id, events_of(world, "ana"), agent.domain.slots)
    assert kept.tracker.current_slot_values() == fresh.current_slot_values()
    assert kept.tracker.active_loop == fresh.active_loop
    assert kept.tracker.latest_action == fresh.latest_action
    assert kept.tracker.latest_message == fresh.latest_message
    assert kept.tracker.past_states(agent.domain) == fresh.past_states(agent.domain)


async def test_a_version_that_moved_on_is_read_anew(running: Running, world: World, agent: UnitAgent) -> None:
    """As after `reset` of huntred/conversations: the events are gone, and the kept tracker must not come back."""
    world.arrive("ana", "quiero apartar una cita")
    await running.settle()
    world.connection.execute("DELETE FROM tracker_events")
    world.connection.execute("UPDATE conversations SET version = version + 1, current_step = ''")
    world.arrive("ana", "hola")
    await running.settle()
    assert world.said("ana") == ["¿Cómo te llamas?", "Hola, soy Prueba."]


async def test_a_long_conversation_begins_new_sessions_and_keeps_its_slots(
    running: Running, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.processor.SESSION_EVENTS", 40)
    world.arrive("ana", "quiero apartar una cita")
    await running.settle()
    world.arrive("ana", "Ana López")
    for _ in range(20):
        world.arrive("ana", "hola")
    await running.settle()
    names = [event["event"] for event in events_of(world, "ana")]
    starts = [position for position, name in enumerate(names) if name == "session_started"]
    assert len(starts) >= 2
    assert all(
        later - earlier <= 60 for earlier, later in pairwise(starts)
    )
    world.connection.execute("UPDATE conversations SET version = version + 1")
    world.arrive("ana", "quiero apartar una cita")
    await running.settle()
    assert world.said("ana")[-2:] == ["Apartado.", "Gracias, Ana López."]


async def test_a_database_that_drops_us_loses_nothing(running: Running, world: World) -> None:
    """Every connection is cut in the middle of a form: no fallback to memory, no new session, and it goes on."""
    world.arrive("ana", "quiero apartar una cita")
    await running.settle()
    world.connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'huntred_bot'"
        " AND datname = current_database()"
    )
    world.arrive("ana", "Ana López")
    await running.settle()
    assert world.said("ana") == ["¿Cómo te llamas?", "Apartado.", "Gracias, Ana López."]
    assert [event["event"] for event in events_of(world, "ana")].count("session_started") == 1
