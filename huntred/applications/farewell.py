"""What a person who does not continue is told: a draft from the reason, said in the chat after a while.

It waits some minutes, so that a move that is undone takes its words back before anybody reads them. It is a notice
like any other: who wants none gets none, and outside WhatsApp's window it goes as the unit's approved template.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from huntred.applications import drafts
from huntred.applications.models import Application
from huntred.applications.wording import wording
from huntred.conversations import repository as conversations
from huntred.conversations.language import language_of
from huntred.conversations.models import Conversation
from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import FieldInvalid
from huntred.notifications import service as notifications
from huntred.notifications.templates import template_use
from huntred.privacy import service as privacy

DELAY = timedelta(minutes=5)
LONGEST = 600
RESPONSE = "utter_application_closed"
_TEMPLATE = "resultado_postulacion"


def filled(message: str, application: Application) -> str:
    """Return the draft with the position in its place."""
    return message.replace("{" + wording()["placeholders"]["position"] + "}", application.vacancy.title)


def drafted(draft: str, application: Application, language: str) -> str:
    """Return what is offered to whoever rejects: the draft in the language of the chat (ISO 639-1), filled in."""
    return filled(drafts.said_in(draft, application.unit, language), application)


def check(message: str) -> None:
    """Raise FieldInvalid where it is too long for a template's parameter."""
    if len(message) > LONGEST:
        raise FieldInvalid("message", "too_long")


def reachable(uow: UnitOfWork, application: Application) -> Conversation | None:
    """Return the conversation in which the person may be told; none where there is none or no notice is wanted."""
    conversation = (
        conversations.get(uow, application.conversation_id)
        if application.conversation_id
        else conversations.latest_of_person(uow, application.unit, application.person_id)
    )
    if conversation is None or not privacy.may_write_first(uow, conversation):
        return None
    return conversation


def plan(uow: UnitOfWork, application: Application, message: str, draft: str = "", *, now: datetime) -> bool:
    """Let it be said in some minutes; return False where the person cannot or does not want to be told.

    draft: of the reason, which the message began as. Where it still is that, it is said in the language of the chat
    (many who are rejected at once are offered the Spanish one) and has its twin in each template's language; what
    somebody wrote is said as it was written.
    """
    conversation = reachable(uow, application)
    if conversation is None:
        return False
    said = filled(message.strip(), application)
    name = application.profile.first_name
    language = language_of(uow, conversation)
    drafted_there = drafted(draft, application, language)
    as_drafted = drafted_there != filled(draft, application) and said in (drafted_there, filled(draft, application))
    if as_drafted:
        said = drafted_there
    # A template's parameter is one line (Meta refuses line breaks and tabs in it).
    one_line = " ".join(said.split())
    notifications.schedule(
        uow,
        _key(application),
        RESPONSE,
        {"name": name, "message": said},
        now + DELAY,
        conversation_id=conversation.id,
        template=template_use(
            _TEMPLATE,
            application.unit,
            language,
            lambda spoken: (
                name,
                application.vacancy.title,
                drafted(draft, application, spoken) if as_drafted else one_line,
            ),
            around="" if as_drafted else one_line,
        ),
        now=now,
    )
    return True


def take_back(uow: UnitOfWork, application: Application) -> bool:
    """Say nothing after all; return False where it was said already or nothing was to be said."""
    return notifications.cancel(uow, _key(application)) > 0


def _key(application: Application) -> str:
    return f"application:{application.id}:closed"
