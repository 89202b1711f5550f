"""Short-lived tokens of the live stream: which units or which one conversation the holder may be nudged about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from backoffice import work
from huntred.privacy.links import read_link, sign_link

LIFE = timedelta(minutes=10)
_PURPOSE = "live"


@dataclass(frozen=True)
class LiveScope:
    """What a stream watches; `expires_at` ends it, and the page asks for another token."""

    units: tuple[str, ...]
    divisions: tuple[UUID, ...]
    conversation_id: UUID | None
    expires_at: datetime
    messaging: bool = False
    # Of whose workbench; empty: it watches none.
    design: tuple[str, ...] = ()


def for_units() -> str:
    """A token for the lists of the signed-in user's units."""
    return _sign(None)


def for_conversation(conversation_id: UUID) -> str:
    """A token for one conversation that this request has already been allowed to see."""
    return _sign(conversation_id)


def for_messaging() -> str:
    """A token for the state of inbox and outbox of the signed-in user's units."""
    return _sign(None, messaging=True)


def for_workbench() -> str:
    """A token for the tests that the signed-in designer waits for."""
    return _sign(None, workbench=True)


def read(secret: str, token: str, *, now: datetime) -> LiveScope:
    """Raises LinkExpired, LinkInvalid."""
    values = read_link(secret, _PURPOSE, token, now=now)
    return LiveScope(
        units=tuple(values["units"]),
        divisions=tuple(UUID(value) for value in values["divisions"]),
        conversation_id=UUID(values["conversation"]) if values["conversation"] else None,
        expires_at=datetime.fromisoformat(values["until"]),
        messaging=bool(values.get("messaging")),
        design=tuple(values.get("design", ())),
    )


def _sign(conversation_id: UUID | None, *, messaging: bool = False, workbench: bool = False) -> str:
    scope, until = work.current_work().scope, work.now() + LIFE
    values = {
        "units": list(scope.units),
        "divisions": [str(division) for division in scope.divisions],
        "conversation": str(conversation_id) if conversation_id else "",
        "until": until.isoformat(),
        "messaging": messaging,
        "design": list(scope.design) if workbench else [],
    }
    return sign_link(work.wiring().settings.link_secret, _PURPOSE, values, expires_at=until)
