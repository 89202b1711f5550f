"""When a user is told of a unit: in its office hours unless they want any hour, and never in their quiet time. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from contract.quiet_hours import QuietHours
from huntred.units.office_hours import OfficeHours


@dataclass(frozen=True)
class Wanted:
    """any_hour: not only in office hours. quiet: of the day, from and to; timezone: the user's, empty: the unit's."""

    any_hour: bool = False
    quiet: tuple[time, time] | None = None
    timezone: str = ""


@dataclass(frozen=True)
class Told:
    """They may be told. since: when their hours began; none where they never end."""

    since: datetime | None


def told(wanted: Wanted, office: OfficeHours, now: datetime) -> Told | None:
    """Return since when a user may be told; none where they may not be now."""
    begins: list[datetime] = []
    if not wanted.any_hour:
        opened = office.opened_at(now)
        if opened is None:
            return None
        begins.append(opened)
    if wanted.quiet is not None and wanted.quiet[0] != wanted.quiet[1]:
        zone = ZoneInfo(wanted.timezone) if wanted.timezone else office.timezone
        if QuietHours(*wanted.quiet, zone).until(now) is not None:
            return None
        begins.append(_last(wanted.quiet[1], zone, now))
    return Told(max(begins, default=None))


def _last(at: time, zone: ZoneInfo, now: datetime) -> datetime:
    """The last time that it was this hour."""
    local = now.astimezone(zone)
    today = datetime.combine(local.date(), at, zone)
    return today if today <= local else datetime.combine(local.date() - timedelta(days=1), at, zone)
