"""A company asks for a proposal: who asks, for which organisation and what for; a consultant finds it in the queue.

What was told is the reason of the handoff: the consultant reads it above the conversation and answers there.
"""

from __future__ import annotations

from actions.base import ServiceAction
from actions.consent import consented
from actions.forms import FormStep
from actions.hours import hours_of
from actions.profile import ask_for
from actions.steps import goal
from actions.turn import Turn
from actions.wording import shortened, word, words
from huntred.conversations import handoff
from huntred.errors import FieldInvalid
from huntred.people import service as people
from huntred.units import service as units

_CONTACT_FIELDS = ("first_name", "last_name", "email", "phone")
_QUESTIONS = ("organisation", "service", "need")
# What still leaves room for the rest in the 500 characters of a handoff's reason.
_LONGEST = {"organisation": 80, "service": 80, "need": 280}
# A need that is told in so many words is hardly a question of another kind; a shorter one than this says nothing.
_TOLD_WORDS = 4
_SHORTEST_NEED = 8


class RequestProposal(ServiceAction):
    def name(self) -> str:
        return "action_request_proposal"

    def serve(self, turn: Turn) -> None:
        if consented(turn, "proposal"):
            request_proposal(turn)


def request_proposal(turn: Turn) -> None:
    """Ask for what is missing to be written to, then for what the proposal is about."""
    missing = people.missing_fields(turn.uow, turn.person.id, _CONTACT_FIELDS)
    turn.say("utter_proposal_start")
    if missing:
        ask_for(turn, missing, "proposal_about")
    else:
        _ask_about(turn)


def _ask_about(turn: Turn) -> None:
    turn.start_form("form_proposal", proposal={}, tries=0)


class ProposalForm(FormStep):
    """Organisation, subject and need; the slot `proposal` holds the answers by question."""

    def name(self) -> str:
        return "validate_form_proposal"

    def next_question(self, turn: Turn) -> str | None:
        told = turn.slot("proposal") or {}
        return next((question for question in _QUESTIONS if question not in told), None)

    def take(self, turn: Turn, asked: str) -> None:
        pressed = turn.entity("field") if turn.picked and turn.intent == "inform" else ""
        if pressed in _QUESTIONS:
            # A button of an earlier question still says what it said.
            asked, text = pressed, word("proposal_services", turn.entity("value"))
        elif asked == "service" and turn.intent == "unsure":
            text = word("proposal_services", "unsure")
        else:
            text = " ".join(turn.text.split())
        if not any(character.isalpha() for character in text) or turn.intent in {"affirm", "deny", "skip"}:
            raise FieldInvalid(asked, "missing")
        if asked == "need" and len(text) < _SHORTEST_NEED:
            raise FieldInvalid(asked, "too_short")
        turn.set(proposal={**(turn.slot("proposal") or {}), asked: shortened(text, _LONGEST[asked])})

    def fits(self, turn: Turn, asked: str) -> bool:
        return asked == "need" and "?" not in turn.text and len(turn.text.split()) >= _TOLD_WORDS

    def own_intents(self, asked: str) -> frozenset[str]:
        own = {"inform", "about_business_unit"}
        if asked != "organisation":
            own |= {"request_proposal", "open_vacancy", "start_assessment", "learning_plan", "unsure"}
        return frozenset(own)


class ProposalComplete(ServiceAction):
    """The request is queued for a person; whoever already waits goes on waiting, with this written beside it."""

    def name(self) -> str:
        return "action_proposal_complete"

    def serve(self, turn: Turn) -> None:
        told = turn.slot("proposal") or {}
        turn.set(proposal=None)
        reason = str(words()["proposal_reason"]).format(**{name: told.get(name, "") for name in _QUESTIONS})
        handoff.request_handoff(turn.uow, turn.conversation_id, reason, now=turn.now)
        hours = hours_of(units.get(turn.uow, turn.unit))
        turn.say("utter_proposal_requested", organisation=told.get("organisation", ""), hours=hours)


goal("proposal", request_proposal)
goal("proposal_about", _ask_about)
