"""The base of our forms: one question at a time, digressions answered in place, and a way out.

A form of ours has one required slot, `answer`, that is never filled: what was asked stands in the slot `asked`,
what was answered goes to the service at once. Its `validate_form_*` reads, answers and asks in one call.
"""

from __future__ import annotations

from abc import abstractmethod
from enum import Enum, auto

from actions.base import ServiceAction
from actions.steps import aside_of
from actions.turn import Turn
from huntred.errors import FieldInvalid, HuntredError

# Answered with utter_<intent>, and the question is asked again.
ASIDE = frozenset(
    {
        "faq_cost", "faq_process_time", "faq_documents", "faq_is_it_safe", "faq_are_you_bot", "faq_remote_work",
        "faq_benefits", "faq_office", "about_business_unit", "terms_privacy", "ask_help", "chitchat", "insult",
        "thank", "greet", "change_language", "confidential_search", "migration_help", "ask_points", "help_apply",
        "out_of_scope", "upload_cv", "send_document", "send_image", "send_audio", "send_contact", "send_sticker",
        "send_reaction", "edit_message", "delete_message", "send_unknown", "give_feedback",
        "feel_pressured", "open_vacancy", "ask_price", "request_proposal", "family_group", "find_mentor",
        "learning_plan", "internships", "start_assessment", "sign_document", "make_payment", "ask_invoice",
        "ask_refund", "start_agreement", "agreement_status", "revoke_agreement", "agreement_preferences",
    }
)  # fmt: skip
# Another flow begins; the form ends and what was told stays told.
LEAVE = frozenset(
    {
        "show_menu", "restart", "contact_human", "choose_business_unit", "choose_unit", "opt_out", "opt_in",
        "delete_my_data", "search_jobs", "more_vacancies", "nearby_jobs", "check_application_status", "invite_friend",
        "contact_partner", "choose_vacancy", "choose_slot", "withdraw_application", "cancel_interview",
        "reschedule_interview", "schedule_interview", "confirm_attendance", "goodbye", "share_location", "register",
        "update_profile", "correct_field", "cv_answer", "apply_job", "job_details", "status_by_email", "new_search",
    }
)  # fmt: skip
_ANSWERS = frozenset({"inform", "skip", "affirm", "deny", "unsure", "choose_option"})
# Single words that are always what they are, whatever is being asked.
_CERTAIN = frozenset({"opt_out", "show_menu", "restart", "contact_human"})
# How sure the understanding must be before words are not taken as the answer that was asked for.
_SURE = 0.75
_SURE_OF_CERTAIN = 0.6
_TRIES_BEFORE_HELP = 2


class Reading(Enum):
    ANSWER = auto()
    ASIDE = auto()
    REPEAT = auto()
    LEAVE = auto()


class FormStep(ServiceAction):
    """A `validate_form_*` action."""

    in_form = True

    @abstractmethod
    def next_question(self, turn: Turn) -> str | None:
        """Return what to ask next, or None where all is there."""

    @abstractmethod
    def take(self, turn: Turn, asked: str) -> None:
        """Take the answer. Raises FieldInvalid where it is none."""

    def ask(self, turn: Turn, question: str) -> None:
        turn.say(f"utter_ask_{question}")

    def fits(self, turn: Turn, asked: str) -> bool:
        """Whether the words can hardly be anything but the answer (an address, a number)."""
        return False

    def is_stale(self, turn: Turn, asked: str) -> bool:
        """Whether a yes, a no or a skip was pressed that belongs to another question."""
        about = turn.entity("field") if turn.intent == "skip" else turn.entity("value")
        return turn.intent in {"affirm", "deny", "skip"} and about not in ("", asked)

    def own_intents(self, asked: str) -> frozenset[str]:
        """Intents that, here, are only the way in which an answer is understood."""
        return frozenset()

    def serve(self, turn: Turn) -> None:
        asked = turn.slot("asked")
        if asked is None:
            self._go_on(turn)
            return
        serve_aside = aside_of(turn.intent) if turn.picked else None
        if serve_aside is not None and serve_aside(turn):
            # It may have told what was being asked.
            self._go_on(turn)
            return
        reading = self.read(turn, asked)
        if reading is Reading.LEAVE:
            return
        if reading is Reading.REPEAT:
            self._keep_asking(turn, asked)
            self.ask(turn, asked)
            return
        if reading is Reading.ASIDE:
            turn.say(f"utter_{turn.intent}")
            self._keep_asking(turn, asked)
            self.ask(turn, asked)
            return
        try:
            self.take(turn, asked)
        except FieldInvalid:
            self._complain(turn, asked)
            return
        turn.set(tries=0)
        self._go_on(turn)

    def read(self, turn: Turn, asked: str) -> Reading:
        intent = turn.intent
        if turn.picked:
            if self.is_stale(turn, asked):
                return Reading.REPEAT
            if intent in _ANSWERS or intent in self.own_intents(asked):
                return Reading.ANSWER
            return Reading.ASIDE if intent in ASIDE else Reading.LEAVE
        if intent in _CERTAIN and turn.confidence >= _SURE_OF_CERTAIN:
            return Reading.LEAVE
        if self.fits(turn, asked) or intent in self.own_intents(asked) or turn.confidence < _SURE:
            return Reading.ANSWER
        if intent in ASIDE:
            return Reading.ASIDE
        return Reading.LEAVE if intent in LEAVE else Reading.ANSWER

    def refuse(self, turn: Turn, error: HuntredError) -> None:
        """Say why, and keep asking: an error ends no form."""
        turn.say(f"utter_error_{error.code}")
        self._keep_asking(turn, str(turn.slot("asked") or ""))

    def _go_on(self, turn: Turn) -> None:
        question = self.next_question(turn)
        if question is None:
            turn.set(asked=None, requested_slot=None)
            return
        self._keep_asking(turn, question)
        self.ask(turn, question)

    @staticmethod
    def _keep_asking(turn: Turn, question: str) -> None:
        turn.set(asked=question, requested_slot="answer")

    def _complain(self, turn: Turn, asked: str) -> None:
        tries = int(turn.slot("tries") or 0) + 1
        turn.set(tries=tries)
        self._keep_asking(turn, asked)
        if tries > _TRIES_BEFORE_HELP:
            turn.say("utter_form_help")
            self.ask(turn, asked)
        else:
            self.say_invalid(turn, asked)

    def say_invalid(self, turn: Turn, asked: str) -> None:
        turn.say(f"utter_invalid_{asked}")
