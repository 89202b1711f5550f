"""Reminders of an interview, at the unit's hours before it: the candidate by chat and mail, the interviewer by mail."""

from __future__ import annotations

from datetime import timedelta

from huntred.db.unit_of_work import UnitOfWork
from huntred.events.registry import Context
from huntred.notifications.interview_facts import InterviewFacts
from huntred.notifications.interview_mail import candidate_values, interviewer_values
from huntred.notifications.service import cancel, schedule

# Which text says how long it still is: a day ahead or more, else "soon".
_DAY_HOURS = 12


def prefix(facts: InterviewFacts) -> str:
    return f"interview:{facts.id}:"


def plan(uow: UnitOfWork, facts: InterviewFacts, context: Context) -> None:
    """Schedule the reminders that are still ahead, in place of earlier ones."""
    cancel(uow, prefix(facts))
    for position, hours in enumerate(facts.reminder_hours):
        due_at = facts.starts_at - timedelta(hours=hours)
        if due_at <= context.now:
            continue
        which = "24h" if hours >= _DAY_HOURS else "2h"
        key = f"{prefix(facts)}{hours}h"
        if facts.conversation is not None:
            schedule(
                uow, f"{key}:chat", f"utter_reminder_{which}", facts.chat_values(), due_at,
                conversation_id=facts.conversation.id, template=facts.template("recordatorio_entrevista"),
                now=context.now,
            )  # fmt: skip
        if facts.candidate.email:
            text = f"interview_reminder_{which}"
            schedule(
                uow, f"{key}:mail", text, candidate_values(facts, text), due_at,
                address=facts.candidate.email, now=context.now,
            )  # fmt: skip
        if position == 0 and facts.interviewer.email:
            schedule(
                uow, f"{key}:interviewer", "interviewer_reminder", interviewer_values(facts, context), due_at,
                address=facts.interviewer.email, now=context.now,
            )  # fmt: skip
