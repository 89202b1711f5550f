"""Turns for the designers' workbench, of what the demo's people wrote and was hardly understood.

The collector never takes demo conversations, and a demo turn can be looked at but not made an example of: nothing
is learned from what nobody said (`huntred/workbench/changes.py`).
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from huntred.workbench.collecting import RESTED, UNSURE_BELOW
from huntred.workbench.masking import mask
from runtime.demo.dice import Dice
from runtime.demo.parts import Demo, MadeConversation

_DAYS = timedelta(days=30)
_ASKS_FOR_PERSON = "contact_human"


def make_turns(demo: Demo) -> None:
    dice = Dice("workbench")
    groups: dict[tuple[str, str], UUID] = {}
    there: set[tuple[str, str]] = set()
    for made in demo.conversations:
        for place, (line, text, at, message_id) in enumerate(made.said):
            reason = _reason(made, place)
            # The same words once are enough of a unit.
            if not reason or not demo.now - _DAYS < at < demo.now - RESTED or (made.unit, text) in there:
                continue
            there.add((made.unit, text))
            group = groups.setdefault((made.unit, line.key), dice.new_id())
            demo.add(
                "workbench_turns", id=dice.new_id(), unit=made.unit, message_id=message_id, conversation_id=made.id,
                text=mask(text, [made.application.person.full_name]), intent=line.intent, confidence=line.confidence,
                reason=reason, suggested=line.meant if reason == "corrected" else "", group_id=group, at=at,
            )  # fmt: skip


def _reason(made: MadeConversation, place: int) -> str:
    """As the collector says it; empty where it was understood."""
    line = made.said[place][0]
    if line.who != "p" or line.intent is None or line.confidence is None:
        return ""
    unsure = line.intent == "nlu_fallback" or line.confidence < UNSURE_BELOW
    after = [other for other, *_ in made.said[place + 1 :] if other.who == "p"]
    if unsure and line.meant and after and after[0].option:
        return "corrected"
    if unsure and made.handoff and line.intent != _ASKS_FOR_PERSON:
        return "handed_over"
    return "unsure" if unsure else ""
