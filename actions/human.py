"""A person, please: the conversation is queued, and the bot keeps silent until somebody gives it back."""

from __future__ import annotations

from actions.base import ServiceAction
from actions.hours import hours_of
from actions.turn import Turn
from actions.wording import shortened
from huntred.conversations import handoff
from huntred.units import service as units


class RequestHuman(ServiceAction):
    def name(self) -> str:
        return "action_request_handoff"

    def serve(self, turn: Turn) -> None:
        queue(turn)


def queue(turn: Turn) -> None:
    """Ask for a person: the team is told, and reads what was said last."""
    handoff.request_handoff(turn.uow, turn.conversation_id, shortened(turn.text, 200), now=turn.now)
    turn.passed_on = True
    turn.say("utter_handoff_queued", hours=hours_of(units.get(turn.uow, turn.unit)))


class Contact(ServiceAction):
    """Phone, mail and hours of the unit."""

    def name(self) -> str:
        return "action_contact"

    def serve(self, turn: Turn) -> None:
        unit = units.get(turn.uow, turn.unit)
        contact = unit.settings.get("contact", {})
        turn.say(
            "utter_contact", unit=unit.name, phone=contact.get("phone", ""), email=contact.get("email", ""),
            hours=hours_of(unit),
        )  # fmt: skip
