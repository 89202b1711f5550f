"""The calendar in Chromium: an interview is dragged, or carried by keys, and is proposed, never moved."""

from __future__ import annotations

import os
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from huntred.interviews import service
from huntred.interviews.holidays import holiday
from huntred.interviews.models import Interview, InterviewProposal, InterviewSlot, Room
from tests.e2e.browser import Browser
from tests.e2e.pages.conftest import WIDER, Site, complaints
from tests.integration.backoffice.test_access import things

MEXICO = ZoneInfo("America/Mexico_City")


def workday(site: Site) -> datetime:
    """Ten o'clock of a Tuesday to come whose week has no day off."""
    day = site.desk.now.astimezone(MEXICO).date() + timedelta(days=2)
    while day.weekday() != 1 or any(holiday(day + timedelta(days=n)) for n in range(-1, 5)):
        day += timedelta(days=1)
    return datetime.combine(day, time(10), MEXICO)


@pytest.fixture
def tuesday(site: Site) -> tuple[Any, datetime]:
    """Rosa's interview at ten of a Tuesday, half an hour."""
    own, at = things(type("Office", (), {"desk": site.desk})(), "amigro"), workday(site)  # type: ignore[arg-type]
    site.desk.execute(
        "UPDATE interview_slots SET starts_at = :a, ends_at = :b WHERE id = (SELECT slot_id FROM interviews)",
        a=at, b=at + timedelta(minutes=30),
    )  # fmt: skip
    return own, at


def proposal(site: Site) -> datetime:
    [found] = site.desk.rows(select(InterviewProposal).where(InterviewProposal.state == "waiting"))
    slot: InterviewSlot = site.desk.one(InterviewSlot, found.slot_id)
    return slot.starts_at


def test_dragged_to_another_day_and_hour_it_is_proposed(
    site: Site, chromium: Browser, tuesday: tuple[Any, datetime]
) -> None:
    own, at = tuesday
    with chromium.signed_in(site.url, site.user()) as page:
        heard = complaints(page)
        page.goto(f"{site.url}/interviews/?view=week&date={at:%Y-%m-%d}")
        event = page.locator(f'[data-id="{own.interview}"]')
        box = event.bounding_box()
        hour = page.locator(".cal-hour").first.bounding_box()
        target = page.locator(f'[data-day="{at + timedelta(days=1):%Y-%m-%d}"]').bounding_box()
        assert box and hour and target
        page.mouse.move(box["x"] + 20, box["y"] + 5)
        page.mouse.down()
        page.mouse.move(target["x"] + 40, box["y"] + 40, steps=4)
        page.mouse.move(target["x"] + 40, box["y"] + 5 + hour["height"] * 1.25, steps=4)
        expect(page.locator(".cal-ghost")).to_have_text("11:15")
        page.mouse.up()
        expect(page.get_by_role("dialog", name="Proponer otro horario a Rosa Ibáñez")).to_be_visible()
        assert site.desk.rows(select(InterviewProposal)) == []
        page.get_by_role("button", name="Proponer").click()
        expect(page.get_by_text("La entrevista sigue como está hasta que acepte")).to_be_visible()
        expect(page.locator(".cal-asked")).to_contain_text("Esperando respuesta")
        assert [line for line in heard if "CHUNKED" not in line] == []
    assert proposal(site) == at + timedelta(days=1, hours=1, minutes=15)
    assert site.desk.rows(select(InterviewSlot.starts_at).join(Interview, Interview.slot_id == InterviewSlot.id)) == [at]


def test_carried_by_keys_alone(site: Site, chromium: Browser, tuesday: tuple[Any, datetime]) -> None:
    own, at = tuesday
    with chromium.signed_in(site.url, site.user()) as page:
        page.goto(f"{site.url}/interviews/?view=week&date={at:%Y-%m-%d}")
        event = page.locator(f'[data-id="{own.interview}"]')
        event.focus()
        page.keyboard.press("Shift+ArrowRight")
        page.keyboard.press("Shift+ArrowDown")
        expect(page.locator("#cal-said")).to_contain_text("10:15")
        page.keyboard.press("Escape")
        expect(page.locator(".cal-ghost")).to_have_count(0)
        page.keyboard.press("Shift+ArrowRight")
        page.keyboard.press("Shift+ArrowUp")
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog")).to_contain_text("09:45 a 10:15")
        expect(page.get_by_role("button", name="Proponer")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator(".cal-asked")).to_contain_text("Esperando respuesta")
        page.keyboard.press("1")
        page.wait_for_url("**view=month**")
        page.keyboard.press("n")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert proposal(site) == at + timedelta(days=1, minutes=-15)


def _filled(site: Site, at: datetime) -> None:
    """A week to look at: two interviewers, free times, a group, a room."""
    desk = site.desk
    laura, pedro = desk.user(name="Laura Méndez"), desk.user(name="Pedro Solís")
    room = Room(unit="amigro", name="Sala Norte", address="Av. Juárez 10")
    desk.add(room)
    monday = at - timedelta(days=1)
    for day in range(5):
        start = monday + timedelta(days=day) - desk.now
        for number, user in enumerate((laura, pedro)):
            for half in range(4):
                desk.slot(user, start + timedelta(minutes=30 * half + 120 * number), room_id=room.id if number else None)
    group = desk.slot(laura, monday + timedelta(days=2, hours=5) - desk.now, capacity=8, room_id=room.id)
    for name in ("Rubén", "Sofía", "Teresa"):
        profile = desk.profile("amigro", first_name=name, last_name="Cruz")
        conversation = desk.chat("amigro", "telegram")
        application = desk.application(conversation, profile)
        with desk.work() as uow:
            service.book_slot(uow, group.id, application.id, now=desk.now)


def _shoot(page: Page, name: str) -> None:
    folder = os.environ.get("CALENDAR_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("size", [{"width": 1440, "height": 900}, {"width": 390, "height": 844}], ids=["desk", "phone"])
def test_a_full_calendar_fits_and_is_light(
    site: Site, chromium: Browser, size: dict[str, int], tuesday: tuple[Any, datetime]
) -> None:
    at = tuesday[1]
    _filled(site, at)
    with chromium.signed_in(site.url, site.user(), **size) as page:
        sent: list[int] = []
        page.on("response", lambda answer: sent.append(int(answer.headers.get("content-length", 0))))
        for view in ("week", "month", "day", "agenda"):
            sent.clear()
            page.goto(f"{site.url}/interviews/?view={view}&date={at:%Y-%m-%d}")
            page.wait_for_load_state("load")
            assert page.evaluate(WIDER) == []
            assert sum(sent) <= 300 * 1024, view
            _shoot(page, f"{view}-{size['width']}")
            page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
            _shoot(page, f"{view}-{size['width']}-dark")
