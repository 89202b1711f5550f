"""Which rows of a preview look like a vacancy that is there, or like an earlier row of the same file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from huntred.alike import finding
from huntred.alike.ports import TitleReader
from huntred.alike.reading import Read, read
from huntred.alike.rules import Likeness, compare
from huntred.db.unit_of_work import UnitOfWork
from huntred.importing.forms import traits_of
from huntred.importing.rules import ReadRow
from huntred.vacancies.models import Vacancy

KEEP, SKIP, UPDATE = "keep", "skip", "update"
# Each row is compared with all that may be like it; of a larger file the first so many.
MOST_ROWS = 300
_MOST_TWINS = 20


@dataclass(frozen=True)
class Like:
    """What a row looks like. vacancy: the one that is there; none: an earlier row of the file, `twin`."""

    row: int
    likeness: Likeness
    vacancy: Vacancy | None = None
    twin: int = 0


def of_rows(uow: UnitOfWork, titles: TitleReader, unit: str, rows: Sequence[ReadRow]) -> dict[int, Like]:
    """Return row → the vacancy or earlier row that it looks like most."""
    found: dict[int, Like] = {}
    seen: dict[UUID, Read] = {}
    earlier: dict[tuple[str, str], list[tuple[int, Read]]] = {}
    for row in [one for one in rows if not one.faults][:MOST_ROWS]:
        traits = traits_of(row.values)
        mine = read(traits, titles.concept_of(traits.title))
        likely = finding.like(uow, titles, unit, mine, seen=seen)
        near = earlier.setdefault((mine.company, mine.city), [])
        if likely:
            found[row.row] = Like(row.row, likely[0][1], vacancy=likely[0][0])
        else:
            twins = [(number, compare(mine, other)) for number, other in near[-_MOST_TWINS:]]
            best = max(
                ((number, one) for number, one in twins if one is not None),
                key=lambda pair: pair[1].strength, default=None,
            )  # fmt: skip
            if best is not None:
                found[row.row] = Like(row.row, best[1], twin=best[0])
        near.append((row.row, mine))
    return found


def settle(found: dict[int, Like], said: dict[int, str], otherwise: str) -> dict[str, str]:
    """Return what to do with each row that looks like another: by what was said of it, else of all.

    said: row → KEEP, SKIP or UPDATE. A row that looks like another row has nothing to update.
    """
    choices = {}
    for row, like in found.items():
        choice = said.get(row) or otherwise
        if choice == UPDATE and like.vacancy is not None:
            choices[str(row)] = f"{UPDATE}:{like.vacancy.id}"
        elif choice == SKIP:
            choices[str(row)] = SKIP
    return choices
