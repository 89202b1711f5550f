"""The two sides of a confidential search: the candidate is asked, and told the name once both agreed."""

from __future__ import annotations

from contract.message import TemplateUse
from huntred.conversations import repository as conversations
from huntred.conversations.language import language_of
from huntred.conversations.models import Conversation
from huntred.db.unit_of_work import UnitOfWork
from huntred.disclosures import service as disclosures
from huntred.disclosures.events import ClientAgreed, NamesOpened
from huntred.events.registry import Context, handles
from huntred.notifications.mail import written_in
from huntred.notifications.outbound import send_mail
from huntred.notifications.service import tell
from huntred.notifications.templates import greeted, template_use
from huntred.people import service as people
from huntred.privacy import service as privacy
from huntred.vacancies import service as vacancies


@handles(ClientAgreed)
def ask_candidate(uow: UnitOfWork, event: ClientAgreed, context: Context) -> None:
    """By chat with the two answers, and by mail that the question waits there; not where it is answered meanwhile."""
    standing = disclosures.standing(uow, event.vacancy_id, event.person_id)
    if standing.open or standing.client is None or standing.client.id != event.agreement_id:
        return
    vacancy, profile = vacancies.get(uow, event.vacancy_id), people.profile_of(uow, event.person_id)
    conversation = conversations.latest_of_person(uow, uow.unit, event.person_id)
    if conversation is not None:
        values = {"name": profile.first_name, "position": vacancy.title, "number": str(vacancy.number)}
        key = f"disclosure:{event.agreement_id}:asked"
        template = _template(uow, "busqueda_confidencial", conversation, profile.first_name, vacancy.title)
        tell(uow, conversation, key, "utter_disclosure_asked", values, now=context.now, template=template)
    if profile.email and privacy.may_mail_first(uow, event.person_id):
        language = written_in(vacancy.unit, "disclosure_asked", language_of(uow, conversation))
        send_mail(
            uow, "disclosure", f"{event.agreement_id}:asked", profile.email, "disclosure_asked",
            {"language": language, "first_name": profile.first_name, "position": vacancy.title}, unit=vacancy.unit,
        )  # fmt: skip


@handles(NamesOpened)
def tell_of_names(uow: UnitOfWork, event: NamesOpened, context: Context) -> None:
    """The candidate hears who it is, unless their own yes in the chat was the last and was answered there."""
    standing = disclosures.standing(uow, event.vacancy_id, event.person_id)
    if not standing.open or (standing.candidate is not None and standing.candidate.id == event.agreement_id):
        return
    vacancy, profile = vacancies.get(uow, event.vacancy_id), people.profile_of(uow, event.person_id)
    conversation = conversations.latest_of_person(uow, uow.unit, event.person_id)
    if conversation is None:
        return
    values = {"name": profile.first_name, "position": vacancy.title, "company": vacancy.company.name}
    key = f"disclosure:{event.agreement_id}:opened"
    template = _template(uow, "nombres_abiertos", conversation, profile.first_name, vacancy.title, vacancy.company.name)
    tell(uow, conversation, key, "utter_disclosure_opened", values, now=context.now, template=template)


def _template(uow: UnitOfWork, name: str, conversation: Conversation, first_name: str, *values: str) -> TemplateUse:
    """What says the same on WhatsApp when somebody has not written for a day."""
    return template_use(
        name, uow.unit, language_of(uow, conversation), lambda language: (greeted(first_name, language), *values)
    )
