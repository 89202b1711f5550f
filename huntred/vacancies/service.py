"""Write, publish, pause, close and find vacancies."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from contract.text import normalise
from huntred import fields
from huntred.db.unit_of_work import UnitOfWork
from huntred.disclosures import rules as disclosure
from huntred.errors import FieldInvalid, NotFound
from huntred.geography import find_place
from huntred.pages import Page
from huntred.vacancies import repository, rules
from huntred.vacancies.errors import VacancyNotOpen
from huntred.vacancies.events import VacancyClosed, VacancyPaused, VacancyPublished
from huntred.vacancies.models import Vacancy, VacancyQuestion, VacancyRequirement
from huntred.vacancies.types import QuestionForm, RequirementForm, VacancyFilter, VacancyForm

__all__ = [
    "QuestionForm", "RequirementForm", "VacancyFilter", "VacancyForm", "by_ids", "close", "create", "fill", "get",
    "get_by_number", "get_open", "hold", "nearby", "pause", "publish", "search", "update", "written",
]  # fmt: skip

_PLAIN_FIELDS = (
    "division_id", "company_id", "contact_id", "consultant_id", "title", "description", "confidential", "openings",
    "modality", "schedule", "benefits", "address", "city", "region", "latitude", "longitude", "seniority",
    "min_experience_years", "salary_min", "salary_max", "salary_currency", "salary_period", "kind", "internship_weeks",
    "internship_hours", "university_agreement", "unpaid",
)  # fmt: skip


def get(uow: UnitOfWork, vacancy_id: UUID) -> Vacancy:
    """Raises NotFound."""
    vacancy = repository.get(uow.session, vacancy_id)
    if vacancy is None:
        raise NotFound(f"vacancy {vacancy_id}")
    return vacancy


def hold(uow: UnitOfWork, vacancy_id: UUID) -> None:
    """Let nobody else change the vacancy, or what hangs on it, until this work ends. Raises NotFound."""
    _locked(uow, vacancy_id)


def get_open(uow: UnitOfWork, vacancy_id: UUID, *, hold: bool = False) -> Vacancy:
    """Return it, or the one into which it was merged. hold: nobody merges it away until this work ends.

    Raises NotFound, VacancyNotOpen.
    """
    vacancy = get(uow, vacancy_id)
    if hold:
        repository.hold_key(uow.session, vacancy)
    if vacancy.merged_into_id is not None:
        return get_open(uow, vacancy.merged_into_id, hold=hold)
    if vacancy.state != "open":
        raise VacancyNotOpen(f"vacancy {vacancy.number} is {vacancy.state}")
    return vacancy


def get_by_number(uow: UnitOfWork, number: int) -> Vacancy:
    """Raises NotFound."""
    vacancy = repository.by_number(uow.session, number)
    if vacancy is None:
        raise NotFound(f"vacancy number {number}")
    return vacancy


def by_ids(uow: UnitOfWork, ids: list[UUID]) -> dict[UUID, Vacancy]:
    return repository.by_ids(uow.session, ids)


def search(uow: UnitOfWork, wanted: VacancyFilter, cursor: str = "", limit: int = 25) -> Page[Vacancy]:
    """Newest first, a page at a time. Raises FieldInvalid where the cursor is none of ours."""
    return repository.search(uow.session, wanted, cursor, limit)


def nearby(
    uow: UnitOfWork, latitude: float, longitude: float, *, limit: int = 5, radius_km: float = 15.0,
    left_out: Collection[UUID] = (), permit: str = "",
) -> list[tuple[Vacancy, float]]:  # fmt: skip
    """Open vacancies within the radius with their distance in km, nearest first.

    permit: a work permit; vacancies that do not accept it are no help to whoever has it. "": not known.
    """
    return repository.nearby(
        uow.session, latitude, longitude, limit=limit, radius_km=radius_km, left_out=left_out, permit=permit
    )


def create(uow: UnitOfWork, form: VacancyForm, *, now: datetime) -> Vacancy:
    """Make a draft. Raises FieldInvalid; NotFound where the form names a company or the like of another unit."""
    vacancy = Vacancy(unit=uow.unit, state="draft", created_at=now)
    _require_own(uow, vacancy, form)
    _require_discreet(uow, form)
    _write(vacancy, form, now)
    uow.session.add(vacancy)
    uow.session.flush()
    return vacancy


def update(uow: UnitOfWork, vacancy_id: UUID, form: VacancyForm, *, now: datetime) -> Vacancy:
    """Replace what is written about it; its state stays. Raises NotFound, FieldInvalid."""
    vacancy = _locked(uow, vacancy_id)
    _require_own(uow, vacancy, form)
    _require_discreet(uow, form)
    vacancy.requirements.clear()
    vacancy.questions.clear()
    uow.session.flush()
    _write(vacancy, form, now)
    if vacancy.state == "open":
        _require_complete(vacancy)
    uow.session.flush()
    return vacancy


def written(vacancy: Vacancy) -> VacancyForm:
    """Return what is written about it, so that a part of it can be replaced."""
    requirements = tuple(
        RequirementForm(one.name, one.kind, one.importance, one.min_years) for one in vacancy.requirements
    )
    questions = tuple(QuestionForm(one.text, one.kind, one.expected) for one in vacancy.questions)
    return VacancyForm(
        **{name: getattr(vacancy, name) for name in _PLAIN_FIELDS}, permits=tuple(vacancy.permits),
        study_fields=tuple(vacancy.study_fields), requirements=requirements, questions=questions,
    )  # fmt: skip


def publish(uow: UnitOfWork, vacancy_id: UUID, user_id: UUID | None, *, now: datetime) -> Vacancy:
    """Open it to candidates. Raises NotFound, StateChangeRefused, FieldInvalid where something is missing."""
    vacancy = _locked(uow, vacancy_id)
    after = rules.next_state(vacancy.state, "publish")
    _require_complete(vacancy)
    vacancy.state = after
    vacancy.published_at = vacancy.published_at or now
    vacancy.consultant_id = vacancy.consultant_id or user_id
    vacancy.updated_at = now
    uow.record(VacancyPublished(vacancy.id), unit=vacancy.unit)
    return vacancy


def pause(uow: UnitOfWork, vacancy_id: UUID, user_id: UUID | None, *, now: datetime) -> Vacancy:
    """Take it from the candidates' sight for a while. Raises NotFound, StateChangeRefused."""
    vacancy = _step(uow, vacancy_id, "pause", now)
    uow.record(VacancyPaused(vacancy.id), unit=vacancy.unit)
    return vacancy


def close(uow: UnitOfWork, vacancy_id: UUID, user_id: UUID | None, *, now: datetime) -> Vacancy:
    """End it without a placement. Raises NotFound, StateChangeRefused."""
    return _end(uow, vacancy_id, "close", now)


def fill(uow: UnitOfWork, vacancy_id: UUID, user_id: UUID | None, *, now: datetime) -> Vacancy:
    """End it with its placements made. Raises NotFound, StateChangeRefused."""
    return _end(uow, vacancy_id, "fill", now)


def _end(uow: UnitOfWork, vacancy_id: UUID, step: str, now: datetime) -> Vacancy:
    vacancy = _step(uow, vacancy_id, step, now)
    vacancy.closed_at = now
    uow.record(VacancyClosed(vacancy.id), unit=vacancy.unit)
    return vacancy


def _step(uow: UnitOfWork, vacancy_id: UUID, step: str, now: datetime) -> Vacancy:
    vacancy = _locked(uow, vacancy_id)
    vacancy.state = rules.next_state(vacancy.state, step)
    vacancy.updated_at = now
    return vacancy


def _locked(uow: UnitOfWork, vacancy_id: UUID) -> Vacancy:
    vacancy = repository.get(uow.session, vacancy_id, lock=True)
    if vacancy is None:
        raise NotFound(f"vacancy {vacancy_id}")
    return vacancy


def _require_own(uow: UnitOfWork, vacancy: Vacancy, form: VacancyForm) -> None:
    """Foreign keys look past row-level security: what a form names is looked up here. Raises NotFound."""
    for name in repository.UNIT_OWNED:
        named = getattr(form, name)
        if named is not None and named != getattr(vacancy, name):
            if not repository.is_of_unit(uow.session, name, named, vacancy.unit):
                raise NotFound(f"{name} {named}")


def _require_discreet(uow: UnitOfWork, form: VacancyForm) -> None:
    """A confidential vacancy says nowhere whose it is. Raises FieldInvalid."""
    company = repository.company_name(uow.session, form.company_id) if form.confidential else ""
    if not company:
        return
    told = {name: str(getattr(form, name)) for name in ("title", "description", "schedule", "benefits")}
    told["requirements"] = " · ".join(requirement.name for requirement in form.requirements)
    told["questions"] = " · ".join(question.text for question in form.questions)
    for field, text in told.items():
        if disclosure.names_client(text, company):
            raise FieldInvalid(field, "names_client")


def _require_complete(vacancy: Vacancy) -> None:
    missing = rules.missing_to_publish(vacancy.title, vacancy.description, vacancy.city, vacancy.modality)
    if vacancy.kind == "internship":
        pay_stated = vacancy.unpaid or vacancy.salary_min is not None or vacancy.salary_max is not None
        missing += rules.missing_of_internship(vacancy.internship_weeks, vacancy.internship_hours, pay_stated)
    if missing:
        raise FieldInvalid(missing[0], "missing")


def _write(vacancy: Vacancy, form: VacancyForm, now: datetime) -> None:
    _check(form)
    for name in _PLAIN_FIELDS:
        setattr(vacancy, name, getattr(form, name))
    vacancy.title = " ".join(form.title.split())
    vacancy.permits, vacancy.study_fields = list(form.permits), list(dict.fromkeys(form.study_fields))
    if form.kind != "internship":
        # What only an internship has does not linger where it is none any more.
        vacancy.internship_weeks = vacancy.internship_hours = None
        vacancy.university_agreement, vacancy.study_fields, vacancy.unpaid = False, [], False
    place = find_place(form.city) if form.city else None
    if place is not None:
        # The list's own spelling, so that a filter by city finds all of them.
        vacancy.city, vacancy.region = place.name, form.region or place.state
        if form.latitude is None or form.longitude is None:
            vacancy.latitude, vacancy.longitude = place.latitude, place.longitude
    vacancy.requirements = [
        VacancyRequirement(
            unit=vacancy.unit, ord=ord_, kind=requirement.kind, name=requirement.name.strip(),
            importance=requirement.importance, min_years=requirement.min_years,
        )
        for ord_, requirement in enumerate(form.requirements, 1)
    ]  # fmt: skip
    vacancy.questions = [
        VacancyQuestion(
            unit=vacancy.unit, ord=ord_, kind=question.kind, text=question.text.strip(),
            expected=dict(question.expected),
        )
        for ord_, question in enumerate(form.questions, 1)
    ]  # fmt: skip
    vacancy.search_text = search_text(vacancy)
    vacancy.updated_at = now


def search_text(vacancy: Vacancy) -> str:
    """Return what a vacancy is found by, folded. The company stays out: a confidential one must not be found by it."""
    return normalise(
        " ".join(
            (
                vacancy.title,
                vacancy.city,
                vacancy.region,
                vacancy.description,
                *(requirement.name for requirement in vacancy.requirements),
            )
        )
    )


def _check(form: VacancyForm) -> None:
    if not form.title.strip():
        raise FieldInvalid("title", "missing")
    if form.openings < 1:
        raise FieldInvalid("openings", "not_positive")
    if len(form.salary_currency) != 3 or not form.salary_currency.isupper():
        raise FieldInvalid("salary_currency", "unknown")
    rules.check_choice("kind", form.kind, rules.KINDS)
    if form.kind == "internship":
        _check_internship(form)
    rules.check_choice("modality", form.modality, rules.MODALITIES)
    rules.check_choice("seniority", form.seniority, rules.SENIORITIES)
    rules.check_choice("salary_period", form.salary_period, rules.PERIODS)
    rules.check_salary(form.salary_min, form.salary_max)
    for requirement in form.requirements:
        if not requirement.name.strip():
            raise FieldInvalid("requirements", "missing")
        rules.check_choice("requirements", requirement.kind, rules.REQUIREMENT_KINDS)
        rules.check_choice("requirements", requirement.importance, rules.IMPORTANCES)
    for question in form.questions:
        if not question.text.strip():
            raise FieldInvalid("questions", "missing")
        rules.check_choice("questions", question.kind, rules.QUESTION_KINDS)
        if question.kind == "yes_no" and not isinstance(question.expected.get("answer"), bool):
            raise FieldInvalid("questions", "expected_missing")
        if question.kind == "number" and not {"min", "max"} & set(question.expected):
            raise FieldInvalid("questions", "expected_missing")


def _check_internship(form: VacancyForm) -> None:
    if form.internship_weeks is not None and not 1 <= form.internship_weeks <= 104:
        raise FieldInvalid("internship_weeks", "out_of_range")
    if form.internship_hours is not None and not 1 <= form.internship_hours <= 48:
        raise FieldInvalid("internship_hours", "out_of_range")
    if not fields.known(form.study_fields):
        raise FieldInvalid("study_fields", "unknown")
    if form.unpaid and (form.salary_min is not None or form.salary_max is not None):
        raise FieldInvalid("unpaid", "pays_too")
