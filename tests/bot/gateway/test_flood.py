"""More than 20 messages in 10 s of one person: one kind line, a pause, nothing dropped (C1)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.floods import DOMAIN, flood_lines
from bot.lane import Lane
from bot.store import open_pool
from tests.bot.gateway.test_whatsapp_in import body, post, said
from tests.bot.gateway.town import ME, Running, Town
from tests.standins.client import StandinsClient

LINE = "Recibí muchos mensajes seguidos"


def flood(town: Town, count: int, *, first: int = 0, user: str = ME) -> None:
    assert post(town, body(*(said(f"m{n}", f"wamid.{user}.{n}", user) for n in range(first, first + count)))).status_code == 200


def chat(town: Town, user: str = ME) -> dict[str, Any]:
    sql = "SELECT *, due - now() AS wait, paused_until - now() AS pause, due = paused_until AS paused FROM chats WHERE user_id = %s"
    return town.row(sql, user)


def lines(town: Town) -> list[dict[str, Any]]:
    return town.rows("SELECT * FROM outbox WHERE source = 'flood' ORDER BY id")


def test_twenty_are_no_flood_and_one_more_is(town: Town, gateway: Running, standins: StandinsClient) -> None:
    standins.send_text(ME, "whatsapp:amigro", "hola")
    town.until(lambda: town.inbox())
    flood(town, 19)
    assert chat(town)["paused_until"] is None and lines(town) == []
    flood(town, 1, first=19)
    found = chat(town)
    assert found["paused"] and 15 < found["pause"].total_seconds() <= 20
    [line] = lines(town)
    assert LINE in line["payload"]["text"] and line["conversation_id"] is None
    assert LINE in standins.wait_for(lambda: standins.messages(ME, "whatsapp:amigro"))[-1].text
    assert len(town.inbox()) == 21


def test_going_on_brings_no_second_line_and_nothing_is_dropped(town: Town, gateway: Running) -> None:
    conversation = town.row("SELECT conversation_id AS id FROM chats WHERE id = %s", town.chat("whatsapp:amigro"))["id"]
    for start in range(0, 60, 10):
        flood(town, 10, first=start)
    flood(town, 60)
    assert len(town.inbox()) == 60
    [line] = lines(town)
    shown = town.row("SELECT * FROM messages")
    assert (shown["outbox_id"], shown["conversation_id"], shown["author"]) == (line["id"], conversation, "bot")
    assert shown["text"] == line["payload"]["text"]
    found = chat(town)
    assert found["paused"] and len(found["recent"]) == 21


def test_a_press_does_not_break_the_pause(town: Town, gateway: Running) -> None:
    flood(town, 21)
    press = {"from": ME, "id": "wamid.p", "timestamp": "1772463600", "type": "interactive",
             "interactive": {"type": "button_reply", "button_reply": {"id": "yes", "title": "Sí"}}}  # fmt: skip
    post(town, body(press))
    assert chat(town)["paused"]


def test_after_the_pause_it_goes_on_and_may_be_said_again(town: Town, gateway: Running) -> None:
    flood(town, 21)
    town.db.execute(
        "UPDATE chats SET paused_until = paused_until - interval '30 s', due = NULL,"
        " recent = ARRAY(SELECT at - interval '30 s' FROM unnest(recent) at)"
    )
    flood(town, 1, first=100)
    assert not chat(town)["paused"] and chat(town)["wait"].total_seconds() < 6
    flood(town, 20, first=200)
    assert chat(town)["paused"] and len(lines(town)) == 2


def test_the_flood_of_one_does_not_hold_up_another(town: Town, gateway: Running) -> None:
    flood(town, 21)
    flood(town, 3, user="5215500000009")
    assert chat(town, "5215500000009")["paused_until"] is None and len(lines(town)) == 1


def test_a_turn_that_ends_in_the_pause_leaves_the_rest_for_later(town: Town, gateway: Running) -> None:
    """The first message was being answered when the flood came: its lease holds, what is left waits out the pause."""
    flood(town, 1)
    town.db.execute("UPDATE chats SET due = now()")
    pool = open_pool(town.database.url("bot"), 2)
    try:
        lane = Lane(pool, ["amigro"], lease=30, burst=0.0)
        _, turn = lane.take()
        assert turn is not None and [row.vendor_id for row in turn.rows] == [f"wamid.{ME}.0"]
        flood(town, 25, first=1)
        assert chat(town)["token"] == turn.token
        lane.commit(turn, [], [], "")
        assert chat(town)["paused"] and lane.take() == (False, None)
        town.db.execute("UPDATE chats SET due = now(), paused_until = now() - interval '1 s'")
        left = 0
        while (taken := lane.take())[0]:
            if taken[1] is not None:
                left += len(taken[1].rows)
                lane.commit(taken[1], [], [], "")
        assert left == 25 and chat(town)["due"] is None
    finally:
        pool.close()


@pytest.mark.parametrize(
    ("unit", "language", "start"),
    [
        ("amigro", "en", "I got a lot"), ("amigro", "ht", "Mwen resevwa"), ("amigro", "es", LINE),
        ("amigro", "de", LINE), ("huntu", "en", "I got a lot"), ("huntu", "fr", LINE), ("milkyleak", "en", LINE),
        ("huntred_executive", "en", "I got a lot"), ("huntred_executive", "fr", "Recibí varios"),
    ],
)  # fmt: skip
def test_the_line_is_in_the_chats_language_where_its_unit_speaks_it(
    town: Town, gateway: Running, unit: str, language: str, start: str
) -> None:
    """A unit's own Spanish voice too where it does not speak the language."""
    chat_id = town.chat("whatsapp:amigro")
    # As after a change of unit (C9): the account is still Amigro's.
    town.db.execute(
        "UPDATE conversations SET unit = %s, language = %s WHERE chat_id = %s", (unit, language, chat_id)
    )
    town.db.execute("UPDATE chats SET unit = %s WHERE id = %s", (unit, chat_id))
    flood(town, 21)
    [line] = lines(town)
    assert line["payload"]["text"].startswith(start) and line["conversation_id"] is not None
    assert town.row("SELECT text FROM messages WHERE outbox_id = %s", line["id"])["text"] == line["payload"]["text"]


def test_units_speak_in_their_own_voice() -> None:
    found = flood_lines()
    assert LINE in found[""]["es"] and "Permítame" in found["huntred_executive"]["es"]
    assert set(found["amigro"]) == {"en", "fr", "ht", "pt"}, "its Spanish is everybody's"
    units = {path.name for path in DOMAIN.iterdir() if path.is_dir()} - {"shared", "translations"}
    assert units >= set(found) - {""}


def test_a_domain_without_the_line_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    with pytest.raises(LookupError, match="utter_flood"):
        flood_lines(tmp_path)
