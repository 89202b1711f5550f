"""Applying: what is missing, the vacancy's questions, the application, and then the times."""

from __future__ import annotations

from uuid import UUID

from actions.base import ServiceAction
from actions.consent import consented
from actions.forms import FormStep
from actions.interviews import offer_slots
from actions.jobs import search_or_ask, vacancy_meant
from actions.profile import ask_for
from actions.steps import goal, yes_no
from actions.turn import Turn
from huntred.applications import service as applications
from huntred.applications.errors import AlreadyApplied
from huntred.applications.rules import read_answer
from huntred.applications.types import Answer
from huntred.errors import FieldInvalid
from huntred.fairness import service as fairness
from huntred.matching import service as matching
from huntred.people import service as people
from huntred.vacancies import service as vacancies
from huntred.vacancies.models import VacancyQuestion


class ApplyJob(ServiceAction):
    def name(self) -> str:
        return "action_apply"

    def serve(self, turn: Turn) -> None:
        vacancy = vacancy_meant(turn)
        if vacancy is not None:
            turn.set(vacancy_id=str(vacancy.id))
        if consented(turn, "apply"):
            apply_or_ask(turn)


def apply_or_ask(turn: Turn) -> None:
    """Apply, or ask first for what is missing."""
    vacancy_id = turn.id_slot("vacancy_id")
    if vacancy_id is None:
        turn.say("utter_choose_vacancy_first")
        search_or_ask(turn)
        return
    missing = people.missing_fields(turn.uow, turn.person.id)
    if missing:
        turn.say("utter_apply_needs_profile")
        ask_for(turn, missing, "apply")
        return
    if applications.questions(turn.uow, vacancy_id):
        turn.say("utter_questions_start")
        turn.start_form("form_questions", answers={}, tries=0)
        return
    _apply(turn, vacancy_id, {})


class QuestionsForm(FormStep):
    """The knock-out questions of the vacancy in the slot, in order; the slot `answers` holds text by question id."""

    def name(self) -> str:
        return "validate_form_questions"

    def next_question(self, turn: Turn) -> str | None:
        question = self._open(turn)
        return str(question.id) if question else None

    def ask(self, turn: Turn, question: str) -> None:
        found = self._by_id(turn, question)
        turn.say(f"utter_ask_question_{found.kind}", question=found.text, step=question)

    def take(self, turn: Turn, asked: str) -> None:
        question = self._by_id(turn, asked)
        text = {"affirm": "si", "deny": "no"}.get(turn.intent, turn.text) if question.kind == "yes_no" else turn.text
        if turn.intent == "unsure":
            raise FieldInvalid("answer", "neither_yes_nor_no")
        read_answer(question.kind, text)
        turn.set(answers={**(turn.slot("answers") or {}), asked: text})

    def fits(self, turn: Turn, asked: str) -> bool:
        if turn.intent in {"affirm", "deny"}:
            return True
        try:
            read_answer(self._by_id(turn, asked).kind, turn.text)
        except FieldInvalid:
            return False
        return len(turn.text.split()) <= 6

    def say_invalid(self, turn: Turn, asked: str) -> None:
        turn.say(f"utter_invalid_question_{self._by_id(turn, asked).kind}", step=asked)

    def _open(self, turn: Turn) -> VacancyQuestion | None:
        answered = turn.slot("answers") or {}
        return next((question for question in self._all(turn) if str(question.id) not in answered), None)

    def _by_id(self, turn: Turn, question_id: str) -> VacancyQuestion:
        return next(question for question in self._all(turn) if str(question.id) == question_id)

    @staticmethod
    def _all(turn: Turn) -> list[VacancyQuestion]:
        vacancy_id = turn.id_slot("vacancy_id")
        return applications.questions(turn.uow, vacancy_id) if vacancy_id else []


class QuestionsComplete(ServiceAction):
    def name(self) -> str:
        return "action_questions_complete"

    def serve(self, turn: Turn) -> None:
        vacancy_id = turn.id_slot("vacancy_id")
        if vacancy_id is not None:
            _apply(turn, vacancy_id, turn.slot("answers") or {})


def _apply(turn: Turn, vacancy_id: UUID, answers: dict[str, str]) -> None:
    person = turn.person
    given = [Answer(UUID(question), text) for question, text in answers.items()]
    match = matching.match_of(turn.uow, turn.context.ranker, person.id, vacancy_id)
    turn.set(answers=None)
    try:
        application = applications.apply(
            turn.uow, vacancy_id, person.id, given, turn.conversation_id, now=turn.now, score=match.score
        )
    except AlreadyApplied as error:
        turn.set(application_id=str(error.application_id))
        turn.say("utter_error_already_applied", number=error.number)
        return
    title = vacancies.get(turn.uow, vacancy_id).title
    turn.set(application_id=str(application.id))
    if application.knocked_out:
        _invite_to_statistics(turn)
        turn.say("utter_applied_to_review", number=application.number, title=title)
        return
    turn.say("utter_applied", number=application.number, title=title)
    _invite_to_statistics(turn)
    offer_slots(turn, application.id)


def _invite_to_statistics(turn: Turn) -> None:
    """Once, and before what is asked next, so that its buttons stay the last thing in the chat."""
    if fairness.invites(turn.uow, turn.person.id):
        url = turn.context.links.statistics_page(turn.unit, turn.person.id, now=turn.now)
        turn.say("utter_fairness_statistics", url=url)


def _not_now(turn: Turn) -> None:
    turn.say("utter_apply_declined")


goal("apply", apply_or_ask)
yes_no("apply", yes=lambda turn: apply_or_ask(turn) if consented(turn, "apply") else None, no=_not_now)
