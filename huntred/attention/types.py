"""The facts of a vacancy, what they are put beside, and what follows from them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

AlertKind = Literal[
    "slots_missing", "unanswered", "no_movement", "no_interview", "few_applicants", "pay_below", "overdue",
    "no_consultant",
]  # fmt: skip


@dataclass(frozen=True)
class Position:
    """What makes two vacancies alike. pay: gross, a month, the most that is offered; none where it is not said."""

    id: UUID
    title: str
    kind: str
    region: str
    city: str
    remote: bool
    pay: Decimal | None


@dataclass(frozen=True)
class Filled:
    """One of the unit that was filled. number: as people know it. days: from its publication.

    applied_after: of each who applied, the days since its publication.
    """

    position: Position
    number: int
    filled_at: datetime
    days: float
    applied_after: tuple[float, ...] = ()
    interviews: int = 0
    hires: int = 0

    @property
    def interviews_per_hire(self) -> float | None:
        return self.interviews / self.hires if self.hires else None

    def applicants_at(self, days: float) -> int:
        """How many had applied so many days after its publication."""
        return sum(1 for after in self.applied_after if after <= days)


@dataclass(frozen=True)
class Spread:
    """The first quartile, the median and the third quartile of so many figures."""

    low: float
    middle: float
    high: float
    count: int


@dataclass(frozen=True)
class Comparison:
    """Alike ones that were filled, the latest first, and their figures; a spread is none where too few say it.

    near_pay: whether they were chosen by pay too. found: how many are alike, also where that is too few to compare.
    """

    found: int
    alike: tuple[Filled, ...] = ()
    near_pay: bool = False
    days: Spread | None = None
    applicants: Spread | None = None
    interviews_per_hire: Spread | None = None
    pay: Spread | None = None


@dataclass(frozen=True)
class StageStand:
    """Those who stand in one stage. oldest_days, usual_days: the longest wait, and the median of the unit (if known).

    late: who has waited too long beyond it. waiting: who has waited for two days.
    """

    stage_id: UUID
    name: str
    kind: str
    count: int
    late: int
    waiting: int
    oldest_days: float
    usual_days: float | None


@dataclass(frozen=True)
class Facts:
    """Of an open vacancy, now. uninterviewed: who stands in an interview stage and has none ahead and had none there.

    free_times: open ones ahead for this vacancy. generated: of a demonstration.
    """

    position: Position
    unit: str
    number: int
    consultant_id: UUID | None
    open_days: float
    generated: bool
    stages: tuple[StageStand, ...] = ()
    interviews: int = 0
    uninterviewed: int = 0
    free_times: int = 0

    @property
    def applicants(self) -> int:
        return sum(stage.count for stage in self.stages)

    @property
    def hires(self) -> int:
        return sum(stage.count for stage in self.stages if stage.kind == "hired")

    @property
    def interviews_per_hire(self) -> float | None:
        return self.interviews / self.hires if self.hires else None


@dataclass(frozen=True)
class Alert:
    """What to look at and why. level: grows as it gets worse; key: other facts of the same kind make it another one.

    values: the figures of its reason.
    """

    kind: AlertKind
    level: int = 1
    key: str = ""
    values: dict[str, float | int | str] = field(default_factory=dict)


@dataclass(frozen=True)
class Dismissed:
    """An alert that somebody set aside: it comes back once it gets worse or is about something else."""

    alert: Alert
    reason: str
    by: UUID | None
    at: datetime


@dataclass(frozen=True)
class Attention:
    """What the facts of one vacancy say: what to do, the most pressing first, and what was set aside."""

    facts: Facts
    comparison: Comparison
    alerts: tuple[Alert, ...]
    dismissed: tuple[Dismissed, ...] = ()


@dataclass(frozen=True)
class Untold:
    """Of a vacancy, what its consultant was not told yet. number: as people know it; rows: the alerts' own ids."""

    vacancy_id: UUID
    title: str
    number: int
    kinds: tuple[str, ...]
    rows: tuple[UUID, ...]
