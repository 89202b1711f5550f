"""Yes, no, neither, and picks of what is not offered: their meaning is in what was asked."""

from __future__ import annotations

from actions.base import AtFirst, ServiceAction
from actions.facts import surnames_in
from actions.human import queue
from actions.jobs import SearchJobs, read_search
from actions.profile import CorrectField
from actions.steps import answers_notice, answers_of, is_choice, restate, yes_no
from actions.turn import Button, Turn, button
from actions.wording import folded_in, words
from huntred.people.rules import FIELDS
from huntred.units import service as units

# Answers that end where they end; the others lead on by a question or buttons of their own (tests/unit/actions).
BARE = frozenset(
    {
        "about_business_unit", "edit_message", "faq_benefits", "faq_cost",
        "faq_documents", "faq_is_it_safe", "faq_process_time", "faq_remote_work", "feel_pressured", "send_contact",
        "send_document", "send_image", "send_reaction",
    }
)  # fmt: skip
# A courtesy: what is awaited still is, but not said again.
_QUIET = frozenset({"thank"})
# What is hardly understood is guessed at: so many guesses, each at least so likely.
_GUESSES, _LEAST_LIKELY = 2, 0.05
# "¿y de mesera en Cancún?": so short, a position that is named is what is looked for.
_FEW_WORDS = 6
# Never guessed in a unit where nobody applies.
_OF_WORK = frozenset(
    {
        "search_jobs", "nearby_jobs", "register", "update_profile", "check_application_status", "schedule_interview",
        "reschedule_interview", "cancel_interview", "withdraw_application", "help_apply", "upload_cv", "invite_friend",
        "faq_benefits", "faq_remote_work", "migration_help", "family_group", "find_mentor", "learning_plan",
        "internships",
    }
)  # fmt: skip


class Affirm(ServiceAction):
    at_first = AtFirst.OPEN

    def name(self) -> str:
        return "action_affirm"

    def serve(self, turn: Turn) -> None:
        meaning = answers_of(turn.was_expecting)
        if is_stale(turn):
            ask_again(turn, "utter_stale_option")
        elif folded_in(turn.text, "skip_words"):
            ask_again(turn, "utter_unsure")  # "omitir" reads like a yes where nothing is to be left out
        elif meaning is not None:
            meaning.yes(turn)
        elif not answers_notice(turn, agreed=True) and not restate(turn):
            turn.say("utter_affirm")


class Deny(ServiceAction):
    at_first = AtFirst.OPEN

    def name(self) -> str:
        return "action_deny"

    def serve(self, turn: Turn) -> None:
        meaning = answers_of(turn.was_expecting)
        if is_stale(turn):
            ask_again(turn, "utter_stale_option")
        elif meaning is not None:
            meaning.no(turn)
        elif not answers_notice(turn, agreed=False):
            turn.expecting = turn.was_expecting or None
            turn.say("utter_deny")


class Unsure(ServiceAction):
    """Neither yes nor no: the question stays, and is explained."""

    at_first = AtFirst.OPEN

    def name(self) -> str:
        return "action_unsure"

    def serve(self, turn: Turn) -> None:
        ask_again(turn, "utter_unsure")


def is_stale(turn: Turn) -> bool:
    """Whether a yes or no was pressed that belongs to another question than the one that is open."""
    return turn.picked and turn.entity("value") not in ("", turn.was_expecting)


def ask_again(turn: Turn, otherwise: str) -> None:
    """Explain what is awaited and keep awaiting it; say `otherwise` where it explains nothing."""
    if answers_of(turn.was_expecting) is None:
        turn.say(otherwise)
    restate(turn)


class Answer(ServiceAction):
    """A question that a text answers; then what was awaited is said again, or where to go from here."""

    def name(self) -> str:
        return "action_answer"

    def serve(self, turn: Turn) -> None:
        turn.say(f"utter_{turn.intent}")
        if turn.intent in _QUIET:
            turn.expecting = turn.was_expecting or None
            return
        if not restate(turn) and turn.intent in BARE and not turn.first:
            turn.say("utter_what_next")


class NotOffered(ServiceAction):
    """What other units do."""

    def name(self) -> str:
        return "action_not_offered"

    def serve(self, turn: Turn) -> None:
        turn.say("utter_not_offered")
        restate(turn)


class Inform(ServiceAction):
    """Data that nobody asked for: with a field's name beside it ("correo: ana@…") a correction of that field;
    what it says of the wanted work is kept for the next search.
    """

    at_first = AtFirst.OPEN

    def name(self) -> str:
        return "action_inform"

    def serve(self, turn: Turn) -> None:
        if turn.entity("field") in FIELDS or surnames_in(turn):
            CorrectField().serve(turn)
            return
        search = read_search(turn)
        if search:
            turn.set(search=search)
        ask_again(turn, "utter_inform")


class OutOfScope(ServiceAction):
    at_first = AtFirst.OPEN

    def name(self) -> str:
        return "action_out_of_scope"

    def serve(self, turn: Turn) -> None:
        if turn.was_expecting and len(turn.text.split()) <= _FEW_WORDS and _names_work(turn):
            SearchJobs().serve(turn)
            return
        turn.say("utter_out_of_scope")
        restate(turn)


class ChooseUnknown(ServiceAction):
    """A number, an ordinal or words that choose none of what is on offer, or several."""

    at_first = AtFirst.OPEN

    def name(self) -> str:
        return "action_choose_unknown"

    def serve(self, turn: Turn) -> None:
        ask_again(turn, "utter_choose_unclear" if is_choice(turn.was_expecting) else "utter_choose_unknown")


class Fallback(ServiceAction):
    """At first what is awaited, or what may have been meant; then ways on; then a person, and so on."""

    at_first = AtFirst.OPEN

    def name(self) -> str:
        return "action_fallback"

    def serve(self, turn: Turn) -> None:
        count = int(turn.slot("fallbacks") or 0) + 1
        turn.set(fallbacks=count)
        if count == 1 and _names_work(turn):
            SearchJobs().serve(turn)
        elif count == 1:
            _guess(turn)
        elif count % 2:
            turn.expecting = "handoff"
            turn.say("utter_ask_handoff")
        else:
            turn.expecting = turn.was_expecting or None
            turn.say("utter_fallback_options")


def _names_work(turn: Turn) -> bool:
    """Whether what was not understood names a position ("¿y de cocinera?") where vacancies were the topic."""
    about_vacancies = turn.was_expecting in ("", "again_vacancies", "apply")
    return about_vacancies and bool(turn.entity("title")) and _takes_applications(turn)


def _takes_applications(turn: Turn) -> bool:
    return bool(units.get(turn.uow, turn.unit).settings.get("takes_applications", True))


def _guess(turn: Turn) -> None:
    """Say again what is awaited; where nothing is, ask which of the likeliest was meant."""
    meant = _likeliest(turn)
    if not turn.was_expecting and meant:
        turn.say("utter_did_you_mean", buttons=meant)
    else:
        ask_again(turn, "utter_rephrase")


def _likeliest(turn: Turn) -> list[Button]:
    meanings = words()["meanings"]
    if not _takes_applications(turn):
        meanings = {intent: title for intent, title in meanings.items() if intent not in _OF_WORK}
    found = [intent for intent in turn.likeliest(least=_LEAST_LIKELY) if intent in meanings]
    return [button(meanings[intent], intent) for intent in found[:_GUESSES]]


def _no_person(turn: Turn) -> None:
    turn.say("utter_deny")


yes_no("handoff", yes=queue, no=_no_person)
