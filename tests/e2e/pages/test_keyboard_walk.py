"""A consultant's day by keyboard alone, once signed in: claim, reply, move a card, give an interview its hour.

A page is left by its links and by ⌘K; what is wanted is reached by Tab, as whoever cannot see the page would.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect
from sqlalchemy import select

from huntred.access.models import User
from huntred.conversations import handoff
from huntred.interviews.models import InterviewProposal, InterviewSlot
from huntred.privacy import service as privacy
from tests.e2e.browser import Browser
from tests.e2e.pages.conftest import Site
from tests.e2e.pages.test_calendar import workday
from tests.factories.cards import Cards
from tests.integration.backoffice.test_access import things

_MOST_TABS = 120
# What a screen reader would say of where one is, near enough.
_HERE = """() => { const one = document.activeElement;
  return [one.getAttribute('aria-label') || '', one.labels && one.labels[0] ? one.labels[0].textContent : '',
    one.textContent || ''].find(said => said.trim()) || '' }"""
_SEEN = """() => { const style = getComputedStyle(document.activeElement);
  return style.outlineStyle !== 'none' || style.boxShadow !== 'none' || document.activeElement.matches(':focus-visible') }"""


def tab_to(page: Page, words: str) -> None:
    """Press Tab until the focus is on what says these words; each stop can be seen."""
    for _ in range(_MOST_TABS):
        page.keyboard.press("Tab")
        assert page.evaluate(_SEEN), f"the focus cannot be seen on {page.evaluate(_HERE)!r}"
        if words in page.evaluate(_HERE):
            return
    raise AssertionError(f"{words!r} is not reached by Tab")


def go(page: Page, words: str, url: str) -> None:
    """Open a page by ⌘K."""
    page.keyboard.press("Control+k")
    page.keyboard.type(words)
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{url}**")


def test_claim_reply_move_and_an_interview_s_hour(site: Site, chromium: Browser) -> None:
    desk, email = site.desk, site.user()
    [user_id] = desk.rows(select(User.id).where(User.email == email))
    conversation = desk.chat("amigro", "telegram")
    things(type("Office", (), {"desk": desk})(), "amigro")  # type: ignore[arg-type]
    at = workday(site)
    desk.execute(
        "UPDATE interview_slots SET starts_at = :a, ends_at = :b WHERE id = (SELECT slot_id FROM interviews)",
        a=at, b=at + timedelta(minutes=30),
    )  # fmt: skip
    cards = Cards.of(desk, consultant_id=user_id)
    ana = cards.add("Ana Núñez", days=1, conversation=conversation)
    with desk.work() as uow:
        privacy.accept_notice(uow, ana.person_id, "telegram", now=desk.now)
        handoff.request_handoff(uow, conversation.id, "ayuda", now=datetime.now(UTC))

    with chromium.signed_in(site.url, email, width=1440, height=900) as page:
        tab_to(page, "Tomar")
        page.keyboard.press("Enter")
        page.wait_for_url("**/conversations/**")

        tab_to(page, "Tu respuesta")
        page.keyboard.type("Con gusto te ayudo")
        page.keyboard.press("Enter")
        expect(page.get_by_text("En camino")).to_be_visible()

        page.keyboard.press("Escape")
        go(page, "tablero", "/board/")
        tab_to(page, "Ana Núñez")
        page.keyboard.press("Shift+ArrowRight")
        reviewed = page.locator(".board-column", has=page.get_by_role("heading", name="En revisión", exact=True))
        expect(reviewed).to_contain_text("Ana Núñez")

        # The week by its address, as one types it.
        page.goto(f"{site.url}/interviews/?view=week&date={at:%Y-%m-%d}")
        tab_to(page, "Rosa")
        page.keyboard.press("Shift+ArrowDown")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Proponer")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_text("La entrevista sigue como está hasta que acepte")).to_be_visible()

    assert cards.stands(ana) == "screening"
    [proposal] = desk.rows(select(InterviewProposal).where(InterviewProposal.state == "waiting"))
    assert desk.one(InterviewSlot, proposal.slot_id).starts_at == at + timedelta(minutes=15)
