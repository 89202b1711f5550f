"""A vacancy in Chromium: from the ranked table by detail, comparison and shortlist to the page of the client."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import expect

from huntred.privacy import service as privacy
from huntred.vacancies.models import VacancyRequirement
from tests.e2e.browser import Browser
from tests.e2e.pages.conftest import NAMELESS, WIDER, Site, complaints
from tests.integration.backoffice.test_access import things

PEOPLE = (
    ("Bety", "Ruiz", "Cajera", ["corte de caja", "Excel"], "Hice el corte de caja tres años. Puedo rolar turnos."),
    ("Carlos", "Peña", "Cajero", ["corte de caja", "inglés", "Excel avanzado"], "No puedo trabajar de noche."),
    ("Dalia", "Soto", "Vendedora de piso", ["ventas"], ""),
    ("Elsa", "Mora", "Cajera", [], ""),
)


def peopled(site: Site) -> Any:
    own, desk = things(type("Office", (), {"desk": site.desk})(), "amigro"), site.desk  # type: ignore[arg-type]
    desk.execute(
        "UPDATE vacancies SET title = 'Cajera o cajero de sucursal', city = 'Monterrey', region = 'Nuevo León',"
        " schedule = 'Rolar turnos, a veces turno nocturno', min_experience_years = 2, permits = '[\"citizen\"]'"
        " WHERE id = :id",
        id=own.vacancy,
    )
    for number, (name, kind, importance) in enumerate(
        (("Corte de caja", "skill", "must"), ("Excel avanzado", "skill", "nice"), ("Inglés", "language", "nice")), 1
    ):
        desk.add(
            VacancyRequirement(
                unit="amigro", vacancy_id=own.vacancy, ord=number, name=name, kind=kind, importance=importance
            )
        )
    for number, (first, last, headline, skills, text) in enumerate(PEOPLE):
        profile = desk.profile(
            first_name=first, last_name=last, headline=headline, skills=skills, experience_text=text,
            email=f"{first.lower()}@example.com", city="Monterrey", state="Nuevo León", salary_amount=Decimal(9000),
            experience_years=Decimal(number) if number else None, work_permit="citizen" if number % 2 else "",
        )  # fmt: skip
        with desk.work() as uow:
            privacy.allow_showing(uow, profile.person_id, number < 2, "web", now=desk.now)
    return own


@pytest.mark.parametrize("size", [{"width": 1440, "height": 900}, {"width": 390, "height": 844}], ids=["desk", "phone"])
def test_from_the_ranking_to_the_client(site: Site, chromium: Browser, size: dict[str, int]) -> None:
    own = peopled(site)

    with chromium.signed_in(site.url, site.user(), **size) as page:
        heard = complaints(page)
        page.goto(f"{site.url}/vacancies/{own.vacancy}")
        page.get_by_role("link", name="Candidatos", exact=True).last.click()
        # The first ranking of a process reads its model.
        expect(page.get_by_role("row").filter(has_text="Bety Ruiz")).to_be_visible(timeout=60_000)
        assert page.evaluate(WIDER) == []
        assert page.evaluate(NAMELESS) == []
        for kind in ("CSV", "Excel", "CSV"):
            with page.expect_download():
                page.get_by_role("button", name=kind, exact=True).click()
        page.get_by_role("row").filter(has_text="Carlos Peña").get_by_text("Detalle").click()
        expect(page.get_by_text("No puedo trabajar de noche")).to_be_visible()
        for name in ("Bety Ruiz", "Carlos Peña"):
            page.get_by_label(f"Comparar a {name}").check()
        page.get_by_role("button", name="Comparar (2)").click()
        expect(page.get_by_role("columnheader", name="Carlos Peña")).to_be_visible()
        assert page.evaluate(WIDER) == []

        for name in ("Carlos Peña", "Elsa Mora"):
            page.goto(f"{site.url}/vacancies/{own.vacancy}?tab=people")
            page.get_by_role("button", name=f"Agregar a {name} a la lista corta").click()
            expect(page.get_by_text("La agregamos a la lista corta.")).to_be_visible()
        page.get_by_role("link", name="Lista corta").click()
        page.get_by_role("button", name="Crear enlace").click()
        address = page.get_by_label("Hasta").input_value()
        assert page.evaluate(WIDER) == []
        assert page.evaluate(NAMELESS) == []

        page.goto(site.url + "/lista/" + address.split("/lista/")[1])
        expect(page.get_by_role("heading", name="Carlos P.")).to_be_visible()
        expect(page.get_by_text("Otra persona de la lista")).to_be_visible()
        assert page.evaluate(WIDER) == []
        assert heard == []
