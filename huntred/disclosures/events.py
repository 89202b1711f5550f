"""What happened between the two sides of a confidential search."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from huntred.events.types import Event


@dataclass(frozen=True)
class ClientAgreed(Event):
    """The client wants to know who it is; the candidate has not agreed yet. agreement_id: of the client's word."""

    agreement_id: UUID
    vacancy_id: UUID
    person_id: UUID


@dataclass(frozen=True)
class NamesOpened(Event):
    """Both agreed. agreement_id: of the word that came last."""

    agreement_id: UUID
    vacancy_id: UUID
    person_id: UUID
