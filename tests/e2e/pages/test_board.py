"""The board in Chromium: moved by mouse, by finger and by keyboard, by several people at once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any
from uuid import UUID

from playwright.sync_api import CDPSession, Locator, Page, expect
from sqlalchemy import select, text

from huntred.access.models import User
from huntred.applications import moves
from huntred.applications.types import Step
from huntred.privacy import service as privacy
from tests.e2e.browser import Browser
from tests.e2e.pages.conftest import WIDER, Site, complaints
from tests.factories.cards import Cards


def _own(site: Site, email: str) -> Cards:
    [user_id] = site.desk.rows(select(User.id).where(User.email == email))
    return Cards.of(site.desk, consultant_id=user_id)


def _card(page: Page, name: str) -> Locator:
    return page.locator(".board-card", has_text=name)


def _column(page: Page, name: str) -> Locator:
    return page.locator(".board-column", has=page.get_by_role("heading", name=name, exact=True))


def _all_is_there(page: Page) -> None:
    """What is loaded behind the page moves the columns down."""
    expect(page.get_by_text("Sin datos suficientes").first).to_be_visible(timeout=15_000)


def _drag(page: Page, card: Locator, column: Locator) -> None:
    _carry(page, card, column)
    page.mouse.up()


def _carry(page: Page, card: Locator, column: Locator) -> None:
    _all_is_there(page)
    start, end = card.bounding_box(), column.bounding_box()
    assert start and end
    page.mouse.move(start["x"] + 60, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(start["x"] + 80, start["y"] + start["height"] / 2 + 10, steps=4)
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + 90, steps=12)


def _somebody_moves(site: Site, cards: Cards, application: Any, kind: str) -> None:
    colleague: UUID = site.desk.user(name="Marisol Téllez").id
    with site.desk.work() as uow:
        seen = cards.now(application).version
        # The clock's time and not the desk's: the stream looks for the latest move of all.
        moves.move(uow, application.id, Step(cards.stages[kind].id, colleague), seen, now=datetime.now(timezone.utc))
    with site.desk.admin.begin() as connection:
        connection.execute(text("SELECT pg_notify('live', '')"))


def test_a_card_is_dragged_by_mouse_and_the_move_is_taken_back(site: Site, chromium: Browser) -> None:
    email = site.user()
    cards = _own(site, email)
    rosa = cards.add("Rosa Ibáñez")

    with chromium.signed_in(site.url, email, width=1440, height=900) as page:
        heard = complaints(page)
        page.goto(f"{site.url}/board/vacancy/{cards.vacancy.id}")
        _drag(page, _card(page, "Rosa Ibáñez"), _column(page, "En revisión"))

        expect(_column(page, "En revisión").locator(".board-card", has_text="Rosa Ibáñez")).to_be_visible()
        expect(page.get_by_text("Moviste a Rosa Ibáñez a En revisión")).to_be_visible()
        assert cards.stands(rosa) == "screening"
        page.get_by_role("button", name="Deshacer").click()
        expect(page.get_by_text("Regresamos 1 postulación.")).to_be_visible()
        expect(_column(page, "Postulación recibida").locator(".board-card", has_text="Rosa Ibáñez")).to_be_visible()
        assert [line for line in heard if "CHUNKED" not in line] == []
    assert [move.version for move in cards.moves(rosa)] == [1, 2]
    assert cards.moves(rosa)[1].undoes_id == cards.moves(rosa)[0].id


def test_a_card_lands_where_it_is_let_go_of(site: Site, chromium: Browser) -> None:
    """However fast: the last column is reached and left in one and the same moment."""
    email = site.user()
    cards = _own(site, email)
    rosa = cards.add("Rosa Ibáñez")

    with chromium.signed_in(site.url, email, width=1440, height=900) as page:
        page.goto(f"{site.url}/board/")
        _carry(page, _card(page, "Rosa Ibáñez"), _column(page, "En revisión"))
        expect(_column(page, "En revisión").locator(".board-card", has_text="Rosa Ibáñez")).to_be_visible()
        box = _column(page, "Entrevista").bounding_box()
        assert box
        page.evaluate(
            """([x, y]) => {
                for (const kind of ['pointermove', 'pointerup']) {
                    const at = { clientX: x, clientY: y, bubbles: true, cancelable: true };
                    document.elementFromPoint(x, y).dispatchEvent(new PointerEvent(kind, at));
                }
            }""",
            [box["x"] + box["width"] / 2, box["y"] + 90],
        )
        page.mouse.up()

        expect(page.get_by_text("Moviste a Rosa Ibáñez a Entrevista")).to_be_visible()
    assert cards.stands(rosa) == "interview"


@dataclass
class _Finger:
    """One finger on a screen."""

    page: Page
    session: CDPSession

    @classmethod
    def on(cls, page: Page) -> _Finger:
        finger = cls(page, page.context.new_cdp_session(page))
        finger.session.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
        return finger

    def press(self, card: Locator) -> tuple[float, float]:
        """Rest on a card until it can be carried; returns where."""
        card.scroll_into_view_if_needed()
        box = card.bounding_box()
        assert box
        x, y = box["x"] + 90, box["y"] + box["height"] - 12
        self._point("touchStart", x, y)
        expect(card).to_have_class(re.compile("board-held"))
        return x, y

    def move(self, x: float, y: float) -> None:
        self._point("touchMove", x, y)

    def lift(self) -> None:
        self._point("touchEnd")

    def _point(self, kind: str, *at: float) -> None:
        points = [{"x": at[0], "y": at[1]}] if at else []
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def _stands_still(page: Page) -> bool:
    """Whether the board stays in one place for several frames."""
    return bool(
        page.evaluate(
            """async () => {
                const board = document.querySelector('.board'), frame = () => new Promise(requestAnimationFrame);
                await frame();
                const left = board.scrollLeft;
                for (let i = 0; i < 20; i++) await frame();
                return board.scrollLeft === left;
            }"""
        )
    )


def test_a_card_is_dragged_by_finger_on_a_phone(site: Site, chromium: Browser) -> None:
    """Held at an edge, the board goes on; where the finger rests elsewhere it stands still."""
    email = site.user()
    cards = _own(site, email)
    rosa = cards.add("Rosa Ibáñez")

    with chromium.signed_in(site.url, email, width=390, height=844) as page:
        page.goto(f"{site.url}/board/")
        assert page.evaluate(WIDER) == []
        finger = _Finger.on(page)
        page.reload()
        _all_is_there(page)
        x, y = finger.press(_card(page, "Rosa Ibáñez"))
        for step in range(1, 13):
            finger.move(x + (360 - x) * step / 12, y + 5)
        expect(page.locator(".board-dragging")).to_be_attached()

        edge = 360
        for _ in range(20):
            # Beyond the middle of the screen: the column came from the right, or went by while nobody looked.
            page.wait_for_function(
                """([name, edge]) => {
                    const box = document.querySelector(`.board-column[data-name="${name}"]`).getBoundingClientRect();
                    return edge > 195 ? box.left < 250 : box.right > 140;
                }""",
                arg=["Entrevista", edge],
            )
            finger.move(195, y)
            assert _stands_still(page)
            box = _column(page, "Entrevista").bounding_box()
            assert box
            left, right = max(box["x"], 70), min(box["x"] + box["width"], 320)
            if left + 20 < right:
                break
            edge = 30 if box["x"] < 70 else 360
            finger.move(edge, y + 5)
        finger.move((left + right) / 2, y)
        finger.lift()

        expect(_column(page, "Entrevista").locator(".board-card", has_text="Rosa Ibáñez")).to_be_attached()
        expect(page.get_by_text("Moviste a Rosa Ibáñez")).to_be_visible()
    assert cards.stands(rosa) == "interview"


def test_a_card_stays_under_the_finger_while_others_move(site: Site, chromium: Browser) -> None:
    """What they change is shown when it has been let go of."""
    email = site.user()
    cards = _own(site, email)
    rosa, ana = cards.add("Rosa Ibáñez"), cards.add("Ana Núñez")

    with chromium.signed_in(site.url, email, width=390, height=844) as page:
        finger = _Finger.on(page)
        page.goto(f"{site.url}/board/")
        _all_is_there(page)
        expect(page.locator('[data-live-state="on"]')).to_have_count(1)
        page.evaluate(
            """() => {
                const fetched = window.fetch;
                window.asked = [];
                window.fetch = (url, ...more) => { window.asked.push(String(url)); return fetched(url, ...more); };
            }"""
        )
        finger.press(_card(page, "Rosa Ibáñez"))
        _somebody_moves(site, cards, ana, "interview")
        page.wait_for_function(
            """() => {
                const now = document.querySelector('#board-live [data-stamp]');
                return now && now.dataset.stamp !== document.querySelector('.board').dataset.stamp;
            }"""
        )
        assert not [url for url in page.evaluate("asked") if "/columns" in url]
        finger.lift()

        expect(_column(page, "Entrevista").locator(".board-card", has_text="Ana Núñez")).to_be_attached()
    assert cards.stands(rosa) == "new"


def test_a_card_is_moved_by_keyboard_alone(site: Site, chromium: Browser) -> None:
    email = site.user()
    cards = _own(site, email)
    conversation = site.desk.chat("amigro", "telegram")
    rosa = cards.add("Rosa Ibáñez", days=1, conversation=conversation)
    cards.add("Ana Núñez", days=3)
    with site.desk.work() as uow:
        privacy.accept_notice(uow, rosa.person_id, "telegram", now=site.desk.now)

    with chromium.signed_in(site.url, email, width=1440, height=900) as page:
        page.goto(f"{site.url}/board/")
        _card(page, "Ana Núñez").focus()
        page.keyboard.press("ArrowDown")
        expect(_card(page, "Rosa Ibáñez")).to_be_focused()
        page.keyboard.press("Shift+ArrowRight")
        expect(_column(page, "En revisión").locator(".board-card", has_text="Rosa Ibáñez")).to_be_focused()

        page.keyboard.press("m")
        dialog = page.get_by_role("dialog", name="Mover a Rosa Ibáñez")
        expect(dialog.get_by_label("En revisión")).to_be_focused()
        for _ in range(4):
            page.keyboard.press("ArrowDown")
        expect(dialog.get_by_label("No continúa")).to_be_checked()
        page.keyboard.press("Enter")
        expect(dialog.get_by_text("Elige un motivo o escribe uno en la nota.")).to_be_visible()
        dialog.get_by_label("Motivo de que no continúe").select_option("Falta experiencia para este puesto")
        dialog.get_by_label("Avisarle con un mensaje amable").press("Space")
        message = dialog.get_by_label("Mensaje", exact=True)
        expect(message).to_have_value(
            "Gracias por postularte a Soldadura industrial. Para este puesto piden más experiencia de la que vimos en tu"
            " perfil. Hay otros que podrían ir mejor contigo: escríbenos y los vemos."
        )
        message.fill("Gracias por venir. Esta vez no siguió el proceso.")
        dialog.get_by_role("button", name="Mover").press("Enter")
        expect(_column(page, "No continúa").locator(".board-card", has_text="Rosa Ibáñez")).to_be_visible()
    assert cards.stands(rosa) == "rejected"
    [notice] = site.desk.rows(text("SELECT values->>'message' FROM scheduled_notices"))
    assert notice == "Gracias por venir. Esta vez no siguió el proceso."


def test_what_somebody_else_moved_is_shown_and_never_overwritten(site: Site, chromium: Browser) -> None:
    email = site.user()
    cards = _own(site, email)
    rosa = cards.add("Rosa Ibáñez")

    with chromium.signed_in(site.url, email, width=1440, height=900) as page:
        page.goto(f"{site.url}/board/")
        # The live stream is stopped, so that the page still shows what was.
        page.evaluate("document.getElementById('board-live').remove()")
        _somebody_moves(site, cards, rosa, "offer")
        _drag(page, _card(page, "Rosa Ibáñez"), _column(page, "En revisión"))

        expect(page.get_by_text("ya está en «Oferta»: la movió Marisol Téllez")).to_be_visible()
        expect(_column(page, "Oferta").locator(".board-card", has_text="Rosa Ibáñez")).to_be_visible()
    assert cards.stands(rosa) == "offer"
    assert len(cards.moves(rosa)) == 1


def test_the_board_follows_what_others_move(site: Site, chromium: Browser) -> None:
    email = site.user()
    cards = _own(site, email)
    rosa = cards.add("Rosa Ibáñez")

    with chromium.signed_in(site.url, email, width=1440, height=900) as page:
        page.goto(f"{site.url}/board/vacancy/{cards.vacancy.id}")
        expect(page.locator('[data-live-state="on"]')).to_have_count(1)
        _somebody_moves(site, cards, rosa, "interview")
        expect(_column(page, "Entrevista").locator(".board-card", has_text="Rosa Ibáñez")).to_be_visible()


def test_several_are_looked_over_moved_and_taken_back(site: Site, chromium: Browser) -> None:
    email = site.user()
    cards = _own(site, email)
    made = [cards.add(name) for name in ("Rosa Ibáñez", "Ana Núñez", "Luis Prado")]
    cards.limit("screening", 2)

    with chromium.signed_in(site.url, email, width=1440, height=900) as page:
        page.goto(f"{site.url}/board/")
        for name in ("Rosa Ibáñez", "Ana Núñez", "Luis Prado"):
            page.get_by_label(f"Elegir a {name}").check()
        expect(page.get_by_text("3 elegidas")).to_be_visible()
        page.get_by_label("Mover a", exact=True).select_option("En revisión")
        page.get_by_role("button", name="Revisar y mover").click()
        expect(page.get_by_text("2 pasan a «En revisión»")).to_be_visible()
        expect(page.get_by_text("La etapa está a su límite")).to_be_visible()
        page.get_by_role("button", name="Mover 2").click()
        expect(page.get_by_text("Movimos 2 postulaciones; 1 se quedó donde estaba.")).to_be_visible()
        expect(_column(page, "En revisión").get_by_text("1 vacante al límite de 2")).to_be_visible()
        page.get_by_role("button", name="Deshacer").click()
        expect(page.get_by_text("Regresamos 2 postulaciones.")).to_be_visible()
    assert {cards.stands(one) for one in made} == {"new"}


def test_without_scripts_a_form_moves(site: Site, chromium: Browser) -> None:
    email = site.user()
    cards = _own(site, email)
    rosa = cards.add("Rosa Ibáñez")

    with chromium.signed_in(site.url, email) as signed:
        state = signed.context.storage_state()
    context = chromium.chromium.new_context(java_script_enabled=False, storage_state=state, locale="es-MX")
    page = context.new_page()
    page.goto(f"{site.url}/board/")
    page.get_by_label("Mover a Rosa Ibáñez").click()
    page.get_by_label("Entrevista").check()
    page.get_by_role("button", name="Mover").click()
    expect(_column(page, "Entrevista").locator(".board-card", has_text="Rosa Ibáñez")).to_be_visible()
    context.close()
    assert cards.stands(rosa) == "interview"
