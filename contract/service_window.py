"""How long after a person's last message a vendor lets us write freely. Pure; the gateway decides by it, pages show it.

WhatsApp, Messenger and Instagram: 24 hours (Meta's customer service window); the last two give a person's own words,
never an automaton's, seven days by the tag HUMAN_AGENT. The other channels have no window.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

WINDOW = timedelta(hours=24)
HUMAN_WINDOW = timedelta(days=7)
WINDOWED = frozenset({"whatsapp", "messenger", "instagram"})
HUMAN_TAGGED = frozenset({"messenger", "instagram"})
# Our clock may be behind Meta's: in the last seconds a template is the safe way.
MARGIN = timedelta(seconds=30)
_LONG_AGO = datetime(1970, 1, 1, tzinfo=timezone.utc)


def closes_at(channel: str, last_inbound_at: datetime | None) -> datetime | None:
    """Return until when a person of the team may write freely (long ago where nobody wrote); None: for ever."""
    if channel not in WINDOWED:
        return None
    if last_inbound_at is None:
        return _LONG_AGO
    return last_inbound_at + (HUMAN_WINDOW if channel in HUMAN_TAGGED else WINDOW) - MARGIN

