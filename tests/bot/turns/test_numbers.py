"""The numbers that are stored are those that were drawn: an id counts once, and the latest message begins at 1."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any
from uuid import uuid4

from bot import turn_writing
from bot.said import read_response
from bot.turn import InboxRow, Turn
from contract.message import Inbound


class Remembers:
    """A connection that keeps what it was told."""

    def __init__(self) -> None:
        self.offered: list[dict[str, Any]] = []

    def execute(self, query: str, values: Any) -> None:
        self.offered = values["offered"].obj


def stored(*messages: list[str]) -> dict[str, int]:
    """Store the options of these messages of one turn; return id → number."""
    said = [
        one for titles in messages
        for one in read_response({"text": "?", "buttons": [{"title": t, "payload": f"/{t}"} for t in titles]})
    ]  # fmt: skip
    row = InboxRow(1, "text", "v", Inbound("text"), datetime.now(timezone.utc), None, None, 0)
    turn = Turn(uuid4(), uuid4(), "amigro", "whatsapp", uuid4(), uuid4(), [row], "bot", 0, 0, [], [])
    connection = Remembers()
    turn_writing.options(connection, turn, said)  # type: ignore[arg-type]
    return {option["id"]: option["ord"] for option in connection.offered}


def test_an_option_that_is_given_twice_counts_once() -> None:
    assert stored(["one", "two", "one", "three"]) == {"one": 1, "two": 2, "three": 3}


def test_a_number_means_the_latest_message() -> None:
    assert stored(["one", "two"], ["yes", "no"]) == {"yes": 1, "no": 2, "one": 3, "two": 4}
