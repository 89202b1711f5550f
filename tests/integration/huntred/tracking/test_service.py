"""Campaigns by link (K3, I1): what is made, where it leads, and who came by it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from huntred.conversations.models import ChannelAccount
from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import FieldInvalid, NotFound
from huntred.reporting import campaigns as reporting
from huntred.reporting.campaigns import CampaignFigures
from huntred.tracking import service
from huntred.tracking.models import Campaign, CampaignClicks, CampaignTouch
from huntred.tracking.service import CampaignForm
from tests.factories.desk import Desk
from tests.factories.figures import application

PAGE = "http://gateway.test/chat/amigro"


def made(desk: Desk, unit: str = "amigro", **values: Any) -> Campaign:
    with desk.work(unit) as uow:
        return service.create(uow, CampaignForm(**({"name": "Volante", "channel": "web"} | values)), None, now=desk.now)


@pytest.mark.parametrize(
    ("channel", "greeting", "target"),
    [
        ("whatsapp", "Hola, quiero información", "https://wa.me/52{number}?text=Hola%2C%20quiero%20informaci%C3%B3n%20%28{code}%29"),
        ("whatsapp", "", "https://wa.me/52{number}?text={code}"),
        ("telegram", "Hola", "https://t.me/{bot}?start={code}"), ("web", "Hola", PAGE + "?ref={code}"), ("page", "", ""),
    ],
)  # fmt: skip
def test_a_link_leads_into_the_unit_s_own_chat_with_its_code(desk: Desk, channel: str, greeting: str, target: str) -> None:
    campaign = made(desk, channel=channel, greeting=greeting)
    accounts = desk.rows(select(ChannelAccount).where(ChannelAccount.unit == "amigro"))
    addresses = {account.channel: account.address for account in accounts}
    number = "".join(char for char in addresses["whatsapp"] if char.isdigit())
    with desk.work() as uow:
        leads = service.target_of(uow, campaign, PAGE)
    wanted = target.format(code=campaign.code, number=number.removeprefix("52"), bot=addresses["telegram"].lstrip("@"))
    assert leads == wanted
    assert desk.outbox() == []


def test_where_the_unit_answers_no_more_the_page_with_its_other_channels_is_shown(desk: Desk) -> None:
    campaign = made(desk, channel="telegram")
    desk.execute("UPDATE channel_accounts SET active = false WHERE unit = 'amigro' AND channel = 'telegram'")
    with desk.work() as uow:
        assert service.target_of(uow, campaign, PAGE) == ""
        assert set(service.entries_of(uow, campaign, PAGE)) == {"whatsapp", "web"}


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "campaign"), ({"name": "x" * 81}, "campaign"), ({"source": "x" * 41}, "source"),
        ({"greeting": "x" * 201}, "greeting"), ({"greeting": "Hola VIA-ABCD2345"}, "greeting"),
        ({"channel": "fax"}, "campaign_channel"), ({"start": "apply"}, "campaign_start"), ({"start": "vacancy"}, "vacancy_id"),
    ],
)  # fmt: skip
def test_a_campaign_that_cannot_work_is_refused(desk: Desk, values: dict[str, str], field: str) -> None:
    with pytest.raises(FieldInvalid) as refused:
        made(desk, **values)
    assert refused.value.field == field


def test_sexsi_never_goes_over_whatsapp(desk: Desk) -> None:
    with pytest.raises(FieldInvalid):
        made(desk, "sexsi", channel="whatsapp")


def test_the_vacancy_of_another_unit_is_not_there(desk: Desk) -> None:
    foreign = application(desk, [("new", timedelta(days=1))], unit="huntu").vacancy_id
    with pytest.raises(NotFound):
        made(desk, start="vacancy", vacancy_id=foreign)


def test_clicks_are_numbers_of_a_day_of_the_unit_s_zone(desk: Desk) -> None:
    campaign = made(desk)
    late = desk.now.replace(hour=3)  # still the day before in Mexico
    with desk.work() as uow:
        for program in (False, False, True):
            service.count_click(uow, campaign, program=program, now=late)
    [row] = desk.rows(select(CampaignClicks))
    assert (row.day, row.clicks, row.programs) == (late.date() - timedelta(days=1), 2, 1)
    assert {column.name for column in CampaignClicks.__table__.columns} == {
        "campaign_id", "day", "unit", "clicks", "programs"
    }  # fmt: skip


def test_the_same_touch_again_changes_nothing_and_another_unit_s_code_says_nothing(desk: Desk) -> None:
    campaign, conversation, foreign = made(desk), desk.chat(), desk.chat("huntu")
    with desk.work() as uow:
        for hours in (0, 2, 1, 0):
            service.touch(uow, campaign.code, conversation.id, at=desk.now + timedelta(hours=hours))
        service.touch(uow, "VIA-ZZZZ2345", conversation.id, at=desk.now)
    with desk.work("huntu") as uow:
        service.touch(uow, campaign.code, foreign.id, at=desk.now)
    [row] = desk.rows(select(CampaignTouch))
    assert (row.conversation_id, row.first_at, row.last_at) == (
        conversation.id, desk.now, desk.now + timedelta(hours=2)
    )  # fmt: skip


def test_a_campaign_that_rests_counts_nothing(desk: Desk) -> None:
    campaign, conversation = made(desk), desk.chat()
    with desk.work() as uow:
        service.set_active(uow, campaign.id, False)
        service.touch(uow, campaign.code, conversation.id, at=desk.now)
        service.count_click(uow, service.get(uow, campaign.id), program=False, now=desk.now)
    assert desk.rows(select(CampaignTouch)) == desk.rows(select(CampaignClicks)) == []


def _figures(desk: Desk, unit: str = "amigro") -> dict[str, CampaignFigures]:
    with desk.work(unit) as uow:
        found = reporting.figures(uow.session, [unit], generated=False)
        return {service.get(uow, campaign).name: told for campaign, told in found.items()}


def _came(desk: Desk, uow: UnitOfWork, code: str, made_application: Any, days: int) -> None:
    service.touch(uow, code, made_application.conversation_id, at=desk.now - timedelta(days=days))


def test_the_first_campaign_keeps_who_came_and_how_far_they_got(desk: Desk) -> None:
    first, second = made(desk, name="Primera"), made(desk, name="Segunda")
    day = timedelta(days=1)
    hired = application(desk, [("new", 8 * day), ("interview", 5 * day), ("hired", day)])
    asked = application(desk, [("new", 8 * day), ("interview", 5 * day), ("rejected", day)])
    before = application(desk, [("new", 8 * day)])
    demo = application(desk, [("new", 8 * day)], generated=True)
    for one in (hired, asked, before, demo):
        desk.execute("UPDATE conversations SET person_id = :p WHERE id = :c", p=one.person_id, c=one.conversation_id)
    desk.execute("UPDATE unit_profiles SET completed_at = :at WHERE person_id = :p", at=desk.now - 8 * day, p=hired.person_id)
    with desk.work() as uow:
        _came(desk, uow, first.code, hired, 9)
        _came(desk, uow, second.code, hired, 2)
        _came(desk, uow, first.code, asked, 9)
        _came(desk, uow, first.code, before, 3)  # had applied before
        _came(desk, uow, first.code, demo, 9)
    assert _figures(desk) == {
        "Primera": CampaignFigures(conversations=4, registrations=1, applications=2, interviews=2, hires=1),
        "Segunda": CampaignFigures(later=1),
    }
    # A second chat of the same person is theirs too: the campaign that came first keeps the person.
    other = desk.chat(channel="telegram")
    desk.execute("UPDATE conversations SET person_id = :p WHERE id = :c", p=hired.person_id, c=other.id)
    with desk.work() as uow:
        service.touch(uow, second.code, other.id, at=desk.now - 4 * day)
    assert _figures(desk)["Segunda"] == CampaignFigures(conversations=1, later=1)
    assert _figures(desk)["Primera"].hires == 1
