"""The link in the interviewer's mail: confirm, hand over, decline; and the candidate hears of it in the chat."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from runtime.installation import ROOT
from tests.e2e.browser import Browser
from tests.e2e.candidate import Candidate
from tests.e2e.diary import Diary
from tests.e2e.office import PASSWORD
from tests.e2e.roads import Told, walk_to_booked
from tests.e2e.town import Town

POSITION = "Operario de producción"


@pytest.fixture
def booked(town: Town) -> Candidate:
    person = town.candidate(name="Raúl")
    told = Told(full_name="Raúl Neri Campos", first_name="Raúl", headline="operario de producción",
                email=f"raul{person.user}@example.com", skills="ensamble y empaque")  # fmt: skip
    walk_to_booked(person, told, POSITION)
    return person


@pytest.fixture
def colleague(town: Town, booked: Candidate) -> str:
    """Another consultant of the unit, made as `make user` makes one; the address."""
    email = f"colega{booked.user}@example.com"
    done = subprocess.run(
        [sys.executable, "-m", "runtime", "user", email, "--units", "amigro"], cwd=ROOT, input=PASSWORD + "\n", text=True,
        env=town.platform.installation.environment_of_command(), capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert f"{email} can log in at" in done.stdout
    return email


def link_in(town: Town, reader: str, answer: str) -> str:
    """The link of this answer in the newest mail to this interviewer about Raúl's interview."""
    mail = town.wait_for(
        lambda: [m for m in town.vendors.mails(reader) if "Raúl Neri" in m["text"] and "/e/" in m["text"]],
        30, f"{reader} gets the links",
    )[-1]  # fmt: skip
    found = re.search(rf"http\S+/e/\S+\?answer={answer}", mail["text"])
    assert found, mail["text"]
    return found.group()


def test_confirmed_then_handed_over_then_declined(
    town: Town, booked: Candidate, colleague: str, browser: Browser
) -> None:
    diary = Diary(town, booked)
    office = town.offices["amigro"]
    with browser.page(width=390, height=800) as page:
        # A mail program that looks at the link changes nothing.
        link = link_in(town, office.email, "confirmed")
        page.goto(link)
        page.get_by_text("Raúl Neri").first.wait_for()
        assert diary.interview["interviewer_answer"] == "pending"
        before = len(booked.received)
        page.get_by_role("button", name="Sí, la atiendo").click()
        page.get_by_text("quedó confirmada").wait_for()
        told = town.vendors.wait_for_reply(booked.user, booked.account, "ya confirmó", before)
        assert told.titles == ["Cambiar horario", "Cancelar"]
        assert diary.interview["interviewer_answer"] == "confirmed"

        page.goto(link_in(town, office.email, "handed_over"))
        page.get_by_label("Colega").select_option(label=colleague.partition("@")[0])
        page.get_by_role("button", name="Pasar").click()
        page.get_by_text("Otra persona atiende").wait_for()
        changed = town.wait_for(
            lambda: [
                m for m in town.vendors.mails(f"raul{booked.user}@example.com") if colleague.partition("@")[0] in m["text"]
            ],
            30, "the candidate hears who it will be",
        )  # fmt: skip
        assert POSITION in changed[-1]["text"]
        # The link of whoever is out of it opens nothing any more.
        page.goto(link)
        page.get_by_text("Otra persona atiende").wait_for()

    with browser.signed_in(town.platform.url("backoffice"), colleague, width=390, height=800) as page:
        # Whoever was made by the command sees the interview on the page of the day.
        day = town.rows(
            "SELECT s.starts_at FROM interview_slots s JOIN interviews i ON i.slot_id = s.id WHERE i.id = %s", diary.id
        )[0]["starts_at"]
        page.goto(f"{town.platform.url('backoffice')}/interviews/?view=agenda&date={day.date().isoformat()}")
        page.get_by_text("Raúl").first.wait_for()

    # Outside WhatsApp's window a refusal comes as the approved template, which has one button: another date.
    diary.last_wrote(hours_ago=25)
    before = len(booked.received)
    with browser.page(width=390, height=800) as page:
        page.goto(link_in(town, colleague, "declined"))
        page.get_by_role("button", name="Cancelar la entrevista").click()
        page.get_by_text("quedó cancelada").wait_for()
    told = town.vendors.wait_for_reply(booked.user, booked.account, "Se canceló tu entrevista", before)
    assert told.kind == "template" and told.titles == ["Buscar otra fecha"]
    assert diary.interview["state"] == "cancelled" and diary.interview["interviewer_answer"] == "declined"
    waiting = town.rows(
        "SELECT key FROM scheduled_notices WHERE key LIKE %s AND state = 'waiting'", f"interview:{diary.id}:%"
    )
    assert waiting == []
    times = booked.presses("Buscar otra fecha", "horarios")
    assert len(times.titles) >= 3
