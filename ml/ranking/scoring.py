"""What place, salary, experience, level and time are worth, each from 0 to 1, and what is said about them. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from contract.text import normalise
from huntred.geography import distance_km
from huntred.matching.ports import CandidateFeatures, Evidence, Reason, VacancyFeatures
from huntred.vacancies.rules import SENIORITIES
from ml.ranking import words

NEAR_KM = 10.0
FAR_KM = 80.0
_CLOSE_SALARY = Decimal("0.9")
# From here on something is said to be met.
_MET = 0.95
# Towns and states come again with every vacancy.
_folded = lru_cache(maxsize=20_000)(normalise)


@dataclass(frozen=True)
class _Shown:
    """The candidate's value, and where in the profile it stands."""

    quote: str = ""
    stands_in: str = ""


_NOTHING = _Shown()


@dataclass(frozen=True)
class Part:
    """evidence: empty where the vacancy asks for nothing of the kind."""

    evidence: tuple[Evidence, ...] = ()
    reason: Reason | None = None
    gap: Reason | None = None
    distance_km: float | None = None


def place(candidate: CandidateFeatures, vacancy: VacancyFeatures) -> Part:
    """1 within 10 km or in the same town, down to 0 at 80 km; remote work is everywhere."""
    if vacancy.remote:
        return _yes("place", Reason("remote"), 1.0)
    km = None
    if None not in (candidate.latitude, candidate.longitude, vacancy.latitude, vacancy.longitude):
        km = distance_km(
            candidate.latitude or 0.0, candidate.longitude or 0.0, vacancy.latitude or 0.0, vacancy.longitude or 0.0
        )
    city = _Shown(candidate.city, "city")
    if candidate.city and _folded(candidate.city) == _folded(vacancy.city):
        same_state = not candidate.region or not vacancy.region
        if same_state or _folded(candidate.region) == _folded(vacancy.region):
            return _yes("place", Reason("same_city", {"city": vacancy.city}), 1.0, city, km)
    if km is None:
        if not candidate.city or not vacancy.city:
            return _no("place", Reason("place_unknown"), None)
        same_state = bool(candidate.region) and _folded(candidate.region) == _folded(vacancy.region)
        return _no("place", Reason("other_city", {"city": vacancy.city}), 0.4 if same_state else 0.0, city)
    value = min(1.0, max(0.0, 1.0 - (km - NEAR_KM) / (FAR_KM - NEAR_KM)))
    values = {"km": f"{km:.1f}" if km < NEAR_KM else f"{km:,.0f}", "city": vacancy.city}
    if km <= FAR_KM / 2:
        return _yes("place", Reason("near", values), value, city, km)
    return _no("place", Reason("far", values), value, city, km)


def salary(candidate: CandidateFeatures, vacancy: VacancyFeatures) -> Part:
    """1 where the vacancy can pay what is expected. Both are a month's; amounts of two currencies are not compared."""
    top = vacancy.salary_max if vacancy.salary_max is not None else vacancy.salary_min
    if top is None:
        return _no("salary", Reason("salary_not_published"), None)
    wanted = candidate.salary_monthly
    if not wanted or candidate.salary_currency != vacancy.salary_currency:
        return _no("salary", Reason("salary_unknown"), None)
    expected = _Shown(f"${wanted:,.2f} {candidate.salary_currency}", "salary")
    if top >= wanted:
        return _yes("salary", Reason("salary_meets"), 1.0, expected)
    share = top / wanted
    if share >= _CLOSE_SALARY:
        return _yes("salary", Reason("salary_close"), 0.7, expected)
    return _no("salary", Reason("salary_below"), max(0.0, float(share) - 0.4), expected)


def experience(candidate: CandidateFeatures, vacancy: VacancyFeatures) -> Part:
    """1 where the candidate has the years asked for; more years are not worth more."""
    asked = vacancy.min_experience_years
    if not asked:
        return Part()
    years = candidate.experience_years
    if years is None:
        return _no("experience", Reason("experience_unknown"), None)
    values = {"years": _plain(years), "asked": _plain(asked)}
    told = _Shown(_plain(years), "experience_years")
    if years >= asked:
        return _yes("experience", Reason("experience_enough", values), 1.0, told)
    return _no("experience", Reason("experience_short", values), 0.8 * float(years / asked), told)


def seniority(candidate: CandidateFeatures, vacancy: VacancyFeatures) -> Part:
    """1 at the level asked for or above, a half one below it; a title that names no level says nothing."""
    if not vacancy.seniority:
        return Part()
    asked, level = SENIORITIES.index(vacancy.seniority), words.level_of(candidate.title)
    if level is None:
        return Part((Evidence("seniority", "unknown", None, code="seniority"),))
    worth = 1.0 if level >= asked else 0.5 if level == asked - 1 else 0.0
    state = state_of(worth)
    return Part((Evidence("seniority", state, worth, quote=candidate.title, stands_in="headline", code="seniority"),))


def availability(candidate: CandidateFeatures, vacancy: VacancyFeatures) -> Part:
    """1 for each thing asked of somebody's time that they offered, 0 where they ruled it out."""
    asked = words.asked_of(f"{vacancy.schedule}. {vacancy.description}")
    if not asked:
        return Part()
    said = words.said_of(". ".join((candidate.background, *candidate.skills)))
    evidence = []
    for key in asked:
        quote = said.no.get(key) or said.yes.get(key, "")
        worth = 0.0 if key in said.no else 1.0 if key in said.yes else None
        evidence.append(
            Evidence(
                "availability", state_of(worth), worth, quote=quote, stands_in="experience_text" if quote else "",
                code="availability", values={"what": key},
            )
        )  # fmt: skip
    return Part(tuple(evidence))


def state_of(worth: float | None) -> str:
    """Return how a worth is called."""
    if worth is None:
        return "unknown"
    return "met" if worth >= _MET else "partly" if worth > 0.0 else "not"


def _yes(feature: str, reason: Reason, worth: float, shown: _Shown = _NOTHING, km: float | None = None) -> Part:
    return Part((_evidence(feature, reason, worth, shown),), reason=reason, distance_km=km)


def _no(feature: str, gap: Reason, worth: float | None, shown: _Shown = _NOTHING, km: float | None = None) -> Part:
    return Part((_evidence(feature, gap, worth, shown),), gap=gap, distance_km=km)


def _evidence(feature: str, told: Reason, worth: float | None, shown: _Shown) -> Evidence:
    return Evidence(
        feature, state_of(worth), worth, quote=shown.quote, stands_in=shown.stands_in, code=told.code,
        values=told.values,
    )  # fmt: skip


def _plain(years: Decimal) -> str:
    return f"{years.normalize():f}"
