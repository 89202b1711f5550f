"""What a person answers to the recap of their CV. The recap itself is a notice, `huntred/cv/telling.py`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from actions.base import ServiceAction
from actions.profile import ask_for
from actions.steps import aside, goal, of_notice
from actions.turn import Turn, button
from actions.wording import listed
from huntred.cv import service as cvs
from huntred.cv import telling
from huntred.cv.models import CvFile
from huntred.errors import NotFound

# A typed yes or no, where nothing else was asked, answers a recap that is no older.
_TYPED_WITHIN = timedelta(hours=1)


class CvAnswer(ServiceAction):
    def name(self) -> str:
        return "action_cv_answer"

    def serve(self, turn: Turn) -> None:
        answer(turn, turn.entity("value"))


def answer(turn: Turn, said: str) -> None:
    """said: right, wrong, field (one of them, named), unused, replace, keep."""
    try:
        cv = cvs.own(turn.uow, turn.person.id, UUID(turn.entity("cv_id")))
    except (NotFound, ValueError):
        turn.say("utter_cv_gone")
        return
    if cv.answer not in _OPEN_FOR.get(said, ()):
        turn.say("utter_cv_gone")
        return
    _ANSWERS[said](turn, cv)


def typed(turn: Turn, said: str) -> bool:
    """Take a typed yes or no as the answer to the recap; False where none is open."""
    cv = cvs.open_one(turn.uow, turn.person.id, told_since=turn.now - _TYPED_WITHIN)
    if cv is None:
        return False
    _ANSWERS[said](turn, cvs.own(turn.uow, turn.person.id, cv.id))
    return True


def _right(turn: Turn, cv: CvFile) -> None:
    compared = cvs.accept(turn.uow, cv, now=turn.now)
    if compared.fills:
        labels = [telling.label(one.field, turn.language).lower() for one in compared.fills]
        turn.say("utter_cv_saved", fields=listed(labels))
    elif not compared.differs:
        turn.say("utter_cv_nothing_new")
    if compared.differs:
        lines = telling.difference_lines(turn.uow, cv, compared.differs, turn.language)
        turn.say("utter_cv_differs", differences=lines, cv_id=cv.id)


def _wrong(turn: Turn, cv: CvFile) -> None:
    rows = [
        button(telling.label(one.field, turn.language), "cv_answer", value="field", field=one.field, cv_id=str(cv.id))
        for one in cvs.proposed_by(cv, now=turn.now)
    ]
    turn.say("utter_cv_which_field", buttons=rows, cv_id=cv.id)


def _field(turn: Turn, cv: CvFile) -> None:
    field = turn.entity("field")
    cvs.drop_field(turn.uow, cv, field)
    ask_for(turn, [field], "cv_corrected")


def _unused(turn: Turn, cv: CvFile) -> None:
    cvs.leave_out(turn.uow, cv, now=turn.now)
    turn.say("utter_cv_unused")


def _replace(turn: Turn, cv: CvFile) -> None:
    cvs.take_over(turn.uow, cv, now=turn.now)
    turn.say("utter_cv_replaced")


def _keep(turn: Turn, cv: CvFile) -> None:
    turn.say("utter_cv_kept")


_ANSWERS = {
    "right": _right, "wrong": _wrong, "field": _field, "unused": _unused, "replace": _replace, "keep": _keep,
}  # fmt: skip
# By what was answered before: a recap once, what differs after a yes.
_OPEN_FOR: dict[str, tuple[str, ...]] = {
    "right": ("", "replaced"), "wrong": ("",), "field": ("",), "unused": ("", "replaced"), "replace": ("right",),
    "keep": ("right",),
}  # fmt: skip


def _in_form(turn: Turn) -> bool:
    """A yes or a no to the recap ends no form; correcting it is another one."""
    if turn.entity("value") in ("wrong", "field"):
        return False
    answer(turn, turn.entity("value"))
    return True


def show_again(turn: Turn) -> None:
    """The recap after a correction."""
    cv = cvs.open_one(turn.uow, turn.person.id)
    if cv is None:
        turn.say("utter_corrected")
        return
    read = cvs.own(turn.uow, turn.person.id, cv.id)
    values = telling.recap_values(turn.uow, read, turn.language, now=turn.now)
    turn.say("utter_cv_recap", **dict[str, Any](values))


aside("cv_answer", _in_form)
goal("cv_corrected", show_again)
of_notice(yes=lambda turn: typed(turn, "right"), no=lambda turn: typed(turn, "wrong"))
