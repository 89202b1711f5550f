"""Puts the parts together: title, content, skills, place, salary and experience."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from huntred.matching.ports import CandidateFeatures, Embedder, Match, Reason, VacancyFeatures
from ml.embeddings.registry import embedder
from ml.ranking import scoring
from ml.ranking.lexicon import phrase, without_fillers
from ml.ranking.phrases import Phrases
from ml.ranking.skills import requirements, told_of

_WEIGHTS = {"title": 0.35, "content": 0.05, "skills": 0.25, "place": 0.20, "salary": 0.10, "experience": 0.05}
# Cosines of our model on Mexican titles (development set): half of what is unrelated lies below the first, and what
# lies above the second is the same work. A title that fits (0.305) is farther than 98 % of what is unrelated.
_UNRELATED, _SAME = 0.08, 0.58
# A title is worth telling as a reason, and enough by itself to be shown, from these on.
_TITLE_CLOSE = 0.60
_TITLE_FITS = 0.45
_SAME_WORK = 0.90
# Two trades that the lexicon knows apart are kin at most, however alike they sound.
_OTHER_WORK = 0.6
# Nobody commutes this far: what lies there comes after what is within reach.
_OUT_OF_REACH = 0.7


class SemanticRanker:
    """Implements `huntred.matching.ports.Ranker`. One a process; it may be used by several threads."""

    def __init__(self, encoder: Embedder | None = None) -> None:
        """encoder: our own model unless given; the thresholds above are its."""
        self._encoder = encoder or embedder()

    def rank(self, query: CandidateFeatures, vacancies: Sequence[VacancyFeatures]) -> list[Match]:
        """Order vacancies for one candidate, best first."""
        phrases = Phrases(self._encoder, _texts([query], vacancies))
        matches = [_match(vacancy.id, query, vacancy, phrases) for vacancy in vacancies]
        return sorted(matches, key=lambda match: -match.score)

    def rank_people(self, vacancy: VacancyFeatures, people: Sequence[tuple[UUID, CandidateFeatures]]) -> list[Match]:
        """Order candidates for one vacancy, best first."""
        phrases = Phrases(self._encoder, _texts([candidate for _, candidate in people], [vacancy]))
        matches = [_match(key, candidate, vacancy, phrases) for key, candidate in people]
        return sorted(matches, key=lambda match: -match.score)


def _texts(candidates: Sequence[CandidateFeatures], vacancies: Sequence[VacancyFeatures]) -> list[str]:
    texts = [text for vacancy in vacancies for text in _offered(vacancy)]
    for candidate in candidates:
        texts += [without_fillers(candidate.title), *told_of(candidate)]
    return texts


def _offered(vacancy: VacancyFeatures) -> list[str]:
    return [vacancy.title, *(requirement.name for requirement in vacancy.requirements)]


def _match(key: UUID, candidate: CandidateFeatures, vacancy: VacancyFeatures, phrases: Phrases) -> Match:
    title = without_fillers(candidate.title)
    parts: dict[str, float] = {}
    title_value = _title_value(title, vacancy.title, phrases.cosine(title, vacancy.title)) if title else None
    if title_value is not None:
        parts["title"] = title_value
    if title or candidate.skills:
        told, offered = phrases.centre((title, *candidate.skills)), phrases.centre(tuple(_offered(vacancy)))
        parts["content"] = _calibrated(float(told @ offered))
    skills = requirements(candidate, vacancy, phrases.cosine)
    place, salary, years = (part(candidate, vacancy) for part in (scoring.place, scoring.salary, scoring.experience))
    parts |= {"skills": skills.value, "place": place.value, "salary": salary.value, "experience": years.value}
    total = sum(_WEIGHTS[name] * value for name, value in parts.items()) / sum(_WEIGHTS[name] for name in parts)
    if place.value == 0.0:
        total *= _OUT_OF_REACH

    reasons = [Reason("title_close")] if title_value is not None and title_value >= _TITLE_CLOSE else []
    reasons += [part.reason for part in (skills, place, salary, years) if part.reason is not None]
    gaps = tuple(part.gap for part in (skills, place, salary, years) if part.gap is not None)
    return Match(
        subject_id=key,
        score=Decimal(total).quantize(Decimal("0.0001"), ROUND_HALF_UP),
        fits=_fits(candidate, title_value, skills.met),
        reasons=tuple(reasons),
        gaps=gaps,
        requirements=skills.states,
        distance_km=place.distance_km,
    )


def _fits(candidate: CandidateFeatures, title_value: float | None, skills_met: int) -> bool:
    """Say whether there is anything in common. Who told nothing yet may see everything."""
    if title_value is None and not candidate.skills:
        return True
    close = (title_value or 0.0) >= _TITLE_FITS
    if candidate.asks_for_title and title_value is not None:
        return close
    return close or skills_met > 0


def _title_value(title: str, vacancy_title: str, cosine: float) -> float:
    wanted, offered = phrase(title), phrase(vacancy_title)
    value = _calibrated(cosine)
    if wanted.work & offered.work:
        value = max(value, _SAME_WORK)
    elif wanted.work and offered.work:
        value *= _OTHER_WORK
    if wanted.stems:
        shared = len(wanted.stems & offered.stems) / len(wanted.stems)
        if shared > 0.5 or not (wanted.work and offered.work):
            value = max(value, _SAME_WORK * shared)
        if shared == 1.0:
            value = max(value, (1.0 + _SAME_WORK) / 2)
        if wanted.stems == offered.stems:
            value = 1.0
    return value


def _calibrated(cosine: float) -> float:
    return min(1.0, max(0.0, (cosine - _UNRELATED) / (_SAME - _UNRELATED)))
