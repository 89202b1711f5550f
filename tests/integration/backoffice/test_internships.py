"""An internship in the vacancy form and the API: what students need to know is asked for before it is published."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from contract.ids import new_id
from huntred.companies.models import Company
from huntred.vacancies.models import Vacancy
from tests.integration.backoffice.api.conftest import program
from tests.integration.backoffice.conftest import Office, post


def form(office: Office, **values: str) -> dict[str, Any]:
    company = Company(id=new_id(), unit="huntu", name="Startup del Valle")
    office.desk.add(company)
    return {
        "title": "Becaria o becario de Finanzas", "company_id": str(company.id), "description": "Aprenderás.",
        "modality": "remote", "openings": "1", "kind": "internship", "internship_weeks": "24", "internship_hours": "20",
        "study_fields": ["finance", "business"], "university_agreement": "1", "salary_min": "7,000", **values,
    }  # fmt: skip


def test_an_internship_is_written_shown_and_published(office: Office) -> None:
    client = office.client(office.user(unit="huntu"))
    saved = post(client, "/vacancies/new", form(office), page="/vacancies/new")
    assert saved.status_code == 302, saved.text
    [kept] = office.desk.rows(select(Vacancy))
    assert (kept.kind, kept.internship_weeks, kept.internship_hours, kept.study_fields, kept.university_agreement) == (
        "internship", 24, 20, ["finance", "business"], True,
    )  # fmt: skip
    page = client.get(f"/vacancies/{kept.id}").text
    assert "24 semanas · 20 horas a la semana · con convenio universitario" in page and "Prácticas" in page
    edit = client.get(f"/vacancies/{kept.id}/edit").text
    assert 'value="24"' in edit and 'value="internship" selected' in edit
    post(client, f"/vacancies/{kept.id}/publish", page=f"/vacancies/{kept.id}")
    assert office.desk.one(Vacancy, kept.id).state == "open"

    told = program(office, ("huntu",)).get(f"/api/v1/vacancies/{kept.id}").json
    assert (told["kind"], told["internship_weeks"], told["study_fields"]) == ("internship", 24, ["finance", "business"])


@pytest.mark.parametrize("left_out", ["internship_weeks", "internship_hours", "salary_min"])
def test_nothing_that_a_student_must_know_is_left_open(office: Office, left_out: str) -> None:
    client = office.client(office.user(unit="huntu"))
    post(client, "/vacancies/new", form(office, **{left_out: ""}), page="/vacancies/new")
    [kept] = office.desk.rows(select(Vacancy))
    refused = client.get(post(client, f"/vacancies/{kept.id}/publish", page=f"/vacancies/{kept.id}").headers["Location"])
    assert "hace falta" in refused.text
    assert office.desk.one(Vacancy, kept.id).state == "draft"


def test_unpaid_is_said_and_excludes_an_amount(office: Office) -> None:
    client = office.client(office.user(unit="huntu"))
    refused = post(client, "/vacancies/new", form(office, unpaid="1"), page="/vacancies/new")
    assert "a la vez" in refused.text
    assert post(client, "/vacancies/new", form(office, unpaid="1", salary_min=""), page="/vacancies/new").status_code == 302


def test_a_change_by_the_api_keeps_what_it_does_not_name_and_a_job_has_none_of_it(office: Office) -> None:
    client = office.client(office.user(unit="huntu"))
    post(client, "/vacancies/new", form(office), page="/vacancies/new")
    [kept] = office.desk.rows(select(Vacancy))
    caller, path = program(office, ("huntu",)), f"/api/v1/vacancies/{kept.id}"
    assert caller.patch(path, {"openings": 3}, If_Match=caller.tag(path)).json["internship_weeks"] == 24
    changed = caller.patch(path, {"kind": "job"}, If_Match=caller.tag(path)).json
    assert (changed["kind"], changed["internship_weeks"], changed["study_fields"], changed["unpaid"]) == ("job", None, [], False)
