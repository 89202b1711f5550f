"""Arriving by a campaign's link: what it leads to, once the person has agreed to the notice."""

from __future__ import annotations

from actions.jobs import search_or_ask, show_vacancy
from actions.steps import goal
from actions.turn import Turn
from huntred.errors import RuleBroken
from huntred.vacancies import service as vacancies


def show_wanted(turn: Turn) -> None:
    """The campaign's vacancy; where it is open no more they are told, and other work is looked for."""
    chosen = turn.id_slot("vacancy_id")
    try:
        vacancy = vacancies.get_open(turn.uow, chosen) if chosen else None
    except RuleBroken as error:
        turn.set(vacancy_id=None)
        turn.say(f"utter_error_{error.code}")
        vacancy = None
    if vacancy is None:
        search_or_ask(turn)
    else:
        show_vacancy(turn, vacancy)


goal("vacancy", show_wanted)
