"""Campaigns by link: made, changed, opened, and followed into a chat."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from contract.campaigns import LONGEST_GREETING, PREFIX, campaign_in, prefilled
from contract.invitations import ALPHABET, LENGTH
from huntred.conversations import repository as conversations
from huntred.conversations.entry import entry_url
from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import FieldInvalid, NotFound
from huntred.tracking import rules
from huntred.tracking.models import Campaign, CampaignClicks, CampaignTouch
from huntred.units import service as units
from huntred.vacancies import service as vacancies


@dataclass(frozen=True)
class CampaignForm:
    """start: of rules.STARTS; vacancy_id goes with "vacancy" alone."""

    name: str
    channel: str
    source: str = ""
    medium: str = ""
    greeting: str = ""
    start: str = ""
    vacancy_id: UUID | None = None


def create(uow: UnitOfWork, form: CampaignForm, user_id: UUID | None, *, now: datetime) -> Campaign:
    """Make a campaign with a code of its own. Raises FieldInvalid, NotFound (the vacancy)."""
    _require_valid(uow, form)
    code = PREFIX + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    campaign = Campaign(unit=uow.unit, code=code, created_by=user_id, created_at=now)
    _write(campaign, form)
    uow.session.add(campaign)
    uow.session.flush()
    return campaign


def update(uow: UnitOfWork, campaign_id: UUID, form: CampaignForm) -> Campaign:
    """Change what the link does; its code stays, so that what is printed goes on. Raises FieldInvalid, NotFound."""
    campaign = get(uow, campaign_id)
    _require_valid(uow, form)
    _write(campaign, form)
    uow.session.flush()
    return campaign


def set_active(uow: UnitOfWork, campaign_id: UUID, active: bool) -> None:
    """Let a campaign rest, or go on. The link of one that rests leads to the chat, and nothing of it is counted."""
    get(uow, campaign_id).active = active
    uow.session.flush()


def get(uow: UnitOfWork, campaign_id: UUID) -> Campaign:
    """Raises NotFound."""
    found = uow.session.get(Campaign, campaign_id)
    if found is None:
        raise NotFound(f"campaign {campaign_id}")
    return found


def by_code(uow: UnitOfWork, code: str) -> Campaign | None:
    return uow.session.scalar(select(Campaign).where(Campaign.unit == uow.unit, Campaign.code == code))


def unit_of_code(session: Session, code: str) -> str | None:
    """Return whose campaign a code is, for a visitor who has no scope yet."""
    found: str | None = session.scalar(text("SELECT app_campaign_unit(:code)"), {"code": code})
    return found


def touch(uow: UnitOfWork, code: str, conversation_id: UUID, *, at: datetime) -> None:
    """Note that the code was said in a conversation; the same again changes nothing."""
    campaign = by_code(uow, code)
    if campaign is None or not campaign.active:
        return
    row = insert(CampaignTouch).values(
        campaign_id=campaign.id, conversation_id=conversation_id, unit=uow.unit, first_at=at, last_at=at
    )
    uow.session.execute(
        row.on_conflict_do_update(
            index_elements=["campaign_id", "conversation_id"],
            set_={
                "first_at": func.least(CampaignTouch.first_at, row.excluded.first_at),
                "last_at": func.greatest(CampaignTouch.last_at, row.excluded.last_at),
            },
        )
    )  # fmt: skip


def count_click(uow: UnitOfWork, campaign: Campaign, *, program: bool, now: datetime) -> None:
    """Count one opening of the link, of a person or of a program."""
    if not campaign.active:
        return
    day = now.astimezone(ZoneInfo(units.get(uow, campaign.unit).timezone)).date()
    one = {"clicks": 0 if program else 1, "programs": 1 if program else 0}
    row = insert(CampaignClicks).values(campaign_id=campaign.id, day=day, unit=campaign.unit, **one)
    uow.session.execute(
        row.on_conflict_do_update(
            index_elements=["campaign_id", "day"],
            set_={name: getattr(CampaignClicks, name) + row.excluded[name] for name in one},
        )
    )


def target_of(uow: UnitOfWork, campaign: Campaign, chat_page: str) -> str:
    """Return where the link leads: an address made of the unit's own accounts; "" for our page with all of them.

    chat_page: of the unit's web chat.
    """
    return entries_of(uow, campaign, chat_page).get(campaign.channel, "")


def entries_of(uow: UnitOfWork, campaign: Campaign, chat_page: str) -> dict[str, str]:
    """Return channel → the link into it with the campaign's code."""
    addresses = {**conversations.addresses_of(uow, campaign.unit), "web": chat_page}
    said = prefilled(campaign.greeting, campaign.code)
    return {
        channel: entry_url(channel, addresses[channel], campaign.code, text=said)
        for channel in rules.channels_of(addresses)
        if channel != "page"
    }


def _write(campaign: Campaign, form: CampaignForm) -> None:
    campaign.name, campaign.source, campaign.medium = form.name, form.source.lower(), form.medium.lower()
    campaign.channel, campaign.greeting = form.channel, form.greeting
    campaign.start, campaign.vacancy_id = form.start, form.vacancy_id


def _require_valid(uow: UnitOfWork, form: CampaignForm) -> None:
    if not form.name:
        raise FieldInvalid("campaign", "missing")
    for field, value, longest in (
        ("campaign", form.name, rules.LONGEST_NAME), ("source", form.source, rules.LONGEST_WORD),
        ("medium", form.medium, rules.LONGEST_WORD), ("greeting", form.greeting, LONGEST_GREETING),
    ):  # fmt: skip
        if len(value) > longest:
            raise FieldInvalid(field, "too_long")
    if campaign_in(form.greeting)[0]:
        raise FieldInvalid("greeting", "unknown")  # a code of another campaign
    if form.channel not in rules.channels_of(conversations.addresses_of(uow, uow.unit)):
        raise FieldInvalid("campaign_channel", "unknown")
    if form.start not in rules.STARTS:
        raise FieldInvalid("campaign_start", "unknown")
    if form.start == "vacancy" and form.vacancy_id is None:
        raise FieldInvalid("vacancy_id", "missing")
    if form.start != "vacancy" and form.vacancy_id is not None:
        raise FieldInvalid("vacancy_id", "unknown")
    if form.vacancy_id is not None and vacancies.get(uow, form.vacancy_id).unit != uow.unit:
        raise NotFound(f"vacancy {form.vacancy_id}")
