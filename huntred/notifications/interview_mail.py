"""The mails about an interview, and the the templates to all but the candidate.

Each goes out once for each change (the interview's sequence).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from contract.message import Attachment, Message, TemplateUse
from huntred.db.unit_of_work import UnitOfWork
from huntred.events.registry import Context
from huntred.languages import MAIN
from huntred.notifications.calendar import Method, ics
from huntred.notifications.interview_facts import InterviewFacts, addressee_of_user
from huntred.notifications.mail import written_in
from huntred.notifications.outbound import send_mail, send_template
from huntred.notifications.wording import when_text

_SOURCE = "interview"


def to_candidate(
    uow: UnitOfWork, facts: InterviewFacts, text: str, method: Method, context: Context
) -> bool:
    """Send the candidate one of the `interview_…` mails with the calendar file, in the language of their chat."""
    values, who = candidate_values(facts, text), facts.candidate
    return _send(uow, facts, text, who.email, values, who.name, method, context)


def to_interviewer(
    uow: UnitOfWork, facts: InterviewFacts, text: str, method: Method, context: Context
) -> bool:
    """Send the interviewer one of the `interviewer_…` mails with the calendar file and, where it asks, the links."""
    values = interviewer_values(facts, context)
    who = facts.interviewer
    # One who follows another after a hand-over is told anew, whatever the sequence says.
    return _send(uow, facts, text, who.email, values, who.name, method, context, about=str(facts.interviewer_id))


def to_former_interviewer(
    uow: UnitOfWork, facts: InterviewFacts, user_id: UUID, was_at: datetime, context: Context
) -> bool:
    """Clear the calendar of who would have led it."""
    former = addressee_of_user(uow, user_id)
    was = replace(
        facts, interviewer=former, interviewer_id=user_id, when=when_text(was_at, facts.timezone), reason=""
    )
    return to_interviewer(uow, was, "interviewer_cancelled", "CANCEL", context)


def interviewer_by_whatsapp(uow: UnitOfWork, facts: InterviewFacts) -> bool:
    """Tell the interviewer by the unit's template that a mail with the links is there."""
    who = facts.interviewer
    values = (who.name, facts.candidate_shown, facts.position, facts.when, facts.where)
    source_id = f"{facts.id}:{facts.sequence}:{facts.interviewer_id}:whatsapp"
    return _template(uow, facts, "aviso_entrevistador", who.phone, values, source_id)


def attendance(uow: UnitOfWork, facts: InterviewFacts) -> None:
    """Tell the contact, by WhatsApp and by mail: who, position, date, in person or by video."""
    who = facts.contact
    values = (who.name, facts.candidate_shown, facts.position, facts.when, facts.where)
    source_id = f"{facts.id}:{facts.sequence}:attendance"
    _template(uow, facts, "asistencia_confirmada", who.phone, values, f"{source_id}:whatsapp")
    content = {
        "contact_name": who.name, "candidate_name": facts.candidate_shown, "position": facts.position,
        "when": facts.when, "where": facts.where, "video_url": facts.video_url,
    }  # fmt: skip
    send_mail(uow, _SOURCE, source_id, who.email, "attendance_confirmed", content, unit=facts.unit.code)


def candidate_values(facts: InterviewFacts, text: str) -> dict[str, Any]:
    """text: the mail that they are for."""
    language = written_in(facts.unit.code, text, facts.language)
    return {
        "language": language, "first_name": facts.first_name, "position": facts.position,
        "when": facts.when_in(language), "where": facts.where_in(language), "video_url": facts.video_url,
        "contact_name": facts.interviewer.name, "reason": facts.reason,
    }  # fmt: skip


def interviewer_values(facts: InterviewFacts, context: Context) -> dict[str, Any]:
    page = context.links.interviewer_page(
        facts.unit.code, facts.id, facts.interviewer_id, until=facts.ends_at
    )
    return {
        "interviewer_name": facts.interviewer.name, "candidate_name": facts.candidate_shown,
        "position": facts.position, "when": facts.when, "where": facts.where, "video_url": facts.video_url,
        "reason": facts.reason, "confirm_url": f"{page}?answer=confirmed", "decline_url": f"{page}?answer=declined",
        "hand_over_url": f"{page}?answer=handed_over",
    }  # fmt: skip


def _send(
    uow: UnitOfWork,
    facts: InterviewFacts,
    text: str,
    address: str,
    values: dict[str, Any],
    name: str,
    method: Method,
    context: Context,
    about: str = "candidate",
) -> bool:
    if not address:
        return False
    appointment = facts.appointment(values.get("language", MAIN))
    calendar: Attachment = ics(
        appointment, attendee_name=name, attendee_email=address, method=method, now=context.now
    )
    source_id = f"{facts.id}:{facts.sequence}:{text}:{about}"
    return send_mail(
        uow, _SOURCE, source_id, address, text, values, attachments=[calendar], unit=facts.unit.code
    )


def _template(
    uow: UnitOfWork, facts: InterviewFacts, name: str, phone: str, values: tuple[str, ...], source_id: str
) -> bool:
    use = TemplateUse(f"{name}_{facts.unit.code}", "es_MX", values)
    return send_template(
        uow, source=_SOURCE, source_id=source_id, phone=phone, message=Message("template", template=use),
        unit=facts.unit.code,
    )  # fmt: skip
