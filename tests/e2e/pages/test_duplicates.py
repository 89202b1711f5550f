"""Two people side by side in Chromium: chosen, merged, taken apart again; all fits a phone."""

from __future__ import annotations

import os
from datetime import timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from huntred.duplicates import finding
from huntred.people.models import UnitProfile
from tests.e2e.browser import Browser
from tests.e2e.pages.conftest import WIDER, Site, complaints


def two(site: Site) -> tuple[UnitProfile, UnitProfile]:
    desk = site.desk
    first = desk.profile(
        first_name="Lucía", last_name="Robles", second_last_name="Ibarra", email="lucia.robles@example.com",
        phone="+525512345678", city="Puebla", state="Puebla", headline="Cajera de autoservicio",
        skills=["caja", "atención a clientes"], experience_years=Decimal("3"), created_at=desk.now - timedelta(days=90),
    )  # fmt: skip
    second = desk.profile(
        first_name="Lucía", last_name="Robles", email="l.robles@example.com", phone="+525512345678", city="Toluca",
        state="México", skills=["inventarios", "Excel"], salary_amount=Decimal("12500"),
    )  # fmt: skip
    for channel, profile in (("whatsapp", first), ("telegram", second)):
        conversation = desk.chat(channel=channel)
        desk.execute(
            "UPDATE conversations SET person_id = :person, last_message_at = now() WHERE id = :id",
            person=profile.person_id, id=conversation.id,
        )  # fmt: skip
        desk.application(conversation, profile)
    with desk.work() as uow:
        finding.compare_new(uow, now=desk.now)
    return first, second


@pytest.mark.parametrize("size", [(1280, 900), (390, 844)], ids=["desk", "phone"])
def test_two_become_one_and_two_again(site: Site, chromium: Browser, size: tuple[int, int]) -> None:
    _first, second = two(site)
    shots = os.environ.get("SCREENSHOTS")
    with chromium.signed_in(site.url, site.user(), width=size[0], height=size[1]) as page:
        heard = complaints(page)

        def shot(name: str) -> None:
            assert page.evaluate(WIDER) == [], name
            if shots:
                page.screenshot(path=f"{shots}/{name}-{size[0]}.png", full_page=True)

        page.goto(f"{site.url}/people/{second.id}")
        shot("twice-person")
        page.goto(f"{site.url}/duplicates/")
        shot("twice-list")
        page.get_by_role("link", name="Comparar").click()
        shot("twice-compare")
        page.get_by_role("group", name="Ciudad").get_by_role("radio").nth(1).check()
        page.on("dialog", lambda dialog: dialog.accept())
        page.get_by_role("button", name="Unir en un solo registro").click()
        if page.locator("dialog[open]").count():
            page.locator("dialog[open]").get_by_role("button").last.click()
        expect(page.get_by_text("Ya son una sola persona")).to_be_visible()
        expect(page.get_by_text("Toluca").first).to_be_visible()
        shot("twice-merged")
        page.get_by_role("button", name="Deshacer").click()
        if page.locator("dialog[open]").count():
            page.locator("dialog[open]").get_by_role("button").last.click()
        expect(page.get_by_text("cada quien recuperó lo suyo")).to_be_visible()
        assert heard == []
