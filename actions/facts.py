"""What a message tells of the person who writes, whatever was being asked."""

from __future__ import annotations

import re

from actions.turn import Turn
from huntred.errors import FieldInvalid
from huntred.people.rules import parse_field

# Field → entity in which its value stands.
_TOLD_AS = {
    "full_name": "name", "email": "email", "phone": "phone", "city": "place", "experience_years": "years",
    "headline": "title", "skills": "skill", "salary": "salary",
}  # fmt: skip
# Values that nothing else looks like: one alone is believed.
_UNMISTAKABLE = ("email", "phone")
_PERSONAL = ("full_name", "email", "phone", "city")
_OF_WORK = ("experience_years", "salary")
# Both at once: a field that is never asked for.
SURNAMES = "surnames"
_SURNAMES = re.compile(r"\bapellidos(?: correctos)?(?: son| es|:)\s+(.+)", re.IGNORECASE)
_ABOUT_WORK = frozenset({"headline", "skills", *_OF_WORK})


def facts_in(turn: Turn) -> dict[str, str]:
    """Return field → words of what was told, each readable as its field; empty where an option was picked."""
    if turn.picked:
        return {}
    found = {field: ", ".join(dict.fromkeys(turn.entities(kind))) for field, kind in _TOLD_AS.items()}
    return {field: text for field, text in found.items() if text and reads(turn, field, text)}


def field_meant(turn: Turn) -> str:
    """Return the field that a correction is about where it is not named: "no, es ana@example.com"; else ""."""
    if surnames_in(turn):
        return SURNAMES
    named = turn.entity("field")
    if named:
        return named
    told = [field for field in facts_in(turn) if field in _UNMISTAKABLE]
    return told[0] if len(told) == 1 else ""


def surnames_in(turn: Turn) -> str:
    """Return what "mis apellidos son …" tells; "" where the message does not say so."""
    found = None if turn.picked else _SURNAMES.search(turn.text)
    told = found.group(1).strip(" .!") if found else ""
    return told if told and reads(turn, SURNAMES, told) else ""


def told_besides(turn: Turn, asked: str) -> dict[str, str]:
    """Return what was told beside the answer: with one fact alone only what nothing else looks like.

    A position and skills are taken only where they are asked for: "ayudante de cocina" sounds like both. Years count
    as experience only where work is talked about; beside a name they are an age.
    """
    facts = facts_in(turn)
    taken: tuple[str, ...] = (*_PERSONAL, *_OF_WORK) if asked in _ABOUT_WORK else _PERSONAL
    if len(facts) < 2:
        taken = _UNMISTAKABLE
    return {field: text for field, text in facts.items() if field != asked and field in taken}


def reads(turn: Turn, field: str, text: str) -> bool:
    """Whether the text is an answer to the field."""
    try:
        parse_field(field, text, today=turn.now.date())
    except FieldInvalid:
        return False
    return True
