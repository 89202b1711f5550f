"""What is said in a chat without being asked is in the chat's language; mails and templates stay Spanish."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from huntred.conversations import repository as conversations
from huntred.conversations.events import MediaRefused
from huntred.conversations.language import language_of
from huntred.conversations.models import Conversation, ScheduledNotice
from huntred.events.registry import Context
from huntred.interviews import proposals
from huntred.interviews import service as interviews
from huntred.mentoring import service as mentoring
from huntred.notifications import profile_reminders
from huntred.notifications import service as notifications
from huntred.notifications.media_handlers import tell_of_refusal
from huntred.notifications.permit_reminders import plan_permit_reminders
from huntred.people import service as people
from huntred.people.events import PermitChanged
from tests.factories.desk import Desk
from tests.factories.mentors import mentor
from tests.factories.references import asked
from tests.integration.huntred.mentoring import test_service as sessions
from tests.integration.huntred.notifications.test_interviews import Case, _booked
from tests.integration.huntred.notifications.test_notices import _begins

LANGUAGES = ("en", "fr", "ht", "pt", "es", "de")
THURSDAY = {
    "en": "Thursday, March 5 at 9:00 AM", "fr": "jeudi 5 mars à 9h00", "ht": "05/03/2026 a 9:00",
    "pt": "quinta-feira, 5 de março às 9:00", "es": "jueves 5 de marzo a las 9:00",
}  # fmt: skip
VIDEO = {
    "en": "Video call", "fr": "Appel vidéo", "ht": "Apèl videyo", "pt": "Chamada de vídeo", "es": "Videollamada",
}  # fmt: skip


def speaks(desk: Desk, language: str) -> None:
    """As the turn leaves it when somebody writes in that language."""
    desk.execute("UPDATE conversations SET language = :language", language=language)


def told(desk: Desk, conversation: Conversation) -> dict[str, Any]:
    """What the last notice says."""
    said: dict[str, Any] = desk.inbox(conversation.chat_id)[-1].payload["values"]
    return said


@pytest.mark.parametrize(
    ("unit", "language", "spoken"),
    [("amigro", "ht", "ht"), ("huntu", "en", "en"), ("huntu", "ht", "es"), ("amigro", "de", "es"), ("amigro", "es", "es")],
)
def test_a_chat_is_told_things_in_its_language_where_its_unit_speaks_it(
    desk: Desk, unit: str, language: str, spoken: str
) -> None:
    conversation = desk.chat(unit)
    speaks(desk, language)
    with desk.work(unit) as uow:
        assert language_of(uow, conversations.get(uow, conversation.id)) == spoken
        assert language_of(uow, None) == "es"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reminder_of_an_interview(desk: Desk, language: str) -> None:
    case = _booked(desk, modality="video", video_url="https://video.example.mx/sala/1", address="")
    speaks(desk, language)
    case.hand_on()
    with desk.work() as uow:
        notifications.release_due(uow, now=desk.now + timedelta(days=2))
    spoken = language if language in THURSDAY else "es"
    said = told(desk, case.conversation)
    assert said["response"] == "utter_reminder_24h"
    assert said["values"]["when"] == THURSDAY[spoken]
    assert said["values"]["where"] == f"{VIDEO[spoken]}: https://video.example.mx/sala/1"
    # The template that Meta approved is Spanish, and so is what fills it.
    assert said["template"]["language"] == "es_MX"
    assert said["template"]["values"][2:] == [THURSDAY["es"], "Videollamada: https://video.example.mx/sala/1"]
    assert "jueves 5 de marzo" in case.mails("ana@example.com")[0].text


def _cancelled(case: Case) -> str:
    with case.desk.work() as uow:
        interviews.cancel(uow, case.interview_id, "consultant", "", now=case.desk.now)
    return "utter_interview_cancelled"


def _confirmed(case: Case) -> str:
    with case.desk.work() as uow:
        interviews.interviewer_answers(uow, case.interview_id, "confirmed", now=case.desk.now)
    return "utter_interviewer_confirmed"


def _proposed(case: Case) -> str:
    with case.desk.work() as uow:
        at = case.desk.now + timedelta(days=4)
        proposals.propose(uow, case.interview_id, at, case.interviewer.id, now=case.desk.now)
    return "utter_interview_proposed"


@pytest.mark.parametrize("happens", [_cancelled, _confirmed, _proposed])
def test_what_happens_to_an_interview(desk: Desk, happens: Any) -> None:
    case = _booked(desk)
    speaks(desk, "en")
    case.hand_on()
    response = happens(case)
    case.hand_on()
    said = told(desk, case.conversation)
    assert (said["response"], said["values"]["when"]) == (response, THURSDAY["en"])
    assert said["values"].get("new_when", "Friday, March 6 at 9:00 AM") == "Friday, March 6 at 9:00 AM"
    assert "Thursday" not in "".join(f"{said['template']['values']}") + case.mails("ana@example.com")[-1].text


def test_the_client_of_a_confidential_search_is_named_by_no_word_of_another_language(desk: Desk) -> None:
    case = _booked(desk, address="Industrias del Norte, Saltillo")
    desk.execute("UPDATE vacancies SET confidential = true WHERE id = :v", v=case.vacancy_id)
    speaks(desk, "en")
    case.hand_on()
    _confirmed(case)
    case.hand_on()
    said = told(desk, case.conversation)
    assert said["values"]["where"] == "the company, Saltillo"
    assert said["template"]["values"][3] == "la empresa, Saltillo"


@pytest.mark.parametrize(
    ("language", "missing"),
    [("en", "last name, city, skills"), ("fr", "nom de famille, ville, compétences"), ("es", "primer apellido, ciudad, habilidades")],
)
def test_what_a_profile_lacks(desk: Desk, language: str, missing: str) -> None:
    conversation = _begins(desk, email="ana@example.com")
    speaks(desk, language)
    with desk.work() as uow:
        assert profile_reminders.remind(uow, desk.links, now=desk.now + timedelta(days=2)) == 1
    said = told(desk, conversation)
    assert said["values"]["missing"] == missing
    assert said["template"]["values"] == ["Ana", "primer apellido, ciudad, habilidades"]


@pytest.mark.parametrize(
    ("language", "day"), [("en", "October 4, 2026"), ("ht", "04/10/2026"), ("es", "4 de octubre de 2026")]
)
def test_the_end_of_a_permit(desk: Desk, language: str, day: str) -> None:
    conversation = desk.chat()
    speaks(desk, language)
    with desk.work() as uow:
        person = people.person_of(uow, conversation.id, now=desk.now)
        people.set_fields(
            uow, person.id, {"work_permit": "residencia temporal", "permit_expires": "4 de octubre de 2026"}, now=desk.now
        )
        profile_id = people.profile_of(uow, person.id).id
        plan_permit_reminders(uow, PermitChanged(profile_id, person.id), Context(desk.now, desk.links))
    notice = desk.rows(select(ScheduledNotice).order_by(ScheduledNotice.due_at))[0]
    assert notice.values == {"days": "60", "date": day}
    assert notice.template is not None and notice.template["values"][1:] == ["4 de octubre de 2026", "60"]


def test_a_mentors_session(desk: Desk) -> None:
    laura, ana = mentor(desk), sessions.person(desk)
    speaks(desk, "en")
    session = sessions.ask(desk, laura.id, ana)
    with desk.work(sessions.UNIT) as uow:
        mentoring.answer(uow, session.id, True, now=desk.now)
    sessions.hand_on(desk)
    said = told(desk, ana)
    assert (said["response"], said["values"]["when"]) == ("utter_mentor_accepted", "Tuesday, March 3 at 5:00 PM")
    assert " a las " in said["template"]["values"][2]
    assert " a las " in sessions.mails(desk, "ana@example.com")[-1].text


def test_references_are_asked_for(desk: Desk) -> None:
    case = asked(desk, channel="whatsapp")
    speaks(desk, "en")
    case.hand_on()
    said = told(desk, case.conversation)
    assert said["values"]["wanted"] == "two references" and "day, " in said["values"]["until"]
    assert said["template"]["values"][1] == "dos referencias" and " de " in said["template"]["values"][2]


@pytest.mark.parametrize(
    ("language", "name", "reason"),
    [
        ("en", " “cv.docm”", "it holds macros, and for safety we don’t take those"),
        ("pt", " “cv.docm”", "ele traz macros, e por segurança não recebemos macros"),
        ("es", " «cv.docm»", "trae macros, y por seguridad no las recibimos"),
    ],
)
def test_why_a_file_was_not_kept(desk: Desk, language: str, name: str, reason: str) -> None:
    conversation = desk.chat()
    speaks(desk, language)
    event = MediaRefused(uuid4(), conversation.chat_id, 7, "document", "cv.docm", "macros")
    with desk.work() as uow:
        tell_of_refusal(uow, event, Context(desk.now, desk.links))
    values = told(desk, conversation)["values"]
    assert (values["name"], values["reason"]) == (name, reason)
