"""What a candidate is told without being asked is in the chat's language: in the chat, by mail and by template.

A template and what fills it are of one language: behind the chat's stands the Spanish one with Spanish values. Meta has
none in Creole, in whose place stand the French ones.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from huntred.conversations import repository as conversations
from huntred.conversations.events import MediaRefused
from huntred.conversations.language import language_of
from huntred.conversations.models import Conversation, ScheduledNotice
from huntred.disclosures import service as disclosures
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
from tests.integration.huntred.notifications.test_interviews import Case, _booked, _calendar
from tests.integration.huntred.notifications.test_notices import _begins

LANGUAGES = ("en", "fr", "ht", "pt", "es", "de")
THURSDAY = {
    "en": "Thursday, March 5 at 9:00 AM", "fr": "jeudi 5 mars à 9h00", "ht": "05/03/2026 a 9:00",
    "pt": "quinta-feira, 5 de março às 9:00", "es": "jueves 5 de marzo a las 9:00",
}  # fmt: skip
VIDEO = {
    "en": "Video call", "fr": "Appel vidéo", "ht": "Apèl videyo", "pt": "Chamada de vídeo", "es": "Videollamada",
}  # fmt: skip
# Of a chat's language: Meta's code of its templates, and in which language these are.
TEMPLATES = {"en": ("en_US", "en"), "fr": ("fr", "fr"), "ht": ("fr", "fr"), "pt": ("pt_BR", "pt")}
# How the mails about an interview that is booked and of the day before begin, the calendar's entry, and the page's name.
MAILS = {
    "en": ("Your interview is booked", "Your interview is tomorrow", "Interview: ", "en-US"),
    "fr": ("Votre entretien est fixé", "Votre entretien est demain", "Entretien : ", "fr-FR"),
    "ht": ("Entèvyou ou fikse", "Demen se entèvyou ou", "Entèvyou: ", "ht-HT"),
    "pt": ("Sua entrevista está marcada", "Sua entrevista é amanhã", "Entrevista: ", "pt-BR"),
    "es": ("Tu entrevista quedó agendada", "Mañana es tu entrevista", "Entrevista: ", "es-MX"),
}


def speaks(desk: Desk, language: str) -> None:
    """As the turn leaves it when somebody writes in that language."""
    desk.execute("UPDATE conversations SET language = :language", language=language)


def templates(said: dict[str, Any]) -> dict[str, list[str]]:
    """Language → values of the templates that a notice may go out as, in their order."""
    found, use = {}, said["template"]
    while use:
        found[use["language"]], use = use["values"], use.get("instead")
    return found


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
    ways = templates(said)
    assert ways.pop("es_MX")[2:] == [THURSDAY["es"], "Videollamada: https://video.example.mx/sala/1"]
    if spoken in TEMPLATES:
        code, written = TEMPLATES[spoken]
        place = f"{VIDEO[written]}: https://video.example.mx/sala/1"
        assert ways == {code: ["Ana", "Soldadura industrial", THURSDAY[written], place]}
    else:
        assert ways == {}
    booked, reminded = case.mails("ana@example.com")
    *subjects, summary, page = MAILS[spoken]
    for mail, subject in zip((booked, reminded), subjects, strict=True):
        assert re.split(" ?: ", mail.subject) == [subject, "Soldadura industrial"]
        assert THURSDAY[spoken] in mail.text and VIDEO[spoken] in mail.text
        assert THURSDAY[spoken] in mail.html and f'<html lang="{page}">' in mail.html
    _, event = _calendar(booked)
    assert str(event["summary"]).startswith(summary)
    assert str(event["location"]).startswith(VIDEO[spoken])
    # Who interviews is told in Spanish.
    asked = case.mails(case.interviewer.email)[0]
    assert THURSDAY["es"] in asked.text and str(_calendar(asked)[1]["summary"]).startswith("Entrevista: ")


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
    ways = templates(said)
    assert list(ways) == ["en_US", "es_MX"]
    assert "Thursday" in str(ways["en_US"]) and "jueves" not in str(ways["en_US"])
    assert "jueves" in str(ways["es_MX"]) and "Thursday" not in str(ways["es_MX"])
    mail = case.mails("ana@example.com")[-1]
    assert THURSDAY["en"] in mail.text and " a las " not in mail.text


@pytest.mark.parametrize(
    ("language", "said_there", "code", "in_template"),
    [
        ("en", "the company", "en_US", "the company"),
        ("ht", "konpayi a", "fr", "l'entreprise"),
        ("pt", "a empresa", "pt_BR", "a empresa"),
    ],
)
def test_the_client_of_a_confidential_search_is_named_by_no_word_of_another_language(
    desk: Desk, language: str, said_there: str, code: str, in_template: str
) -> None:
    case = _booked(desk, address="Industrias del Norte, Saltillo")
    desk.execute("UPDATE vacancies SET confidential = true WHERE id = :v", v=case.vacancy_id)
    speaks(desk, language)
    case.hand_on()
    _confirmed(case)
    case.hand_on()
    said = told(desk, case.conversation)
    assert said["values"]["where"] == f"{said_there}, Saltillo"
    ways = templates(said)
    assert (ways[code][3], ways["es_MX"][3]) == (f"{in_template}, Saltillo", "la empresa, Saltillo")


MISSING = {
    "en": "last name, city, skills", "fr": "nom de famille, ville, compétences", "ht": "siyati, vil, konesans",
    "pt": "sobrenome, cidade, habilidades", "es": "primer apellido, ciudad, habilidades",
}  # fmt: skip


@pytest.mark.parametrize(("language", "missing"), MISSING.items())
def test_what_a_profile_lacks(desk: Desk, language: str, missing: str) -> None:
    conversation = _begins(desk, email="ana@example.com")
    speaks(desk, language)
    with desk.work() as uow:
        assert profile_reminders.remind(uow, desk.links, now=desk.now + timedelta(days=2)) == 1
    said = told(desk, conversation)
    assert said["values"]["missing"] == missing
    ways = templates(said)
    assert ways.pop("es_MX") == ["Ana", MISSING["es"]]
    code, written = TEMPLATES.get(language, ("", ""))
    assert ways == ({code: ["Ana", MISSING[written]]} if code else {})


@pytest.mark.parametrize(
    ("language", "subject"),
    [
        ("en", "Complete your profile at Amigro"), ("fr", "Complétez votre profil chez Amigro"),
        ("ht", "Ranpli pwofil ou nan Amigro"), ("pt", "Complete seu perfil na Amigro"),
    ],
)  # fmt: skip
def test_what_a_profile_lacks_by_mail(desk: Desk, language: str, subject: str) -> None:
    """Whoever wrote in the web chat has closed it."""
    _begins(desk, "web", email="ana@example.com")
    speaks(desk, language)
    with desk.work() as uow:
        assert profile_reminders.remind(uow, desk.links, now=desk.now + timedelta(days=2)) == 1
    ((_, mail),) = desk.sent("email")
    assert mail.subject == subject and MISSING[language] in mail.text and MISSING[language] in mail.html


@pytest.mark.parametrize(
    ("language", "day", "in_template"),
    [
        ("en", "October 4, 2026", {"en_US": "October 4, 2026"}), ("fr", "4 octobre 2026", {"fr": "4 octobre 2026"}),
        ("ht", "04/10/2026", {"fr": "4 octobre 2026"}), ("pt", "4 de outubro de 2026", {"pt_BR": "4 de outubro de 2026"}),
        ("es", "4 de octubre de 2026", {}),
    ],
)  # fmt: skip
def test_the_end_of_a_permit(desk: Desk, language: str, day: str, in_template: dict[str, str]) -> None:
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
    ways = templates({"template": notice.template})
    assert ways.pop("es_MX")[1:] == ["4 de octubre de 2026", "60"]
    assert {code: values[1:] for code, values in ways.items()} == {
        code: [end, "60"] for code, end in in_template.items()
    }


@pytest.mark.parametrize(
    ("language", "code", "unnamed", "subject"),
    [
        ("en", "en_US", "there", "The company would like to meet you: "),
        ("fr", "fr", "et bienvenue", "L'entreprise veut vous rencontrer : "),
        ("ht", "fr", "et bienvenue", "Konpayi a vle rankontre ou: "),
        ("pt", "pt_BR", "que bom falar com você", "A empresa quer conhecer você: "),
    ],
)
def test_the_question_of_a_confidential_search(
    desk: Desk, language: str, code: str, unnamed: str, subject: str
) -> None:
    case = _booked(desk)
    desk.execute("UPDATE vacancies SET confidential = true WHERE id = :v", v=case.vacancy_id)
    speaks(desk, language)
    with desk.work() as uow:
        person = interviews.get(uow, case.interview_id).application.person_id
        disclosures.say(uow, case.vacancy_id, person, "client", True, source="link", now=desk.now)
        people.profile_of(uow, person).first_name = ""
    case.hand_on()
    said = told(desk, case.conversation)
    assert said["response"] == "utter_disclosure_asked"
    assert templates(said) == {
        code: [unnamed, "Soldadura industrial"], "es_MX": ["qué gusto", "Soldadura industrial"],
    }  # fmt: skip
    subjects = [mail.subject for mail in case.mails("ana@example.com")]
    assert f"{subject}Soldadura industrial" in subjects


def test_a_mentors_session(desk: Desk) -> None:
    laura, ana = mentor(desk), sessions.person(desk)
    speaks(desk, "en")
    session = sessions.ask(desk, laura.id, ana)
    with desk.work(sessions.UNIT) as uow:
        mentoring.answer(uow, session.id, True, now=desk.now)
    sessions.hand_on(desk)
    said = told(desk, ana)
    assert (said["response"], said["values"]["when"]) == ("utter_mentor_accepted", "Tuesday, March 3 at 5:00 PM")
    ways = templates(said)
    assert ways["en_US"][2] == "Tuesday, March 3 at 5:00 PM" and " a las " in ways["es_MX"][2]
    mail = sessions.mails(desk, "ana@example.com")[-1]
    assert mail.subject == "Your mentoring is confirmed: Tuesday, March 3 at 5:00 PM"
    assert str(_calendar(mail)[1]["summary"]) == "Mentoring (huntU)"
    to_mentor = sessions.mails(desk, laura.email)[-1]
    assert " a las " in to_mentor.text and str(_calendar(to_mentor)[1]["summary"]) == "Mentoría (huntU)"


def test_references_are_asked_for(desk: Desk) -> None:
    case = asked(desk, channel="whatsapp")
    speaks(desk, "en")
    case.hand_on()
    said = told(desk, case.conversation)
    assert said["values"]["wanted"] == "two references" and "day, " in said["values"]["until"]
    ways = templates(said)
    assert ways["en_US"][1] == "two references" and "day, " in ways["en_US"][2]
    assert ways["es_MX"][1] == "dos referencias" and " de " in ways["es_MX"][2]
    mail = next(mail for address, mail in desk.sent("email") if "references" in mail.subject)
    assert "we require two references" in mail.text and said["values"]["until"] in mail.text


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
