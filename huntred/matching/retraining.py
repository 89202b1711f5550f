"""Weights that are learned from what a unit decided: offered where they do better than today's, never taken by itself.

Only real decisions count (`outcomes.labelled_pairs`), and no fewer than a setting asks for. What is learned is kept as
a version of the unit's weights with its figures; whoever runs the group publishes it (`versions.publish`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid5

from huntred.db.unit_of_work import UnitOfWork
from huntred.matching import versions
from huntred.matching.combining import values_of
from huntred.matching.models import RankingVersion
from huntred.matching.outcomes import LabelledPair, labelled_pairs
from huntred.matching.ports import Decision, Learned, Ranker, WeightsLearner
from huntred.matching.weights import weights_of
from huntred.predictions.service import Terms

# Two labels that hold of one pair: the one that went farther.
GRADES = {"rejected": 0, "shortlisted": 1, "interviewed": 2, "hired": 3}
# The newest pairs, and of one vacancy the newest people: each is compared with each.
_MOST, _PEOPLE = 20_000, 200


def retrain(
    uow: UnitOfWork, ranker: Ranker, learner: WeightsLearner, terms: Terms, *, now: datetime
) -> RankingVersion | None:
    """Learn the unit's weights and keep the version; None, and nothing is read, while the switch is off.

    terms.needed: the least decisions of the unit.
    """
    if not terms.enabled:
        return None
    today = weights_of(uow)
    found = decisions_of(uow, ranker)
    if len(found) < terms.needed:
        learned = Learned(today, False, len(found), 0, 0, 0)
    else:
        learned = learner.learn(found, today)
    return versions.keep_learned(uow, learned, terms.needed, now=now)


def decisions_of(uow: UnitOfWork, ranker: Ranker) -> list[Decision]:
    """Return the unit's decisions, in a large one the newest: who only applied is still to be decided of."""
    by_vacancy: dict[UUID, deque[tuple[LabelledPair, int]]] = {}
    for pair in labelled_pairs(uow, most=_MOST):
        grades = [GRADES[label] for label in pair.labels if label in GRADES]
        if grades:
            by_vacancy.setdefault(pair.vacancy.id, deque(maxlen=_PEOPLE)).append((pair, max(grades)))
    return [decision for pairs in by_vacancy.values() for decision in _weighed(ranker, pairs)]


def _weighed(ranker: Ranker, pairs: Sequence[tuple[LabelledPair, int]]) -> list[Decision]:
    vacancy = pairs[0][0].vacancy
    keys = [uuid5(vacancy.id, str(place)) for place in range(len(pairs))]
    people = [(key, pair.candidate) for key, (pair, _) in zip(keys, pairs, strict=True)]
    evidence = {match.subject_id: match.evidence for match in ranker.rank_people(vacancy, people)}
    return [
        Decision(vacancy.id, values_of(evidence[key]), grade) for key, (_, grade) in zip(keys, pairs, strict=True)
    ]
