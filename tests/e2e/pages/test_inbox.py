"""The inbox in Chromium: claimed by one of two, written in without a new page, notes, quick replies, the window, alerts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from contract.ids import new_id
from huntred.access.models import AuditEntry
from huntred.conversations import handoff
from huntred.conversations.models import ChatMessage, Conversation, ConversationNote, InboxRow
from huntred.notifications.models import UserAlerts
from huntred.people import service as people
from tests.e2e.browser import Browser
from tests.e2e.pages.conftest import Site, complaints


def _waiting(site: Site, **chat: Any) -> Conversation:
    conversation = site.desk.chat(**chat)
    with site.desk.work() as uow:
        person = people.person_of(uow, conversation.id, now=site.desk.now)
        people.set_fields(uow, person.id, {"full_name": "Rosa Ibáñez Luna"}, now=site.desk.now)
        handoff.request_handoff(uow, conversation.id, "quiere hablar de su contrato", now=site.desk.now)
    return conversation


def _says(site: Site, conversation: Conversation, text: str = "", **values: Any) -> None:
    site.desk.add(
        ChatMessage(
            **(
                {
                    "id": new_id(), "unit": "amigro", "conversation_id": conversation.id, "direction": "in",
                    "author": "person", "kind": "text", "text": text, "payload": {"kind": "text", "text": text},
                    "at": site.desk.now,
                } | values
            )
        )
    )  # fmt: skip


def _entered(site: Site, conversation: Conversation) -> list[InboxRow]:
    return [row for row in site.desk.inbox(conversation.chat_id) if row.kind == "consultant"]


def test_two_open_it_and_one_takes_it(site: Site, chromium: Browser) -> None:
    conversation = _waiting(site)
    first, second = site.user(), site.user()
    with chromium.signed_in(site.url, first) as one, chromium.signed_in(site.url, second) as other:
        for page in (one, other):
            page.goto(f"{site.url}/conversations/{conversation.id}")
        one.get_by_role("button", name="Tomar").click()
        expect(one.get_by_text("La atiendes tú")).to_be_visible()
        # The other page learns of it by itself; who presses in that moment is refused.
        expect(other.locator(".chat-state")).to_contain_text("La atiende Consultora")
        refused = other.request.post(
            f"{site.url}/conversations/{conversation.id}/take",
            form={"csrf_token": other.locator('meta[name="csrf-token"]').get_attribute("content") or ""},
        )
        assert "ya atiende esta conversación" in refused.text()
        expect(other.get_by_label("Tu respuesta")).to_have_count(0)


def test_a_reply_a_quick_reply_and_a_note_go_without_a_new_page(site: Site, chromium: Browser) -> None:
    conversation = _waiting(site)
    site.desk.user(name="Carmen López")
    with chromium.signed_in(site.url, site.user()) as page:
        page.goto(f"{site.url}/conversations/{conversation.id}")
        heard = complaints(page)
        page.get_by_role("button", name="Tomar").click()
        page.evaluate("window.still = true")
        draft = page.get_by_label("Tu respuesta")
        draft.type("/salu")
        expect(page.get_by_role("option", name="/saludo")).to_be_visible()
        expect(page.get_by_role("option", name="/despedida")).to_be_hidden()
        draft.press("Enter")
        assert draft.input_value().startswith("Hola, Rosa. Soy ")
        assert "Amigro" in draft.input_value()
        draft.press("Enter")
        expect(page.get_by_text("En camino")).to_be_visible()
        expect(draft).to_have_value("")
        expect(draft).to_be_focused()

        page.get_by_role("tab", name="Nota interna").click()
        note = page.get_by_role("textbox", name="Nota interna")
        note.type("Ojo, @car")
        page.get_by_role("option", name="@Carmen López").click()
        note.type("su contrato vence mañana")
        note.press("Enter")
        expect(page.locator(".bubble-internal")).to_contain_text("Ojo, @Carmen López su contrato vence mañana")
        assert page.evaluate("window.still") is True, "nothing was loaded anew"
        assert [line for line in heard if "CHUNKED" not in line] == []

    assert [row.payload["text"][:11] for row in _entered(site, conversation)] == ["Hola, Rosa."]
    (kept,) = site.desk.rows(select(ConversationNote))
    assert kept.text.startswith("Ojo")
    assert {"conversations.reply", "conversations.note"} <= {
        entry.action for entry in site.desk.rows(select(AuditEntry))
    }


def test_what_is_refused_stays_written_and_says_why(site: Site, chromium: Browser) -> None:
    conversation = _waiting(site)
    with chromium.signed_in(site.url, site.user()) as page:
        page.goto(f"{site.url}/conversations/{conversation.id}")
        page.get_by_role("button", name="Tomar").click()
        draft = page.get_by_label("Tu respuesta")
        draft.fill("Con gusto")
        # Who runs the unit gives it back in the same moment: the page does not know yet.
        page.route("**/chat*", lambda route: route.abort())
        with site.desk.work() as uow:
            handoff.release(uow, conversation.id, now=site.desk.now)
        draft.press("Enter")
        expect(page.locator(".composer-problem")).to_contain_text("Primero toma la conversación")
        expect(draft).to_have_value("Con gusto")


@pytest.mark.parametrize("hours", [1, 25])
def test_the_window_says_how_long_and_outside_it_offers_templates(
    site: Site, chromium: Browser, hours: int
) -> None:
    conversation = _waiting(site)
    site.desk.execute(
        "UPDATE chats SET last_inbound_at = :at WHERE id = :id",
        at=site.desk.now - timedelta(hours=hours), id=conversation.chat_id,
    )  # fmt: skip
    with chromium.signed_in(site.url, site.user()) as page:
        page.goto(f"{site.url}/conversations/{conversation.id}")
        page.get_by_role("button", name="Tomar").click()
        if hours == 1:
            expect(page.locator("[data-left]")).to_contain_text("22 h 5")
            return
        expect(page.locator(".inbox-window")).to_contain_text("Ventana cerrada")
        expect(page.get_by_label("Tu respuesta")).to_have_count(0)
        # Of the languages, that of the chat comes first, and each says which one it is.
        page.get_by_text("Retomar la conversación").first.click()
        chosen = page.locator(".template-choice[open]")
        expect(chosen.locator("summary")).to_contain_text("Español")
        chosen.get_by_label("Sobre qué").fill("tu entrevista del martes")
        expect(chosen.locator(".template-body")).to_contain_text("¡Hola, Rosa! Te escribe Consultora")
        page.get_by_role("button", name="Enviar plantilla").click()
        expect(page.locator(".chat")).to_contain_text("sobre tu entrevista del martes")
    (row,) = _entered(site, conversation)
    assert row.payload["values"]["template"]["name"] == "retomar_conversacion_amigro"


def test_closed_it_moves_to_its_tab_and_offers_to_be_taken(site: Site, chromium: Browser) -> None:
    conversation = _waiting(site)
    with chromium.signed_in(site.url, site.user()) as page:
        page.goto(f"{site.url}/conversations/{conversation.id}")
        page.on("dialog", lambda dialog: dialog.accept())
        page.get_by_role("button", name="Cerrar").first.click()
        expect(page.locator(".chat-state")).to_contain_text("Está cerrada")
        page.get_by_role("link", name="Cerradas").click()
        expect(page.locator(".inbox-row")).to_have_count(1)
        page.get_by_role("link", name="Esperan").click()
        expect(page.get_by_text("Nadie espera")).to_be_visible()


def test_who_waits_is_told_on_any_open_page_by_title_line_and_sound_once(site: Site, chromium: Browser) -> None:
    with chromium.signed_in(site.url, site.user()) as page:
        page.goto(f"{site.url}/vacancies/")
        expect(page.locator('#announce[data-listening="on"]')).to_have_count(1)
        page.locator("h1").click()
        second = page.context.new_page()
        second.goto(f"{site.url}/people/")
        conversation = _waiting(site)

        expect(page.locator(".announce-line")).to_contain_text("Rosa Ibáñez Luna espera a una persona")
        expect(second.locator(".announce-line")).to_have_count(1)
        assert page.title().startswith("(1) ") and second.title().startswith("(1) ")
        expect(page.locator("#announce")).to_have_attribute("data-sounded", "1")
        assert second.locator("#announce").get_attribute("data-sounded") is None

        page.get_by_role("link", name="Abrir").click()
        expect(page.locator(".inbox-name")).to_have_text("Rosa Ibáñez Luna")
        page.get_by_role("button", name="Tomar").click()
        expect(second.locator(".announce-line")).to_have_count(0)
        assert not second.title().startswith("(")
        assert conversation.id


def test_a_page_says_that_it_is_open_and_the_audit_leaves_it_out(site: Site, chromium: Browser) -> None:
    with chromium.signed_in(site.url, site.user()) as page:
        expect(page.locator('#announce[data-listening="on"]')).to_have_count(1)
        page.wait_for_load_state("networkidle")
    (kept,) = site.desk.rows(select(UserAlerts))
    assert kept.page_at is not None
    assert "announcements.presence" not in {entry.action for entry in site.desk.rows(select(AuditEntry))}


@pytest.mark.parametrize("width", [390, 1440])
def test_list_chat_and_person_share_the_width(site: Site, chromium: Browser, width: int) -> None:
    conversation = _waiting(site)
    _says(site, conversation, "hola")
    with chromium.signed_in(site.url, site.user(), width=width, height=844) as page:
        page.goto(f"{site.url}/conversations/{conversation.id}")
        wide = width >= 1200
        for selector, shown in ((".inbox-list", wide), (".inbox-chat", True), (".inbox-person", wide)):
            assert page.locator(selector).is_visible() is shown, selector
        assert _scrolls(page) is False, "the panes scroll, not the page"
        if not wide:
            page.get_by_role("button", name="Quién es").click()
            expect(page.locator(".inbox-person")).to_be_visible()
            page.locator(".inbox-person").get_by_role("button", name="Cerrar").click()
            page.get_by_role("link", name="Volver a la lista").click()
            expect(page.locator(".inbox-list")).to_be_visible()


def _scrolls(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollHeight > document.documentElement.clientHeight + 1"))
