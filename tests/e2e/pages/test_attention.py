"""What a vacancy wants and where its cards may go next, in Chromium: readable on a desk and a phone, and nothing jumps."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from contract.ids import new_id
from huntred.access.models import User
from huntred.attention import service
from huntred.vacancies.models import Vacancy
from tests.e2e.browser import Browser
from tests.e2e.pages.conftest import WIDER, Site, complaints
from tests.factories.cards import Cards
from tests.factories.stays import DAY, attended, past

_WATCH = """window.__moved = 0;
new PerformanceObserver(list => { for (const one of list.getEntries()) if (!one.hadRecentInput) window.__moved += one.value; })
  .observe({type: 'layout-shift', buffered: true});"""


def _at_work(site: Site, email: str) -> Cards:
    desk = site.desk
    [user_id] = desk.rows(select(User.id).where(User.email == email))
    cards = Cards.of(
        desk, title="Soldadura industrial", consultant_id=user_id, published_at=desk.now - 30 * DAY, salary_max=9000
    )
    past(cards, 80)
    attended(cards, "Rosa Ibáñez")
    cards.add("Luz Peña", "interview", days=1)
    cards.add("Sol Ruiz", "screening", days=12)
    for number in range(6):
        desk.add(
            Vacancy(
                id=new_id(), unit="amigro", company_id=cards.vacancy.company_id, title="Soldadura TIG", state="filled",
                city="Saltillo", salary_max=12000, published_at=desk.now - 60 * DAY,
                closed_at=desk.now - timedelta(days=40 - number),
            )
        )  # fmt: skip
    desk.profile(first_name="Inés", last_name="Mora", headline="Soldadura", city="Saltillo", skills=["soldadura"])
    with desk.work() as uow:
        service.keep(uow, None, now=desk.now)
    return cards


def _look(page: Page, name: str) -> None:
    """For eyes: LOOK names a folder."""
    folder = os.environ.get("LOOK")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


@pytest.mark.parametrize("size", [{"width": 1280, "height": 900}, {"width": 390, "height": 844}], ids=["desk", "phone"])
def test_what_a_vacancy_wants_and_where_its_cards_may_go(site: Site, chromium: Browser, size: dict[str, int]) -> None:
    email = site.user()
    cards = _at_work(site, email)
    board = f"{site.url}/board/vacancy/{cards.vacancy.id}"
    with chromium.signed_in(site.url, email, **size) as page:
        page.set_default_timeout(90_000)
        heard = complaints(page)
        page.goto(f"{site.url}/vacancies/{cards.vacancy.id}")
        expect(page.get_by_text("persona espera hora para su entrevista")).to_be_visible(timeout=60_000)
        expect(page.get_by_text("casos propios parecidos")).to_be_visible()
        assert page.evaluate(WIDER) == []
        _look(page, f"vacancy-{size['width']}")

        page.goto(board)
        expect(page.get_by_text("Se sugiere en 1 de")).to_be_visible(timeout=90_000)
        page.add_init_script(_WATCH)
        page.goto(board)  # this process has seen by now that the unit's cards have hints
        hint = page.locator(".board-card", has_text="Rosa Ibáñez").locator(".board-hint")
        expect(hint).to_contain_text("Otros así", timeout=90_000)
        expect(page.locator(".board-card", has_text="Luz Peña").locator(".board-hint")).to_be_empty()
        assert page.evaluate("window.__moved") <= 0.1
        page.get_by_text("Se sugiere en 1 de").click()
        page.locator(".board-todo summary").click()
        _look(page, f"board-{size['width']}")
        page.locator(".board-suggested summary").click()
        expect(page.get_by_text("Inés Mora")).to_be_visible(timeout=60_000)
        _look(page, f"suggested-{size['width']}")
        page.get_by_label("Elegir a Inés Mora").check()
        page.get_by_role("button", name="Agregar a la lista corta").click()
        expect(page.get_by_text("Agregamos a la lista corta")).to_be_visible(timeout=60_000)

        page.goto(f"{site.url}/")
        expect(page.get_by_role("heading", name="Vacantes en riesgo")).to_be_visible()
        _look(page, f"today-{size['width']}")
        page.goto(f"{site.url}/dashboards/outlook")
        expect(page.get_by_role("heading", name="Vacantes que necesitan atención")).to_be_visible()
        page.wait_for_timeout(500)
        _look(page, f"dashboard-{size['width']}")
        assert page.evaluate(WIDER) == []
        assert heard == []
