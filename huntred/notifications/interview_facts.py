"""What is said of an interview, gathered once for everybody who is told of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contract.message import TemplateUse
from huntred.access import service as access
from huntred.conversations import repository as conversations
from huntred.conversations.language import language_of
from huntred.conversations.models import Conversation
from huntred.db.unit_of_work import UnitOfWork
from huntred.disclosures import service as disclosures
from huntred.errors import NotFound
from huntred.interviews.models import Interview
from huntred.languages import MAIN
from huntred.notifications.calendar import Appointment
from huntred.notifications.templates import template_language, template_use
from huntred.notifications.wording import when_text, wording
from huntred.people import service as people
from huntred.units import service as units
from huntred.units.models import Unit

_TEMPLATE_VALUES = {"entrevista_cancelada": 3}


@dataclass(frozen=True)
class Addressee:
    """Somebody of ours or of the client's. Empty where unknown."""

    name: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True)
class InterviewFacts:
    """company: empty while the client may not be named. contact: the vacancy's own, else the interviewer.

    candidate_shown: what everybody but the candidate is told of who it is: of a confidential search a number until
    both sides agreed. Until then nothing goes to the client's contact either.

    when: in the time zone of the place. language: of the candidate's chat. places: where to be, in each language that
    the candidate may be told in; `when` and `where` are Spanish, as all others are told.
    """

    id: UUID
    sequence: int
    unit: Unit
    conversation: Conversation | None
    candidate: Addressee
    candidate_shown: str
    first_name: str
    interviewer_id: UUID
    interviewer: Addressee
    contact: Addressee
    position: str
    company: str
    starts_at: datetime
    ends_at: datetime
    when: str
    timezone: str
    places: Mapping[str, str]
    language: str
    video_url: str
    reason: str
    reminder_hours: tuple[int, ...]

    @property
    def where(self) -> str:
        return self.where_in(MAIN)

    def when_in(self, language: str) -> str:
        return when_text(self.starts_at, self.timezone, language=language)

    def where_in(self, language: str) -> str:
        """Where to be. language: of the chat, of its templates or Spanish, as for place_in."""
        return self.places[language]

    def place_in(self, language: str) -> str:
        """Where to be, in one line: an address, or the video room with its link."""
        where = self.where_in(language)
        return f"{where}: {self.video_url}" if self.video_url else where

    def chat_values(self) -> dict[str, str]:
        """The values of the responses about interviews, in the chat's language."""
        place = self.place_in(self.language)
        return {
            "name": self.first_name,
            "position": self.position,
            "company": self.company or self.unit.name,
            "when": self.when_in(self.language),
            "where": place,
            "place": place,
            "reason": self.reason,
            "interviewer": self.interviewer.name,
        }

    def template(self, name: str) -> TemplateUse:
        """The approved template for a candidate outside the service window."""
        count = _TEMPLATE_VALUES.get(name, 4)
        return self.template_with(
            name,
            lambda language: (self.first_name, self.position, self.when_in(language), self.place_in(language))[:count],
        )

    def template_with(self, name: str, values: Callable[[str], tuple[str, ...]]) -> TemplateUse:
        """Likewise with other values, made in the language that they are asked for in."""
        return template_use(name, self.unit.code, self.language, values)

    def appointment(self, language: str = MAIN) -> Appointment:
        mail = self.unit.settings.get("mail", {})
        summary = wording(language)["calendar_summary"].format(position=self.position, unit=self.unit.name)
        return Appointment(
            self.id, self.sequence, self.starts_at, self.ends_at, summary, self.where_in(language), self.video_url,
            str(mail.get("name", self.unit.name)), str(mail.get("address", "")),
        )  # fmt: skip


def facts_of(uow: UnitOfWork, interview: Interview) -> InterviewFacts:
    """Gather the facts of an interview as it stands now."""
    application, slot = interview.application, interview.slot
    vacancy, profile = application.vacancy, application.profile
    unit = units.get(uow, interview.unit)
    interviewer = addressee_of_user(uow, interview.interviewer_id)
    is_open = disclosures.names_open(uow, vacancy, application.person_id)
    contact = vacancy.contact if is_open else None
    conversation = (
        conversations.get(uow, application.conversation_id)
        if application.conversation_id
        else conversations.latest_of_person(uow, interview.unit, application.person_id)
    )
    language = language_of(uow, conversation)
    hours = unit.settings.get("reminders", {}).get("interview_before_hours", [24, 2])
    return InterviewFacts(
        id=interview.id,
        sequence=interview.sequence,
        unit=unit,
        conversation=conversation,
        candidate=Addressee(people.full_name(profile), profile.email, profile.phone),
        candidate_shown=(
            people.full_name(profile) if is_open else wording()["hidden_candidate"].format(number=application.number)
        ),
        first_name=profile.first_name,
        interviewer_id=interview.interviewer_id,
        interviewer=interviewer,
        contact=Addressee(contact.name, contact.email, contact.phone) if contact else interviewer,
        position=vacancy.title,
        company=vacancy.company.name if is_open else "",
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        when=when_text(slot.starts_at, slot.timezone or unit.timezone),
        timezone=slot.timezone or unit.timezone,
        places={
            spoken: _where(uow, interview, unit, spoken, is_open=is_open)
            for spoken in {MAIN, language, template_language(language)}
        },
        language=language,
        video_url=slot.video_url if slot.modality == "video" else "",
        reason=interview.reason,
        reminder_hours=tuple(sorted((int(hour) for hour in hours), reverse=True)),
    )


def _where(uow: UnitOfWork, interview: Interview, unit: Unit, language: str, *, is_open: bool) -> str:
    """is_open: whether both sides may be named."""
    slot, application = interview.slot, interview.application
    vacancy, words = application.vacancy, wording(language)
    if slot.modality == "video":
        return str(words["video"])
    place = (vacancy.address if is_open else "", vacancy.city)
    return disclosures.text_shown(
        uow, vacancy, application.person_id,
        slot.address or ", ".join(part for part in place if part) or unit.name, instead=words["the_client"],
    )  # fmt: skip


def addressee_of_user(uow: UnitOfWork, user_id: UUID) -> Addressee:
    """Return how a user is reached; nobody where this unit does not see them any more."""
    try:
        user = access.get(uow, user_id)
    except NotFound:
        return Addressee()
    return Addressee(user.name, user.email if user.active else "", user.phone if user.active else "")
