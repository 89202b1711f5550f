"""Those who must be told of an interview are told: mails with calendar files, templates, reminders, notices in the chat."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

import icalendar
import pytest
from sqlalchemy import select

from contract.message import Inbound, Message
from huntred.access.models import User
from huntred.conversations.models import Conversation, ScheduledNotice
from huntred.events.models import StoredEvent
from huntred.events.registry import Context
from huntred.events.service import handle
from huntred.interviews import proposals
from huntred.interviews import service as interviews
from huntred.notifications import service as notifications
from huntred.people import service as people
from huntred.privacy import service as privacy
from huntred.privacy.links import read_link
from tests.factories.desk import Desk


@dataclass
class Case:
    desk: Desk
    conversation: Conversation
    interviewer: User
    application_id: UUID
    interview_id: UUID
    vacancy_id: UUID

    def hand_on(self, now: datetime | None = None) -> None:
        """Do what relay and worker do."""
        for event in self.desk.rows(select(StoredEvent).where(StoredEvent.handled_at.is_(None)).order_by(StoredEvent.id)):
            handle(self.desk.app, event.id, event.unit, Context(now or self.desk.now, self.desk.links))

    def mails(self, to: str) -> list[Message]:
        return [message for address, message in self.desk.sent("email") if address == to]

    def said(self) -> list[str]:
        rows = self.desk.inbox(self.conversation.chat_id)
        return [Inbound.from_json(row.payload).values["response"] for row in rows]

    def waiting(self) -> dict[str, datetime]:
        rows = self.desk.rows(select(ScheduledNotice).where(ScheduledNotice.state == "waiting"))
        return {row.key.split(":", 2)[2]: row.due_at for row in rows}

    def work(self) -> Callable[[], object]:
        return self.desk.work  # type: ignore[return-value]


@pytest.fixture
def case(desk: Desk) -> Case:
    """Somebody who agreed has booked an interview in three days."""
    return _booked(desk)


def _booked(desk: Desk, *, contact: bool = False, starts_in: timedelta = timedelta(days=3), **slot: object) -> Case:
    conversation, interviewer = desk.chat(), desk.user()
    with desk.work() as uow:
        person = people.person_of(uow, conversation.id, now=desk.now)
        people.set_fields(uow, person.id, {"full_name": "Ana Ruiz", "email": "ana@example.com"}, now=desk.now)
        privacy.accept_notice(uow, person.id, "whatsapp", now=desk.now)
        profile = people.profile_of(uow, person.id)
    application = desk.application(conversation, profile, contact=contact)
    place = desk.slot(interviewer, starts_in, **slot)
    with desk.work() as uow:
        interview = interviews.book_slot(uow, place.id, application.id, now=desk.now)
    return Case(desk, conversation, interviewer, application.id, interview.id, application.vacancy_id)


def _calendar(message: Message) -> tuple[str, icalendar.Event]:
    (file,) = message.attachments
    calendar = icalendar.Calendar.from_ical(base64.b64decode(file.content))
    assert file.content_type == f"text/calendar; method={calendar['method']}; charset=utf-8"
    return str(calendar["method"]), next(iter(calendar.walk("VEVENT")))  # type: ignore[return-value]


def test_a_booking_is_confirmed_to_both_with_a_calendar_file(case: Case) -> None:
    case.hand_on()
    (mail,) = case.mails("ana@example.com")
    assert mail.subject == "Tu entrevista quedó agendada: Soldadura industrial"
    assert "jueves 5 de marzo a las 9:00" in mail.text, "Mexico City's time"
    assert "Av. Juárez 120, Saltillo" in mail.html
    method, event = _calendar(mail)
    assert (method, event["sequence"], str(event["attendee"])) == ("REQUEST", 0, "mailto:ana@example.com")
    assert event["dtstart"].dt == case.desk.now + timedelta(days=3)
    assert str(event["uid"]) == f"interview-{case.interview_id}@huntred"

    (asked,) = case.mails(case.interviewer.email)
    assert "Ana Ruiz" in asked.text
    token = next(
        urlsplit(word).path.rpartition("/")[2] for word in asked.text.split() if word.startswith("http://office.test/e/")
    )
    values = read_link("a secret of the tests", "interviewer", token, now=case.desk.now)
    assert values == {
        "unit": "amigro", "interview": str(case.interview_id), "interviewer": str(case.interviewer.id),
    }  # fmt: skip
    ((phone, template),) = case.desk.sent("whatsapp")
    assert phone == "525555550100"
    assert template.template is not None and template.template.name == "aviso_entrevistador_amigro"


def test_handled_twice_it_is_told_once(case: Case) -> None:
    case.hand_on()
    before = len(case.desk.outbox())
    case.desk.execute("UPDATE stored_events SET handled_at = NULL")
    case.hand_on()
    assert len(case.desk.outbox()) == before


def test_reminders_wait_for_their_time(case: Case) -> None:
    case.hand_on()
    start = case.desk.now + timedelta(days=3)
    assert case.waiting() == {
        "24h:chat": start - timedelta(hours=24), "24h:mail": start - timedelta(hours=24),
        "24h:interviewer": start - timedelta(hours=24),
        "2h:chat": start - timedelta(hours=2), "2h:mail": start - timedelta(hours=2),
    }  # fmt: skip
    with case.desk.work() as uow:
        assert notifications.release_due(uow, now=start - timedelta(hours=25)).entered == 0
    with case.desk.work() as uow:
        assert notifications.release_due(uow, now=start - timedelta(hours=24)).entered == 3
    with case.desk.work() as uow:
        assert notifications.release_due(uow, now=start - timedelta(hours=24)).entered == 0
    (row,) = case.desk.inbox(case.conversation.chat_id)
    values = Inbound.from_json(row.payload).values
    assert values["response"] == "utter_reminder_24h"
    assert values["values"]["company"] == "Industrias del Norte"
    assert values["template"] == {
        "name": "recordatorio_entrevista_amigro", "language": "es_MX",
        "values": ["Ana", "Soldadura industrial", "jueves 5 de marzo a las 9:00", "Av. Juárez 120, Saltillo"],
    }  # fmt: skip
    assert case.mails("ana@example.com")[-1].subject.startswith("Mañana es tu entrevista")


def test_booked_for_the_same_day_only_what_is_ahead_is_scheduled(desk: Desk) -> None:
    case = _booked(desk, starts_in=timedelta(hours=5))
    case.hand_on()
    assert set(case.waiting()) == {"2h:chat", "2h:mail"}


def test_who_wants_no_messages_gets_no_reminder_in_the_chat(case: Case) -> None:
    case.hand_on()
    with case.desk.work() as uow:
        privacy.opt_out(uow, case.conversation.id, now=case.desk.now)
    with case.desk.work() as uow:
        released = notifications.release_due(uow, now=case.desk.now + timedelta(days=2))
        assert released.withheld == 1
    assert case.said() == []


def test_moved_by_the_candidate_calendar_and_reminders_follow(case: Case) -> None:
    case.hand_on()
    later = case.desk.slot(case.interviewer, timedelta(days=5))
    with case.desk.work() as uow:
        interviews.reschedule(uow, case.interview_id, later.id, now=case.desk.now)
    case.hand_on()
    method, event = _calendar(case.mails("ana@example.com")[-1])
    assert (method, event["sequence"], event["dtstart"].dt) == ("REQUEST", 1, later.starts_at)
    assert case.mails(case.interviewer.email)[-1].subject.startswith("Cambió") or "cambi" in case.mails(case.interviewer.email)[-1].subject.lower()
    assert case.waiting()["24h:chat"] == later.starts_at - timedelta(hours=24)
    assert case.said() == [], "who moved it knows"


def test_moved_by_a_consultant_to_another_interviewer_all_three_hear(case: Case) -> None:
    case.hand_on()
    other = case.desk.user()
    later = case.desk.slot(other, timedelta(days=5))
    with case.desk.work(user_id=case.interviewer.id) as uow:
        interviews.reschedule(uow, case.interview_id, later.id, now=case.desk.now)
    case.hand_on()
    assert case.said() == ["utter_interview_moved"]
    method, _ = _calendar(case.mails(case.interviewer.email)[-1])
    assert method == "CANCEL"
    method, event = _calendar(case.mails(other.email)[-1])
    assert (method, event["sequence"]) == ("REQUEST", 1)


@pytest.mark.parametrize(("by", "said"), [("candidate", []), ("consultant", ["utter_interview_cancelled"])])
def test_cancelled_it_leaves_calendars_and_reminders(case: Case, by: str, said: list[str]) -> None:
    case.hand_on()
    with case.desk.work() as uow:
        interviews.cancel(uow, case.interview_id, by, "", now=case.desk.now)
    case.hand_on()
    for address in ("ana@example.com", case.interviewer.email):
        method, event = _calendar(case.mails(address)[-1])
        assert (method, event["sequence"], event["status"]) == ("CANCEL", 1, "CANCELLED")
    assert case.waiting() == {}
    assert case.said() == said


@pytest.mark.parametrize("contact", [True, False])
def test_attendance_is_told_to_the_vacancys_contact_else_the_interviewer(desk: Desk, contact: bool) -> None:
    case = _booked(desk, contact=contact)
    case.hand_on()
    with desk.work() as uow:
        assert interviews.confirm_attendance(uow, case.interview_id, now=desk.now)
        assert not interviews.confirm_attendance(uow, case.interview_id, now=desk.now)
    case.hand_on()
    address = "laura@example.com" if contact else case.interviewer.email
    assert "confirmó su asistencia" in case.mails(address)[-1].subject
    phone, template = desk.sent("whatsapp")[-1]
    assert template.template is not None and template.template.name == "asistencia_confirmada_amigro"
    assert template.template.values[1:3] == ("Ana Ruiz", "Soldadura industrial")
    assert phone == ("525555550134" if contact else "525555550100")


def test_the_interviewers_yes_and_the_colleague_who_takes_over(case: Case) -> None:
    case.hand_on()
    with case.desk.work() as uow:
        interviews.interviewer_answers(uow, case.interview_id, "confirmed", now=case.desk.now)
    case.hand_on()
    assert case.said() == ["utter_interviewer_confirmed"]
    colleague = case.desk.user()
    with case.desk.work() as uow:
        interviews.interviewer_answers(
            uow, case.interview_id, "handed_over", hand_over_to=colleague.id, now=case.desk.now
        )
    case.hand_on()
    assert _calendar(case.mails(case.interviewer.email)[-1])[0] == "CANCEL"
    assert "Entrevista por confirmar" in case.mails(colleague.email)[-1].subject


def test_an_interviewers_no_cancels_it_and_the_candidate_hears(case: Case) -> None:
    case.hand_on()
    with case.desk.work() as uow:
        interviews.interviewer_answers(uow, case.interview_id, "declined", now=case.desk.now)
    case.hand_on()
    assert case.said() == ["utter_interview_cancelled"]
    assert case.waiting() == {}


def test_a_video_interview_says_its_address_and_a_confidential_search_no_company(desk: Desk) -> None:
    case = _booked(desk, modality="video", video_url="https://video.example.mx/sala/1", address="")
    desk.execute("UPDATE vacancies SET confidential = true WHERE id = :v", v=case.vacancy_id)
    case.hand_on()
    (mail,) = case.mails("ana@example.com")
    assert "https://video.example.mx/sala/1" in mail.text and "Videollamada" in mail.text
    stored = desk.rows(select(ScheduledNotice).where(ScheduledNotice.key.endswith("24h:chat")))[0]
    assert stored.values["company"] == "Amigro"
    assert stored.values["where"] == "Videollamada: https://video.example.mx/sala/1"
    assert "Industrias del Norte" not in "".join(f"{m.text}{m.html}" for _, m in desk.sent("email"))


def _proposed(case: Case) -> UUID:
    case.hand_on()
    with case.desk.work() as uow:
        at = case.desk.now + timedelta(days=4)
        return proposals.propose(uow, case.interview_id, at, case.interviewer.id, now=case.desk.now).id


def test_another_time_is_asked_by_chat_and_mail_with_the_template_for_later(case: Case) -> None:
    proposal = _proposed(case)
    case.hand_on()
    row = case.desk.inbox(case.conversation.chat_id)[-1]
    told = Inbound.from_json(row.payload).values
    assert (told["response"], told["values"]["proposal"]) == ("utter_interview_proposed", str(proposal))
    assert (told["values"]["when"], told["values"]["new_when"]) == (
        "jueves 5 de marzo a las 9:00", "viernes 6 de marzo a las 9:00",
    )  # fmt: skip
    assert told["template"]["name"] == "entrevista_propuesta_amigro"
    assert told["template"]["values"][2:] == [told["values"]["when"], told["values"]["new_when"]]
    mail = case.mails("ana@example.com")[-1]
    assert mail.subject == "Otro horario para tu entrevista: Soldadura industrial"
    assert not mail.attachments, "no calendar changes before the yes"


def test_the_yes_moves_it_for_all_with_a_raised_sequence(case: Case) -> None:
    _proposed(case)
    with case.desk.work() as uow:
        interviews.accept_proposal(uow, case.interview_id, now=case.desk.now)
    case.hand_on()
    by_subject = {mail.subject: mail for mail in case.mails(case.interviewer.email)}
    changed = next(mail for subject, mail in by_subject.items() if subject.startswith("Cambió la entrevista"))
    _, event = _calendar(changed)
    assert (event["sequence"], event["dtstart"].dt) == (1, case.desk.now + timedelta(days=4))
    assert "Ana Ruiz aceptó el nuevo horario: Soldadura industrial" in by_subject


@pytest.mark.parametrize("state", ["declined", "withdrawn", "expired"])
def test_any_other_end_is_told_to_whom_it_concerns(case: Case, state: str) -> None:
    proposal = _proposed(case)
    with case.desk.work() as uow:
        if state == "declined":
            proposals.decline(uow, case.interview_id, now=case.desk.now)
        elif state == "withdrawn":
            proposals.withdraw(uow, proposal, now=case.desk.now)
        else:
            proposals.expire(uow, now=case.desk.now + timedelta(days=3))
    case.hand_on()
    subjects = [mail.subject for mail in case.mails(case.interviewer.email)]
    assert ("Ana Ruiz no puede a la hora propuesta: Soldadura industrial" in subjects) is (state == "declined")
    assert ("Ana Ruiz no contestó a tiempo la propuesta de horario: Soldadura industrial" in subjects) is (
        state == "expired"
    )
    assert ("utter_proposal_withdrawn" in case.said()) is (state == "withdrawn")
    assert not any(subject.startswith("Cambió") for subject in subjects)
