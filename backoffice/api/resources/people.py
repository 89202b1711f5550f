"""People: what a person told a unit. An id is that of the profile in the unit: nothing here links units.

Birth date, CURP, RFC and sex are never read or written here.
"""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints

from backoffice import work
from backoffice.api import access
from backoffice.api.operations import Listed, Made, operation, require_match
from backoffice.api.resources.vacancies import listed
from backoffice.api.values import Given, Line, Money, Name, PageQuery, Text100, Time, Told, money
from huntred.errors import NotFound
from huntred.people import service
from huntred.people.models import UnitProfile

_TEXTS = (
    "first_name", "last_name", "second_last_name", "email", "phone", "nationality", "work_permit", "city", "headline",
)  # fmt: skip
Skill = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[^\x00,;]*$")]


class PersonPatch(Given):
    """Only what is sent is changed, read as the assistant reads an answer; null forgets what is not required."""

    first_name: Line | None = None
    last_name: Line | None = None
    second_last_name: Line | None = None
    email: Line | None = None
    phone: Line | None = None
    nationality: Line | None = None
    work_permit: Line | None = None
    city: Line | None = None
    headline: Line | None = None
    experience_years: float | None = Field(None, ge=0, le=60)
    skills: list[Skill] | None = Field(None, max_length=50)
    salary: Money | None = None


class NewPerson(PersonPatch):
    """unit: needed where the token sees several. Consents are the person's own and are asked for in the chat."""

    first_name: Name
    last_name: Name
    unit: Name | None = None


class PersonTold(Told):
    id: UUID
    number: int
    unit: str
    first_name: str
    last_name: str
    second_last_name: str
    email: str
    phone: str
    nationality: str
    work_permit: str
    city: str
    state: str
    headline: str
    experience_years: float | None
    skills: list[str]
    salary: Money | None
    completed_at: Time | None
    created_at: Time
    updated_at: Time


class PeopleQuery(PageQuery):
    text: Line = ""
    place: Text100 = ""
    skill: Text100 = ""


def person_told(row: UnitProfile) -> PersonTold:
    years = row.experience_years
    return PersonTold(
        **{name: getattr(row, name) for name in _TEXTS}, id=row.id, number=row.number, unit=row.unit, state=row.state,
        experience_years=None if years is None else float(years), skills=list(row.skills),
        salary=money(row.salary_amount, row.salary_currency), completed_at=row.completed_at,
        created_at=row.created_at, updated_at=row.updated_at,
    )  # fmt: skip


@operation("GET", "/api/v1/people", "people:read", query=PeopleQuery, answer=PersonTold, many=True)
def list_people(query: PeopleQuery) -> Listed:
    args = {"text": query.text[:100], "place": query.place, "skill": query.skill}
    return Listed(*listed("people", query, args, person_told))


@operation("GET", "/api/v1/people/<uuid:id>", "people:read", answer=PersonTold)
def get_person(id: UUID) -> PersonTold:
    return person_told(profile(id))


@operation("POST", "/api/v1/people", "people:write", body=NewPerson, answer=PersonTold, status=201)
def create_person(body: NewPerson) -> Made:
    uow = work.work_of(access.unit_of_new(body.unit))
    made = service.register(uow, _answers(body), now=work.now())
    work.session.refresh(made)
    return Made(person_told(made), ("api.get_person", {"id": made.id}))


@operation("PATCH", "/api/v1/people/<uuid:id>", "people:write", body=PersonPatch, answer=PersonTold, matched=True)
def change_person(id: UUID, body: PersonPatch) -> PersonTold:
    row = profile(id, lock=True)
    require_match(person_told(row))
    uow = work.work_of(row.unit)
    for name in body.model_fields_set:
        if getattr(body, name) is None:
            service.clear_field(uow, row.person_id, name, now=work.now())
    answers = _answers(body)
    if answers:
        service.set_fields(uow, row.person_id, answers, now=work.now())
    work.session.refresh(row)
    return person_told(row)


def profile(profile_id: UUID, *, lock: bool = False) -> UnitProfile:
    """Raises NotFound."""
    row = work.current_work().session.get(UnitProfile, profile_id, with_for_update=lock)
    if row is None or row.unit not in access.caller().units:
        raise NotFound(f"profile {profile_id}")
    return row


def _answers(body: PersonPatch) -> dict[str, str]:
    """Field → what a person would have typed."""
    sent: dict[str, Any] = {name: getattr(body, name) for name in body.model_fields_set if name != "unit"}
    answers = {name: value for name, value in sent.items() if value is not None}
    if "skills" in answers:
        answers["skills"] = ", ".join(answers["skills"])
    if "salary" in answers:
        answers["salary"] = f"{answers['salary'].amount} {answers['salary'].currency}"
    if "experience_years" in answers:
        answers["experience_years"] = f"{answers['experience_years']:g}"
    return answers
