"""Pages in Chromium: live, safe, and written by keyboard."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import expect
from sqlalchemy import text

from contract.ids import new_id
from huntred.companies.models import Company
from huntred.conversations import handoff
from huntred.conversations.models import ChatMessage
from tests.e2e.browser import Browser
from tests.e2e.pages.conftest import Site, complaints


def test_a_message_appears_while_one_looks_and_a_draft_stays(site: Site, chromium: Browser) -> None:
    desk, email = site.desk, site.user()
    conversation = desk.chat()
    with desk.work() as uow:
        handoff.request_handoff(uow, conversation.id, "ayuda", now=desk.now)

    with chromium.signed_in(site.url, email) as page:
        page.get_by_role("button", name="Tomar").click()
        draft = page.get_by_label("Tu respuesta")
        draft.fill("Un momento, por")
        expect(page.locator('[data-live-state="on"]')).to_have_count(1)

        desk.add(
            ChatMessage(
                id=new_id(), unit="amigro", conversation_id=conversation.id, direction="in", author="person",
                kind="text", text="¿sigue ahí?", payload={"kind": "text"}, at=desk.now,
            )
        )  # fmt: skip
        with desk.admin.begin() as connection:
            connection.execute(text("SELECT pg_notify('live', '')"))

        expect(page.get_by_text("¿sigue ahí?")).to_be_visible()
        expect(draft).to_have_value("Un momento, por")
        draft.press("End")
        draft.type(" favor")
        draft.press("Enter")
        expect(page.get_by_text("Un momento, por favor")).to_be_visible()
        expect(page.get_by_text("En camino")).to_be_visible()


def test_the_page_stays_where_it_was_after_a_reply(site: Site, chromium: Browser) -> None:
    desk = site.desk
    conversation = desk.chat()
    for number in range(30):
        desk.add(
            ChatMessage(
                id=new_id(), unit="amigro", conversation_id=conversation.id, direction="in", author="person",
                kind="text", text=f"mensaje {number}", payload={"kind": "text"},
                at=desk.now + timedelta(seconds=number),
            )
        )  # fmt: skip
    with desk.work() as uow:
        handoff.request_handoff(uow, conversation.id, "ayuda", now=desk.now)

    with chromium.signed_in(site.url, site.user(), width=390, height=700) as page:
        page.goto(f"{site.url}/conversations/{conversation.id}")
        page.get_by_role("button", name="Tomar").click()
        draft = page.get_by_label("Tu respuesta")
        draft.fill("Con gusto")
        where = "document.getElementById('reply-text').getBoundingClientRect().top"
        before = page.evaluate(where)
        draft.press("Enter")

        expect(page.get_by_text("En camino")).to_be_visible()
        expect(draft).to_have_value("")
        expect(draft).to_be_focused()
        assert abs(page.evaluate(where) - before) < 2
        assert page.evaluate("(b => b.scrollHeight - b.scrollTop - b.clientHeight)(document.getElementById('chat-scroll'))") < 2
        page.goto(f"{site.url}/conversations/{conversation.id}")
        expect(page.get_by_text("En camino")).to_be_visible()
        assert page.evaluate("document.activeElement.tagName") == "BODY"


def test_a_waiting_person_appears_on_the_home_page(site: Site, chromium: Browser) -> None:
    with chromium.signed_in(site.url, site.user()) as page:
        expect(page.get_by_text("Nadie espera")).to_be_visible()
        expect(page.locator('[data-live-state="on"]')).to_have_count(1)
        conversation = site.desk.chat()
        with site.desk.work() as uow:
            handoff.request_handoff(uow, conversation.id, "quiere una persona", now=site.desk.now)

        expect(page.get_by_role("button", name="Tomar")).to_be_visible()


def test_nothing_that_a_candidate_writes_runs(site: Site, chromium: Browser) -> None:
    conversation = site.desk.chat()
    evil = "<img src=x onerror=\"document.title='tomado'\"><script>document.title='tomado'</script>"
    site.desk.add(
        ChatMessage(
            id=new_id(), unit="amigro", conversation_id=conversation.id, direction="in", author="person", kind="text",
            text=evil, payload={"kind": "text"}, at=site.desk.now,
        )
    )  # fmt: skip

    with chromium.signed_in(site.url, site.user()) as page:
        page.goto(f"{site.url}/conversations/{conversation.id}")
        expect(page.get_by_text("onerror=")).to_be_visible()
        assert "tomado" not in page.title()


def test_a_vacancy_is_written_by_keyboard(site: Site, chromium: Browser) -> None:
    site.desk.add(Company(id=new_id(), unit="amigro", name="Panadería La Espiga"))

    with chromium.signed_in(site.url, site.user()) as page:
        heard = complaints(page)
        page.goto(f"{site.url}/vacancies/new")
        page.get_by_label("Título").fill("Panadera o panadero")
        page.get_by_role("combobox", name="Empresa").focus()
        page.keyboard.type("espiga")
        expect(page.locator(".ts-dropdown .option.active", has_text="Panadería La Espiga")).to_be_visible()
        page.keyboard.press("Enter")
        page.get_by_label("Descripción").fill("Hornear y atender.")
        page.get_by_label("Ciudad").fill("Saltillo")
        page.get_by_role("button", name="Otro requisito").press("Enter")
        page.keyboard.type("Panadería")
        page.get_by_role("button", name="Guardar").press("Enter")

        expect(page.get_by_role("heading", name="Panadera o panadero", level=1)).to_be_visible()
        page.get_by_role("button", name="Publicar").click()
        expect(page.get_by_text("La vacante ya está abierta a candidatos.")).to_be_visible()
        expect(page.get_by_text("Panadería (indispensable)")).to_be_visible()
        page.wait_for_load_state("networkidle")  # the ranking behind the page
        assert heard == []
