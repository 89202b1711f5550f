"""References: the candidate hears that they are asked for, a referee gets one mail and one reminder, the team the rest.

A referee never wrote to us, so that WhatsApp is out of the question; neither the client nor the vacancy is named to
them. Whoever left only a number is called by a consultant.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from huntred.access import service as access
from huntred.conversations import repository as conversations
from huntred.conversations.language import language_of
from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import NotFound
from huntred.events.registry import Context, handles
from huntred.languages import MAIN
from huntred.notifications.mail import written_in
from huntred.notifications.outbound import send_mail
from huntred.notifications.service import cancel, schedule, tell
from huntred.notifications.team import tell_users
from huntred.notifications.templates import greeted, template_use
from huntred.notifications.wording import when_text, wording
from huntred.people import service as people
from huntred.people.models import UnitProfile
from huntred.privacy import service as privacy
from huntred.references import answering, rules
from huntred.references import service as references
from huntred.references.events import (
    RefereeAnsweredUs,
    RefereesGiven,
    ReferencesAsked,
    ReferencesCancelled,
    ReferencesDeclined,
    ReferencesReady,
)
from huntred.references.models import Referee, ReferenceRequest
from huntred.units import service as units


@handles(ReferencesAsked)
def ask_candidate(uow: UnitOfWork, event: ReferencesAsked, context: Context) -> None:
    """In their chat, by the template outside of WhatsApp's window, and by mail; a page is the other way."""
    request = _standing(uow, event.request_id, "asked")
    profile = _profile(uow, request) if request is not None else None
    if request is None or profile is None:
        return
    name, url = profile.first_name, context.links.references_page(request.unit, request.id, until=request.due_at)

    def told(language: str) -> dict[str, str]:
        return {"wanted": _counted(request.wanted, language), "until": _day(uow, request, language)}

    conversation = conversations.latest_of_person(uow, request.unit, request.person_id)
    language = language_of(uow, conversation)
    if conversation is not None:
        in_chat = {"name": name, "url": url, "request": str(request.id), **told(language)}
        tell(
            uow, conversation, f"reference:{request.id}:asked", "utter_references_asked", in_chat, now=context.now,
            template=template_use(
                "referencias", request.unit, language,
                lambda spoken: (greeted(name, spoken), *told(spoken).values()),
            ),
        )  # fmt: skip
    if profile.email and privacy.may_mail_first(uow, request.person_id):
        language = written_in(request.unit, "references_asked", language)
        values = {"language": language, "first_name": name, "url": url, **told(language)}
        send_mail(
            uow, rules.LETTERS, f"{request.id}:candidate", profile.email, "references_asked", values,
            unit=request.unit,
        )


@handles(RefereesGiven)
def ask_referees(uow: UnitOfWork, event: RefereesGiven, context: Context) -> None:
    """One mail to each, and the one reminder for later; the consultant hears whom to call."""
    request = _standing(uow, event.request_id, "given")
    if request is None:
        return
    for referee in request.referees:
        if referee.state != "asked":
            continue
        if referee.email:
            _write_to(uow, referee, context)
        else:
            news = wording()["references"]["to_call"].format(referee_name=referee.name, phone=referee.phone)
            _tell_consultant(uow, request, f"call:{referee.id}", news, context)


@handles(RefereeAnsweredUs)
def tell_of_answer(uow: UnitOfWork, event: RefereeAnsweredUs, context: Context) -> None:
    """No reminder any more; the consultant hears, unless it was the last one: then they hear that all is ready."""
    try:
        referee = references.get_referee(uow, event.referee_id)
    except NotFound:
        return  # erased meanwhile
    request = referee.request
    cancel(uow, _reminder(referee))
    waited_for = sum(one.state == "asked" for one in request.referees)
    if request.state != "given" or not waited_for:
        return
    line = "declined_one" if event.outcome == "declined" else event.outcome
    news = wording()["references"][line].format(referee_name=referee.name, open=waited_for)
    _tell_consultant(uow, request, f"{event.outcome}:{referee.id}", news, context)


@handles(ReferencesReady)
def tell_of_summary(uow: UnitOfWork, event: ReferencesReady, context: Context) -> None:
    request = _standing(uow, event.request_id, "ready")
    if request is None:
        return
    cancel(uow, f"{rules.LETTERS}:{request.id}:")
    answered = sum(one.state == "answered" for one in request.referees)
    texts = wording()["references"]
    news = texts["ready"].format(answered=answered, of=len(request.referees)) if request.given_at else texts["nobody"]
    _tell_consultant(uow, request, "ready", news, context)


@handles(ReferencesCancelled)
def remind_nobody(uow: UnitOfWork, event: ReferencesCancelled, context: Context) -> None:
    cancel(uow, f"{rules.LETTERS}:{event.request_id}:")


@handles(ReferencesDeclined)
def tell_of_refusal(uow: UnitOfWork, event: ReferencesDeclined, context: Context) -> None:
    """Nobody is reminded any more."""
    request = _standing(uow, event.request_id, "declined")
    if request is None:
        return
    cancel(uow, f"{rules.LETTERS}:{request.id}:")
    news = wording()["references"]["withdrawn" if request.given_at else "declined"]
    _tell_consultant(uow, request, f"declined:{int(context.now.timestamp())}", news, context)


def _standing(uow: UnitOfWork, request_id: Any, state: str) -> ReferenceRequest | None:
    """Return the request where it is still as the event says; it may be gone, too."""
    try:
        request = references.get(uow, request_id)
    except NotFound:
        return None
    return request if request.state == state else None


def _profile(uow: UnitOfWork, request: ReferenceRequest) -> UnitProfile | None:
    try:
        return people.profile_of(uow, request.person_id)
    except NotFound:
        return None


def _write_to(uow: UnitOfWork, referee: Referee, context: Context) -> None:
    if answering.wants_no_mail(uow, referee.email):
        return
    request = referee.request
    values = {
        "referee_name": referee.name, "candidate_name": people.name_of(uow, request.person_id),
        "relation": wording()["relations"][referee.relation], "company": referee.company,
        "minutes": str(rules.ANSWER_MINUTES), "until": _day(uow, request),
        "url": context.links.referee_page(request.unit, referee.id, until=request.due_at),
        "out_url": context.links.referee_out_page(request.unit, referee.id, now=context.now),
        "privacy_url": context.links.privacy_page(request.unit),
    }  # fmt: skip
    source_id = rules.letter_of(request.id, referee.id)
    if not send_mail(uow, rules.LETTERS, source_id, referee.email, "reference_asked", values, unit=request.unit):
        return  # written to before the candidate took a yes back: neither again nor reminded
    due_at = context.now + timedelta(days=references.settings(uow, request.unit).remind_after_days)
    if due_at < request.due_at:
        schedule(
            uow, _reminder(referee), "reference_reminder", values, due_at, address=referee.email, now=context.now
        )


def _tell_consultant(uow: UnitOfWork, request: ReferenceRequest, about: str, news: str, context: Context) -> None:
    """Whoever asked; where they are gone the unit's own address."""
    values = {
        "candidate_name": people.name_of(uow, request.person_id) or str(wording()["unnamed"]), "news": news,
        "url": context.links.references_summary(request.id),
    }  # fmt: skip
    source_id = f"{request.id}:{about}"
    users = tuple(access.recipients(uow, [request.asked_by])) if request.asked_by else ()
    if users:
        tell_users(
            uow, users, rules.LETTERS, source_id, "references_news", "references", values, unit=request.unit
        )
        return
    address = str(units.get(uow, request.unit).settings.get("contact", {}).get("email", ""))
    send_mail(uow, rules.LETTERS, source_id, address, "references_news", values, unit=request.unit)


def _reminder(referee: Referee) -> str:
    return f"{rules.LETTERS}:{referee.request_id}:{referee.id}:reminder"


def _counted(wanted: int, language: str = MAIN) -> str:
    return str(wording(language)["counted_references"].get(wanted, wanted))


def _day(uow: UnitOfWork, request: ReferenceRequest, language: str = MAIN) -> str:
    return when_text(request.due_at, units.get(uow, request.unit).timezone, "due_day", language)
