"""The consultant moves an interview in the back office: the candidate hears the new time in the chat and by mail."""

from __future__ import annotations

from datetime import timedelta

from tests.e2e.browser import Browser
from tests.e2e.candidate import Candidate
from tests.e2e.diary import Diary
from tests.e2e.town import Town

POSITION = "Auxiliar de almacén"


def test_moved_by_the_consultant_and_told(town: Town, julia: Candidate, browser: Browser) -> None:
    diary = Diary(town, julia)
    julia.says("¿cómo va mi postulación?", POSITION)
    was = diary.interview["slot_id"]
    mails = len(town.vendors.mails(f"julia{julia.user}@example.com"))
    before = len(julia.received)
    with browser.signed_in(town.platform.url("backoffice"), town.offices["amigro"].email) as page:
        page.goto(f"{town.platform.url('backoffice')}/interviews/{diary.id}")
        page.get_by_label("Horarios libres").select_option(index=2)
        page.get_by_role("button", name="Cambiar", exact=True).click()
        page.wait_for_load_state("networkidle")
    told = town.vendors.wait_for_reply(julia.user, julia.account, "cambió: ahora es", before)
    assert POSITION in told.text and told.titles == ["Sí, confirmo", "Cambiar horario", "Cancelar"]
    assert diary.interview["slot_id"] != was and diary.interview["state"] == "booked"

    # The mail's calendar file replaces the earlier one; the reminders are those of the new time.
    changed = town.wait_for(
        lambda: town.vendors.mails(f"julia{julia.user}@example.com")[mails:], 30, "the change is mailed"
    )
    assert [part["content_type"] for part in changed[-1]["attachments"]] == ["text/calendar"]
    starts = town.rows("SELECT starts_at FROM interview_slots WHERE id = %s", diary.interview["slot_id"])[0]["starts_at"]
    due = town.rows("SELECT due_at FROM scheduled_notices WHERE key = %s", f"interview:{diary.id}:2h:chat")
    assert due == [{"due_at": starts - timedelta(hours=2)}]
