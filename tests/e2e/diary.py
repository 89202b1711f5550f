"""The interviews of one person as the database has them, and time made to pass for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tests.e2e.candidate import Candidate
from tests.e2e.town import Town

_LATEST = """
    SELECT i.id, i.state, i.interviewer_answer, i.attendance_confirmed_at, i.arrived_at, i.slot_id, c.id AS conversation_id
    FROM interviews i JOIN applications a ON a.id = i.application_id JOIN conversations c ON c.id = a.conversation_id
    JOIN chats h ON h.id = c.chat_id WHERE h.user_id = %s ORDER BY i.id DESC LIMIT 1
"""


@dataclass(frozen=True)
class Diary:
    """One person's latest interview."""

    town: Town
    person: Candidate

    @property
    def interview(self) -> dict[str, Any]:
        return self.town.rows(_LATEST, self.person.user)[0]

    @property
    def id(self) -> UUID:
        found: UUID = self.interview["id"]
        return found

    def begins_at(self, at: datetime) -> None:
        """Put the interview's time there: nothing else changes."""
        self.town.rows(
            "UPDATE interview_slots SET starts_at = %s, ends_at = %s::timestamptz + interval '30 minutes' "
            "WHERE id = %s RETURNING id", at, at, self.interview["slot_id"],
        )  # fmt: skip

    def bring_due(self, which: str) -> UUID:
        """Let the reminder under this key be due now: `24h:chat`, `2h:chat` … Beat and worker do the rest."""
        key = f"interview:{self.id}:{which}"
        update = "UPDATE scheduled_notices SET due_at = now(), state = 'waiting' WHERE key = %s RETURNING id"
        # The worker makes it after the booking, in its own time.
        rows = self.town.wait_for(lambda: self.town.rows(update, key), 30, f"{key} is made")
        found: UUID = rows[0]["id"]
        return found

    def becomes_of(self, notice: UUID) -> str:
        """Wait until a notice has gone or was withheld; returns its state."""

        def gone() -> str:
            state: str = self.town.rows("SELECT state FROM scheduled_notices WHERE id = %s", notice)[0]["state"]
            return "" if state == "waiting" else state

        state: str = self.town.wait_for(gone, 30, "the notice that is due is looked at")
        return state

    def last_wrote(self, hours_ago: float) -> None:
        """The person's last message was so long ago, for us and for the vendor."""
        self.town.vendors.advance(hours_ago * 3600)
        for table, key in (("chats", "user_id = %s"), ("conversations", "id = (%s)")):
            value = self.person.user if table == "chats" else self.interview["conversation_id"]
            self.town.rows(
                f"UPDATE {table} SET last_inbound_at = now() - make_interval(hours => %s) WHERE {key} RETURNING id",
                int(hours_ago), value,
            )  # fmt: skip
