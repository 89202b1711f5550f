"""The board in Chromium: moved by mouse, by finger and by keyboard, by several people at once."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any
from uuid import UUID

from playwright.sync_api import Locator, Page, expect
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


def _drag(page: Page, card: Locator, column: Locator) -> None:
    # What is loaded behind the page moves the columns down.
    expect(page.get_by_text("Sin datos suficientes").first).to_be_visible(timeout=15_000)
    start, end = card.bounding_box(), column.bounding_box()
    assert start and end
    page.mouse.move(start["x"] + 60, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(start["x"] + 80, start["y"] + start["height"] / 2 + 10, steps=4)
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + 90, steps=12)
    page.wait_for_timeout(100)
    page.mouse.up()


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


def test_a_card_is_dragged_by_finger_on_a_phone(site: Site, chromium: Browser) -> None:
    email = site.user()
    cards = _own(site, email)
    rosa = cards.add("Rosa Ibáñez")

    with chromium.signed_in(site.url, email, width=390, height=844) as page:
        page.goto(f"{site.url}/board/")
        assert page.evaluate(WIDER) == []
        touch = page.context.new_cdp_session(page)
        touch.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
        page.reload()
        _card(page, "Rosa Ibáñez").scroll_into_view_if_needed()
        box = _card(page, "Rosa Ibáñez").bounding_box()
        assert box
        x, y = box["x"] + 90, box["y"] + box["height"] - 12

        def point(kind: str, *at: float) -> None:
            points = [{"x": at[0], "y": at[1]}] if at else []
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

        point("touchStart", x, y)
        page.wait_for_timeout(400)  # as long as a finger must rest, so that a swipe still scrolls
        for step in range(1, 13):
            point("touchMove", x + (360 - x) * step / 12, y + 5)
            page.wait_for_timeout(25)
        # Held at an edge, the board goes on; where it went too far meanwhile, the other edge brings it back.
        for _ in range(100):
            box = _column(page, "Entrevista").bounding_box()
            assert box
            middle = box["x"] + box["width"] / 2
            if 90 < middle < 300:
                point("touchMove", 195, y)
                page.wait_for_timeout(200)
                box = _column(page, "Entrevista").bounding_box()
                if box and box["x"] < 190 < 200 < box["x"] + box["width"]:
                    break
            point("touchMove", 360 if middle > 195 else 30, y + 5)
            page.wait_for_timeout(50)
        point("touchEnd")

        expect(_column(page, "Entrevista").locator(".board-card", has_text="Rosa Ibáñez")).to_be_attached()
        expect(page.get_by_text("Moviste a Rosa Ibáñez")).to_be_visible()
    assert cards.stands(rosa) == "interview"


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
