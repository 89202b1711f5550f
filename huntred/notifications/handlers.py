"""Who hears of what: interviews told to candidate, interviewer and contact; faults to the unit.

Reminders are scheduled notices under keys `interview:<id>:…`, so that a change replaces them and an end takes
them back.
"""

from __future__ import annotations

from huntred.conversations import repository as conversations
from huntred.conversations.aside import get_aside
from huntred.conversations.events import MessagePutAside
from huntred.db.unit_of_work import UnitOfWork
from huntred.events.registry import Context, handles
from huntred.interviews import service as interviews
from huntred.interviews.events import (
    AttendanceConfirmed,
    InterviewBooked,
    InterviewCancelled,
    InterviewerAnswered,
    InterviewMoved,
)
from huntred.notifications import interview_mail as mail
from huntred.notifications import reminders
from huntred.notifications.interview_facts import InterviewFacts, facts_of
from huntred.notifications.outbound import send_mail
from huntred.notifications.service import cancel, tell
from huntred.notifications.wording import when_text, wording
from huntred.people import service as people
from huntred.units import service as units


@handles(InterviewBooked)
def tell_of_booking(uow: UnitOfWork, event: InterviewBooked, context: Context) -> None:
    """The candidate gets the calendar file, the interviewer the links; both are reminded."""
    interview = interviews.get(uow, event.interview_id)
    if interview.state != "booked":
        return
    facts = facts_of(uow, interview)
    mail.to_candidate(uow, facts, "interview_confirmed", "REQUEST", context)
    mail.to_interviewer(uow, facts, "interviewer_invited", "REQUEST", context)
    mail.interviewer_by_whatsapp(uow, facts)
    reminders.plan(uow, facts, context)


@handles(InterviewMoved)
def tell_of_move(uow: UnitOfWork, event: InterviewMoved, context: Context) -> None:
    """Both get the new calendar file; an interviewer who is out of it gets the end of the old one."""
    interview = interviews.get(uow, event.interview_id)
    if interview.state != "booked":
        return
    facts = facts_of(uow, interview)
    mail.to_candidate(uow, facts, "interview_changed", "REQUEST", context)
    if event.was_with != interview.interviewer_id:
        mail.to_former_interviewer(uow, facts, event.was_with, event.was_at, context)
        mail.to_interviewer(uow, facts, "interviewer_invited", "REQUEST", context)
        mail.interviewer_by_whatsapp(uow, facts)
    else:
        mail.to_interviewer(uow, facts, "interviewer_changed", "REQUEST", context)
    if event.by != "candidate":
        _tell_candidate(uow, facts, "utter_interview_moved", "entrevista_cambio", context)
    reminders.plan(uow, facts, context)


@handles(InterviewCancelled)
def tell_of_cancellation(uow: UnitOfWork, event: InterviewCancelled, context: Context) -> None:
    """Reminders are taken back; who did not cancel is told, and both calendars are cleared."""
    facts = facts_of(uow, interviews.get(uow, event.interview_id))
    cancel(uow, reminders.prefix(facts))
    mail.to_candidate(uow, facts, "interview_cancelled", "CANCEL", context)
    mail.to_interviewer(uow, facts, "interviewer_cancelled", "CANCEL", context)
    if event.by != "candidate":
        _tell_candidate(uow, facts, "utter_interview_cancelled", "entrevista_cancelada", context)


@handles(AttendanceConfirmed)
def tell_of_attendance(uow: UnitOfWork, event: AttendanceConfirmed, context: Context) -> None:
    """The vacancy's own contact, else the interviewer, hears by WhatsApp and mail that the candidate will come."""
    interview = interviews.get(uow, event.interview_id)
    if interview.state == "booked":
        mail.attendance(uow, facts_of(uow, interview))


@handles(InterviewerAnswered)
def tell_of_answer(uow: UnitOfWork, event: InterviewerAnswered, context: Context) -> None:
    """The candidate hears that it is confirmed, or that somebody else will be there; a refusal is a cancellation."""
    interview = interviews.get(uow, event.interview_id)
    if interview.state != "booked":
        return
    facts = facts_of(uow, interview)
    if event.answer == "confirmed":
        _tell_candidate(uow, facts, "utter_interviewer_confirmed", "entrevista_confirmada", context)
    elif event.answer == "handed_over":
        mail.to_former_interviewer(uow, facts, event.was_with, facts.starts_at, context)
        mail.to_interviewer(uow, facts, "interviewer_invited", "REQUEST", context)
        mail.interviewer_by_whatsapp(uow, facts)
        mail.to_candidate(uow, facts, "interview_changed", "REQUEST", context)
        reminders.plan(uow, facts, context)


@handles(MessagePutAside)
def tell_of_aside(uow: UnitOfWork, event: MessagePutAside, context: Context) -> None:
    """The unit hears by mail that a message could not be handled, unless somebody has replayed it meanwhile."""
    row = get_aside(uow, event.inbox_id)
    if row.state != "aside":
        return
    conversation = conversations.get(uow, event.conversation_id)
    unit = units.get(uow, conversation.unit)
    texts = wording()
    send_mail(
        uow,
        "aside",
        f"{row.id}:{context.now:%Y-%m-%dT%H}",
        unit.settings.get("contact", {}).get("email", ""),
        "message_aside",
        {
            "person_name": people.name_of(uow, conversation.person_id) or texts["unnamed"],
            "channel": texts["channels"].get(conversation.channel, conversation.channel),
            "received_at": when_text(row.received_at, unit.timezone, "requested_at"),
            "url": context.links.handoff_page(conversation.id),
        },
        unit=conversation.unit,
    )


def _tell_candidate(
    uow: UnitOfWork, facts: InterviewFacts, response: str, template: str, context: Context
) -> None:
    if facts.conversation is None:
        return
    tell(
        uow,
        facts.conversation,
        f"interview:{facts.id}:{facts.sequence}:{response}",
        response,
        facts.chat_values(),
        now=context.now,
        template=facts.template(template),
    )
