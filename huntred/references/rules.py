"""What is asked of a referee, how the words of a chat are read, and what makes an answer whole; pure.

Nothing here asks for, or has a place for, what the law protects (LFT 133): age, sex, health, family, beliefs, union.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Any
from uuid import UUID

import yaml

from contract.text import normalise
from huntred.errors import FieldInvalid
from huntred.people.rules import email_of, phone_of

# Of utter_ask_references_consent (domain/shared, domain/huntred_executive) and of the candidate's page. A test holds
# the words to it; whoever changes them gives a new one.
TERMS_VERSION = "2026-11-29"
RELATIONS = ("boss", "peer", "report", "client")
COMPETENCES = ("results", "leadership", "communication", "judgement", "collaboration", "integrity")
QUESTIONS = ("strengths", "develop")
AGAIN = ("yes", "doubts", "no")
UNOBSERVED = "none"
OPEN_STATES = ("asked", "agreed", "given")
STATES = (*OPEN_STATES, "ready", "declined", "cancelled")
ENDED_REFEREE = ("answered", "declined", "opted_out", "silent", "dropped")
MOST_WANTED = 5
ANSWER_MINUTES = 8
LONGEST_NAME, LONGEST_TEXT = 120, 3000
_FARTHEST = timedelta(days=90)
_EARLIEST_YEAR = 1950
_YEAR = re.compile(r"(?<!\d)(19[5-9]\d|20\d\d)(?!\d)")
REMIND_AFTER_DAYS, KEPT_DAYS = 4, 365


# Of the letters about references in the outbox.
LETTERS = "reference"


def letter_of(request_id: UUID, referee_id: UUID) -> str:
    """Return the key of the letter that asks a referee."""
    return f"{request_id}:{referee_id}:asked"


@dataclass(frozen=True)
class RefereeForm:
    """A referee as the candidate names them. to_year None: they still work together. One of email, phone is there."""

    name: str = ""
    relation: str = ""
    company: str = ""
    email: str = ""
    phone: str = ""
    from_year: int | None = None
    to_year: int | None = None


@dataclass(frozen=True)
class AnswerForm:
    """What a referee says. ratings: competence → 1 to 5, or None: not observed; one that is absent was not answered."""

    relation_right: bool | None = None
    relation_note: str = ""
    from_year: int | None = None
    to_year: int | None = None
    still: bool = False
    ratings: Mapping[str, int | None] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    again: str = ""
    may_share: bool | None = None


def check_request(wanted: int | None, due_on: date | None, *, today: date) -> None:
    """Raises FieldInvalid."""
    if wanted is None or not 1 <= wanted <= MOST_WANTED:
        raise FieldInvalid("wanted", "out_of_range")
    if due_on is None:
        raise FieldInvalid("due_on", "missing")
    if not today < due_on <= today + _FARTHEST:
        raise FieldInvalid("due_on", "out_of_range")


def checked(form: RefereeForm, *, today: date) -> RefereeForm:
    """Return the form as it is kept. Raises FieldInvalid for the first thing that is missing or wrong."""
    name, company = name_of(form.name), company_of(form.company)
    if form.relation not in RELATIONS:
        raise FieldInvalid("referee_relation", "missing")
    if not form.email.strip() and not form.phone.strip():
        raise FieldInvalid("referee_contact", "missing")
    email = email_of(form.email) if form.email.strip() else ""
    phone = phone_of(form.phone) if form.phone.strip() else ""
    if form.from_year is None:
        raise FieldInvalid("referee_period", "missing")
    _check_years(form.from_year, form.to_year, "referee_period", today)
    return RefereeForm(name, form.relation, company, email, phone, form.from_year, form.to_year)


def check_answer(form: AnswerForm, *, today: date, whole: bool) -> None:
    """whole: it is sent, so that nothing may be missing; a draft may lack anything. Raises FieldInvalid."""
    for code, value in form.ratings.items():
        if code not in COMPETENCES or (value is not None and not 1 <= value <= 5):
            raise FieldInvalid(f"rating_{code}", "unknown")
    for name, text in (("relation_note", form.relation_note), *form.texts.items()):
        if len(text) > LONGEST_TEXT:
            raise FieldInvalid(name, "too_long")
    if form.again not in ("", *AGAIN):
        raise FieldInvalid("again", "unknown")
    if form.from_year is not None:
        _check_years(form.from_year, None if form.still else form.to_year, "worked", today)
    if not whole:
        return
    if form.relation_right is None:
        raise FieldInvalid("relation_right", "missing")
    if not form.relation_right and not form.relation_note.strip():
        raise FieldInvalid("relation_note", "missing")
    if form.from_year is None or (form.to_year is None and not form.still):
        raise FieldInvalid("worked", "missing")
    for code in COMPETENCES:
        if code not in form.ratings:
            raise FieldInvalid(f"rating_{code}", "missing")
    if not form.again:
        raise FieldInvalid("again", "missing")
    if form.may_share is None:
        raise FieldInvalid("may_share", "missing")


def name_of(text: str) -> str:
    """Return a person's name. Raises FieldInvalid."""
    name = _without_lead_in(text, "name")
    letters = sum(character.isalpha() for character in name)
    if letters < 2 or any(character.isdigit() or character in "@?¿" for character in name):
        raise FieldInvalid("referee_name", "missing" if not name else "not_a_name")
    if len(name) > LONGEST_NAME:
        raise FieldInvalid("referee_name", "too_long")
    return name


def company_of(text: str) -> str:
    """Return a company's name. Raises FieldInvalid."""
    name = _without_lead_in(text, "company")
    if not any(character.isalnum() for character in name):
        raise FieldInvalid("referee_company", "missing")
    if len(name) > LONGEST_NAME:
        raise FieldInvalid("referee_company", "too_long")
    return name


def relation_of(text: str) -> str:
    """Return the relation that is meant: "era mi jefa" is `boss`. Raises FieldInvalid."""
    folded = f" {re.sub(r'[^a-z0-9 ]', ' ', normalise(text))} "
    told = [
        (len(word), code) for code, words in _words()["relations"].items() for word in words if f" {word} " in folded
    ]
    if not told:
        raise FieldInvalid("referee_relation", "unknown")
    return str(max(told)[1])


def contact_of(text: str) -> tuple[str, str]:
    """Return (email, phone): one, or both where both were written. Raises FieldInvalid where there is none."""
    email = phone = ""
    try:
        email = email_of(text)
    except FieldInvalid:
        pass  # a number is as good
    rest = re.sub(r"\S+@\S+", " ", text)
    if sum(character.isdigit() for character in rest) >= 8:
        try:
            phone = phone_of(re.sub(r"[^\d+]", "", rest))
        except FieldInvalid:
            pass  # an address is as good
    if not email and not phone:
        raise FieldInvalid("referee_contact", "missing")
    return email, phone


def period_of(text: str, *, today: date) -> tuple[int, int | None]:
    """Return the years of "de 2018 a 2021", "2020 a la fecha", "2019". Raises FieldInvalid."""
    years = [int(year) for year in _YEAR.findall(text)]
    if not years:
        raise FieldInvalid("referee_period", "not_a_year")
    folded = f" {re.sub(r'[^a-z0-9 ]', ' ', normalise(text))} "
    still = any(f" {word} " in folded for word in _words()["still"])
    from_year = min(years)
    to_year = None if still and len(years) == 1 else max(years)
    _check_years(from_year, to_year, "referee_period", today)
    return from_year, to_year


def _check_years(from_year: int, to_year: int | None, name: str, today: date) -> None:
    if not _EARLIEST_YEAR <= from_year <= today.year or (to_year is not None and to_year > today.year):
        raise FieldInvalid(name, "out_of_range")
    if to_year is not None and to_year < from_year:
        raise FieldInvalid(name, "before_start")


def _without_lead_in(text: str, kind: str) -> str:
    """Return what is said of it: "Laura Méndez" of "se llama Laura Méndez"."""
    words = text.split()
    for lead_in in sorted(_words()["lead_ins"][kind], key=len, reverse=True):
        count = len(lead_in.split())
        if len(words) > count and normalise(" ".join(words[:count])) == lead_in:
            words = words[count:]
            break
    told = " ".join(words).strip(" ,:;")
    # The dot of "S.A. de C.V." is the name's, any other ends a sentence.
    return told if "." in told.rpartition(" ")[2][:-1] else told.strip(" .")


@cache
def _words() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((resources.files("huntred.references") / "words.yml").read_text("utf-8"))
    return found
