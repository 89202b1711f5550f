"""How far a candidate's skills meet a vacancy's requirements, one by one, and the words that show it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from huntred.matching.ports import CandidateFeatures, Evidence, Reason, RequirementFeatures, VacancyFeatures
from ml.ranking.lexicon import Phrase, phrase

Similarity = Callable[[str, str], float]

# Where wordings differ, the meaning of two short phrases is taken as kin from here on, never as the same.
_KIN = 0.42
# Who told other skills and not this one may still have it: no profile is complete. It is worth less than not knowing.
_UNMENTIONED = 0.2
_WORTH = {"met": 1.0, "partly": 0.5, "not": _UNMENTIONED, "unknown": None}
_SHOWN = 3
_LONGEST_QUOTE = 160
# Papers and languages are had or not: a meaning that is near proves nothing. Nobody is asked for them when they
# register, so that who does not mention one may well have it.
_PROVEN = frozenset({"certification", "education", "language"})
_SENTENCE = re.compile(r"(?<=[.;!?\n])\s+|\n")


@dataclass(frozen=True)
class SkillsPart:
    met: int
    evidence: tuple[Evidence, ...]
    reason: Reason | None = None
    gap: Reason | None = None


@dataclass(frozen=True)
class _Told:
    text: str
    stands_in: str


def told_of(candidate: CandidateFeatures) -> list[str]:
    """Return the phrases in which a candidate may have told a skill."""
    return [told.text for told in _told(candidate)]


class Skills:
    """What one candidate has to show for requirements: each is weighed once, however many vacancies ask for it."""

    def __init__(self, candidate: CandidateFeatures, similarity: Similarity) -> None:
        self._candidate, self._similarity = candidate, similarity
        self._told = _told(candidate)
        self._weighed: dict[RequirementFeatures, Evidence] = {}

    def weigh(self, vacancy: VacancyFeatures) -> SkillsPart:
        """Weigh every requirement of the vacancy."""
        if not vacancy.requirements:
            return SkillsPart(0, ())
        evidence = tuple(self._weighed.get(wanted) or self._weigh(wanted) for wanted in vacancy.requirements)
        met = [item.name for item in evidence if item.state in {"met", "partly"}]
        missing = [item.name for item in evidence if item.state == "not" and item.importance == "must"]
        reason = gap = None
        if met:
            values = {"skills": ", ".join(met[:_SHOWN]), "met": str(len(met)), "asked": str(len(evidence))}
            reason = Reason("skills_met", values)
        if not self._candidate.skills and not met:
            gap = Reason("skills_unknown")
        elif missing:
            gap = Reason("skills_missing", {"skills": ", ".join(missing[:_SHOWN])})
        return SkillsPart(len(met), evidence, reason, gap)

    def _weigh(self, wanted: RequirementFeatures) -> Evidence:
        evidence = self._weighed[wanted] = _evidence(wanted, self._told, self._candidate, self._similarity)
        return evidence


def _told(candidate: CandidateFeatures) -> list[_Told]:
    told = [_Told(skill, "skills") for skill in candidate.skills]
    told += [_Told(candidate.title, "headline"), _Told(candidate.background, "experience_text")]
    return [words for words in told if words.text.strip()]


def _evidence(
    wanted: RequirementFeatures, told: list[_Told], candidate: CandidateFeatures, similarity: Similarity
) -> Evidence:
    asked_for = wanted.kind == "skill" and candidate.skills
    best, shown = "not" if asked_for else "unknown", None
    asked = phrase(wanted.name)
    for words in told:
        found = _compare(wanted.kind, asked, phrase(words.text))
        if not found and wanted.kind not in _PROVEN and similarity(wanted.name, words.text) >= _KIN:
            found = "partly"
        if found and (found == "met" or best != "partly"):
            best, shown = found, words
        if found == "met":
            break
    years = candidate.experience_years
    if best == "met" and wanted.min_years is not None and years is not None and years < wanted.min_years:
        best = "partly"
    feature = "languages" if wanted.kind == "language" else wanted.importance
    return Evidence(
        feature, best, _WORTH[best], name=wanted.name, importance=wanted.importance, code=wanted.kind,
        quote=_quote(shown.text, asked) if shown else "", stands_in=shown.stands_in if shown else "",
    )  # fmt: skip


def _quote(text: str, asked: Phrase) -> str:
    """Return the sentence that shares most with what was asked for."""
    sentences = [sentence.strip() for sentence in _SENTENCE.split(text) if sentence.strip()]
    best = max(sentences, key=lambda sentence: _shared(asked, phrase(sentence)))
    return best if len(best) <= _LONGEST_QUOTE else best[: _LONGEST_QUOTE - 1].rstrip() + "…"


def _shared(asked: Phrase, told: Phrase) -> int:
    return 2 * len(asked.stems & told.stems) + len(asked.skills & told.skills) + len(asked.work & told.work)


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
