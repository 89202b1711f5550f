"""What a prediction is made from, and what it says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

State = Literal["off", "insufficient", "unproven", "outlasted", "shown"]


@dataclass(frozen=True)
class Terms:
    """The settings. enabled: ENABLE_ML_FEATURES. needed: ML_MIN_DATA_POINTS, the least ended cases of a unit."""

    enabled: bool
    needed: int


@dataclass(frozen=True)
class Traits:
    """What makes two cases alike. numbers: each about 0 to 1, none where it is not known; words: of titles and kinds.

    Nothing of LFT art. 133 is ever among them (sex, age, origin, health, religion and the like).
    """

    numbers: tuple[float | None, ...] = ()
    words: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Case:
    """One that has ended. good: filled, or hired. number: as people know it (V-1001)."""

    id: UUID
    number: int
    title: str
    began_at: datetime
    ended_at: datetime
    good: bool
    traits: Traits

    @property
    def days(self) -> float:
        """From its beginning to its end."""
        return (self.ended_at - self.began_at).total_seconds() / 86_400


@dataclass(frozen=True)
class Forecast:
    """value between low and high, which hold in four of five cases; cases: what it rests on, the most alike first."""

    value: float
    low: float
    high: float
    cases: tuple[Case, ...]


@dataclass(frozen=True)
class Check:
    """How it would have done on the unit's own past. judged: how many could be looked back on.

    loss, base_loss: mean error of it and of the base rate (squared for a chance, days for a time). better: it is so,
    beyond doubt. coverage: share of what happened that lay between low and high, for a time.
    """

    judged: int
    loss: float
    base_loss: float
    better: bool
    coverage: float | None = None

    @property
    def skill(self) -> float:
        """How much of the base rate's error it takes away, 0 to 1; below 0 where it adds to it."""
        return 1 - self.loss / self.base_loss if self.base_loss else 0.0


@dataclass(frozen=True)
class Prediction:
    """state: off by a setting; insufficient (cases of needed); unproven, no better than the base rate; shown.

    outlasted: it has taken longer than nearly all cases, so that they say no more of it.
    """

    state: State
    cases: int
    needed: int
    forecast: Forecast | None = None
    check: Check | None = None


@dataclass(frozen=True)
class Stay:
    """The time of one application in one stage, which a move ended. id, number: of the application.

    work: as when it came. signs: of what can happen there (SIGNS of next_stage.py), when it first did.
    """

    id: UUID
    number: int
    title: str
    stage_id: UUID
    to_stage_id: UUID
    forward: bool
    entered_at: datetime
    ended_at: datetime
    work: Traits
    signs: tuple[datetime | None, ...]

    @property
    def days(self) -> float:
        return (self.ended_at - self.entered_at).total_seconds() / 86_400


@dataclass(frozen=True)
class Standing:
    """Of an application that stands in a stage now: what a Stay says of one that has ended."""

    id: UUID
    stage_id: UUID
    entered_at: datetime
    work: Traits
    signs: tuple[datetime | None, ...]


@dataclass(frozen=True)
class NextStage:
    """Where most of the most like cases went, a step forward. count: of them that did, of forecast.cases."""

    to_stage_id: UUID
    count: int
    forecast: Forecast


@dataclass(frozen=True)
class Outlook:
    """Of a vacancy that is open: the chance that it is filled, and in how many days from its publication."""

    chance: Prediction
    days: Prediction
