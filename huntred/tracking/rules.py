"""What a campaign's link may be; pure."""

from __future__ import annotations

from collections.abc import Mapping

# Where a link leads. page: a page of ours that offers the unit's channels.
CHANNELS = ("whatsapp", "telegram", "web", "page")
# What begins once the person agreed to the notice; vacancy: the campaign's own.
STARTS = ("", "search", "register", "vacancy")
LONGEST_NAME = 80
LONGEST_WORD = 40


def channels_of(addresses: Mapping[str, str]) -> list[str]:
    """Return where links of a unit may lead. addresses: channel → what people dial."""
    return [channel for channel in CHANNELS if channel in {"web", "page"} or addresses.get(channel)]


def share(part: int, whole: int) -> float | None:
    """Return the share, 0 to 1 (or more, where a count is of another kind); None of nothing."""
    return part / whole if whole else None
