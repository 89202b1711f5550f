"""Points, rewards and a family group in Chromium: nothing sticks out, nothing complains, a reward is granted."""

from __future__ import annotations

import os

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from huntred.families import service as families
from huntred.gains.models import Gain, Reward, RewardRequest
from tests.e2e.browser import Browser
from tests.e2e.pages.conftest import WIDER, Site, complaints
from tests.integration.actions.test_candidate_road import vacancy


@pytest.mark.parametrize("size", [(1280, 900), (390, 844)], ids=["desk", "phone"])
def test_points_and_family(site: Site, chromium: Browser, size: tuple[int, int]) -> None:
    desk, shots = site.desk, os.environ.get("SCREENSHOTS")
    told = {"headline": "cajera", "skills": ["caja"], "city": "Saltillo", "state": "Coahuila"}
    ana, luis = desk.profile(**told), desk.profile(first_name="Luis", last_name="Ruiz", **told)
    vacancy(desk)
    with desk.work() as uow:
        group = families.start(uow, ana.person_id, "whatsapp", now=desk.now)
        families.join(uow, group.code, luis.person_id, "whatsapp", now=desk.now)
    reward = desk.rows(select(Reward).where(Reward.unit == "amigro", Reward.name == "Hora de mentoría"))[0]
    request = RewardRequest(
        unit="amigro", person_id=ana.person_id, reward_id=reward.id, name=reward.name, cost_points=reward.cost_points,
        cost_amount=reward.cost_amount, asked_at=desk.now,
    )  # fmt: skip
    earned = Gain(
        unit="amigro", person_id=ana.person_id, event="profile_completed", source_id=ana.id, points=230, at=desk.now
    )
    desk.add(earned, request)
    with chromium.signed_in(
        site.url, site.user("super_admin", None), width=size[0], height=size[1]
    ) as page:
        heard = complaints(page)
        for name, path in (
            ("gains", "/gains/?unit=amigro"), ("family", f"/people/{ana.id}/family"), ("person", f"/people/{ana.id}"),
        ):  # fmt: skip
            page.goto(site.url + path)
            if shots:
                page.screenshot(path=f"{shots}/{name}-{size[0]}.png", full_page=True)
            assert page.evaluate(WIDER) == [], path
        page.get_by_label("Lo que le decimos").fill("El martes a las 5.")
        page.get_by_role("button", name="Entregar").click()
        expect(page.locator("#rewards")).to_contain_text("Entregada")
        assert heard == []
