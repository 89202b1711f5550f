"""References in Chromium: a candidate names somebody, a referee answers on a phone, the summary fits both screens."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import Browser
from tests.e2e.pages.conftest import WIDER, Site, complaints
from tests.factories.references import BRUNO, LAURA, ROSA, UNIT, WHOLE, Case, asked

SIZES = pytest.mark.parametrize("size", [(1280, 900), (390, 844)], ids=["desk", "phone"])


def at(site: Site, url: str) -> str:
    return url.replace("http://office.test", site.url)


def candidate_page(site: Site, case: Case) -> str:
    return at(site, site.desk.links.references_page(UNIT, case.request_id, until=case.request.due_at))


@SIZES
def test_from_the_candidate_to_the_referee_to_the_summary(site: Site, chromium: Browser, size: tuple[int, int]) -> None:
    case, shots = asked(site.desk, wanted=3), os.environ.get("SCREENSHOTS")
    with chromium.page(width=size[0], height=size[1]) as page:
        heard = complaints(page)

        def look(name: str) -> None:
            if shots:
                page.screenshot(path=f"{shots}/references-{name}-{size[0]}.png", full_page=True)
            assert page.evaluate(WIDER) == [], name

        page.goto(candidate_page(site, case))
        look("consent")
        page.get_by_role("button", name="Sí, doy mi permiso").click()
        page.get_by_label("Nombre y apellido").fill("Carla Soto")
        page.get_by_label("Relación").select_option("peer")
        page.get_by_label("Empresa").fill("Grupo Andino")
        page.get_by_label("Correo").fill("carla@example.com")
        page.get_by_label("Desde el año").fill("2019")
        page.get_by_label("Hasta el año").fill("2021")
        page.get_by_role("button", name="Agregar a la lista").click()
        expect(page.get_by_text("Carla Soto")).to_be_visible()
        look("list")
        page.get_by_role("button", name="Quitar a Carla Soto").click()
        laura, bruno, _ = case.give(LAURA, BRUNO, ROSA)
        case.answer(bruno, replace(WHOLE, ratings=WHOLE.ratings | {"leadership": 2}, again="doubts"))

        page.goto(at(site, site.desk.links.referee_page(UNIT, laura.id, until=case.request.due_at)))
        look("referee")
        page.get_by_label("Sí, es correcto").check()
        page.get_by_role("button", name="Guardar y seguir después").click()
        expect(page.get_by_role("status")).to_contain_text("Guardamos lo que lleva")
        page.get_by_label("Desde").fill("2018")
        page.get_by_label("Hasta").fill("2021")
        for group in page.locator("fieldset").all():
            if group.locator("input[value='5']").count():
                group.locator("input[value='5']").check()
        page.get_by_role("button", name="Enviar respuestas").click()
        expect(page.get_by_role("alert")).to_contain_text("si volvería a trabajar")
        look("lacking")
        page.locator("input[name='again'][value='yes']").check()
        page.get_by_label("Sí, puede leerlas").check()
        page.get_by_role("button", name="Enviar respuestas").click()
        expect(page.get_by_role("heading", name="Gracias por su tiempo")).to_be_visible()
        look("thanks")
        page.goto(at(site, site.desk.links.referee_out_page(UNIT, case.referees[1].id, now=site.desk.now)))
        look("no")
        assert heard == []
    case.hand_on()
    with chromium.signed_in(site.url, site.user("consultant", UNIT), width=size[0], height=size[1]) as page:
        heard = complaints(page)
        rosa = case.referees[2]
        for name, path in (
            ("summary", f"/references/{case.request_id}"), ("call", f"/references/referees/{rosa.id}/answer"),
            ("index", "/references/"), ("today", "/"), ("application", f"/applications/{case.application.id}"),
        ):  # fmt: skip
            page.goto(site.url + path)
            if shots:
                page.screenshot(path=f"{shots}/references-{name}-{size[0]}.png", full_page=True)
            assert page.evaluate(WIDER) == [], path
        assert heard == []
