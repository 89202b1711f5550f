"""Puts the parts together: title, requirements, place, salary, experience, level and availability."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from huntred.matching.combining import default_weights, score_of, values_of
from huntred.matching.ports import CandidateFeatures, Embedder, Evidence, Match, Reason, VacancyFeatures, Weights
from ml.embeddings.registry import embedder
from ml.ranking import scoring
from ml.ranking.lexicon import phrase, work_of
from ml.ranking.phrases import Phrases, packed
from ml.ranking.skills import Skills, told_of

# Cosines of our model on Mexican titles (development set): half of what is unrelated lies below the first, and what
# lies above the second is the same work. A title that fits (0.345) is farther than 98 % of what is unrelated.
_UNRELATED, _SAME = 0.08, 0.67
# A title is worth telling as a reason, and enough by itself to be shown, from these on.
_TITLE_CLOSE = 0.60
_TITLE_FITS = 0.45
_SAME_WORK = 0.90
# Two trades that the lexicon knows apart are kin at most, however alike they sound.
_OTHER_WORK = 0.6


class SemanticRanker:
    """Implements `huntred.matching.ports.Ranker`. One a process; it may be used by several threads."""

    def __init__(self, encoder: Embedder | None = None) -> None:
        """encoder: our own model unless given; the thresholds above are its."""
        self._encoder = encoder or embedder()

    @property
    def model(self) -> str:
        """See `huntred.matching.ports.Ranker`, as all of these."""
        return self._encoder.name

    def to_keep(self, people: Sequence[CandidateFeatures]) -> list[bytes]:
        """What encoding the phrases of people gave, one a person."""
        return packed(self._encoder, [_told(candidate) for candidate in people])

    def rank(
        self, query: CandidateFeatures, vacancies: Sequence[VacancyFeatures], weights: Weights | None = None
    ) -> list[Match]:
        """Order vacancies for one candidate, best first."""
        weights = weights or default_weights()
        phrases = Phrases(self._encoder, _texts([query], vacancies))
        weigher = _Weigher(query, phrases, weights)
        matches = [weigher.match(vacancy.id, vacancy) for vacancy in vacancies]
        return sorted(matches, key=lambda match: -match.score)

    def rank_people(
        self,
        vacancy: VacancyFeatures,
        people: Sequence[tuple[UUID, CandidateFeatures]],
        weights: Weights | None = None,
        *,
        kept: Sequence[bytes] = (),
    ) -> list[Match]:
        """Order candidates for one vacancy, best first."""
        weights = weights or default_weights()
        phrases = Phrases(self._encoder, _texts([candidate for _, candidate in people], [vacancy]), kept)
        matches = [_Weigher(candidate, phrases, weights).match(key, vacancy) for key, candidate in people]
        return sorted(matches, key=lambda match: -match.score)


def _told(candidate: CandidateFeatures) -> list[str]:
    return [work_of(candidate.title), *told_of(candidate)]


def _texts(candidates: Sequence[CandidateFeatures], vacancies: Sequence[VacancyFeatures]) -> list[str]:
    texts = [work_of(vacancy.title) for vacancy in vacancies]
    texts += [requirement.name for vacancy in vacancies for requirement in vacancy.requirements]
    for candidate in candidates:
        texts += _told(candidate)
    return texts


class _Weigher:
    """One candidate against vacancies: the titles and requirements that come again are weighed once."""

    def __init__(self, candidate: CandidateFeatures, phrases: Phrases, weights: Weights) -> None:
        self._candidate, self._phrases, self._weights = candidate, phrases, weights
        self._title = work_of(candidate.title)
        self._skills = Skills(candidate, phrases.cosine)
        self._titles: dict[str, tuple[float | None, Evidence]] = {}

    def match(self, key: UUID, vacancy: VacancyFeatures) -> Match:
        candidate = self._candidate
        title_value, title = self._titles.get(vacancy.title) or self._weigh_title(vacancy.title)
        skills = self._skills.weigh(vacancy)
        place, salary, years, level, time = (
            part(candidate, vacancy)
            for part in (
                scoring.place, scoring.salary, scoring.experience, scoring.seniority, scoring.availability,
            )
        )  # fmt: skip
        evidence = (
            title, *skills.evidence, *years.evidence, *level.evidence, *place.evidence, *salary.evidence,
            *time.evidence,
        )  # fmt: skip
        reasons = [Reason("title_close")] if title_value is not None and title_value >= _TITLE_CLOSE else []
        reasons += [part.reason for part in (skills, place, salary, years) if part.reason is not None]
        return Match(
            subject_id=key,
            score=score_of(values_of(evidence), self._weights),
            fits=_fits(candidate, title_value, skills.met),
            reasons=tuple(reasons),
            gaps=tuple(part.gap for part in (skills, place, salary, years) if part.gap is not None),
            evidence=evidence,
            distance_km=place.distance_km,
        )

    def _weigh_title(self, title: str) -> tuple[float | None, Evidence]:
        offered, value = work_of(title), None
        if self._title:
            value = _title_value(self._title, offered, self._phrases.cosine(self._title, offered))
        weighed = self._titles[title] = (value, _title_evidence(self._candidate.title, value))
        return weighed


def _title_evidence(title: str, value: float | None) -> Evidence:
    if value is None:
        return Evidence("title", "unknown", None, code="title")
    state = "met" if value >= _TITLE_CLOSE else "partly" if value >= _TITLE_FITS else "not"
    return Evidence("title", state, value, quote=title, stands_in="headline", code="title")


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
