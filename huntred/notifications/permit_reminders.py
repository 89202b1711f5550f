"""Reminds a person of the end of their permit to work: 60, 30 and 7 days before, in their chat and only there.

Kept as scheduled notices under `permit:<profile>:`, so that a correction replaces them; nobody else hears of it. So
long after somebody last wrote, WhatsApp takes nothing but the approved template.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from contract.message import TemplateUse
from huntred.conversations import repository as conversations
from huntred.conversations.language import language_of
from huntred.db.unit_of_work import UnitOfWork
from huntred.events.registry import Context, handles
from huntred.notifications.service import cancel, schedule
from huntred.notifications.templates import template_use
from huntred.notifications.wording import day_text
from huntred.people import service as people
from huntred.people.events import PermitChanged
from huntred.units import service as units

DAYS_BEFORE = (60, 30, 7)
_AT = time(10, 0)


@handles(PermitChanged)
def plan_permit_reminders(uow: UnitOfWork, event: PermitChanged, context: Context) -> None:
    """Schedule those that are still ahead, in place of earlier ones."""
    prefix = f"permit:{event.profile_id}:"
    cancel(uow, prefix)
    profile = people.profile_of(uow, event.person_id)
    conversation = conversations.latest_of_person(uow, uow.unit, event.person_id)
    ends = profile.permit_expires_on
    if ends is None or conversation is None:
        return
    language = language_of(uow, conversation)
    zone = ZoneInfo(units.get(uow, uow.unit).timezone)
    for days in DAYS_BEFORE:
        due_at = datetime.combine(ends - timedelta(days=days), _AT, zone)
        if due_at > context.now:
            values = {"days": str(days), "date": day_text(ends, language)}
            schedule(
                uow, f"{prefix}{days}d", "utter_permit_expires", values, due_at, conversation_id=conversation.id,
                template=_template(uow, language, profile.first_name, ends, days), now=context.now,
            )  # fmt: skip


def _template(uow: UnitOfWork, language: str, first_name: str, ends: date, days: int) -> TemplateUse:
    return template_use(
        "permiso_por_vencer", uow.unit, language, lambda spoken: (first_name, day_text(ends, spoken), str(days))
    )
