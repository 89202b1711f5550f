"""What the lane reads: no more than it needs, however long the history and the queue."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest

from bot import lane_sql
from bot.lane import Lane
from bot.store import open_pool
from contract.ids import new_id
from tests.bed import Database
from tests.bot.turns.conftest import World


@pytest.fixture
def lane(database: Database) -> Lane:
    return Lane(open_pool(database.url("bot"), 2), ["amigro"], lease=5.0, burst=0.0)


def explained(database: Database, query: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    """The nodes of a plan that ran, as the turns' role."""
    with psycopg.connect(database.url("bot")) as connection:
        connection.execute("SELECT set_config('app.units', 'amigro', true)")
        row = connection.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + query, values).fetchone()
    assert row is not None
    plan = row[0] if isinstance(row[0], list) else json.loads(row[0])
    return list(nodes_of(plan[0]["Plan"]))


def nodes_of(node: dict[str, Any]) -> list[dict[str, Any]]:
    return [node, *(below for child in node.get("Plans", []) for below in nodes_of(child))]


def read(nodes: list[dict[str, Any]]) -> float:
    """How many rows of a table or an index were looked at."""
    return sum(
        node["Actual Loops"] * (node["Actual Rows"] + node.get("Rows Removed by Filter", 0))
        for node in nodes
        if "Scan" in node["Node Type"] and "Relation Name" in node
    )


def test_of_a_long_history_only_the_current_session_is_read(lane: Lane, world: World, database: Database) -> None:
    world.arrive("ana", "hola")
    _, turn = lane.take()
    assert turn is not None
    lane.retry_later(turn, 0)
    world.connection.execute(
        "INSERT INTO tracker_events (conversation_id, seq, unit, name, event)"
        " SELECT %s, n, 'amigro', name, jsonb_build_object('event', name, 'n', n) FROM ("
        "   SELECT n, CASE WHEN n %% 1000 = 1 THEN 'session_started' ELSE 'user' END AS name"
        "   FROM generate_series(1, 5040) n) e",
        (turn.conversation_id,),
    )
    world.connection.execute("ANALYZE tracker_events")
    _, again = lane.take()
    assert again is not None
    assert [event["n"] for event in again.events] == list(range(5001, 5041)) and again.last_seq == 5040
    nodes = explained(database, lane_sql.EVENTS, {"conversation": turn.conversation_id})
    assert read(nodes) <= 100


def test_without_a_session_start_all_of_it_is_read(lane: Lane, world: World) -> None:
    world.arrive("ana", "hola")
    _, turn = lane.take()
    assert turn is not None and turn.events == []
    lane.retry_later(turn, 0)
    world.connection.execute(
        "INSERT INTO tracker_events (conversation_id, seq, unit, name, event)"
        " SELECT %s, n, 'amigro', 'user', jsonb_build_object('n', n) FROM generate_series(1, 3) n",
        (turn.conversation_id,),
    )
    _, again = lane.take()
    assert again is not None and [event["n"] for event in again.events] == [1, 2, 3]


def test_the_next_due_chat_is_found_without_reading_the_queue(lane: Lane, world: World, database: Database) -> None:
    assert lane.seconds_until_due() is None
    world.connection.cursor().executemany(
        "INSERT INTO chats (id, channel_account_id, channel, user_id, unit, background, due)"
        " VALUES (%s, %s, 'whatsapp', %s, 'amigro', %s, clock_timestamp() + make_interval(mins => %s))",
        [(new_id(), world.account, f"person{n}", n % 2 == 0, 10 + n) for n in range(2000)],
    )
    world.connection.execute("ANALYZE chats")
    wait = lane.seconds_until_due()
    assert wait is not None and 500 < wait <= 600
    assert read(explained(database, lane_sql.UNTIL_DUE, {"units": ["amigro"]})) <= 10
    world.arrive("ana", "hola")
    assert lane.seconds_until_due() == 0
    world.connection.execute("UPDATE chats SET unit = 'huntu'")
    assert lane.seconds_until_due() is None
