"""How far a candidate's skills meet a vacancy's requirements, one by one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from huntred.matching.ports import CandidateFeatures, Reason, RequirementFeatures, RequirementState, VacancyFeatures
from ml.ranking.lexicon import Phrase, phrase
from ml.ranking.scoring import UNKNOWN

Similarity = Callable[[str, str], float]

# Where wordings differ, the meaning of two short phrases is taken as kin from here on, never as the same.
_KIN = 0.42
_WORTH = {"met": 1.0, "partly": 0.5, "not": 0.0, "unknown": UNKNOWN}
_SHOWN = 3
# Papers and languages are had or not: a meaning that is near proves nothing.
_PROVEN = frozenset({"certification", "education", "language"})


@dataclass(frozen=True)
class SkillsPart:
    value: float
    asked: int
    met: int
    states: tuple[RequirementState, ...]
    reason: Reason | None
    gap: Reason | None


def told_of(candidate: CandidateFeatures) -> list[str]:
    """Return the phrases in which a candidate may have told a skill."""
    told = [skill for skill in candidate.skills if skill.strip()]
    return told + [text for text in (candidate.title, candidate.background) if text.strip()]


def requirements(candidate: CandidateFeatures, vacancy: VacancyFeatures, similarity: Similarity) -> SkillsPart:
    """Weigh every requirement: what is a must counts double."""
    if not vacancy.requirements:
        return SkillsPart(UNKNOWN, 0, 0, (), None, None)
    told = told_of(candidate)
    states = [
        (wanted, _state(wanted, told, bool(candidate.skills), candidate, similarity)) for wanted in vacancy.requirements
    ]
    weights = [2.0 if wanted.importance == "must" else 1.0 for wanted, _ in states]
    value = sum(weight * _WORTH[state] for weight, (_, state) in zip(weights, states, strict=True)) / sum(weights)
    met = [wanted.name for wanted, state in states if state in {"met", "partly"}]
    missing = [wanted.name for wanted, state in states if state == "not" and wanted.importance == "must"]
    asked = len(states)
    reason = gap = None
    if met:
        values = {"skills": ", ".join(met[:_SHOWN]), "met": str(len(met)), "asked": str(asked)}
        reason = Reason("skills_met", values)
    if not candidate.skills and not met:
        gap = Reason("skills_unknown")
    elif missing:
        gap = Reason("skills_missing", {"skills": ", ".join(missing[:_SHOWN])})
    shown = tuple(RequirementState(wanted.name, wanted.importance, state) for wanted, state in states)
    return SkillsPart(value, asked, len(met), shown, reason, gap)


def _state(
    wanted: RequirementFeatures,
    told: list[str],
    told_skills: bool,
    candidate: CandidateFeatures,
    similarity: Similarity,
) -> str:
    best = "not" if told_skills else "unknown"
    asked = phrase(wanted.name)
    for text in told:
        found = _compare(wanted.kind, asked, phrase(text))
        if not found and wanted.kind not in _PROVEN and similarity(wanted.name, text) >= _KIN:
            found = "partly"
        if found == "met":
            best = "met"
            break
        best = found or best
    years = candidate.experience_years
    if best == "met" and wanted.min_years is not None and years is not None and years < wanted.min_years:
        return "partly"
    return best


def _compare(kind: str, asked: Phrase, told: Phrase) -> str:
    if asked.stems and asked.stems <= told.stems:
        return "partly" if asked.level and not told.level else "met"
    if kind == "certification" and asked.head not in told.stems:
        # Who does the work need not hold the paper.
        return ""
    if asked.skills & told.skills:
        return "partly" if asked.level and not told.level else "met"
    if told.stems and told.stems <= asked.stems:
        return "partly"
    if asked.work & told.work and kind not in _PROVEN:
        return "partly"
    return ""
