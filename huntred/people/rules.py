"""What a person may tell, field by field: how an answer is read and what is required. No database here."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import phonenumbers
from babel import Locale
from email_validator import EmailNotValidError, validate_email

from contract.text import normalise
from huntred.errors import FieldInvalid
from huntred.geography import find_place
from huntred.money import Money
from huntred.people.amounts import parse_salary, parse_years
from huntred.people.dates import parse_birth_date, parse_expiry
from huntred.people.names import capitalised, parse_full_name, parse_name, parse_surnames
from huntred.people.words import has_phrase, tidy, without_lead_in, words

APPLY_REQUIRED = ("first_name", "last_name", "skills", "city", "email")
RECAP_ORDER = (
    "first_name",
    "last_name",
    "second_last_name",
    "email",
    "phone",
    "birth_date",
    "nationality",
    "work_permit",
    "permit_expires",
    "city",
    "headline",
    "experience_years",
    "skills",
    "salary",
)
FIELDS = (*RECAP_ORDER, "full_name")
# Kinds of permit that end some day.
EXPIRING_PERMITS = frozenset({"temporary", "humanitarian", "in_process"})

_EMAIL = re.compile(r"[^\s@<>,;:]+@[^\s@<>,;:]+")
_MOST_SKILLS = 30
_LONGEST_SKILL = 60
_LONGEST_PLACE = 80
_LONGEST_HEADLINE = 120


@dataclass(frozen=True)
class FieldValue:
    """A value that was understood. columns: what it sets in a profile, by name of the value there."""

    field: str
    columns: Mapping[str, Any]


def parse_field(field: str, text: str, *, today: date) -> FieldValue:
    """Read an answer to one of FIELDS. Raises FieldInvalid, LookupError where there is no such field."""
    if field == "birth_date":
        return FieldValue(field, {"birth_date": parse_birth_date(text, today=today)})
    if field == "permit_expires":
        return FieldValue(field, {"permit_expires_on": parse_expiry(text, today=today)})
    return FieldValue(field, _READERS[field](text))


def email_of(text: str) -> str:
    """Return the one address in the text, lower case. Raises FieldInvalid."""
    spelled = f" {normalise(text)} "
    if "@" not in spelled:
        for word, sign in words()["email_words"].items():
            spelled = spelled.replace(word, sign)
        text = spelled
    text = re.sub(r"\s*@\s*", "@", text)
    found = _EMAIL.search(text)
    if not found:
        raise FieldInvalid("email", "missing" if not text.strip() else "not_an_email")
    try:
        return validate_email(found[0].strip(".,;()!?\"'"), check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        raise FieldInvalid("email", "not_an_email") from None


def phone_of(text: str) -> str:
    """Return the number as +52…; without a country it is Mexican. Raises FieldInvalid."""
    try:
        number = phonenumbers.parse(text, "MX")
    except phonenumbers.NumberParseException:
        raise FieldInvalid("phone", "missing" if not text.strip() else "not_a_phone") from None
    national = str(number.national_number)
    # Until 2019 mobiles were dialled with a 1 after 52; vendors and people still write it.
    if number.country_code == 52 and len(national) == 11 and national.startswith("1"):
        number = phonenumbers.parse(national[1:], "MX")
    if not phonenumbers.is_possible_number(number) or len(str(number.national_number)) < 8:
        raise FieldInvalid("phone", "not_a_phone")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def skills_of(text: str) -> list[str]:
    """Split "ventas, caja y excel" into skills, each once. Raises FieldInvalid."""
    text = without_lead_in(text.replace("\n", ", "), "skills")
    if not text:
        raise FieldInvalid("skills", "missing")
    skills: dict[str, str] = {}
    for part in re.split(r"\s*[,;/•|\n]\s*|\s+[ye]\s+", text, flags=re.I):
        skill = without_lead_in(part, "skills")
        if 2 <= len(skill) <= _LONGEST_SKILL and re.search(r"[^\W\d_]", skill):
            skills.setdefault(normalise(skill), skill.lower() if skill.isupper() and len(skill) > 5 else skill)
    if not skills:
        raise FieldInvalid("skills", "too_long" if len(text) > _LONGEST_SKILL else "not_a_skill")
    return list(skills.values())[:_MOST_SKILLS]


def missing(values: Mapping[str, Any], required: tuple[str, ...]) -> list[str]:
    """Return the required fields that are empty, in the order of the recap."""
    return [field for field in RECAP_ORDER if field in required and _is_empty(values.get(field))]


def _is_empty(value: Any) -> bool:
    return value is None or value == "" or value == []


def _full_name(text: str) -> dict[str, Any]:
    name = parse_full_name(text)
    columns = {
        "first_name": name.first_name,
        "last_name": name.last_name,
        "second_last_name": name.second_last_name,
    }
    return {column: value for column, value in columns.items() if value}


def _surnames(text: str) -> dict[str, Any]:
    last_name, second_last_name = parse_surnames(text)
    return {"last_name": last_name, "second_last_name": second_last_name}


def _city(text: str) -> dict[str, Any]:
    name = without_lead_in(text, "place")
    if not name:
        raise FieldInvalid("city", "missing")
    if len(name) > _LONGEST_PLACE:
        raise FieldInvalid("city", "too_long")
    # The whole answer first: in "Ciudad de México" the first word is part of the name.
    place = find_place(tidy(text)) or find_place(name)
    if place is not None and place.latitude is not None:
        return {
            "city": place.name,
            "state": place.state,
            "latitude": place.latitude,
            "longitude": place.longitude,
        }
    if not re.search(r"[^\W\d_]{2}", name) or "@" in name or "?" in text:
        raise FieldInvalid("city", "not_a_place")
    return {"city": capitalised(name), "state": "", "latitude": None, "longitude": None}


def _headline(text: str) -> dict[str, Any]:
    headline = without_lead_in(text, "headline")
    if not headline:
        raise FieldInvalid("headline", "missing")
    if len(headline) > _LONGEST_HEADLINE:
        raise FieldInvalid("headline", "too_long")
    if not re.search(r"[^\W\d_]{3}", headline):
        raise FieldInvalid("headline", "not_a_headline")
    return {"headline": headline[0].upper() + headline[1:]}


# Languages in which people name their country to us, beside Spanish.
_FOREIGN = tuple(Locale(language) for language in ("en", "fr", "pt"))


def _nationality(text: str) -> dict[str, Any]:
    answer = without_lead_in(text, "nationality")
    if not answer:
        raise FieldInvalid("nationality", "missing")
    locale = Locale("es", "MX")
    for code, names in words()["demonyms"].items():
        if has_phrase(answer, names):
            return {"nationality": locale.territories[code]}
    folded = normalise(answer)
    for told_in in (locale, *_FOREIGN):
        for code, name in told_in.territories.items():
            if len(code) == 2 and f" {normalise(name)} " in f" {folded} ":
                return {"nationality": locale.territories[code]}
    raise FieldInvalid("nationality", "not_a_country")


def _work_permit(text: str) -> dict[str, Any]:
    folded = normalise(tidy(text))
    if not folded:
        raise FieldInvalid("work_permit", "missing")
    longest: tuple[int, str] = (0, "")
    for code, permit in words()["work_permits"].items():
        for phrase in permit["words"]:
            if phrase == folded:
                return {"work_permit": code}
            # "no" stands in many sentences: short words count only as the whole answer.
            if len(phrase) > 3 and has_phrase(folded, [phrase]):
                longest = max(longest, (len(phrase), code))
    if not longest[1]:
        raise FieldInvalid("work_permit", "unknown_permit")
    return {"work_permit": longest[1]}


def _salary(text: str) -> dict[str, Any]:
    salary: Money = parse_salary(text)
    return {"salary_amount": salary.amount, "salary_currency": salary.currency}


def _years(text: str) -> dict[str, Any]:
    years: Decimal = parse_years(text)
    return {"experience_years": years}


_READERS: dict[str, Callable[[str], dict[str, Any]]] = {
    "first_name": lambda text: {"first_name": parse_name("first_name", text)},
    "last_name": lambda text: {"last_name": parse_name("last_name", text)},
    "second_last_name": lambda text: {"second_last_name": parse_name("second_last_name", text)},
    "full_name": _full_name,
    "surnames": _surnames,
    "email": lambda text: {"email": email_of(text)},
    "phone": lambda text: {"phone": phone_of(text)},
    "nationality": _nationality,
    "work_permit": _work_permit,
    "city": _city,
    "headline": _headline,
    "experience_years": _years,
    "skills": lambda text: {"skills": skills_of(text)},
    "salary": _salary,
}
