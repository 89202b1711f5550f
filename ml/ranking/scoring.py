"""What place, salary and experience are worth, each from 0 to 1, and what is said about them. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from contract.text import normalise
from huntred.geography import distance_km
from huntred.matching.ports import CandidateFeatures, Reason, VacancyFeatures

# What nobody told neither helps nor harms.
UNKNOWN = 0.5
NEAR_KM = 10.0
FAR_KM = 80.0
_CLOSE_SALARY = Decimal("0.9")


@dataclass(frozen=True)
class Part:
    value: float
    reason: Reason | None = None
    gap: Reason | None = None
    distance_km: float | None = None


def place(candidate: CandidateFeatures, vacancy: VacancyFeatures) -> Part:
    """1 within 10 km or in the same town, down to 0 at 80 km; remote work is everywhere."""
    if vacancy.remote:
        return Part(1.0, Reason("remote"))
    km = None
    if None not in (candidate.latitude, candidate.longitude, vacancy.latitude, vacancy.longitude):
        km = distance_km(
            candidate.latitude or 0.0, candidate.longitude or 0.0, vacancy.latitude or 0.0, vacancy.longitude or 0.0
        )
    if candidate.city and normalise(candidate.city) == normalise(vacancy.city):
        same_state = not candidate.region or not vacancy.region
        if same_state or normalise(candidate.region) == normalise(vacancy.region):
            return Part(1.0, Reason("same_city", {"city": vacancy.city}), distance_km=km)
    if km is None:
        if not candidate.city or not vacancy.city:
            return Part(UNKNOWN, gap=Reason("place_unknown"))
        if candidate.region and normalise(candidate.region) == normalise(vacancy.region):
            return Part(0.4, gap=Reason("other_city", {"city": vacancy.city}))
        return Part(0.0, gap=Reason("other_city", {"city": vacancy.city}))
    value = min(1.0, max(0.0, 1.0 - (km - NEAR_KM) / (FAR_KM - NEAR_KM)))
    values = {"km": f"{km:.1f}" if km < NEAR_KM else f"{km:,.0f}", "city": vacancy.city}
    if km <= FAR_KM / 2:
        return Part(value, Reason("near", values), distance_km=km)
    return Part(value, gap=Reason("far", values), distance_km=km)


def salary(candidate: CandidateFeatures, vacancy: VacancyFeatures) -> Part:
    """1 where the vacancy can pay what is expected."""
    top = vacancy.salary_max if vacancy.salary_max is not None else vacancy.salary_min
    if top is None:
        return Part(UNKNOWN, gap=Reason("salary_not_published"))
    wanted = candidate.salary_monthly
    if not wanted or candidate.salary_currency != vacancy.salary_currency:
        return Part(UNKNOWN, gap=Reason("salary_unknown"))
    if top >= wanted:
        return Part(1.0, Reason("salary_meets"))
    share = top / wanted
    if share >= _CLOSE_SALARY:
        return Part(0.7, Reason("salary_close"))
    return Part(max(0.0, float(share) - 0.4), gap=Reason("salary_below"))


def experience(candidate: CandidateFeatures, vacancy: VacancyFeatures) -> Part:
    """1 where the candidate has the years asked for; more years are not worth more."""
    asked = vacancy.min_experience_years
    if not asked:
        return Part(0.8)
    years = candidate.experience_years
    if years is None:
        return Part(UNKNOWN, gap=Reason("experience_unknown"))
    if years >= asked:
        return Part(1.0, Reason("experience_enough", {"years": _plain(years), "asked": _plain(asked)}))
    values = {"years": _plain(years), "asked": _plain(asked)}
    return Part(0.8 * float(years / asked), gap=Reason("experience_short", values))


def _plain(years: Decimal) -> str:
    return f"{years.normalize():f}"
