"""The consultant proposes another time in the back office: nothing moves before the candidate presses yes in the chat."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.e2e.browser import Browser
from tests.e2e.candidate import Candidate
from tests.e2e.diary import Diary
from tests.e2e.roads import Told, walk_to_booked
from tests.e2e.town import Town

POSITION = "Auxiliar de almacén"


@pytest.fixture
def booked(town: Town) -> Candidate:
    """Somebody whose interview is days away: others bring Julia's near."""
    person = town.candidate("whatsapp:amigro", "Nadia")
    told = Told(full_name="Nadia Olvera Ríos", first_name="Nadia", headline="auxiliar de almacén",
                email=f"nadia{person.user}@example.com", skills="inventarios y montacargas")  # fmt: skip
    walk_to_booked(person, told, POSITION)
    return person


def _calendar_mails(town: Town, person: Candidate) -> list[dict[str, Any]]:
    return [mail for mail in town.vendors.mails(f"nadia{person.user}@example.com") if mail["attachments"]]


def test_proposed_by_the_consultant_and_accepted(town: Town, booked: Candidate, browser: Browser) -> None:
    diary = Diary(town, booked)
    booked.says("¿cómo va mi postulación?", POSITION)
    was = diary.interview["slot_id"]
    # The booking's own mail comes in the worker's time: it must not be taken for the change's.
    mailed = town.wait_for(lambda: _calendar_mails(town, booked), 30, "the booking is mailed")
    before = len(booked.received)
    starts = town.rows("SELECT starts_at FROM interview_slots WHERE id = %s", was)[0]["starts_at"]
    # An hour at which the office opens no slot: others have not taken it.
    later = (starts + timedelta(days=1)).astimezone(ZoneInfo("America/Mexico_City")).replace(hour=16, minute=0)
    with browser.signed_in(town.platform.url("backoffice"), town.offices["amigro"].email) as page:
        page.goto(f"{town.platform.url('backoffice')}/interviews/{diary.id}/propose?to={later:%Y-%m-%dT%H:%M}")
        festive = page.get_by_role("checkbox", name="Sé que ese día es festivo")
        if festive.count():
            festive.check()
        page.get_by_role("button", name="Proponer", exact=True).click()
        page.get_by_text("Esperando respuesta").wait_for()
    asked = town.vendors.wait_for_reply(booked.user, booked.account, "te proponemos otro horario", before)
    assert POSITION in asked.text and asked.titles == ["Sí, me queda", "No puedo", "Ver otros horarios"]
    assert diary.interview["slot_id"] == was
    booked.presses("Sí, me queda", "cambié tu entrevista")
    assert diary.interview["slot_id"] != was and diary.interview["state"] == "booked"

    # The mail's calendar file replaces the earlier one; the reminders are those of the new time.
    changed = town.wait_for(lambda: _calendar_mails(town, booked)[len(mailed) :], 30, "the change is mailed")
    assert [part["content_type"] for part in changed[-1]["attachments"]] == ["text/calendar"]
    starts = town.rows("SELECT starts_at FROM interview_slots WHERE id = %s", diary.interview["slot_id"])[0]["starts_at"]
    due = town.rows("SELECT due_at FROM scheduled_notices WHERE key = %s", f"interview:{diary.id}:2h:chat")
    assert due == [{"due_at": starts - timedelta(hours=2)}]
