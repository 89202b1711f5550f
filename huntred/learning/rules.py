"""Which skills are worth learning, by what vacancies ask for; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from contract.text import normalise
from huntred.matching.ports import Evidence

# What somebody can learn; studies and other conditions are no step of a plan.
LEARNABLE = frozenset({"skill", "language", "certification"})
MOST_OPEN = 5
LONGEST_SKILL, LONGEST_NOTE = 80, 500


@dataclass
class Lack:
    """A skill that asked_by vacancies ask for and the person does not show; musts: how many cannot do without."""

    skill: str
    musts: int = 0
    vacancies: list[int] = field(default_factory=list)

    @property
    def asked_by(self) -> int:
        return len(self.vacancies)


def key_of(skill: str) -> str:
    return normalise(skill)


def lacking(asked: Sequence[tuple[int, Sequence[Evidence]]]) -> list[Lack]:
    """Return what is lacking, what most vacancies ask for first. asked: number and evidence of each vacancy."""
    found: dict[str, Lack] = {}
    for number, evidence in asked:
        for item in evidence:
            if not item.name or item.code not in LEARNABLE or item.state == "met":
                continue
            lack = found.setdefault(key_of(item.name), Lack(item.name))
            if number not in lack.vacancies:
                lack.vacancies.append(number)
                lack.musts += item.importance == "must"
    return sorted(found.values(), key=lambda lack: (-lack.asked_by, -lack.musts, key_of(lack.skill)))
