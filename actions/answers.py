"""Yes, no, neither, and picks of what is not offered: their meaning is in what was asked."""

from __future__ import annotations

from actions.base import ServiceAction
from actions.jobs import read_search
from actions.opening import open_conversation
from actions.profile import CorrectField
from actions.steps import answers_of, answers_notice
from actions.turn import Turn
from huntred.people.rules import FIELDS


class Affirm(ServiceAction):
    def name(self) -> str:
        return "action_affirm"

    def serve(self, turn: Turn) -> None:
        meaning = answers_of(turn.was_expecting)
        if is_stale(turn):
            ask_again(turn, "utter_stale_option")
        elif meaning is not None:
            meaning.yes(turn)
        elif not answers_notice(turn, agreed=True):
            turn.say("utter_affirm")


class Deny(ServiceAction):
    def name(self) -> str:
        return "action_deny"

    def serve(self, turn: Turn) -> None:
        meaning = answers_of(turn.was_expecting)
        if is_stale(turn):
            ask_again(turn, "utter_stale_option")
        elif meaning is not None:
            meaning.no(turn)
        elif not answers_notice(turn, agreed=False):
            turn.say("utter_deny")


class Unsure(ServiceAction):
    """Neither yes nor no: the question stays, and is explained."""

    def name(self) -> str:
        return "action_unsure"

    def serve(self, turn: Turn) -> None:
        ask_again(turn, "utter_unsure")


def is_stale(turn: Turn) -> bool:
    """Whether a yes or no was pressed that belongs to another question than the one that is open."""
    return turn.picked and turn.entity("value") not in ("", turn.was_expecting)


def ask_again(turn: Turn, otherwise: str) -> None:
    """Explain what is awaited and keep awaiting it; say `otherwise` where nothing is."""
    if answers_of(turn.was_expecting) is None:
        turn.say(otherwise)
        return
    turn.expecting = turn.was_expecting
    turn.say(f"utter_explain_{turn.was_expecting}")


class Inform(ServiceAction):
    """Data that nobody asked for: with a field's name beside it ("correo: ana@…") a correction of that field;
    what it says of the wanted work is kept for the next search.
    """

    def name(self) -> str:
        return "action_inform"

    def serve(self, turn: Turn) -> None:
        if turn.entity("field") in FIELDS:
            CorrectField().serve(turn)
            return
        search = read_search(turn)
        if search:
            turn.set(search=search)
        ask_again(turn, "utter_inform")


class OutOfScope(ServiceAction):
    def name(self) -> str:
        return "action_out_of_scope"

    def serve(self, turn: Turn) -> None:
        if turn.slot("opened"):
            turn.expecting = turn.was_expecting or None
            turn.say("utter_out_of_scope")
        else:
            open_conversation(turn)


class ChooseUnknown(ServiceAction):
    """A number or an ordinal where nothing of that kind is on offer."""

    def name(self) -> str:
        return "action_choose_unknown"

    def serve(self, turn: Turn) -> None:
        ask_again(turn, "utter_choose_unknown")


class Fallback(ServiceAction):
    """At first: say it in other words, or what is awaited; then: ways on, a person among them."""

    def name(self) -> str:
        return "action_fallback"

    def serve(self, turn: Turn) -> None:
        if not turn.slot("opened"):
            # Who writes for the first time, whatever they write, is told who we are.
            open_conversation(turn)
            return
        count = int(turn.slot("fallbacks") or 0) + 1
        turn.set(fallbacks=count)
        if count == 1:
            ask_again(turn, "utter_rephrase")
            return
        turn.expecting = turn.was_expecting or None
        turn.say("utter_fallback_options")
