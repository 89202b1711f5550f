"""What a conversation can be told to do: go to another unit, reach the managing partner, start anew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from contract import tables
from contract.ids import new_id
from contract.message import Inbound, Message, TemplateUse
from huntred.conversations import repository
from huntred.conversations.errors import ContactIncomplete, UnitNotOnChannel, UnitUnknown
from huntred.conversations.events import UnitChanged
from huntred.conversations.lane import enter
from huntred.conversations.models import Conversation
from huntred.db.session import rescope
from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import NotFound
from huntred.notifications.outbound import send_mail, send_template
from huntred.people import service as people
from huntred.units import service as units

__all__ = ["change_unit", "contact_partner", "reset", "reset_all", "unit_addresses"]


def change_unit(uow: UnitOfWork, conversation_id: UUID, unit_code: str, *, now: datetime) -> None:
    """Move the chat to another unit: open or resume its conversation there, and let that unit greet.

    Nothing that was told to the unit that is left goes along; only who the bare person is.
    Raises UnitUnknown, UnitNotOnChannel.
    """
    conversation, chat = repository.locked(uow, conversation_id)
    try:
        unit = units.get(uow, unit_code)
    except NotFound:
        raise UnitUnknown(unit_code) from None
    channels = unit.settings.get("channels")
    if channels is not None and chat.channel not in channels:
        raise UnitNotOnChannel(f"{unit_code} on {chat.channel}")
    if chat.unit == unit_code and chat.conversation_id not in (None, conversation_id):
        return
    with _seeing(uow, (conversation.unit, unit_code)):
        uow.session.execute(
            insert(Conversation)
            .values(
                id=new_id(),
                unit=unit_code,
                chat_id=chat.id,
                channel=chat.channel,
                person_id=chat.person_id,
                language=conversation.language,
                last_inbound_at=conversation.last_inbound_at,
            )
            .on_conflict_do_nothing(index_elements=["chat_id", "unit"])
        )
        new_one = uow.session.scalars(
            select(Conversation).where(Conversation.chat_id == chat.id, Conversation.unit == unit_code)
        ).one()
        if new_one.person_id is None:
            new_one.person_id = chat.person_id
        chat.unit = unit_code
        chat.conversation_id = new_one.id
        uow.session.flush()
        enter(
            uow,
            chat.id,
            "opened",
            Inbound("opened", values={"from_unit": conversation.unit}),
            f"opened:{new_id()}",
            now=now,
            unit=unit_code,
            conversation_id=new_one.id,
        )
        uow.record(UnitChanged(chat.id, conversation.unit, unit_code, new_one.id), unit=conversation.unit)
        uow.session.flush()


def unit_addresses(uow: UnitOfWork, unit_code: str) -> dict[str, str]:
    """Return channel → number or bot of a unit, to be offered as a link."""
    return repository.addresses_of(uow, unit_code)


def contact_partner(uow: UnitOfWork, conversation_id: UUID, *, now: datetime) -> None:
    """Send the person's name, phone and email to the managing partner, by WhatsApp and by mail.

    Asking again within the day sends nothing more. Raises ContactIncomplete where name, phone or email is missing.
    """
    conversation = repository.get(uow, conversation_id)
    person = people.person_of(uow, conversation_id, now=now)
    profile = people.profile_of(uow, person.id)
    lacking = people.missing_fields(uow, person.id, ("first_name", "last_name", "email", "phone"))
    if lacking:
        raise ContactIncomplete(tuple(lacking))
    unit = units.get(uow, conversation.unit)
    partner = units.partner_contact(unit)
    name = people.full_name(profile)
    source_id = f"{conversation_id}:{now:%Y-%m-%d}"
    if partner.get("phone"):
        send_template(
            uow,
            source="partner",
            source_id=source_id,
            phone=partner["phone"],
            message=Message(
                "template",
                template=TemplateUse(
                    f"contacto_socio_{conversation.unit}", "es_MX", (name, profile.phone, profile.email)
                ),
            ),
            unit=conversation.unit,
            ord=0,
        )
    if partner.get("email"):
        send_mail(
            uow,
            "partner",
            source_id,
            partner["email"],
            "partner_contact",
            {"partner_name": partner["name"], "person_name": name, "phone": profile.phone, "email": profile.email},
            unit=conversation.unit,
            ord=1,
        )


def reset(uow: UnitOfWork, conversation_id: UUID, *, now: datetime) -> None:
    """Forget where the conversation stands (what was said stays readable); the next message begins anew."""
    repository.locked(uow, conversation_id)
    reset_all(uow, [conversation_id])


def reset_all(uow: UnitOfWork, conversation_ids: Sequence[UUID]) -> None:
    """Reset them all. The caller holds their chats."""
    # The new beginning counts from one again: an archived event of the same number would stop the archive.
    for events in (tables.tracker_events, tables.tracker_events_archive):
        uow.session.execute(delete(events).where(events.c.conversation_id.in_(conversation_ids)))
    uow.session.execute(
        update(Conversation)
        .where(Conversation.id.in_(conversation_ids))
        .values(current_step="", version=Conversation.version + 1)
    )


@contextmanager
def _seeing(uow: UnitOfWork, units_seen: tuple[str, ...]) -> Iterator[None]:
    """Let the session see both units while a chat is handed over, and only then."""
    rescope(uow.session, replace(uow.scope, units=tuple(dict.fromkeys((*uow.scope.units, *units_seen)))))
    try:
        yield
        uow.session.flush()
    finally:
        if uow.session.is_active:
            rescope(uow.session, uow.scope)
