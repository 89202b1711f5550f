"""What a ranker is: it orders vacancies for a candidate and candidates for a vacancy, and says why.

And what an embedder is, by which texts that mean the same are found.

Nothing that the law forbids to weigh (LFT 133: origin, sex, age, disability, health, religion, orientation,
marital status) has a field here, so none of it can reach a ranker. A work permit decides which vacancies are
open to a person at all; it is judged in `service.py`, shown as evidence, and never scores.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

# Texts × dimensions, each row of unit length.
Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class CandidateFeatures:
    """What may be weighed of a candidate, or of what they search for. Empty and None: not told.

    title: the work that they look for. background: what else they wrote about their work.
    asks_for_title: they search for this work now, so that what has nothing of it does not fit, whatever their skills.
    salary_monthly: expected, gross. Coordinates: of where they live or want to work.
    """

    title: str = ""
    asks_for_title: bool = False
    background: str = ""
    skills: tuple[str, ...] = ()
    experience_years: Decimal | None = None
    salary_monthly: Decimal | None = None
    salary_currency: str = "MXN"
    city: str = ""
    region: str = ""
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True)
class RequirementFeatures:
    name: str
    kind: str = "skill"
    importance: str = "must"
    min_years: Decimal | None = None


@dataclass(frozen=True)
class VacancyFeatures:
    """What may be weighed of a vacancy. Salaries are monthly, gross."""

    id: UUID
    title: str
    description: str = ""
    schedule: str = ""
    seniority: str = ""
    requirements: tuple[RequirementFeatures, ...] = ()
    city: str = ""
    region: str = ""
    latitude: float | None = None
    longitude: float | None = None
    remote: bool = False
    min_experience_years: Decimal | None = None
    salary_min: Decimal | None = None
    salary_max: Decimal | None = None
    salary_currency: str = "MXN"
    # Which search shows it; it never scores.
    kind: str = "job"


@dataclass(frozen=True)
class Reason:
    """One thing that speaks for (a reason) or against (a gap). The wording of a code is `utter_reason_<code>`.

    Reasons: title_close, skills_met {skills, met, asked}, same_city {city}, near {km, city}, remote,
    salary_meets {}, salary_close {}, experience_enough {years}.
    Gaps: skills_missing {skills}, far {km, city}, other_city {city}, salary_below {}, experience_short {years, asked},
    place_unknown, salary_unknown (the candidate's), salary_not_published (the vacancy's), experience_unknown,
    skills_unknown, permit_unknown.
    """

    code: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Evidence:
    """What a candidate has to show for one thing that a vacancy asks for.

    feature: one of `combining.FEATURES`, or `permit`, which never scores. name: the requirement's own words; empty
    where the vacancy's field is meant (place, salary, …). importance: must or nice.
    state: met, partly, not (other skills were told, this one was not) or unknown. worth: 0 to 1; None: unknown.
    quote: the candidate's words that show it, or the value that does; stands_in: where in the profile they stand
    (headline, skills, experience_text, experience_years, city, salary, work_permit). code and values: what is said of
    it, as in Reason; of a named requirement, its kind.
    """

    feature: str
    state: str
    worth: float | None
    name: str = ""
    importance: str = "must"
    quote: str = ""
    stands_in: str = ""
    code: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Match:
    """subject_id: the vacancy's id when vacancies are ranked, the candidate's key when people are.

    score: 0 to 1, as `combining.score_of` tells it. fits: enough in common to be shown to somebody who searches for
    that work. distance_km: where both places are known. evidence: of everything that the vacancy asks for.
    """

    subject_id: UUID
    score: Decimal
    fits: bool
    reasons: tuple[Reason, ...]
    gaps: tuple[Reason, ...]
    evidence: tuple[Evidence, ...] = ()
    distance_km: float | None = None

    @property
    def vacancy_id(self) -> UUID:
        return self.subject_id

    @property
    def requirements(self) -> tuple[Evidence, ...]:
        """Of the requirements that were written down one by one."""
        return tuple(item for item in self.evidence if item.name)


# Points by feature; what they are together does not matter.
Weights = Mapping[str, float]


class Ranker(Protocol):
    """Best first; equal scores keep the order given. The same input gives the same output.

    weights: of the unit; those of `weights.yml` where none are given.
    """

    @property
    def model(self) -> str:
        """The name of the model by which phrases are compared; what is kept of phrases belongs to it."""
        ...

    def rank(
        self, query: CandidateFeatures, vacancies: Sequence[VacancyFeatures], weights: Weights | None = None
    ) -> list[Match]: ...

    def rank_people(
        self,
        vacancy: VacancyFeatures,
        people: Sequence[tuple[UUID, CandidateFeatures]],
        weights: Weights | None = None,
        *,
        kept: Sequence[bytes] = (),
    ) -> list[Match]:
        """kept: of these people's phrases, what `to_keep` gave; what is not among it is read anew."""
        ...

    def to_keep(self, people: Sequence[CandidateFeatures]) -> list[bytes]:
        """Return, one a person, what reading their phrases gave: to be stored and handed back to `rank_people`."""
        ...


@dataclass(frozen=True)
class Found:
    """places: rows in the order in which an index was given them, nearest first. scores: their inner products."""

    places: NDArray[np.int64]
    scores: NDArray[np.float32]


class VectorIndex(Protocol):
    """Finds the nearest of many vectors; nearly all of them, where there are very many."""

    def search(self, query: NDArray[np.float32], most: int, allowed: NDArray[np.bool_] | None = None) -> Found: ...


class StoreDown(Exception):
    """The vector database does not answer, or refuses what it is asked."""


class VectorStore(Protocol):
    """A vector database beside PostgreSQL, which stays the place where vectors are kept: this one can be made anew.

    kind: vacancies or people. model: of the vectors; each has a collection of its own. Every call raises StoreDown.
    """

    def nearest(
        self, kind: str, model: str, unit: str, query: NDArray[np.float32], most: int,
        among: Sequence[UUID] | None = None,
    ) -> list[tuple[UUID, float]]:  # fmt: skip
        """Return the unit's nearest with their inner products, the nearest first. among: of these only, exactly."""
        ...

    def keep(self, kind: str, model: str, unit: str, rows: Sequence[tuple[UUID, int]], vectors: Vectors) -> None:
        """Put these vectors in, in the place of what was there under the same ids. Returns once they are found.

        rows: of each vector the id, and the number of its version.
        """
        ...

    def known(self, kind: str, model: str, unit: str) -> dict[UUID, int]:
        """Return what is there, with the number of its version."""
        ...

    def count(self, kind: str, model: str, unit: str) -> int: ...

    def forget(self, kind: str, model: str, unit: str, ids: Sequence[UUID]) -> None: ...

    def forget_models(self, kind: str, kept: Sequence[str]) -> None:
        """Delete what there is of every other model."""
        ...


class Embedder(Protocol):
    """Turns texts into vectors whose inner product says how near they are in meaning, across languages too.

    name: of the model with its revision; vectors of different names are never compared. dimensions: of a vector.
    """

    @property
    def name(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return len(texts) × dimensions, in order, each of length 1; an empty text is the zero vector.

        The same text gives the same vector, whatever it is encoded with. May be called from several threads.
        """
        ...


@dataclass(frozen=True)
class Decision:
    """What a person came to for one vacancy. values: by feature, as `combining.values_of` gives them.

    grade: from 0, who was turned down without being talked to, to 3, who was hired.
    """

    vacancy_id: UUID
    values: Mapping[str, float | None]
    grade: int


@dataclass(frozen=True)
class Learned:
    """Weights that were learned from decisions, and how they do against today's on vacancies that were held out.

    pairs_right: share of the pairs of one vacancy's people of whom the one who came farther stands before the other,
    a tie counting half; mean over the vacancies. low, high: of the difference between then and now, within which it
    lies in 95 of 100 draws of vacancies. gain (NDCG@10): how near the first ten are to the best order, 0 to 1.
    enough: whether both sides hold vacancies enough to learn and to judge; where not, the weights are today's.
    """

    weights: Mapping[str, float]
    enough: bool
    decisions: int
    learned_vacancies: int
    held_vacancies: int
    held_decisions: int
    pairs_right_now: float = 0.0
    pairs_right_then: float = 0.0
    low: float = 0.0
    high: float = 0.0
    gain_now: float = 0.0
    gain_then: float = 0.0

    @property
    def better(self) -> bool:
        """Beyond what the choice of vacancies explains, and no worse at the top, where people look."""
        return self.enough and self.low > 0 and self.gain_then >= self.gain_now


class WeightsLearner(Protocol):
    """Learns what a unit weighs from what it decided. The same decisions give the same weights."""

    def learn(self, decisions: Sequence[Decision], now: Weights) -> Learned: ...
