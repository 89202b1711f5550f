"""Vacancies that fit, why they do, and one of them in full."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from actions.base import ServiceAction
from actions.consent import consented
from actions.forms import FormStep
from actions.steps import choice, goal, restate
from actions.turn import Button, Turn, button
from actions.wording import listed, shortened, word, words
from huntred import fields
from huntred.disclosures import service as disclosures
from huntred.errors import FieldInvalid
from huntred.matching import service as matching
from huntred.matching.ports import Reason
from huntred.matching.types import RankedVacancy, SearchQuery
from huntred.people import service as people
from huntred.people.rules import parse_field
from huntred.units import service as units
from huntred.vacancies import service as vacancies
from huntred.vacancies.models import Vacancy
from huntred.vacancies.rules import salary_text

_SHOWN_AT_ONCE = 5
_REASONS_SHOWN = 3
# What a row of a list holds on the narrowest channel.
_TITLE, _DESCRIPTION = 60, 72


class SearchJobs(ServiceAction):
    def name(self) -> str:
        return "action_search_jobs"

    def serve(self, turn: Turn) -> None:
        search = read_search(turn)
        turn.set(search_kind=None)
        if search:
            turn.set(search=search)
        if consented(turn, "search"):
            search_or_ask(turn)


class Internships(ServiceAction):
    """The same search, among the internships alone."""

    def name(self) -> str:
        return "action_internships"

    def serve(self, turn: Turn) -> None:
        if not units.get(turn.uow, turn.unit).settings.get("internships"):
            turn.say("utter_internships")
            restate(turn)
            return
        search = read_search(turn)
        turn.set(search_kind="internship")
        if search:
            turn.set(search=search)
        if consented(turn, "search"):
            search_or_ask(turn)


class NewSearch(ServiceAction):
    def name(self) -> str:
        return "action_new_search"

    def serve(self, turn: Turn) -> None:
        turn.set(search=None, search_kind=None)
        if consented(turn, "ask_search"):
            ask_search(turn)


class MoreVacancies(ServiceAction):
    def name(self) -> str:
        return "action_more_vacancies"

    def serve(self, turn: Turn) -> None:
        if consented(turn, "search"):
            show_vacancies(turn, int(turn.slot("shown") or 0))


class SearchForm(FormStep):
    """One question: what work?"""

    def name(self) -> str:
        return "validate_form_search"

    def next_question(self, turn: Turn) -> str | None:
        return None if turn.slot("search") else "search"

    def take(self, turn: Turn, asked: str) -> None:
        found = read_search(turn)
        if not found:
            value = parse_field("headline", turn.text, today=turn.now.date())
            found = {"text": str(value.columns["headline"])}
        turn.set(search=found)

    def own_intents(self, asked: str) -> frozenset[str]:
        return frozenset({"inform", "search_jobs", "nearby_jobs", "job_details", "internships", "apply_job"})


class SearchAsked(ServiceAction):
    def name(self) -> str:
        return "action_search_asked"

    def serve(self, turn: Turn) -> None:
        show_vacancies(turn, 0)


def search_or_ask(turn: Turn) -> None:
    """Search by what was said, else by the profile; ask where neither says anything."""
    profile = people.profile_of(turn.uow, turn.person.id)
    if not turn.slot("search") and not profile.skills and not profile.headline:
        ask_search(turn)
        return
    show_vacancies(turn, 0)


def ask_search(turn: Turn) -> None:
    turn.start_form("form_search", search=None, tries=0)


def show_vacancies(turn: Turn, offset: int, *, again: bool = False) -> None:
    """again: they stand above already, and something else was said meanwhile: only what to choose from is repeated."""
    kind = str(turn.slot("search_kind") or "")
    query = replace(_query(turn.slot("search") or {}), kind=kind)
    found = _fitting(turn, query, offset + _SHOWN_AT_ONCE + 1)
    page = found[offset : offset + _SHOWN_AT_ONCE]
    if not page and kind == "internship" and turn.slot("search") and _fitting(turn, SearchQuery(kind=kind), 1):
        # None for this wish, but for what else the person told.
        turn.say("utter_other_internships")
        turn.set(search=None)
        show_vacancies(turn, 0)
        return
    if not page:
        none_fits = "utter_no_internship_fits" if kind == "internship" else "utter_no_vacancy_fits"
        turn.say("utter_no_more_vacancies" if offset else none_fits)
        return
    if query.city and not offset and not again and not any(matching.reachable(ranked) for ranked in page):
        turn.say("utter_nothing_there", city=query.city)
    turn.set(shown=offset + len(page))
    own = _own_fields(turn) if kind == "internship" else []
    lines = [_line(number, ranked, own) for number, ranked in enumerate(page, 1)]
    rows = [_row(ranked) for ranked in page]
    if len(found) > offset + len(page):
        rows.append(button(words()["more_vacancies"], "more_vacancies"))
    turn.expecting = "again_vacancies"
    if again:
        turn.say("utter_vacancies_again", buttons=rows)
        return
    found_said = "utter_internships_found" if kind == "internship" else "utter_vacancies_found"
    turn.say(found_said, buttons=rows, vacancies="\n\n".join(lines))


def _fitting(turn: Turn, query: SearchQuery, limit: int) -> list[RankedVacancy]:
    return matching.vacancies_for(
        turn.uow, turn.context.ranker, turn.person.id, query, limit=limit, now=turn.now, nearest=turn.context.nearest
    )


def _vacancies_again(turn: Turn) -> None:
    """The page that was shown last."""
    shown = max(int(turn.slot("shown") or 0), 1)
    show_vacancies(turn, (shown - 1) // _SHOWN_AT_ONCE * _SHOWN_AT_ONCE, again=True)


def _own_fields(turn: Turn) -> list[str]:
    """The fields of study that the person's profile or their search names."""
    profile, search = people.profile_of(turn.uow, turn.person.id), turn.slot("search") or {}
    told = [profile.headline, *profile.skills, str(search.get("text", "")), str(search.get("title", ""))]
    return fields.named_in(" ".join(told))


def _line(number: int, ranked: RankedVacancy, own_fields: Sequence[str] = ()) -> str:
    vacancy = ranked.vacancy
    told = (place_text(vacancy), pay_text(vacancy), length_text(vacancy))
    facts = " · ".join(part for part in told if part)
    reasons = [reason_text(reason) for reason in ranked.reasons[:_REASONS_SHOWN]]
    shared = [fields.name(code) for code in vacancy.study_fields if code in own_fields]
    if shared:
        reasons.insert(0, words()["reasons"]["study_field"].format(fields=listed(shared)))
    lines = [f"{number}. {vacancy.title}", facts]
    if reasons:
        lines.append(words()["why"].format(reasons="; ".join(reasons)))
    return "\n".join(lines)


def _row(ranked: RankedVacancy) -> Button:
    vacancy = ranked.vacancy
    description = " · ".join(part for part in (vacancy.city, salary_text(vacancy)) if part)
    return button(
        shortened(vacancy.title, _TITLE), "choose_vacancy", description=shortened(description, _DESCRIPTION),
        vacancy_number=str(vacancy.number),
    )  # fmt: skip


def pay_text(vacancy: Vacancy) -> str:
    """The pay, or that an internship has none."""
    return str(words()["internship"]["unpaid"]) if vacancy.unpaid else salary_text(vacancy)


def length_text(vacancy: Vacancy) -> str:
    """How long an internship lasts and how much of a week; empty for a job."""
    told = words()["internship"]
    weeks = told["weeks"].format(weeks=vacancy.internship_weeks) if vacancy.internship_weeks else ""
    hours = told["hours"].format(hours=vacancy.internship_hours) if vacancy.internship_hours else ""
    return ", ".join(part for part in (weeks, hours) if part)


def reason_text(reason: Reason) -> str:
    values = dict(reason.values)
    if "skills" in values:
        values["skills"] = listed(values["skills"].split(", "))
    return str(words()["reasons"][reason.code]).format(**values)


def place_text(vacancy: Vacancy) -> str:
    if vacancy.modality == "remote":
        return word("modalities", "remote")
    place = ", ".join(dict.fromkeys(part for part in (vacancy.city, vacancy.region) if part))
    return f"{place} ({word('modalities', vacancy.modality)})" if vacancy.modality == "hybrid" else place


class ShowVacancy(ServiceAction):
    """One vacancy in full: of the number that was picked or named, else the one that is being talked about."""

    def name(self) -> str:
        return "action_show_vacancy"

    def serve(self, turn: Turn) -> None:
        vacancy = vacancy_meant(turn)
        if vacancy is None:
            if consented(turn, "search"):
                search_or_ask(turn)
            return
        show_vacancy(turn, vacancy)


def show_vacancy(turn: Turn, vacancy: Vacancy) -> None:
    turn.set(vacancy_id=str(vacancy.id))
    turn.expecting = "apply"
    company = disclosures.company_shown(turn.uow, vacancy, turn.person.id) or words()["confidential"]
    facts = [
        ("company", company),
        ("place", place_text(vacancy)),
        ("salary", pay_text(vacancy)),
        ("internship", length_text(vacancy)),
        ("study_fields", listed([fields.name(code) for code in vacancy.study_fields])),
        ("agreement", words()["internship"]["agreement"] if vacancy.university_agreement else ""),
        ("schedule", vacancy.schedule),
        ("benefits", vacancy.benefits),
        ("requirements", listed([requirement.name for requirement in vacancy.requirements])),
    ]
    text = "\n".join(f"• {word('facts', name)}: {value}" for name, value in facts if value)

    def discreet(told: str) -> str:
        instead = words()["the_client"]
        return disclosures.text_shown(turn.uow, vacancy, turn.person.id, told, instead=instead)

    turn.say(
        "utter_vacancy_details", title=vacancy.title, number=vacancy.number, facts=discreet(text),
        description=discreet(shortened(vacancy.description, 500)),
    )  # fmt: skip


def vacancy_meant(turn: Turn) -> Vacancy | None:
    """Return the open vacancy of the number or of the slot. Raises NotFound, VacancyNotOpen."""
    number = turn.entity("vacancy_number").lstrip("#")
    if number.isdigit() and len(number) < 10:
        return vacancies.get_open(turn.uow, vacancies.get_by_number(turn.uow, int(number)).id)
    chosen = turn.id_slot("vacancy_id")
    return vacancies.get_open(turn.uow, chosen) if chosen else None


def nearby(turn: Turn, latitude: float, longitude: float, radius_km: float) -> None:
    """Vacancies around a shared location, nearest first."""
    found = matching.nearby(
        turn.uow, turn.person.id, latitude, longitude, limit=_SHOWN_AT_ONCE, radius_km=radius_km
    )
    if not found:
        turn.say("utter_nothing_nearby", km=f"{radius_km:.0f}")
        return
    rows = [
        button(
            shortened(vacancy.title, _TITLE), "choose_vacancy", vacancy_number=str(vacancy.number),
            description=shortened(f"{_km(km)} · {salary_text(vacancy)}".strip(" ·"), _DESCRIPTION),
        )
        for vacancy, km in found
    ]  # fmt: skip
    lines = [
        f"{number}. {vacancy.title}\n{_km(km)} · {salary_text(vacancy)}".rstrip(" ·")
        for number, (vacancy, km) in enumerate(found, 1)
    ]
    turn.say("utter_nearby_found", buttons=rows, vacancies="\n\n".join(lines))


def _km(km: float) -> str:
    return f"{km:.1f} km"


def read_search(turn: Turn) -> dict[str, Any]:
    """Return what the message says about the work that is wanted; empty where it only asks for vacancies."""
    search: dict[str, Any] = {}
    if turn.entities("skill"):
        search["skills"] = turn.entities("skill")
    if turn.entity("title"):
        search["title"] = turn.entity("title")
    if turn.entity("place"):
        search["city"] = turn.entity("place")
    if turn.entity("salary"):
        try:
            value = parse_field("salary", turn.entity("salary"), today=turn.now.date())
        except FieldInvalid:
            return search  # no amount could be read: the rest of the search still holds
        amount = value.columns.get("salary_amount")
        if amount is not None:
            search["salary"] = str(amount)
    return search


def _query(search: dict[str, Any]) -> SearchQuery:
    return SearchQuery(
        skills=tuple(search.get("skills", ())),
        title=search.get("title", ""),
        city=search.get("city", ""),
        salary=Decimal(search["salary"]) if search.get("salary") else None,
        text=search.get("text", ""),
    )


goal("search", search_or_ask)
goal("ask_search", ask_search)
choice("again_vacancies", _vacancies_again)


