"""How the values of a profile are shown: to their owner in Spanish, to a consultant in theirs. Words: words.yml."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from babel.dates import format_date
from babel.numbers import format_currency

from huntred.people.models import UnitProfile
from huntred.people.words import words

_LOCALES = {"es": "es_MX", "en": "en_US"}


def shown(field: str, profile: UnitProfile, language: str = "es") -> str:
    """Return the value as a person reads it; empty where it was not told. language: es or en."""
    if field == "birth_date":
        born = profile.birth_date_sealed
        return format_date(date.fromisoformat(born), "long", locale=_LOCALES[language]) if born else ""
    if field == "permit_expires":
        ends = profile.permit_expires_on
        return format_date(ends, "long", locale=_LOCALES[language]) if ends else ""
    if field == "salary":
        return _salary(profile, language)
    if field == "experience_years":
        return _years(profile.experience_years, language)
    if field == "skills":
        return ", ".join(profile.skills or [])
    if field == "work_permit":
        return _permit(profile.work_permit or "", language)
    if field == "city":
        if profile.state and profile.state != profile.city:
            return f"{profile.city}, {profile.state}"
        return profile.city or ""
    return str(getattr(profile, field) or "")


def _texts(language: str) -> dict[str, Any]:
    return dict(words()["shown" if language == "es" else "shown_in_english"])


def _permit(permit: str, language: str) -> str:
    if language != "es":
        return str(_texts(language)["work_permits"].get(permit, permit))
    permits: dict[str, dict[str, str]] = words()["work_permits"]
    return permits[permit]["shown"] if permit in permits else permit


def _salary(profile: UnitProfile, language: str) -> str:
    if profile.salary_amount is None:
        return ""
    currency = profile.salary_currency or "MXN"
    number = format_currency(profile.salary_amount, currency, "$#,##0.00", locale=_LOCALES[language])
    return str(_texts(language)["salary"]).format(amount=f"{number} {currency}")


def _years(years: Decimal | None, language: str) -> str:
    if years is None:
        return ""
    texts: dict[str, str] = _texts(language)
    if years == 0:
        return texts["no_experience"]
    if years < 1:
        months = round(years * 12)
        return texts["month"] if months == 1 else texts["months"].format(months=months)
    return texts["year"] if years == 1 else texts["years"].format(years=f"{years.normalize():f}")
