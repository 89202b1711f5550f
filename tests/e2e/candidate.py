"""A person with a telephone, as the tests move them: says something, and waits for what the platform answers."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from tests.standins.client import Shown, StandinsClient


@dataclass
class Candidate:
    """account: `whatsapp:amigro`, `telegram:huntred_executive` …; user: digits."""

    phone: StandinsClient
    account: str
    user: str
    name: str = ""
    _seen: int = field(default=0)

    def says(self, text: str, expect: str = "", timeout: float = 30) -> Shown:
        """Write a text; return the first answer that holds `expect`."""
        self._seen = len(self.received)
        self.phone.send_text(self.user, self.account, text, self.name)
        return self.gets(expect, timeout)

    def presses(self, option: str, expect: str = "", timeout: float = 30) -> Shown:
        """Press a button or a row; return the first answer that holds `expect`."""
        self._seen = len(self.received)
        self.phone.choose(self.user, self.account, option)
        return self.gets(expect, timeout)

    def shares(self, latitude: float, longitude: float, expect: str = "") -> Shown:
        self._seen = len(self.received)
        self.phone.send_location(self.user, self.account, latitude, longitude)
        return self.gets(expect)

    def gets(self, expect: str = "", timeout: float = 30) -> Shown:
        """Wait for a message, newer than what was last said, that holds `expect`."""
        return self.phone.wait_for_reply(self.user, self.account, expect, self._seen, timeout)

    @property
    def received(self) -> list[Shown]:
        return self.phone.messages(self.user, self.account)

    @property
    def transcript(self) -> str:
        return self.phone.transcript(self.user, self.account)

    def settles(self, quiet_seconds: float = 0.8, timeout: float = 30) -> list[Shown]:
        """Wait until nothing new has come for a while; return what came since the last thing said.

        Telegram takes one message a second in a chat: there the while is longer.
        """
        quiet_seconds += 1.2 if self.account.startswith("telegram") else 0.0
        deadline, last, since = time.monotonic() + timeout, len(self.received), time.monotonic()
        while time.monotonic() - since < quiet_seconds and time.monotonic() < deadline:
            time.sleep(0.1)
            if len(self.received) != last:
                last, since = len(self.received), time.monotonic()
        return self.received[self._seen :]
