"""People who register with the real Amigro, step by step, while everything dies around them."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass

import psycopg
from psycopg.rows import dict_row

from tests.e2e.test_killed import STEPS, is_outage
from tests.faults.checker import Verdict
from tests.standins.client import Shown, StandinsClient

ACCOUNT = "whatsapp:amigro"
_PATIENCE = 300.0


@dataclass
class Walker:
    """user: a number that nobody used. said: how many steps were said."""

    phone: StandinsClient
    user: str
    said: int = 0
    stuck: str = ""

    @property
    def answers(self) -> list[Shown]:
        """What was answered, outage lines aside; what was marked or went out twice is there twice."""
        return [shown for shown in self.phone.messages(self.user, ACCOUNT) if not is_outage(shown.text)]

    def walk(self) -> None:
        """Say everything, each thing once the one before was answered in full."""
        expected = 0
        for step, bubbles in STEPS:
            expected += bubbles
            text = step.format(user=self.user)
            if text.startswith("!"):
                self.phone.choose(self.user, ACCOUNT, text[1:])
            else:
                self.phone.send_text(self.user, ACCOUNT, text, "Marina")
            self.said += 1
            deadline = time.monotonic() + _PATIENCE
            while len({_callback(shown) for shown in self.answers}) < expected:
                if time.monotonic() > deadline:
                    self.stuck = f"no answer to {text!r}:\n{self.phone.transcript(self.user, ACCOUNT)}"
                    return
                time.sleep(0.4)

    def judge(self, verdict: Verdict, admin_url: str) -> None:
        """Every step stored and done once, in the tracker once, answered once; the profile holds what was said."""
        with psycopg.connect(admin_url, row_factory=dict_row) as connection:
            inbox = connection.execute(
                "SELECT i.state, i.kind || ':' || i.vendor_id AS key, i.conversation_id FROM inbox i"
                " JOIN chats c ON c.id = i.chat_id WHERE c.user_id = %s AND i.kind IN ('text', 'option')", (self.user,),
            ).fetchall()  # fmt: skip
            tracker = Counter(
                row["key"] for row in connection.execute(
                    "SELECT event->>'message_id' AS key FROM tracker_events"
                    " WHERE name = 'user' AND conversation_id = ANY(%s)",
                    ([row["conversation_id"] for row in inbox],),
                )
            )  # fmt: skip
            marked = {
                str(row["id"]) for row in connection.execute(
                    "SELECT o.id FROM outbox o JOIN chats c ON c.id = o.chat_id"
                    " WHERE c.user_id = %s AND possible_duplicate", (self.user,),
                )
            }  # fmt: skip
            profile = connection.execute(
                "SELECT first_name, city, headline FROM unit_profiles WHERE email = %s",
                (f"marina{self.user}@example.com",),
            ).fetchall()
        verdict.messages += self.said
        who = f"walker {self.user}"
        done = [row for row in inbox if row["state"] == "done"]
        if len(done) != self.said:
            verdict.add("lost" if len(done) < self.said else "handled_twice", f"{who}: {len(done)} of {self.said} done")
        for row in done:
            if tracker[row["key"]] != 1:
                verdict.add("handled_twice" if tracker[row["key"]] else "lost", f"{who}: {row['key']} in the tracker")
        times = Counter(_callback(shown) for shown in self.answers)
        expected = sum(bubbles for _, bubbles in STEPS[: self.said])
        if len(times) != expected:
            figure = "lost" if len(times) < expected else "handled_twice"
            verdict.add(figure, f"{who}: {len(times)} answers instead of {expected}")
        for callback, count in times.items():
            if count > 1 and callback.partition("-")[0] not in marked:
                verdict.add("unexplained_duplicates_out", f"{who}: outbox row {callback} went out {count} times")
        if self.said == len(STEPS) and profile != [
            {"first_name": "Marina", "city": "Guadalajara", "headline": "Costurera"}
        ]:
            verdict.add("lost", f"{who}: the profile is {profile}")


def _callback(shown: Shown) -> str:
    return str(shown.raw.get("biz_opaque_callback_data") or shown.id)
