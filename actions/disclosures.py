"""A confidential search: where it stands, and the candidate's yes or no to be named."""

from __future__ import annotations

from uuid import UUID

from actions.base import ServiceAction
from actions.steps import of_notice, restate
from actions.turn import Button, Turn, button
from actions.wording import shortened, words
from huntred.applications import service as applications
from huntred.disclosures import service as disclosures
from huntred.disclosures.rules import CANDIDATE, CLIENT
from huntred.disclosures.service import Standing
from huntred.errors import NotFound
from huntred.people import service as people
from huntred.vacancies import service as vacancies
from huntred.vacancies.models import Vacancy

_SHOWN = 3


class ConfidentialSearch(ServiceAction):
    """What confidential means here, and then how each of the person's own searches stands."""

    def name(self) -> str:
        return "action_confidential_search"

    def serve(self, turn: Turn) -> None:
        turn.say("utter_confidential_search")
        found = _searches(turn)
        if found:
            lines = [_line(vacancy, standing) for vacancy, standing in found]
            rows = [_row(vacancy) for vacancy, standing in found if not standing.said(CANDIDATE)]
            turn.say("utter_disclosure_standing", buttons=rows, standing="\n".join(lines))
        elif not restate(turn) and not turn.first:
            turn.say("utter_what_next")


class AgreeDisclosure(ServiceAction):
    def name(self) -> str:
        return "action_agree_disclosure"

    def serve(self, turn: Turn) -> None:
        vacancy = _asked(turn)
        if vacancy is None:
            turn.say("utter_disclosure_none")
            return
        standing = _say(turn, vacancy, granted=True)
        company = disclosures.company_shown(turn.uow, vacancy, turn.person.id)
        said = "utter_disclosure_open" if standing.open else "utter_disclosure_noted"
        turn.say(said, position=vacancy.title, company=company)


class RefuseDisclosure(ServiceAction):
    def name(self) -> str:
        return "action_refuse_disclosure"

    def serve(self, turn: Turn) -> None:
        vacancy = _asked(turn)
        if vacancy is None:
            turn.say("utter_disclosure_none")
            return
        _say(turn, vacancy, granted=False)
        turn.say("utter_disclosure_refused", position=vacancy.title)


def _say(turn: Turn, vacancy: Vacancy, *, granted: bool) -> Standing:
    return disclosures.say(
        turn.uow, vacancy.id, turn.person.id, CANDIDATE, granted, source="chat",
        evidence={"conversation_id": str(turn.conversation_id)}, now=turn.now,
    )  # fmt: skip


def _searches(turn: Turn) -> list[tuple[Vacancy, Standing]]:
    """The person's confidential searches, those first in which the client waits for them."""
    said = disclosures.of_person(turn.uow, turn.person.id)
    applied = [status.vacancy_id for status in applications.of_person(turn.uow, turn.person.id, now=turn.now)]
    ids: list[UUID] = list(dict.fromkeys([*said, *applied]))
    found = vacancies.by_ids(turn.uow, ids)
    searches = [
        (found[id_], said.get(id_, Standing())) for id_ in ids if id_ in found and found[id_].confidential
    ]
    searches.sort(key=lambda each: (CLIENT in each[1].missing or each[1].open, -each[0].number))
    return searches[:_SHOWN]


def _asked(turn: Turn) -> Vacancy | None:
    """The confidential search of this person that a button names; none where it is not theirs."""
    number = turn.entity("vacancy_number")
    try:
        vacancy = vacancies.get_by_number(turn.uow, int(number))
    except (NotFound, ValueError):
        return None
    return vacancy if any(vacancy.id == theirs.id for theirs, _ in _searches(turn)) else None


def _line(vacancy: Vacancy, standing: Standing) -> str:
    told = words()["disclosure"]
    sides = (
        told["own"].format(said=told["yes" if standing.said(CANDIDATE) else "pending"]),
        told["client"].format(said=told["yes" if standing.said(CLIENT) else "pending"]),
    )
    named = told["company"].format(company=vacancy.company.name) if standing.open else ""
    return "\n".join(part for part in (f"«{vacancy.title}» #{vacancy.number}", *sides, named) if part)


def _row(vacancy: Vacancy) -> Button:
    return button(
        words()["disclosure"]["agree"], "agree_disclosure", vacancy_number=str(vacancy.number),
        description=shortened(vacancy.title, 72),
    )  # fmt: skip


def ask_about_disclosure(turn: Turn) -> bool:
    """Ask again, by its buttons, what the client of a confidential search asked; whether anything is open."""
    waiting = [
        vacancy for vacancy, standing in _searches(turn)
        if standing.said(CLIENT) and standing.candidate is None
    ]  # fmt: skip
    if not waiting:
        return False
    name = people.profile_of(turn.uow, turn.person.id).first_name
    turn.say("utter_disclosure_asked", name=name, position=waiting[0].title, number=waiting[0].number)
    return True


of_notice(yes=ask_about_disclosure, no=ask_about_disclosure)
