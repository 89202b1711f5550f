"""Mails, templates, notices and calendar files of a confidential search name neither side before both agreed."""

from __future__ import annotations

import base64

from sqlalchemy import select

from huntred.conversations.models import ScheduledNotice
from huntred.disclosures import service as disclosures
from huntred.interviews import service as interviews
from tests.factories.desk import Desk
from tests.integration.huntred.notifications.test_interviews import Case, _booked

NAME, CLIENT_NAME = "Ruiz", "Industrias del Norte"


def confidential(desk: Desk) -> Case:
    # The slot's address is the team's own text, and it names the client.
    case = _booked(desk, contact=True, address="Industrias del Norte, puerta 3, Saltillo")
    desk.execute("UPDATE vacancies SET confidential = true WHERE id = :v", v=case.vacancy_id)
    return case


def told(case: Case, address: str) -> str:
    """All that went to an address, with what stands in its files."""
    parts = []
    for message in case.mails(address):
        parts += [message.subject, message.text, message.html]
        parts += [base64.b64decode(file.content).decode() for file in message.attachments]
    return "\n".join(parts)


def to_candidate(case: Case) -> str:
    notices = [f"{row.values} {row.template}" for row in case.desk.rows(select(ScheduledNotice))]
    chat = [str(row.payload) for row in case.desk.inbox(case.conversation.chat_id)]
    return told(case, "ana@example.com") + "".join(notices) + "".join(chat)


def confirm(case: Case) -> None:
    case.hand_on()
    with case.desk.work() as uow:
        interviews.confirm_attendance(uow, case.interview_id, now=case.desk.now)
    case.hand_on()


def test_before_both_agreed_neither_is_named_anywhere(desk: Desk) -> None:
    case = confidential(desk)
    confirm(case)

    assert CLIENT_NAME not in to_candidate(case)
    assert "Soldadura industrial" in to_candidate(case)
    assert case.mails("laura@example.com") == []  # the client hears nothing yet
    to_interviewer = told(case, case.interviewer.email)
    assert NAME not in to_interviewer and "Candidatura" in to_interviewer
    templates = [message.template for _, message in desk.sent("whatsapp") if message.template]
    assert templates and all(NAME not in str(template) for template in templates)


def test_after_both_agreed_everybody_is_told_as_usual(desk: Desk) -> None:
    case = confidential(desk)
    with desk.work() as uow:
        person = interviews.get(uow, case.interview_id).application.person_id
        for side in ("candidate", "client"):
            disclosures.say(uow, case.vacancy_id, person, side, True, source="link", now=desk.now)
    confirm(case)

    assert CLIENT_NAME in to_candidate(case)
    assert NAME in told(case, "laura@example.com")
    assert NAME in told(case, case.interviewer.email)
