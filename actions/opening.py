"""The opening, the menu and beginning again."""

from __future__ import annotations

from actions.base import AtFirst, ServiceAction
from actions.consent import known_name
from actions.family import bring_invitation
from actions.notice import ask_consent, wanted_by_link
from actions.steps import go_on
from actions.turn import Turn
from contract.invitations import invitation_in
from huntred.privacy import service as privacy
from huntred.units import service as units


class Greet(ServiceAction):
    """Who I am and the privacy notice at first; a short welcome and the menu later."""

    at_first = AtFirst.NOTHING

    def name(self) -> str:
        return "action_greet"

    def serve(self, turn: Turn) -> None:
        open_conversation(turn)


def open_conversation(turn: Turn) -> None:
    code = invitation_in(turn.text)
    if code:
        turn.set(invitation=code)
    if privacy.has_accepted(turn.uow, turn.person.id):
        turn.set(opened=True)
        if bring_invitation(turn, code):
            turn.set(invitation=None)
            return
        name, unit = known_name(turn), units.get(turn.uow, turn.unit)
        if name:
            turn.say("utter_welcome_back", name=name, unit=unit.name)
        else:
            turn.say("utter_welcome_again", unit=unit.name)
        go_on(turn, wanted_by_link(turn))
        return
    turn.set(opened=None)  # who we are is said again to whoever greets again
    ask_consent(turn, str(turn.slot("goal") or ""))


class ShowMenu(ServiceAction):
    def name(self) -> str:
        return "action_show_menu"

    def serve(self, turn: Turn) -> None:
        turn.say("utter_menu")


class Restart(ServiceAction):
    """Begin again: what was being asked is forgotten, what the person told stays. Overrides Rasa's own action."""

    at_first = AtFirst.NOTHING

    def name(self) -> str:
        return "action_restart"

    def serve(self, turn: Turn) -> None:
        turn.set(
            asked=None, goal=None, vacancy_id=None, application_id=None, slot_id=None, interview_id=None,
            search=None, shown=0, answers=None, skipped=None, fields=None, proposal=None, code_email=None, tries=0,
        )  # fmt: skip
        turn.say("utter_restarted")
        open_conversation(turn)


class Goodbye(ServiceAction):
    """A farewell closes the step."""

    def name(self) -> str:
        return "action_goodbye"

    def serve(self, turn: Turn) -> None:
        turn.set(asked=None, goal=None)
        turn.say("utter_goodbye")
