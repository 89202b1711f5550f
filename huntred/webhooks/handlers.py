"""From stored events to deliveries. What is told are ids and states, no personal data: who may know more asks the API.

A person is named by the id of their profile in the unit, as everywhere in the API.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from huntred.applications import events as applied
from huntred.applications.models import Application, Stage
from huntred.conversations import events as talked
from huntred.conversations.models import Conversation
from huntred.db.unit_of_work import UnitOfWork
from huntred.events.registry import Context, handles
from huntred.events.types import Event
from huntred.interviews import events as met
from huntred.interviews.models import Interview
from huntred.notifications.outbound import send_mail
from huntred.people import events as people
from huntred.units import service as units
from huntred.vacancies import events as vacancies
from huntred.vacancies.models import Vacancy
from huntred.webhooks import service
from huntred.webhooks.events import WebhookDisabled
from huntred.webhooks.models import WebhookSubscription

Data = dict[str, Any]


def _application(uow: UnitOfWork, application_id: UUID) -> Data:
    found = uow.session.get_one(Application, application_id)
    return {
        "application_id": str(found.id), "number": found.number, "vacancy_id": str(found.vacancy_id),
        "person_id": str(found.profile_id), "stage_id": str(found.stage_id), "stage_kind": found.stage.kind,
    }  # fmt: skip


def _moved(uow: UnitOfWork, event: Any) -> Data:
    # Where this move led: by now it may stand elsewhere.
    after = uow.session.get_one(Stage, event.to_stage_id)
    told = _application(uow, event.application_id)
    return told | {
        "from_stage_id": str(event.from_stage_id), "stage_id": str(after.id), "stage_kind": after.kind,
    }  # fmt: skip


def _interview(uow: UnitOfWork, event: Any) -> Data:
    found = uow.session.get_one(Interview, event.interview_id)
    told: Data = {
        "interview_id": str(found.id), "application_id": str(found.application_id), "state": found.state,
        "starts_at": found.slot.starts_at.isoformat(), "ends_at": found.slot.ends_at.isoformat(),
    }  # fmt: skip
    return told | ({"by": event.by} if hasattr(event, "by") else {})


def _vacancy(uow: UnitOfWork, event: Any) -> Data:
    found = uow.session.get_one(Vacancy, event.vacancy_id)
    return {"vacancy_id": str(found.id), "number": found.number, "state": found.state}


def _conversation(uow: UnitOfWork, event: Any) -> Data:
    found = uow.session.get_one(Conversation, event.conversation_id)
    return {"conversation_id": str(found.id), "channel": found.channel, "handling": found.handling}


_TOLD: tuple[tuple[type[Event], str, Callable[[UnitOfWork, Any], Data]], ...] = (
    (applied.ApplicationReceived, "application.created", lambda uow, event: _application(uow, event.application_id)),
    (applied.ApplicationMoved, "application.moved", _moved),
    (applied.ApplicationWithdrawn, "application.withdrawn", lambda uow, event: _application(uow, event.application_id)),
    (met.InterviewBooked, "interview.booked", _interview),
    (met.InterviewMoved, "interview.moved", _interview),
    (met.InterviewCancelled, "interview.cancelled", _interview),
    (met.AttendanceConfirmed, "interview.confirmed", _interview),
    (vacancies.VacancyPublished, "vacancy.published", _vacancy),
    (vacancies.VacancyPaused, "vacancy.paused", _vacancy),
    (vacancies.VacancyClosed, "vacancy.closed", _vacancy),
    (people.ProfileCompleted, "person.completed", lambda uow, event: {"person_id": str(event.profile_id)}),
    (talked.HandoffRequested, "conversation.waiting", _conversation),
    (talked.HandoffTaken, "conversation.taken", _conversation),
    (talked.HandoffReturned, "conversation.returned", _conversation),
)


def _teller(event_type: str, read: Callable[[UnitOfWork, Any], Data]) -> Callable[[UnitOfWork, Any, Context], None]:
    def tell(uow: UnitOfWork, event: Any, context: Context) -> None:
        service.tell(uow, event_type, {"unit": uow.unit} | read(uow, event), now=context.now)

    return tell


for _event, _type, _read in _TOLD:
    handles(_event)(_teller(_type, _read))


@handles(WebhookDisabled)
def tell_of_disabled(uow: UnitOfWork, event: WebhookDisabled, context: Context) -> None:
    """The unit hears by mail that an address is not called any more, unless somebody has switched it on meanwhile."""
    found = uow.session.get(WebhookSubscription, event.subscription_id)
    if found is None or found.active or found.disabled_at is None:
        return
    unit = units.get(uow, found.unit)
    values = {"webhook_url": found.url, "gone": found.disabled_reason == "gone", "url": context.links.webhooks_page()}
    send_mail(
        uow, "webhook", f"{found.id}:{found.disabled_at.isoformat()}",
        unit.settings.get("contact", {}).get("email", ""), "webhook_disabled", values, unit=found.unit,
    )  # fmt: skip
