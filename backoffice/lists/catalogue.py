"""The lists of the back office. A new one is one entry here, its words in texts.html, and cells in its template."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, false, func, select
from sqlalchemy.orm import Session, joinedload

from backoffice.formats import phone, viewer_zone
from backoffice.forms import FormReader
from backoffice.lists.declared import Column, DeclaredList, Facts
from backoffice.queries import applications as application_queries
from backoffice.queries import companies as company_queries
from backoffice.queries import people as people_queries
from backoffice.queries import vacancies as vacancy_queries
from backoffice.queries.conversations import user_names
from huntred.applications.models import Application
from huntred.companies.models import Company
from huntred.db.lanes import Lanes
from huntred.interviews.models import Interview, InterviewSlot
from huntred.people import repository as people
from huntred.people.models import UnitProfile
from huntred.people.service import full_name
from huntred.search import narrowing
from huntred.vacancies import repository as vacancies
from huntred.vacancies import rules
from huntred.vacancies.models import Vacancy
from huntred.vacancies.types import VacancyFilter

INTERVIEW_STATES = ("booked", "attended", "missed", "cancelled")
# Said only of what has begun.
_OUTCOMES = ("attended", "missed")


def read_vacancy_filter(form: FormReader) -> VacancyFilter:
    """`state` is open unless the address says otherwise; empty for all."""
    state = form.text("state") if form.has("state") else "open"
    return VacancyFilter(
        text=form.text("text", longest=200),
        city=form.text("city", longest=100),
        state=state if state in rules.STATES else "",
        company_id=form.id("company"),
        named_only=form.flag("named"),
    )


def _lanes_of(unit: Any, division: Any = None) -> Callable[[Session, FormReader], Lanes]:
    """The units of who asks; of whom divisions are all that is seen, the divisions."""

    def read(session: Session, form: FormReader) -> Lanes:
        scope = session.info["scope"]
        return (division, scope.divisions) if scope.divisions and division is not None else (unit, scope.units)

    return read


def _vacancies(session: Session, form: FormReader, now: datetime) -> Select[Any]:
    return vacancies.matching(session, read_vacancy_filter(form))


def _vacancy_facts(session: Session, rows: Sequence[Vacancy]) -> Facts:
    return {
        "applications": vacancy_queries.application_counts(session, [row.id for row in rows]),
        "users": user_names(session, [row.consultant_id for row in rows]),
    }


def read_people_filter(form: FormReader) -> dict[str, str]:
    return {name: form.text(name, longest=100) for name in ("text", "place", "skill")}


def _people(session: Session, form: FormReader, now: datetime) -> Select[Any]:
    query = people.matching(session, **read_people_filter(form))
    divisions = session.info["scope"].divisions
    if divisions:
        # What the policy says too. Few are read by id; of many, one row in some hundreds fits as the list walks.
        few = select(Application.profile_id).where(Application.division_id.in_(divisions)).limit(narrowing.MOST + 1)
        seen = session.scalars(few).all()
        if len(seen) <= narrowing.MOST:
            query = query.where(narrowing.among(UnitProfile.id, seen))
    return query


def _people_facts(session: Session, rows: Sequence[UnitProfile]) -> Facts:
    return {"applications": people_queries.application_counts(session, [row.id for row in rows])}


def read_application_filter(form: FormReader) -> application_queries.ApplicationFilter:
    """`kind` is open unless the address says otherwise; empty for all."""
    return application_queries.ApplicationFilter(
        text=form.text("text", longest=100),
        kind=form.text("kind") if form.has("kind") else "open",
        vacancy_id=form.id("vacancy"),
        still=form.flag("still"),
    )


def _applications(session: Session, form: FormReader, now: datetime) -> Select[Any]:
    wanted = read_application_filter(form)
    query = application_queries.matching(session, wanted, now=now)
    if session.info["scope"].divisions and _of_stages(wanted):
        query = query.where(Application.stage_id.in_(application_queries.stage_ids(session, wanted.kind)))
    return query


def _of_stages(wanted: application_queries.ApplicationFilter) -> bool:
    return wanted.kind == "open" or wanted.kind in application_queries.KINDS


def _application_lanes(session: Session, form: FormReader) -> Lanes:
    """By stage where a kind is asked for; of a division, which is few of any stage's, by division."""
    wanted = read_application_filter(form)
    if _of_stages(wanted) and not session.info["scope"].divisions:
        return Application.stage_id, application_queries.stage_ids(session, wanted.kind)
    return _lanes_of(Application.unit, Application.division_id)(session, form)


def _companies(session: Session, form: FormReader, now: datetime) -> Select[Any]:
    return company_queries.matching(session, form.text("text", longest=100))


def _company_facts(session: Session, rows: Sequence[Company]) -> Facts:
    return {"vacancies": company_queries.vacancy_counts(session, [row.id for row in rows])}


def _interviews(session: Session, form: FormReader, now: datetime) -> Select[Any]:
    query = select(Interview).join(InterviewSlot, Interview.slot_id == InterviewSlot.id)
    state, first, last = form.text("state"), form.day("from"), form.day("to")
    if state in _OUTCOMES:
        # Walked in the list's order (decision 0036), from now on back and not past all that are ahead.
        query = query.where(func.coalesce(Interview.state == state, false()), InterviewSlot.starts_at <= now)
    elif state in INTERVIEW_STATES:
        query = query.where(Interview.state == state)
    if first:
        query = query.where(InterviewSlot.starts_at >= datetime.combine(first, time(), viewer_zone()))
    if last:
        query = query.where(InterviewSlot.starts_at < datetime.combine(last + timedelta(days=1), time(), viewer_zone()))
    return query


def _interview_facts(session: Session, rows: Sequence[Interview]) -> Facts:
    return {"users": user_names(session, [row.interviewer_id for row in rows])}


def _name(profile: UnitProfile) -> str:
    return full_name(profile)


def _user(facts: Facts, user_id: UUID | None) -> str:
    return str(facts["users"].get(user_id, "")) if user_id else ""


def _company(row: Vacancy, facts: Facts, words: Any) -> str:
    """A file leaves the house: it names nobody whom the search keeps back."""
    return str(words.confidential_company) if row.confidential else row.company.name


_UNIT = Column("unit", lambda row, facts, words: row.unit, shown=False)

LISTS: dict[str, DeclaredList] = {
    one.name: one
    for one in (
        DeclaredList(
            "vacancies", "vacancies.index", ("text", "state", "city", "company"),
            (
                Column("title", lambda row, facts, words: row.title, fixed=True),
                Column("number", lambda row, facts, words: row.number, shown=False),
                Column("company", _company),
                Column("place", lambda row, facts, words: row.city),
                Column("modality", lambda row, facts, words: words.modalities[row.modality], shown=False),
                Column("salary", lambda row, facts, words: rules.salary_text(row, words.language)),
                Column("openings", lambda row, facts, words: row.openings, shown=False),
                Column("applications", lambda row, facts, words: facts["applications"].get(row.id, 0)),
                Column("consultant", lambda row, facts, words: _user(facts, row.consultant_id), shown=False),
                Column("published_at", lambda row, facts, words: row.published_at, shown=False),
                Column("created_at", lambda row, facts, words: row.created_at, shown=False),
                Column("state", lambda row, facts, words: words.vacancy_states[row.state]),
                _UNIT,
            ),
            _vacancies, Vacancy.created_at, Vacancy.id, lambda row: row.created_at,
            _lanes_of(Vacancy.unit, Vacancy.division_id), names={"company": Company}, facts=_vacancy_facts,
        ),
        DeclaredList(
            "people", "people.index", ("text", "skill", "place"),
            (
                Column("name", lambda row, facts, words: _name(row), fixed=True),
                Column("headline", lambda row, facts, words: row.headline),
                Column("place", lambda row, facts, words: row.city),
                Column("region", lambda row, facts, words: row.state, shown=False),
                Column("skills", lambda row, facts, words: ", ".join(row.skills)),
                Column("experience_years", lambda row, facts, words: row.experience_years, shown=False),
                Column("email", lambda row, facts, words: row.email, shown=False),
                Column("phone", lambda row, facts, words: phone(row.phone), shown=False),
                Column("applications", lambda row, facts, words: facts["applications"].get(row.id, 0)),
                Column("created_at", lambda row, facts, words: row.created_at, shown=False),
                Column("updated_at", lambda row, facts, words: row.updated_at),
                _UNIT,
            ),
            _people, UnitProfile.updated_at, UnitProfile.id, lambda row: row.updated_at, _lanes_of(UnitProfile.unit),
            facts=_people_facts,
        ),
        DeclaredList(
            "applications", "applications.index", ("text", "kind", "vacancy", "still"),
            (
                Column("name", lambda row, facts, words: _name(row.profile), fixed=True),
                Column("number", lambda row, facts, words: row.number, shown=False),
                Column("vacancy", lambda row, facts, words: row.vacancy.title),
                Column("stage", lambda row, facts, words: row.stage.name),
                Column("score", lambda row, facts, words: row.score),
                Column("source", lambda row, facts, words: row.source, shown=False),
                Column("moved_at", lambda row, facts, words: row.moved_at),
                Column("created_at", lambda row, facts, words: row.created_at),
                _UNIT,
            ),
            _applications, Application.created_at, Application.id, lambda row: row.created_at, _application_lanes,
            names={"vacancy": Vacancy}, load=(joinedload(Application.vacancy), joinedload(Application.profile)),
        ),
        DeclaredList(
            "interviews", "interviews.table", ("state", "from", "to"),
            (
                Column("starts_at", lambda row, facts, words: row.slot.starts_at, fixed=True),
                Column("name", lambda row, facts, words: _name(row.application.profile)),
                Column("vacancy", lambda row, facts, words: row.application.vacancy.title),
                Column("interviewer", lambda row, facts, words: _user(facts, row.interviewer_id)),
                Column("modality", lambda row, facts, words: words.modalities[row.slot.modality]),
                Column("attendance", lambda row, facts, words: row.attendance_confirmed_at, shown=False),
                Column("booked_at", lambda row, facts, words: row.booked_at, shown=False),
                Column("state", lambda row, facts, words: words.interview_states[row.state]),
                _UNIT,
            ),
            _interviews, InterviewSlot.starts_at, Interview.id, lambda row: row.slot.starts_at,
            _lanes_of(InterviewSlot.unit, InterviewSlot.division_id), facts=_interview_facts,
            load=(
                joinedload(Interview.application).joinedload(Application.vacancy),
                joinedload(Interview.application).joinedload(Application.profile),
            ),
        ),
        DeclaredList(
            "companies", "companies.index", ("text",),
            (
                Column("name", lambda row, facts, words: row.name, fixed=True),
                Column("industry", lambda row, facts, words: row.industry),
                Column("city", lambda row, facts, words: row.city),
                Column("website", lambda row, facts, words: row.website, shown=False),
                Column("vacancies", lambda row, facts, words: facts["vacancies"].get(row.id, 0)),
                Column("created_at", lambda row, facts, words: row.created_at, shown=False),
                _UNIT,
            ),
            _companies, Company.name, Company.id, lambda row: row.name, _lanes_of(Company.unit), descending=False,
            facts=_company_facts,
        ),
    )
}  # fmt: skip
