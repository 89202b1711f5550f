"""Results of the people services, as their callers see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class RecapLine:
    """One field that was told, and how it is shown."""

    field: str
    value: str


@dataclass(frozen=True)
class Invitation:
    """code: what the friend brings. url: opens a chat with the unit with the code in it (empty: no channel for it).

    text_values: what the text to forward is filled with.
    """

    code: str
    url: str
    text_values: Mapping[str, str]
