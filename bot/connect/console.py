"""Talks with the operator: asks for what is needed and says what is done. A secret is never shown."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable, Mapping

Ask = Callable[[str, bool], str]


class Stop(Exception):
    """It cannot go on. do: what the operator can do about it."""

    def __init__(self, what: str, do: str) -> None:
        super().__init__(what)
        self.do = do


def at_the_keyboard(question: str, secret: bool) -> str:
    return (getpass.getpass(f"{question}: ") if secret else input(f"{question}: ")).strip()


class Console:
    """given: answers by variable (CONNECT_WHATSAPP_ACCESS_TOKEN …). ask: None where nobody is there to answer."""

    def __init__(
        self,
        channel: str,
        given: Mapping[str, str],
        *,
        ask: Ask | None = None,
        say: Callable[[str], None] | None = None,
    ) -> None:
        self._prefix = f"CONNECT_{channel.upper()}_"
        self._given = given
        self._ask = ask
        self._say = say or _print
        self.faults = 0

    def ask(self, name: str, what: str, known: str = "", *, secret: bool = False, optional: bool = False) -> str:
        """Return the answer: of the environment, else what is typed, else what is known. Raises Stop.

        name: access_token for CONNECT_<CHANNEL>_ACCESS_TOKEN. known: what an earlier run kept.
        """
        variable = self._prefix + name.upper()
        given = self._given.get(variable, "").strip()
        if given:
            return given
        if self._ask is not None:
            hint = " [Enter keeps the one that is stored]" if known and secret else f" [{known}]" if known else ""
            typed = self._ask(what + hint + (" (Enter for none)" if optional and not known else ""), secret)
            if typed:
                return typed
        if known or optional:
            return known
        raise Stop(f"{what} is missing", f"give it when asked, or set {variable}")

    def good(self, text: str) -> None:
        self._say(f"  ok     {text}")

    def note(self, text: str) -> None:
        self._say(f"  note   {text}")

    def wrong(self, text: str, do: str) -> None:
        """Something is not as it should be, and the rest can go on."""
        self.faults += 1
        self._say(f"  WRONG  {text}\n         → {do}")

    def plain(self, text: str) -> None:
        self._say(text)


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
