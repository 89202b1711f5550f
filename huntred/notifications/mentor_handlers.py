"""Mentors' sessions: the mentor is asked by mail with signed links, both hear what came of it and are reminded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from contract.message import TemplateUse
from huntred import fields
from huntred.conversations import repository as conversations
from huntred.conversations.language import language_of
from huntred.conversations.models import Conversation
from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import NotFound
from huntred.events.registry import Context, handles
from huntred.languages import MAIN
from huntred.mentoring import service as mentoring
from huntred.mentoring.events import MentorSessionAnswered, MentorSessionAsked, MentorSessionCancelled
from huntred.mentoring.models import MentorSession
from huntred.notifications.calendar import Appointment, Method, ics
from huntred.notifications.mail import written_in
from huntred.notifications.outbound import send_mail
from huntred.notifications.service import cancel, schedule, tell
from huntred.notifications.templates import greeted, template_use
from huntred.notifications.wording import when_text, wording
from huntred.people import service as people
from huntred.people.models import UnitProfile
from huntred.units import service as units
from huntred.units.models import Unit

_SOURCE = "mentor"
_REMIND_BEFORE = timedelta(hours=24)
_LINK_LIVES_ON = timedelta(days=14)
# Which template goes out in the response's place outside of WhatsApp's window, and how many values it takes.
_TEMPLATES = {
    "utter_mentor_accepted": ("mentoria_confirmada", 4), "utter_mentor_reminder": ("mentoria_recordatorio", 4),
    "utter_mentor_declined": ("mentoria_sin_lugar", 3), "utter_mentor_expired": ("mentoria_sin_lugar", 3),
    "utter_mentor_cancelled": ("mentoria_cancelada", 3),
}  # fmt: skip


@dataclass(frozen=True)
class _Facts:
    session: MentorSession
    unit: Unit
    profile: UnitProfile | None
    conversation: Conversation | None
    language: str  # of the conversation
    url: str

    @property
    def place(self) -> str:
        return self.session.mentor.meeting_place

    @property
    def person_name(self) -> str:
        return (people.full_name(self.profile) if self.profile else "") or str(wording()["unnamed"])

    def chat(self, language: str) -> dict[str, str]:
        return {
            "name": self.profile.first_name if self.profile else "", "mentor": self.session.mentor.name,
            "when": self._when(self.unit.timezone, language), "where": self.place,
        }  # fmt: skip

    def template(self, response: str) -> TemplateUse:
        """What says the same on WhatsApp when somebody has not written for a day."""
        name, count = _TEMPLATES[response]

        def values(language: str) -> tuple[str, ...]:
            told = self.chat(language)
            return (greeted(told["name"], language), told["mentor"], told["when"], told["where"])[:count]

        return template_use(name, self.session.unit, self.language, values)

    def to_person(self, text: str) -> dict[str, Any]:
        """text: the mail that they are for."""
        language = written_in(self.session.unit, text, self.language)
        told = self.chat(language)
        return {
            "language": language, "first_name": told["name"], "mentor_name": told["mentor"], "when": told["when"],
            "where": told["where"],
        }  # fmt: skip

    def to_mentor(self) -> dict[str, Any]:
        return {
            "mentor_name": self.session.mentor.name, "person_name": self.person_name,
            "field_name": fields.name(self.session.field) if self.session.field else "",
            "when": self._when(self.session.mentor.timezone), "where": self.place,
        }  # fmt: skip

    def _when(self, zone: str, language: str = MAIN) -> str:
        return when_text(self.session.starts_at, zone, language=language)


def _facts(uow: UnitOfWork, session: MentorSession, context: Context) -> _Facts:
    unit = units.get(uow, session.unit)
    try:
        profile: UnitProfile | None = people.profile_of(uow, session.person_id)
    except NotFound:
        profile = None  # erased meanwhile
    if session.conversation_id is not None:
        conversation: Conversation | None = conversations.get(uow, session.conversation_id)
    else:
        conversation = conversations.latest_of_person(uow, session.unit, session.person_id)
    url = context.links.mentor_page(session.unit, session.id, until=session.ends_at + _LINK_LIVES_ON)
    return _Facts(session, unit, profile, conversation, language_of(uow, conversation), url)


@handles(MentorSessionAsked)
def ask_mentor(uow: UnitOfWork, event: MentorSessionAsked, context: Context) -> None:
    session = mentoring.get_session(uow, event.session_id)
    if session.state != "asked":
        return
    facts = _facts(uow, session, context)
    answers = {"accept_url": f"{facts.url}?answer=accepted", "decline_url": f"{facts.url}?answer=declined"}
    send_mail(
        uow, _SOURCE, f"{session.id}:asked", session.mentor.email, "mentor_asked", facts.to_mentor() | answers,
        unit=session.unit,
    )  # fmt: skip


@handles(MentorSessionAnswered)
def tell_of_answer(uow: UnitOfWork, event: MentorSessionAnswered, context: Context) -> None:
    """The person hears; a session that stands goes into both calendars, with a reminder for each."""
    session = mentoring.get_session(uow, event.session_id)
    if session.state != event.state:
        return
    facts = _facts(uow, session, context)
    _tell(uow, facts, f"utter_mentor_{event.state}", context)
    if event.state == "accepted":
        _mail_both(uow, facts, "confirmed", "REQUEST", context)
        _remind(uow, facts, context)


@handles(MentorSessionCancelled)
def tell_of_cancellation(uow: UnitOfWork, event: MentorSessionCancelled, context: Context) -> None:
    """Whoever did not take it back hears; what stood in calendars goes."""
    session = mentoring.get_session(uow, event.session_id)
    facts = _facts(uow, session, context)
    cancel(uow, _key(session))
    if event.by != "person":
        _tell(uow, facts, "utter_mentor_cancelled", context)
    if event.was == "accepted":
        _mail_both(uow, facts, "cancelled", "CANCEL", context)
    elif event.by != "mentor":
        send_mail(
            uow, _SOURCE, f"{session.id}:withdrawn", session.mentor.email, "mentor_cancelled_mentor",
            facts.to_mentor(), unit=session.unit,
        )  # fmt: skip


def _tell(uow: UnitOfWork, facts: _Facts, response: str, context: Context) -> None:
    if facts.conversation is None:
        return
    key = f"mentor:{facts.session.id}:{facts.session.sequence}:{response}"
    template = facts.template(response)
    tell(uow, facts.conversation, key, response, facts.chat(facts.language), now=context.now, template=template)


def _mail_both(uow: UnitOfWork, facts: _Facts, what: str, method: Method, context: Context) -> None:
    session, mentor = facts.session, facts.session.mentor
    page = {"url": facts.url} if method == "REQUEST" else {}
    to = [(mentor.email, mentor.name, f"mentor_{what}_mentor", facts.to_mentor() | page)]
    if facts.profile is not None and facts.profile.email:
        text = f"mentor_{what}_person"
        to.append((facts.profile.email, facts.person_name, text, facts.to_person(text)))
    for address, name, text, values in to:
        appointment = _appointment(facts, values.get("language", MAIN))
        file = ics(appointment, attendee_name=name, attendee_email=address, method=method, now=context.now)
        source_id = f"{session.id}:{session.sequence}:{text}"
        send_mail(uow, _SOURCE, source_id, address, text, values, attachments=[file], unit=session.unit)


def _remind(uow: UnitOfWork, facts: _Facts, context: Context) -> None:
    due_at = facts.session.starts_at - _REMIND_BEFORE
    if due_at <= context.now:
        return
    key = _key(facts.session)
    if facts.conversation is not None:
        schedule(
            uow, f"{key}chat", "utter_mentor_reminder", facts.chat(facts.language), due_at,
            conversation_id=facts.conversation.id, template=facts.template("utter_mentor_reminder"), now=context.now,
        )  # fmt: skip
    schedule(
        uow, f"{key}mentor", "mentor_reminder", facts.to_mentor() | {"url": facts.url}, due_at,
        address=facts.session.mentor.email, now=context.now,
    )  # fmt: skip


def _key(session: MentorSession) -> str:
    return f"mentor:{session.id}:reminder:"


def _appointment(facts: _Facts, language: str) -> Appointment:
    session, mail = facts.session, facts.unit.settings.get("mail", {})
    link = facts.place if facts.place.startswith("http") else ""
    summary = wording(language)["mentor_summary"].format(unit=facts.unit.name)
    return Appointment(
        session.id, session.sequence, session.starts_at, session.ends_at, summary, "" if link else facts.place, link,
        str(mail.get("name", facts.unit.name)), str(mail.get("address", "")),
    )  # fmt: skip
