"""Reminders of an interview: entered by beat and worker when due, as the vendor allows, and never against a BAJA."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from contract.message import Inbound
from huntred.clock import utc_now
from huntred.conversations.lane import enter
from huntred.db.session import Scope
from huntred.db.unit_of_work import unit_of_work
from huntred.settings import read_app_settings
from runtime.processes import by_name
from runtime.wiring import wire
from tests.e2e.candidate import Candidate
from tests.e2e.diary import Diary
from tests.e2e.town import Town

POSITION = "Auxiliar de almacén"


@pytest.fixture
def diary(town: Town, julia: Candidate) -> Diary:
    """Julia's interview; she has just written, so that WhatsApp's window is open."""
    julia.says("¿cómo va mi postulación?", POSITION)
    return Diary(town, julia)


def test_a_day_before_and_two_hours_before(town: Town, julia: Candidate, diary: Diary) -> None:
    """Each once, in the chat, with the buttons of its moment; a day before also by mail to both sides."""
    before = len(julia.received)
    notices = [diary.bring_due(which) for which in ("24h:chat", "24h:mail", "24h:interviewer")]
    assert [diary.becomes_of(notice) for notice in notices] == ["entered"] * 3
    day = town.vendors.wait_for_reply(julia.user, julia.account, "Mañana tienes tu entrevista", before)
    assert day.kind == "buttons" and POSITION in day.text and "Av. Constitución 400" in day.text
    assert day.titles == ["Sí, confirmo", "Cambiar horario", "Cancelar"]
    for reader in (f"julia{julia.user}@example.com", town.offices["amigro"].email):
        town.wait_for(
            lambda reader=reader: [
                mail for mail in town.vendors.mails(reader)
                if ("Recordatorio" in mail["subject"] or "Mañana" in mail["subject"]) and "Julia" in mail["text"]
            ],
            30, f"{reader} is reminded by mail",
        )  # fmt: skip

    assert diary.becomes_of(diary.bring_due("2h:chat")) == "entered"
    soon = town.vendors.wait_for_reply(julia.user, julia.account, "en dos horas", before)
    assert soon.kind == "buttons"
    julia.settles()
    assert [shown.text for shown in julia.received[before:]] == [day.text, soon.text]


def test_after_a_baja_none_comes_and_after_an_alta_they_come_again(
    town: Town, julia: Candidate, diary: Diary
) -> None:
    julia.says("BAJA", "ALTA")
    before = len(julia.received)
    try:
        assert diary.becomes_of(diary.bring_due("2h:chat")) == "cancelled"
        # The gate before the vendor holds too: what reached the lane all the same is refused there.
        conversation = diary.interview["conversation_id"]
        latest = town.rows("SELECT max(id) AS id FROM outbox")[0]["id"]
        _enter_unasked(town, conversation)
        refused = town.wait_for(
            lambda: town.rows(
                "SELECT state, error_code FROM outbox WHERE conversation_id = %s AND id > %s "
                "AND state NOT IN ('waiting', 'sending')", conversation, latest,
            ), 30, "the notice stands in the outbox, judged",
        )  # fmt: skip
        assert refused == [{"state": "refused", "error_code": "opted_out"}]
        julia.settles()
        assert julia.received[before:] == []
        # What she asks for is answered.
        julia.says("¿cómo va mi postulación?", POSITION)
    finally:
        julia.says("ALTA", "BAJA")
    before = len(julia.received)
    assert diary.becomes_of(diary.bring_due("2h:chat")) == "entered"
    town.vendors.wait_for_reply(julia.user, julia.account, "en dos horas", before)


def test_outside_the_window_it_is_the_approved_template(town: Town, julia: Candidate, diary: Diary) -> None:
    """WhatsApp refuses free text then; the template's buttons mean what the reminder's buttons mean."""
    diary.last_wrote(hours_ago=25)
    before = len(julia.received)
    assert diary.becomes_of(diary.bring_due("24h:chat")) == "entered"
    reminder = town.vendors.wait_for_reply(julia.user, julia.account, "Te recordamos tu entrevista", before)
    assert reminder.kind == "template" and reminder.media["template"] == "recordatorio_entrevista_amigro"
    assert "Julia" in reminder.text and POSITION in reminder.text and "Av. Constitución 400" in reminder.text
    confirmed = julia.presses("Confirmo asistencia", POSITION)
    assert "asistencia" in confirmed.text
    assert diary.interview["attendance_confirmed_at"]


def test_whom_the_vacancy_names_hears_once_that_the_candidate_will_come(
    town: Town, julia: Candidate, diary: Diary
) -> None:
    """The vacancy's own contact: by template, having never written to us, and by mail."""
    julia.says("confirmo mi asistencia", POSITION)
    known = julia.says("confirmo mi asistencia", "ya estaba confirmada")
    laura = replace(julia, user="525512349876", _seen=0)
    told = town.wait_for(lambda: [s for s in laura.received if "Julia" in s.text], 30, "the contact hears by WhatsApp")
    assert told[-1].media["template"] == "asistencia_confirmada_amigro"
    assert "Laura Méndez" in told[-1].text and POSITION in told[-1].text and "Av. Constitución 400" in told[-1].text
    mails = town.wait_for(
        lambda: [m for m in town.vendors.mails(town.offices["amigro"].contact_email) if "Julia" in m["text"]],
        30, "the contact hears by mail",
    )  # fmt: skip
    assert POSITION in mails[-1]["text"]
    sent = town.rows(
        "SELECT channel, count(*) AS n FROM outbox WHERE source_id LIKE %s GROUP BY 1 ORDER BY 1",
        f"{diary.id}:%:attendance%",
    )
    assert sent == [{"channel": "email", "n": 1}, {"channel": "whatsapp", "n": 1}]
    # One format for an hour, in the chat, in the template and in the mail.
    assert len({hour_in(text) for text in (known.text, told[-1].text, mails[-1]["text"])}) == 1


def hour_in(text: str) -> str:
    found = re.search(r" a las (\d{1,2}:\d\d)", text)
    assert found, text
    return found.group(1)


def _enter_unasked(town: Town, conversation: object) -> None:
    """Put a notice into the lane as code would that forgot to ask whether it may."""
    wiring = wire(read_app_settings(town.platform.installation.environment_of(by_name("actions"))))
    chat = town.rows("SELECT chat_id FROM conversations WHERE id = %s", conversation)[0]["chat_id"]
    try:
        with unit_of_work(wiring.engine, Scope(units=("amigro",))) as uow:
            values = {"response": "utter_interview_kept", "values": {}, "purpose": "notice"}
            enter(
                uow, chat, "notice", Inbound("notice", values=values), f"notice:unasked:{conversation}", now=utc_now(),
                unit="amigro", conversation_id=conversation,
            )  # fmt: skip
    finally:
        wiring.engine.dispose()
