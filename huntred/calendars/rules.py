"""Where a password may go on to, what is written anew, and when a calendar is tried again; pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import SplitResult
from uuid import UUID

from huntred.outside.pauses import again_at

EVERY = timedelta(minutes=10)
"""What no event tells of (a vacancy is given to a colleague, a name may be said) is seen so late at most."""
_PAUSES_SECONDS = (60, 300, 900, 3600, 6 * 3600)
# Names of two parts under which strangers stand side by side, as nube.com.mx and correo.com.mx.
_SHARED = frozenset({"com", "org", "net", "gob", "gov", "edu", "ac", "co"})


def may_know_password(asked: SplitResult, named: SplitResult) -> bool:
    """Whether a server that was asked may lead on to another: to itself, or to one of the same owner's name.

    iCloud names p42-caldav.icloud.com for what caldav.icloud.com was asked. Never from TLS to none.
    """
    if named.scheme != asked.scheme and named.scheme != "https":
        return False
    host, other = asked.hostname or "", named.hostname or ""
    if host == other:
        return asked.port == named.port or named.scheme == "https"
    owner = host.split(".")[1:]
    if len(owner) < 2 or (len(owner) == 2 and owner[0] in _SHARED) or host.replace(".", "").isdigit():
        return False
    return other.endswith("." + ".".join(owner))


def name_of(interview_id: UUID) -> str:
    """Return under which name an interview stands in a calendar: put twice, it stands there once."""
    return f"huntred-{interview_id}.ics"


def changes(wanted: Mapping[str, str], written: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Return the ids to write and those to take away. Both: digest of the entry by id."""
    return (
        [one for one, digest in wanted.items() if written.get(one) != digest],
        [one for one in written if one not in wanted],
    )


def next_try(attempts: int, now: datetime, jitter: float) -> datetime:
    """Return when a calendar is tried again that failed so often; it is never given up, only seldom asked."""
    return again_at(min(attempts, len(_PAUSES_SECONDS)), now, jitter, _PAUSES_SECONDS) or now + EVERY
