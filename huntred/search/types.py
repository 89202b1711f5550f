"""What a search finds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

Kind = Literal["person", "vacancy", "company", "application", "talk"]


@dataclass(frozen=True)
class Hit:
    """One thing found. name: as people call it. about: its work, company or place. number: where it has one.

    state: of a vacancy or an application's stage, the channel of a conversation.
    """

    kind: Kind
    id: UUID
    unit: str
    name: str
    about: str = ""
    number: int | None = None
    state: str = ""


@dataclass(frozen=True)
class Found:
    """By kind, the closest first; a kind that has none is left out."""

    groups: Sequence[tuple[Kind, Sequence[Hit]]]

    @property
    def total(self) -> int:
        return sum(len(hits) for _, hits in self.groups)
