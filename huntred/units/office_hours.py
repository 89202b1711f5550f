"""When a unit's people are at work, by day of the week, in the unit's time zone. Pure.

Not what candidates read (`hours_text`), nor when they are left alone (contract/quiet_hours.py): by these hours the
team is told that somebody waits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

Span = tuple[time, time]

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# As the form of a unit shows them, each with the days that it stands for.
GROUPS = {"weekdays": DAYS[:5], "saturday": DAYS[5:6], "sunday": DAYS[6:]}
_USUAL = [{"days": list(GROUPS["weekdays"]), "from": "09:00", "to": "19:00"}]


@dataclass(frozen=True)
class OfficeHours:
    """spans: day of DAYS → from and to; a day without one is not worked. A span ends on the day it began."""

    spans: Mapping[str, Span]
    timezone: ZoneInfo

    def opened_at(self, now: datetime) -> datetime | None:
        """Return since when they are at work; none where they are not."""
        local = now.astimezone(self.timezone)
        span = self.spans.get(DAYS[local.weekday()])
        if span is None or not span[0] <= local.time().replace(tzinfo=None) < span[1]:
            return None
        return datetime.combine(local.date(), span[0], self.timezone)


def of_unit(settings: Mapping[str, Any], timezone: str) -> OfficeHours:
    """Read `hours: [{days: [mon, …], from, to}]` of a unit's settings; without it Monday to Friday, 9:00 to 19:00."""
    return OfficeHours(spans_of(settings), ZoneInfo(timezone))


def spans_of(settings: Mapping[str, Any]) -> dict[str, Span]:
    """Return day → from and to."""
    given = settings.get("hours", _USUAL)
    return {
        str(day): (time.fromisoformat(row["from"]), time.fromisoformat(row["to"]))
        for row in given
        for day in row["days"]
    }


def as_settings(groups: Mapping[str, Span | None]) -> list[dict[str, Any]]:
    """Return what stands in the settings. groups: of GROUPS; none where nobody works."""
    return [
        {"days": list(GROUPS[group]), "from": f"{span[0]:%H:%M}", "to": f"{span[1]:%H:%M}"}
        for group, span in groups.items()
        if span is not None
    ]
