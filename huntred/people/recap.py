"""How the values of a profile are shown to their owner, in Spanish; the words stand in words.yml."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_currency

from huntred.people.models import UnitProfile
from huntred.people.words import words

_LOCALE = "es_MX"


def shown(field: str, profile: UnitProfile) -> str:
    """Return the value as a person reads it; empty where it was not told."""
    if field == "birth_date":
        born = profile.birth_date_sealed
        return format_date(date.fromisoformat(born), "long", locale=_LOCALE) if born else ""
    if field == "permit_expires":
        ends = profile.permit_expires_on
        return format_date(ends, "long", locale=_LOCALE) if ends else ""
    if field == "salary":
        return _salary(profile)
    if field == "experience_years":
        return _years(profile.experience_years)
    if field == "skills":
        return ", ".join(profile.skills or [])
    if field == "work_permit":
        permits: dict[str, dict[str, str]] = words()["work_permits"]
        return permits[profile.work_permit]["shown"] if profile.work_permit in permits else profile.work_permit or ""
    if field == "city":
        if profile.state and profile.state != profile.city:
            return f"{profile.city}, {profile.state}"
        return profile.city or ""
    return str(getattr(profile, field) or "")


def _salary(profile: UnitProfile) -> str:
    if profile.salary_amount is None:
        return ""
    currency = profile.salary_currency or "MXN"
    number = format_currency(profile.salary_amount, currency, "$#,##0.00", locale=_LOCALE)
    return str(words()["shown"]["salary"]).format(amount=f"{number} {currency}")


def _years(years: Decimal | None) -> str:
    if years is None:
        return ""
    texts: dict[str, str] = words()["shown"]
    if years == 0:
        return texts["no_experience"]
    if years < 1:
        months = round(years * 12)
        return texts["month"] if months == 1 else texts["months"].format(months=months)
    return texts["year"] if years == 1 else texts["years"].format(years=f"{years.normalize():f}")
