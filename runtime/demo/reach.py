"""Campaigns by link: how often each was opened, day by day, and which chats came by it."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from contract.campaigns import PREFIX
from runtime.demo.dice import Dice
from runtime.demo.families import code
from runtime.demo.interviews import ZONE
from runtime.demo.parts import Demo, MadeConversation

# Of the chats that began while a campaign ran, so many came by one.
_BY_LINK = 0.45
# Of all clicks in a week, by weekday from Monday on.
_WEEKDAYS = (1.0, 1.1, 1.15, 1.1, 0.95, 0.7, 0.6)


def make_campaigns(demo: Demo) -> None:
    dice = Dice("campaigns")
    for unit in demo.units:
        running: list[tuple[UUID, datetime, datetime, float]] = []
        for written in demo.content.campaigns.get(unit, []):
            running.append(_campaign(demo, dice, unit, written))
        came: dict[UUID, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for made in demo.conversations:
            if made.unit != unit or not running or not dice.chance(_BY_LINK):
                continue
            at = made.said[0][2]
            open_then = [(one[0], round(one[3])) for one in running if one[1] <= at < one[2]]
            if open_then:
                campaign = dice.weighted(open_then)
                came[campaign][at.astimezone(ZoneInfo(ZONE)).date().isoformat()] += 1
                _touch(demo, campaign, made, at)
        for campaign, since, until, size in running:
            _clicks(demo, dice, unit, campaign, since, until, size, came[campaign])


def _campaign(
    demo: Demo, dice: Dice, unit: str, written: dict[str, object]
) -> tuple[UUID, datetime, datetime, float]:
    since = demo.now - timedelta(days=int(str(written["days_ago"])))
    until = demo.now - timedelta(days=int(str(written.get("paused_days_ago", -1))))
    vacancy = None
    if written.get("start") == "vacancy":
        shown = [one for one in demo.vacancies if one.unit == unit and one.state == "open" and not one.confidential]
        vacancy = dice.one(shown)
    whatsapp = demo.channel_of(unit) == "whatsapp"
    channel = str(written["channel"])
    campaign_id = dice.new_id()
    demo.add(
        "campaigns", id=campaign_id, unit=unit, code=code(dice, PREFIX),
        name=str(written["name"]).format(title=vacancy.title if vacancy else ""), source=written["source"],
        medium=written["medium"], channel="web" if channel == "whatsapp" and not whatsapp else channel,
        greeting=written.get("greeting", ""), start=written.get("start", ""),
        vacancy_id=vacancy.id if vacancy else None, active="paused_days_ago" not in written,
        created_by=demo.users[unit][0], created_at=since,
    )  # fmt: skip
    return campaign_id, since, until, float(str(written["size"]))


def _touch(demo: Demo, campaign: UUID, made: MadeConversation, at: datetime) -> None:
    demo.add(
        "campaign_touches", campaign_id=campaign, conversation_id=made.id, unit=made.unit, first_at=at, last_at=at
    )


def _clicks(
    demo: Demo, dice: Dice, unit: str, campaign: UUID, since: datetime, until: datetime, size: float,
    came: dict[str, int],
) -> None:  # fmt: skip
    """Many at first, fewer later, fewer still on Sundays; and never less than what came of them."""
    day, number = since.astimezone(ZoneInfo(ZONE)).date(), 0
    last = min(until, demo.now).astimezone(ZoneInfo(ZONE)).date()
    while day <= last:
        usual = size * (0.45 + 1.3 * 0.93**number) * _WEEKDAYS[day.weekday()]
        clicks = round(usual * dice.between(0.7, 1.35)) + came.get(day.isoformat(), 0)
        if clicks:
            demo.add(
                "campaign_clicks", campaign_id=campaign, day=day, unit=unit, clicks=clicks,
                programs=round(clicks * dice.between(0.05, 0.3)),
            )  # fmt: skip
        day, number = day + timedelta(days=1), number + 1
