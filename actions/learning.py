"""A learning plan: what the vacancies of one's wish ask for, step by step, and a step that is done."""

from __future__ import annotations

from uuid import UUID

from actions.base import ServiceAction
from actions.consent import consented
from actions.forms import FormStep
from actions.steps import choice, goal, restate
from actions.turn import Turn, button
from actions.wording import shortened, words
from huntred.errors import NotFound
from huntred.learning import service as learning
from huntred.learning.models import LearningStep
from huntred.people import service as people
from huntred.people.rules import parse_field
from huntred.units import service as units

_TITLE, _DESCRIPTION = 24, 72
_BUTTONS = 8


class LearningPlan(ServiceAction):
    def name(self) -> str:
        return "action_learning_plan"

    def serve(self, turn: Turn) -> None:
        if not units.get(turn.uow, turn.unit).settings.get("learning_plans"):
            turn.say("utter_learning_plan")
            restate(turn)
            return
        turn.set(plan_wish=turn.entity("title") or None)
        if consented(turn, "learning_plan"):
            plan_or_ask(turn)


def plan_or_ask(turn: Turn) -> None:
    """The plan that stands, filled up for the wish; where no wish is known, the question."""
    wish = str(turn.slot("plan_wish") or people.profile_of(turn.uow, turn.person.id).headline or "")
    if not wish:
        if learning.steps_of(turn.uow, turn.person.id):
            show_plan(turn)
        else:
            turn.start_form("form_plan", plan_wish=None, tries=0)
        return
    found = learning.propose(
        turn.uow, turn.context.ranker, turn.person.id, wish, now=turn.now, nearest=turn.context.nearest
    )
    if learning.steps_of(turn.uow, turn.person.id):
        show_plan(turn)
    elif found.looked_at:
        turn.say("utter_plan_nothing_lacking", wish=wish, count=found.looked_at)
    else:
        turn.set(plan_wish=None)
        turn.say("utter_plan_no_vacancies", wish=wish)


class PlanForm(FormStep):
    """One question: for what work?"""

    def name(self) -> str:
        return "validate_form_plan"

    def next_question(self, turn: Turn) -> str | None:
        return None if turn.slot("plan_wish") else "plan_wish"

    def take(self, turn: Turn, asked: str) -> None:
        said = turn.entity("title") or turn.text
        turn.set(plan_wish=str(parse_field("headline", said, today=turn.now.date()).columns["headline"]))

    def own_intents(self, asked: str) -> frozenset[str]:
        return frozenset({"inform", "search_jobs", "learning_plan", "internships", "find_mentor", "job_details"})


class PlanWishTold(ServiceAction):
    def name(self) -> str:
        return "action_plan_complete"

    def serve(self, turn: Turn) -> None:
        plan_or_ask(turn)


def show_plan(turn: Turn) -> None:
    steps = learning.steps_of(turn.uow, turn.person.id)
    done = sum(step.state == "done" for step in steps)
    rows = [
        button(
            shortened(words()["plan"]["did"].format(skill=step.skill), _TITLE), "plan_step_done", step_id=str(step.id),
            description=shortened(step.note, _DESCRIPTION),
        )
        for step in steps if step.state == "open"
    ][:_BUTTONS]  # fmt: skip
    lines = "\n\n".join(_line(number, step) for number, step in enumerate(steps, 1))
    turn.expecting = "again_plan"
    turn.say("utter_plan", buttons=rows, steps=lines, done=done, total=len(steps))


def _line(number: int, step: LearningStep) -> str:
    told = words()["plan"]
    sign = told["done"] if step.state == "done" else f"{number}."
    why = told["why"].format(asked=step.asked_by, of=step.looked_at, wish=step.wish) if step.asked_by else told["team"]
    return "\n".join(part for part in (f"{sign} {step.skill}", why, step.note) if part)


class PlanStepDone(ServiceAction):
    def name(self) -> str:
        return "action_plan_step_done"

    def serve(self, turn: Turn) -> None:
        step = _own(turn)
        if step is None:
            turn.say("utter_plan_step_unknown")
            return
        learning.mark(turn.uow, step.id, True, "person", now=turn.now)
        steps = learning.steps_of(turn.uow, turn.person.id)
        if all(one.state == "done" for one in steps):
            turn.say("utter_plan_finished", skill=step.skill)
            return
        turn.say("utter_plan_step_done", skill=step.skill)
        show_plan(turn)


def _own(turn: Turn) -> LearningStep | None:
    try:
        step = learning.get(turn.uow, UUID(turn.entity("step_id")))
    except (NotFound, ValueError):
        return None
    return step if step.person_id == turn.person.id else None


goal("learning_plan", plan_or_ask)
choice("again_plan", show_plan)
