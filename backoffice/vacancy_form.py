"""Between the vacancy's page and `VacancyForm`: what is shown in the fields, and what was posted."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import zip_longest
from typing import Any

from werkzeug.datastructures import MultiDict

from backoffice.formats import plain_number
from backoffice.forms import FormReader, read_decimal
from contract.text import normalise
from huntred.errors import FieldInvalid
from huntred.vacancies.models import Vacancy
from huntred.vacancies.service import QuestionForm, RequirementForm, VacancyForm

_FIELDS = (
    "title", "company_id", "division_id", "contact_id", "consultant_id", "description", "openings", "modality",
    "schedule", "benefits", "address", "city", "region", "latitude", "longitude", "seniority", "salary_currency",
    "salary_period", "kind", "internship_weeks", "internship_hours",
)  # fmt: skip
_FLAGS = ("confidential", "university_agreement", "unpaid")
_AMOUNTS = ("min_experience_years", "salary_min", "salary_max")
PERMITS = ("citizen", "permanent", "temporary", "humanitarian", "in_process", "none")


def blank(*, confidential: bool = False) -> dict[str, Any]:
    """The fields of a vacancy that is yet to be written. confidential: whether the unit's searches usually are."""
    values: dict[str, Any] = dict.fromkeys((*_FIELDS, *_AMOUNTS), "")
    values |= {"openings": "1", "modality": "on_site", "salary_currency": "MXN", "salary_period": "month"}
    values["kind"] = "job"
    values |= dict.fromkeys(_FLAGS, False)
    return values | {
        "confidential": confidential, "permits": [], "study_fields": [], "requirements": [], "questions": [],
    }  # fmt: skip


def written(vacancy: Vacancy) -> dict[str, Any]:
    """The fields as the vacancy has them."""
    values: dict[str, Any] = {name: getattr(vacancy, name) for name in _FIELDS}
    values = {name: "" if value is None else str(value) for name, value in values.items()}
    values |= {name: plain_number(getattr(vacancy, name)) for name in _AMOUNTS}
    return values | {
        **{name: getattr(vacancy, name) for name in _FLAGS},
        "permits": list(vacancy.permits),
        "study_fields": list(vacancy.study_fields),
        "requirements": [
            {"name": item.name, "kind": item.kind, "importance": item.importance,
             "years": plain_number(item.min_years)}
            for item in vacancy.requirements
        ],
        "questions": [
            {"text": item.text, "kind": item.kind, "expected": _expected_shown(item.kind, item.expected)}
            for item in vacancy.questions
        ],
    }  # fmt: skip


def posted(form: MultiDict[str, str]) -> dict[str, Any]:
    """The fields as they were typed, to be shown again beside the error."""
    values: dict[str, Any] = {name: form.get(name, "") for name in (*_FIELDS, *_AMOUNTS)}
    return values | {
        **{name: bool(form.get(name)) for name in _FLAGS},
        "permits": form.getlist("permits"),
        "study_fields": form.getlist("study_fields"),
        "requirements": list(_rows(form, "requirement", ("name", "kind", "importance", "years"))),
        "questions": list(_rows(form, "question", ("text", "kind", "expected"))),
    }


def read_vacancy_form(form: MultiDict[str, str]) -> VacancyForm:
    """Raises FieldInvalid."""
    reader = FormReader(form)
    openings = reader.integer("openings")
    return VacancyForm(
        title=reader.text("title", longest=200),
        company_id=reader.required(reader.id("company_id"), "company_id"),
        description=reader.text("description"),
        division_id=reader.id("division_id"),
        contact_id=reader.id("contact_id"),
        consultant_id=reader.id("consultant_id"),
        confidential=reader.flag("confidential"),
        openings=1 if openings is None else openings,
        modality=reader.text("modality"),
        schedule=reader.text("schedule"),
        benefits=reader.text("benefits"),
        address=reader.text("address", longest=500),
        city=reader.text("city", longest=100),
        region=reader.text("region", longest=100),
        latitude=reader.coordinate("latitude"),
        longitude=reader.coordinate("longitude"),
        seniority=reader.text("seniority"),
        min_experience_years=reader.decimal("min_experience_years"),
        salary_min=reader.decimal("salary_min"),
        salary_max=reader.decimal("salary_max"),
        salary_currency=reader.text("salary_currency") or "MXN",
        salary_period=reader.text("salary_period") or "month",
        permits=tuple(value for value in reader.texts("permits") if value in PERMITS),
        requirements=tuple(_requirements(form)),
        questions=tuple(_questions(form)),
        kind=reader.text("kind") or "job",
        internship_weeks=reader.integer("internship_weeks"),
        internship_hours=reader.integer("internship_hours"),
        university_agreement=reader.flag("university_agreement"),
        study_fields=tuple(reader.texts("study_fields")),
        unpaid=reader.flag("unpaid"),
    )


def _requirements(form: MultiDict[str, str]) -> Iterable[RequirementForm]:
    for row in _rows(form, "requirement", ("name", "kind", "importance", "years")):
        years = _number("requirements", row["years"])
        yield RequirementForm(row["name"], row["kind"] or "skill", row["importance"] or "must", years)


def _questions(form: MultiDict[str, str]) -> Iterable[QuestionForm]:
    for row in _rows(form, "question", ("text", "kind", "expected")):
        if row["kind"] == "number":
            least = _number("questions", row["expected"])
            if least is None:
                raise FieldInvalid("questions", "expected_missing")
            yield QuestionForm(row["text"], "number", {"min": float(least) if least % 1 else int(least)})
        else:
            yield QuestionForm(row["text"], "yes_no", {"answer": normalise(row["expected"]) != "no"})


def _rows(form: MultiDict[str, str], prefix: str, names: tuple[str, ...]) -> Iterable[dict[str, str]]:
    """The rows of a repeated group; one whose first field is empty was left blank."""
    columns = [form.getlist(f"{prefix}_{name}") for name in names]
    for values in zip_longest(*columns, fillvalue=""):
        row = {name: value.strip() for name, value in zip(names, values, strict=True)}
        if row[names[0]]:
            yield row


def _number(field: str, raw: str) -> Any:
    try:
        return read_decimal(raw) if raw else None
    except ArithmeticError:
        raise FieldInvalid(field, "not_a_number") from None
    except ValueError:
        raise FieldInvalid(field, "not_a_number") from None


def _expected_shown(kind: str, expected: dict[str, Any]) -> str:
    if kind == "number":
        return str(expected.get("min", ""))
    return "yes" if expected.get("answer") else "no"
