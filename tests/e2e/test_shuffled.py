"""Vendors deliver at least once and in any order: each thing that was said is handled once."""

from __future__ import annotations

from tests.e2e.candidate import Candidate
from tests.e2e.test_killed import STEPS, walk
from tests.e2e.town import Town


def test_every_webhook_three_times_and_out_of_order(town: Town, ana: Candidate) -> None:
    town.vendors.switch(duplicates=2, shuffle=True, hold_ms=60)
    walk(ana)
    ana.settles(2.0)
    assert len(ana.received) == sum(bubbles for _, bubbles in STEPS), ana.transcript
    rows = town.rows(
        "SELECT vendor_id, count(*) AS n FROM inbox i JOIN chats h ON h.id = i.chat_id "
        "WHERE h.user_id = %s AND i.kind IN ('text', 'option') GROUP BY 1", ana.user,
    )  # fmt: skip
    assert len(rows) == len(STEPS) and {row["n"] for row in rows} == {1}


def test_a_burst_is_answered_in_full_and_each_bubble_kept(town: Town, ana: Candidate) -> None:
    """Three bubbles at once: whatever they are read as, none of them is lost."""
    ana.says("hola", "aviso de privacidad")
    ana.presses("Sí, acepto", "conocer más")
    for text in ("hola", "busco trabajo", "de ayudante de cocina"):
        ana.phone.send_text(ana.user, ana.account, text)
    town.wait_for(
        lambda: town.rows(
            "SELECT count(*) AS n FROM inbox i JOIN chats h ON h.id = i.chat_id "
            "WHERE h.user_id = %s AND i.kind IN ('text', 'option') AND i.state = 'done'", ana.user,
        )[0]["n"] == 5,
        30, "all five messages are done",
    )  # fmt: skip
    kept = town.rows(
        "SELECT m.text FROM messages m JOIN conversations c ON c.id = m.conversation_id "
        "JOIN chats h ON h.id = c.chat_id WHERE h.user_id = %s AND m.author = 'person' ORDER BY m.at", ana.user,
    )  # fmt: skip
    assert [row["text"] for row in kept][-3:] == ["hola", "busco trabajo", "de ayudante de cocina"]
