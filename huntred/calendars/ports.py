"""What is needed of a calendar server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from huntred.errors import ProviderError

FAULTS = ("login", "not_found", "not_a_calendar", "full", "away")


@dataclass(frozen=True)
class Login:
    """As the server wants it: mostly a password made for one program alone."""

    username: str
    password: str


@dataclass(frozen=True)
class Found:
    """A calendar that takes events. url: of its collection, with a slash at its end."""

    url: str
    name: str


class CalendarFault(ProviderError):
    """Nothing came of a call. fault: one of FAULTS; away: it may work later."""

    def __init__(self, fault: str, text: str = "") -> None:
        self.fault = fault
        super().__init__(text or fault)


class CalendarServer(Protocol):
    """Every call raises CalendarFault. What is put again under the same name replaces what stood there."""

    def calendars(self, url: str, login: Login) -> list[Found]:
        """The user's calendars, from the address of the server, of the user's place on it or of one calendar."""
        ...

    def put(self, calendar_url: str, login: Login, name: str, content: bytes) -> None:
        """name: of the entry within the calendar; content: one event, as a file (RFC 5545)."""
        ...

    def remove(self, calendar_url: str, login: Login, name: str) -> None:
        """What is not there is removed."""
        ...
