"""From a row that was read to what is written of a vacancy; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from huntred.alike.reading import Traits
from huntred.geography import find_place
from huntred.vacancies.rules import monthly
from huntred.vacancies.types import RequirementForm, VacancyForm

_PLAIN = (
    "title", "description", "city", "region", "address", "modality", "openings", "salary_min", "salary_max",
    "salary_period", "salary_currency", "seniority", "min_experience_years", "schedule", "benefits",
)  # fmt: skip
# field → kind and importance of the requirements that it lists.
_LISTS = {"must": ("skill", "must"), "languages": ("language", "must"), "nice": ("skill", "nice")}


def new_form(values: Mapping[str, Any], company_id: UUID) -> VacancyForm:
    """Return what a row makes of a vacancy that was not there."""
    return VacancyForm(company_id=company_id, requirements=_requirements(values), **_plain(values))


def changed_form(before: VacancyForm, values: Mapping[str, Any]) -> VacancyForm:
    """Return what a row makes of one that is there: what it says replaces what was written, the rest stays."""
    changes = _plain(values)
    if {"salary_min", "salary_max"} & changes.keys():
        # A range is one thing: half of an old one beside half of a new one would be nobody's.
        changes = {"salary_min": None, "salary_max": None} | changes
    if {"city", "address"} & changes.keys():
        # They were those of the place before.
        changes |= {"latitude": None, "longitude": None}
    listed = {_LISTS[field] for field in _LISTS if field in values}
    kept = tuple(one for one in before.requirements if (one.kind, one.importance) not in listed)
    return replace(before, requirements=kept + _requirements(values), **changes)


def traits_of(values: Mapping[str, Any]) -> Traits:
    """Return what is compared of a row with the vacancies that are there."""
    period = values.get("salary_period", "month")
    place = find_place(values.get("city", ""))
    return Traits(
        title=values["title"], company=values.get("company", ""),
        # By the name under which it would be kept.
        city=place.name if place is not None else values.get("city", ""),
        remote=values.get("modality") == "remote", address=values.get("address", ""),
        schedule=values.get("schedule", ""), description=values.get("description", ""),
        seniority=values.get("seniority", ""), salary_min=monthly(values.get("salary_min"), period),
        salary_max=monthly(values.get("salary_max"), period), salary_currency=values.get("salary_currency", "MXN"),
    )  # fmt: skip


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in _PLAIN if name in values}


def _requirements(values: Mapping[str, Any]) -> tuple[RequirementForm, ...]:
    return tuple(
        RequirementForm(name, kind, importance)
        for field, (kind, importance) in _LISTS.items()
        for name in values.get(field, ())
    )
