"""Vacancies: list, read, write, and the steps of their life. Companies, which a vacancy needs, can be listed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from backoffice import work
from backoffice.api import access
from backoffice.api.operations import Listed, Made, operation, require_match
from backoffice.api.values import (
    Given,
    Line,
    Money,
    Name,
    PageQuery,
    QuestionText,
    Text500,
    Text1000,
    Text2000,
    Text10000,
    Time,
    Told,
    amount_of,
    money,
)
from backoffice.lists.catalogue import LISTS
from huntred.companies.models import Company
from huntred.errors import FieldInvalid, NotFound
from huntred.vacancies import repository, service
from huntred.vacancies.models import Vacancy
from huntred.vacancies.service import QuestionForm, RequirementForm, VacancyForm

State = Literal["draft", "open", "paused", "closed", "filled"]
Modality = Literal["on_site", "hybrid", "remote"]
Seniority = Literal["", "entry", "junior", "mid", "senior", "manager", "director", "c_level"]
Period = Literal["hour", "day", "week", "fortnight", "month", "year"]
Kind = Literal["job", "internship"]
Permit = Literal["citizen", "permanent", "temporary", "humanitarian", "in_process", "none"]
Years = Annotated[float, Field(ge=0, le=60)]
_PLAIN = (
    "title", "company_id", "description", "division_id", "contact_id", "consultant_id", "confidential", "openings",
    "modality", "schedule", "benefits", "address", "city", "region", "latitude", "longitude", "seniority",
    "salary_period", "kind", "internship_weeks", "internship_hours", "university_agreement", "unpaid",
)  # fmt: skip


class Requirement(Given):
    name: Name
    kind: Literal["skill", "language", "certification", "education", "other"] = "skill"
    importance: Literal["must", "nice"] = "must"
    min_years: Years | None = None


class YesNo(Given):
    answer: bool


class Between(Given):
    min: float | None = Field(None, ge=-1e9, le=1e9)
    max: float | None = Field(None, ge=-1e9, le=1e9)


class Question(Given):
    text: QuestionText
    kind: Literal["yes_no", "number"] = "yes_no"
    expected: YesNo | Between


class VacancyPatch(Given):
    """Only what is sent is changed; lists are replaced whole."""

    title: Name = ""
    company_id: UUID | None = None
    description: Text10000 = ""
    division_id: UUID | None = None
    contact_id: UUID | None = None
    consultant_id: UUID | None = None
    confidential: bool = False
    openings: int = Field(1, ge=1, le=10_000)
    modality: Modality = "on_site"
    schedule: Text1000 = ""
    benefits: Text2000 = ""
    address: Text500 = ""
    city: Line = ""
    region: Line = ""
    latitude: float | None = Field(None, ge=-90, le=90)
    longitude: float | None = Field(None, ge=-180, le=180)
    seniority: Seniority = ""
    min_experience_years: Years | None = None
    salary_min: Money | None = None
    salary_max: Money | None = None
    salary_period: Period = "month"
    permits: list[Permit] = Field([], max_length=6)
    kind: Kind = "job"
    internship_weeks: int | None = Field(None, ge=1, le=104)
    internship_hours: int | None = Field(None, ge=1, le=48)
    university_agreement: bool = False
    unpaid: bool = False
    study_fields: list[Line] = Field([], max_length=20)
    requirements: list[Requirement] = Field([], max_length=50)
    questions: list[Question] = Field([], max_length=20)


class NewVacancy(VacancyPatch):
    """A draft. unit: needed where the token sees several."""

    title: Name
    company_id: UUID
    unit: Name | None = None


class QuestionTold(Told):
    id: UUID
    text: str
    kind: str
    expected: dict[str, Any]


class RequirementTold(Told):
    name: str
    kind: str
    importance: str
    min_years: float | None


class VacancyTold(Told):
    """company_id, company_name, contact_id, address, latitude, longitude: empty where the search is confidential."""

    id: UUID
    number: int
    unit: str
    state: State
    title: str
    company_id: UUID | None
    company_name: str
    description: str
    division_id: UUID | None
    contact_id: UUID | None
    consultant_id: UUID | None
    confidential: bool
    openings: int
    modality: str
    schedule: str
    benefits: str
    address: str
    city: str
    region: str
    latitude: float | None
    longitude: float | None
    seniority: str
    min_experience_years: float | None
    salary_min: Money | None
    salary_max: Money | None
    salary_period: str
    permits: list[str]
    kind: Kind
    internship_weeks: int | None
    internship_hours: int | None
    university_agreement: bool
    unpaid: bool
    study_fields: list[str]
    requirements: list[RequirementTold]
    questions: list[QuestionTold]
    published_at: Time | None
    closed_at: Time | None
    created_at: Time
    updated_at: Time


class VacanciesQuery(PageQuery):
    """state: all unless one is named."""

    text: Line = ""
    state: State | Literal[""] = ""
    city: Line = ""
    company: UUID | None = None


class CompaniesQuery(PageQuery):
    text: Line = ""


class CompanyTold(Told):
    id: UUID
    unit: str
    name: str
    industry: str
    city: str
    website: str
    created_at: Time


def vacancy_told(row: Vacancy) -> VacancyTold:
    plain = {name: getattr(row, name) for name in _PLAIN}
    if row.confidential:
        plain |= {"company_id": None, "contact_id": None, "address": "", "latitude": None, "longitude": None}
    return VacancyTold(
        **plain, id=row.id, number=row.number, unit=row.unit, state=row.state,
        company_name="" if row.confidential else row.company.name,
        min_experience_years=_float(row.min_experience_years), permits=list(row.permits),
        study_fields=list(row.study_fields),
        salary_min=money(row.salary_min, row.salary_currency), salary_max=money(row.salary_max, row.salary_currency),
        requirements=[
            RequirementTold(name=one.name, kind=one.kind, importance=one.importance, min_years=_float(one.min_years))
            for one in row.requirements
        ],
        questions=[
            QuestionTold(id=one.id, text=one.text, kind=one.kind, expected=dict(one.expected)) for one in row.questions
        ],
        published_at=row.published_at, closed_at=row.closed_at, created_at=row.created_at, updated_at=row.updated_at,
    )  # fmt: skip


@operation("GET", "/api/v1/vacancies", "vacancies:read", query=VacanciesQuery, answer=VacancyTold, many=True)
def list_vacancies(query: VacanciesQuery) -> Listed:
    args = {"text": query.text, "state": query.state, "city": query.city}
    # Whoever asks by company must not learn which confidential search is theirs.
    args |= {"company": str(query.company), "named": "1"} if query.company else {}
    page = LISTS["vacancies"].page(work.current_work().session, args, query.cursor, query.limit, work.now())
    repository.with_questions(work.current_work().session, [row.id for row in page.items])
    return Listed([vacancy_told(row) for row in page.items], page.next_cursor)


@operation("GET", "/api/v1/companies", "vacancies:read", query=CompaniesQuery, answer=CompanyTold, many=True)
def list_companies(query: CompaniesQuery) -> Listed:
    return Listed(*listed("companies", query, {"text": query.text}, _company_told))


@operation("GET", "/api/v1/vacancies/<uuid:id>", "vacancies:read", answer=VacancyTold)
def get_vacancy(id: UUID) -> VacancyTold:
    return vacancy_told(service.get(work.current_work(), id))


@operation("POST", "/api/v1/vacancies", "vacancies:write", body=NewVacancy, answer=VacancyTold, status=201)
def create_vacancy(body: NewVacancy) -> Made:
    unit = access.unit_of_new(body.unit)
    made = service.create(work.work_of(unit), _form(body, VacancyForm(body.title, body.company_id)), now=work.now())
    return Made(vacancy_told(_read_again(made)), ("api.get_vacancy", {"id": made.id}))


@operation(
    "PATCH", "/api/v1/vacancies/<uuid:id>", "vacancies:write", body=VacancyPatch, answer=VacancyTold, matched=True
)
def change_vacancy(id: UUID, body: VacancyPatch) -> VacancyTold:
    row = _locked(id)
    require_match(vacancy_told(row))
    changed = service.update(work.work_of(row.unit), id, _form(body, service.written(row)), now=work.now())
    return vacancy_told(_read_again(changed))


def _step(step: Any, id: UUID) -> VacancyTold:
    row = _locked(id)
    require_match(vacancy_told(row))
    return vacancy_told(step(work.work_of(row.unit), id, None, now=work.now()))


@operation("POST", "/api/v1/vacancies/<uuid:id>/publish", "vacancies:write", answer=VacancyTold, matched=True)
def publish_vacancy(id: UUID) -> VacancyTold:
    return _step(service.publish, id)


@operation("POST", "/api/v1/vacancies/<uuid:id>/pause", "vacancies:write", answer=VacancyTold, matched=True)
def pause_vacancy(id: UUID) -> VacancyTold:
    return _step(service.pause, id)


@operation("POST", "/api/v1/vacancies/<uuid:id>/close", "vacancies:write", answer=VacancyTold, matched=True)
def close_vacancy(id: UUID) -> VacancyTold:
    return _step(service.close, id)


def listed(name: str, query: PageQuery, args: dict[str, str], told: Any) -> tuple[list[Any], str]:
    """A page of one of the back office's own lists."""
    page = LISTS[name].page(work.current_work().session, args, query.cursor, query.limit, work.now())
    return [told(row) for row in page.items], page.next_cursor


def _company_told(row: Company) -> CompanyTold:
    return CompanyTold(
        id=row.id, unit=row.unit, name=row.name, industry=row.industry, city=row.city, website=row.website,
        created_at=row.created_at,
    )  # fmt: skip


def _locked(vacancy_id: UUID) -> Vacancy:
    row = repository.get(work.current_work().session, vacancy_id, lock=True)
    if row is None:
        raise NotFound(f"vacancy {vacancy_id}")
    return row


def _read_again(row: Vacancy) -> Vacancy:
    """As the database has it: numbers it gave, decimals as they were rounded."""
    session = work.current_work().session
    session.flush()
    session.refresh(row)
    return row


def _form(body: VacancyPatch, before: VacancyForm) -> VacancyForm:
    sent = body.model_fields_set
    changed: dict[str, Any] = {name: getattr(body, name) for name in _PLAIN if name in sent}
    if "company_id" in sent and body.company_id is None:
        raise FieldInvalid("company_id", "missing")
    if sent & {"city", "address"} and not sent & {"latitude", "longitude"}:
        # They were those of the place before.
        changed |= {"latitude": None, "longitude": None}
    if sent & {"salary_min", "salary_max"}:
        told = next((one for one in (body.salary_min, body.salary_max) if one is not None), None)
        currency = told.currency if told else before.salary_currency
        changed["salary_currency"] = currency
        for name in ("salary_min", "salary_max"):
            if name in sent:
                changed[name] = amount_of(name, getattr(body, name), currency)
            elif getattr(before, name) is not None and currency != before.salary_currency:
                raise FieldInvalid(name, "missing")
    if "min_experience_years" in sent:
        changed["min_experience_years"] = _decimal(body.min_experience_years)
    if "study_fields" in sent:
        changed["study_fields"] = tuple(body.study_fields)
    if "permits" in sent:
        changed["permits"] = tuple(dict.fromkeys(body.permits))
    if "requirements" in sent:
        changed["requirements"] = tuple(
            RequirementForm(one.name, one.kind, one.importance, _decimal(one.min_years)) for one in body.requirements
        )
    if "questions" in sent:
        changed["questions"] = _questions(body.questions)
    return replace(before, **changed)


def _questions(given: Sequence[Question]) -> tuple[QuestionForm, ...]:
    return tuple(QuestionForm(one.text, one.kind, one.expected.model_dump(exclude_none=True)) for one in given)


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _decimal(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(round(value, 1)))
