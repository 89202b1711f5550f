"""A file of vacancies in Chromium: uploaded, seen with its faults, written; all fits a phone."""

from __future__ import annotations

import os

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import Browser
from tests.e2e.pages.conftest import WIDER, Site, complaints

FILE = """Puesto;Empresa;Ciudad;Sueldo;Modalidad;Plazas;Requisitos
Cajera de autoservicio;Abarrotes del Norte;Puebla;9,500 a 11,000 mensuales;Presencial;3;caja, atención a clientes
Soldadura industrial;Industrias Norte;Saltillo;2,800 semanales;Presencial;1;soldadura MIG
Auxiliar contable;Despacho Ruiz;Toluca;15,000 a 12,000;En la luna;dos;CONTPAQi
"""


@pytest.mark.parametrize("size", [(1280, 900), (390, 844)], ids=["desk", "phone"])
def test_a_file_is_imported(site: Site, chromium: Browser, size: tuple[int, int]) -> None:
    shots = os.environ.get("SCREENSHOTS")
    with chromium.signed_in(site.url, site.user(), width=size[0], height=size[1]) as page:
        heard = complaints(page)

        def shot(name: str) -> None:
            assert page.evaluate(WIDER) == [], name
            if shots:
                page.screenshot(path=f"{shots}/{name}-{size[0]}.png", full_page=True)

        page.goto(f"{site.url}/vacancies/")
        page.get_by_role("link", name="Importar").click()
        shot("import-empty")
        page.locator("#file").set_input_files(
            {"name": "vacantes noviembre.csv", "mimeType": "text/csv", "buffer": FILE.encode()}
        )
        page.get_by_role("button", name="Subir y revisar").click()
        expect(page.get_by_text("2 de 3 filas están bien")).to_be_visible()
        if shots:
            page.screenshot(path=f"{shots}/import-preview-{size[0]}.png", full_page=True)
        page.get_by_role("button", name="Guardar solo las 2").click()
        expect(page.get_by_text("Se guardaron 2 vacantes")).to_be_visible()
        shot("import-done")
        assert heard == []
