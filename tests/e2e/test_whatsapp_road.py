"""A candidate of Amigro by WhatsApp, from the first hello to an interview that the consultant sees."""

from __future__ import annotations

import urllib.request
from pathlib import Path

import pytest

from tests.e2e.browser import Browser
from tests.e2e.candidate import Candidate
from tests.e2e.roads import Told, apply_to, book_first, open_and_accept, register
from tests.e2e.town import Town

POSITION = "Ayudante de cocina"
WRONG, RIGHT = "exmaple.com", "example.com"


def address(person: Candidate) -> str:
    return f"ximena{person.user}@{RIGHT}"


@pytest.fixture(scope="module")
def ximena(town: Town, shots: Path) -> Candidate:
    """Somebody who walks the whole road once; the tests below look at it from all sides."""
    person = town.candidate("whatsapp:amigro", "Ximena")
    before = len(town.vendors.deliveries)
    open_and_accept(person)
    told = Told(full_name="Ximena Márquez Ávila", first_name="Ximena", email=f"ximena{person.user}@{WRONG}")
    recap = register(person, told)
    assert "Ximena" in recap.text and "Márquez" in recap.text and "+52" in recap.text

    # One correction, in words; the recap shows it.
    corrected = person.says(f"correo: {address(person)}", address(person))
    assert WRONG not in corrected.text
    person.presses("Sí, está bien", "Ver oportunidades")

    found = person.presses("Ver oportunidades", POSITION)
    assert "Por qué" in found.text and "cocina" in found.text.split("Por qué")[1]
    times = apply_to(person, POSITION)
    assert len(times.titles) >= 3
    booked = book_first(person, times)
    assert POSITION in booked.text and "Av. Constitución 400" in booked.text
    assert {delivery["status"] for delivery in town.vendors.deliveries[before:]} == {200}
    (shots / "whatsapp_amigro.txt").write_text(person.transcript, encoding="utf-8")
    return person


def test_every_reply_kept_the_vendors_rules(town: Town, ximena: Candidate) -> None:
    """The stand-in refuses what breaks a limit, the window or the schema: nothing was refused, all of it was read."""
    assert town.vendors.violations == []
    # The last one's status may still be on its way.
    town.wait_for(
        lambda: all(shown.status in {"delivered", "read"} for shown in ximena.received), 15, "all of it is delivered"
    )


def test_a_webhook_with_a_wrong_signature_leaves_no_trace(town: Town, ximena: Candidate) -> None:
    before = town.rows("SELECT count(*) AS n FROM inbox")
    request = urllib.request.Request(
        f"{town.platform.url('gateway')}/webhooks/whatsapp/demo/webhook", b'{"object":"whatsapp_business_account"}',
        {"X-Hub-Signature-256": "sha256=" + "0" * 64, "Content-Type": "application/json"},
    )  # fmt: skip
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=10)
    refused.value.close()
    assert refused.value.code in {401, 403}
    assert town.rows("SELECT count(*) AS n FROM inbox") == before


def test_the_interview_stands_in_the_database_once(town: Town, ximena: Candidate) -> None:
    booked = town.rows(INTERVIEWS, address(ximena))
    assert len(booked) == 1
    assert booked[0]["title"] == POSITION and booked[0]["unit"] == "amigro" and booked[0]["state"] == "booked"


def test_both_sides_get_a_mail_with_a_calendar_file(town: Town, ximena: Candidate) -> None:
    for reader in (address(ximena), town.offices["amigro"].email):
        mail = town.wait_for(
            lambda reader=reader: [m for m in town.vendors.mails(reader) if POSITION in m["subject"]],
            30, f"a mail about the interview to {reader}",
        )[0]  # fmt: skip
        calendar = [part for part in mail["attachments"] if part["content_type"] == "text/calendar"]
        assert len(calendar) == 1


def test_the_consultant_sees_interview_and_conversation(
    town: Town, ximena: Candidate, browser: Browser, shots: Path
) -> None:
    office = town.offices["amigro"]
    with browser.signed_in(town.platform.url("backoffice"), office.email) as page:
        page.screenshot(path=shots / "home.png")
        page.goto(town.platform.url("backoffice") + "/conversations/")
        page.get_by_role("link", name="Ximena").first.click()
        page.get_by_text("quedó agendada").first.wait_for()
        page.screenshot(path=shots / "conversation.png")
        day = town.rows(INTERVIEWS, address(ximena))[0]["starts_at"].date().isoformat()
        page.goto(f"{town.platform.url('backoffice')}/interviews/?view=agenda&date={day}")
        page.get_by_text("Ximena").first.wait_for()
        page.screenshot(path=shots / "interviews.png")
        page.goto(town.platform.url("backoffice") + "/applications/")
        page.get_by_text("Ximena").first.wait_for()
        page.screenshot(path=shots / "applications.png")


def test_another_units_consultant_sees_nothing_of_it(town: Town, ximena: Candidate, browser: Browser) -> None:
    conversation = town.rows(
        "SELECT c.id FROM conversations c JOIN chats h ON h.id = c.chat_id WHERE h.user_id = %s", ximena.user
    )[0]["id"]
    with browser.signed_in(town.platform.url("backoffice"), town.offices["huntred_executive"].email) as page:
        for place in ("/conversations/", "/interviews/", "/applications/", "/people/"):
            page.goto(town.platform.url("backoffice") + place)
            page.wait_for_load_state("networkidle")
            assert "Ximena" not in page.inner_text("body")
        answer = page.goto(f"{town.platform.url('backoffice')}/conversations/{conversation}")
        assert answer is not None and answer.status == 404


INTERVIEWS = """
    SELECT i.id, i.unit, i.state, v.title, s.starts_at FROM interviews i
    JOIN interview_slots s ON s.id = i.slot_id JOIN applications a ON a.id = i.application_id
    JOIN vacancies v ON v.id = a.vacancy_id JOIN unit_profiles p ON p.id = a.profile_id WHERE p.email = %s
"""
