"""What the team keeps for itself: notes on conversations, who is named in them, and views of lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from huntred.conversations.mentions import mentioned
from runtime.demo.dice import Dice
from runtime.demo.parts import Demo

_NOTED = {"amigro": 16, "huntu": 8, "huntred": 8, "huntred_executive": 6}


@dataclass(frozen=True)
class _Colleague:
    id: UUID
    name: str
    email: str = ""


def make_notes(demo: Demo) -> None:
    dice = Dice("notes")
    texts = demo.content.team["notes"]
    for unit in demo.units:
        team = [_Colleague(id_, name) for id_, name in demo.colleagues[unit].items()]
        # Those with a person or waiting for one first, then the latest.
        chosen = sorted(
            (made for made in demo.conversations if made.unit == unit),
            key=lambda made: (made.handling == "bot", -made.said[-1][2].timestamp()),
        )[: _NOTED[unit]]
        for number, made in enumerate(chosen):
            author, named = team[number % len(team)], team[(number + 1) % len(team)]
            text = dice.one(texts).format(colleague=f"@{named.name}", name=made.application.person.first_name)
            at = min(made.said[-1][2] + timedelta(minutes=dice.whole(1, 40)), demo.now - timedelta(minutes=1))
            note_id = dice.new_id()
            demo.add(
                "conversation_notes", id=note_id, unit=unit, conversation_id=made.id, user_id=author.id, text=text,
                at=at,
            )  # fmt: skip
            for user_id in mentioned(text, team):
                if user_id == author.id:
                    continue
                seen = None if dice.chance(0.6) else at + (demo.now - at) * dice.between(0.2, 0.9)
                demo.add(
                    "note_mentions", id=dice.new_id(), unit=unit, note_id=note_id, conversation_id=made.id,
                    user_id=user_id, at=at, seen_at=seen,
                )  # fmt: skip


def make_views(demo: Demo) -> None:
    dice = Dice("views")
    views = demo.content.team["views"]
    for users in demo.users.values():
        for user in users:
            for view in views:
                demo.add(
                    "saved_views", id=dice.new_id(), user_id=user, list_name=view["list"], name=view["name"],
                    filters=view["filters"], columns=view.get("columns", []), created_at=demo.now,
                )  # fmt: skip
