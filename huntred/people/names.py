"""Names of people as Mexicans write them: several first names, two surnames, particles between."""

from __future__ import annotations

import re
from dataclasses import dataclass

from contract.text import normalise
from huntred.errors import FieldInvalid
from huntred.people.words import without_lead_in, words

_ALLOWED = re.compile(r"[^\W\d_]+(?:[ '’.\-]+[^\W\d_]+)*\.?")
_LONGEST = 60


@dataclass(frozen=True)
class FullName:
    first_name: str
    last_name: str
    second_last_name: str


def parse_name(field: str, text: str) -> str:
    """Return one name (or one surname), capitalised. Raises FieldInvalid."""
    name = without_lead_in(text, "name")
    if not name:
        raise FieldInvalid(field, "missing")
    if len(name) > _LONGEST:
        raise FieldInvalid(field, "too_long")
    if not _ALLOWED.fullmatch(name) or len(name.split()) > 6:
        raise FieldInvalid(field, "not_a_name")
    if len(name.replace(".", "")) < 2:
        raise FieldInvalid(field, "too_short")
    return capitalised(name)


def parse_full_name(text: str) -> FullName:
    """Split "Ana María López de la Cruz" into first names and both surnames. Raises FieldInvalid.

    Four parts or more: the last two are the surnames. Three: two first names and a surname where the second one
    is a usual first name, else a first name and both surnames. Particles stay with what follows them; a compound
    surname ("Montes de Oca") is one.
    """
    name = parse_name("full_name", text)
    parts = _parts(name)
    if len(parts) == 1:
        return FullName(parts[0], "", "")
    if len(parts) == 2:
        return FullName(parts[0], parts[1], "")
    if len(parts) == 3:
        if normalise(parts[1].split()[-1]) in words()["given_names"]:
            return FullName(" ".join(parts[:2]), parts[2], "")
        return FullName(*parts)
    return FullName(" ".join(parts[:-2]), parts[-2], parts[-1])


def parse_surnames(text: str) -> tuple[str, str]:
    """Split "Arriaga Montes de Oca" or "Arriaga y Montes de Oca" into both surnames; the second may be "".

    Raises FieldInvalid.
    """
    name = parse_name("last_name", text.replace(" y ", " "))
    # A stand-in for the first name, behind which surnames begin.
    _, *parts = _parts(f"- {name}")
    if len(parts) > 2:
        raise FieldInvalid("last_name", "not_a_name")
    return parts[0], parts[1] if len(parts) == 2 else ""


def _parts(name: str) -> list[str]:
    particles = set(words()["name_particles"])
    parts: list[str] = []
    waiting: list[str] = []
    for word in name.split():
        if normalise(word) in particles:
            waiting.append(word)
        else:
            parts.append(" ".join([*waiting, word]))
            waiting = []
    if waiting:
        parts.append(" ".join(waiting))
    return _compounds_joined(parts)


def _compounds_joined(parts: list[str]) -> list[str]:
    known = set(words()["compound_surnames"])
    joined: list[str] = []
    for part in parts:
        # The first part is the first name: a surname begins behind it.
        if len(joined) > 1 and normalise(f"{joined[-1]} {part}") in known:
            joined[-1] = f"{joined[-1]} {part}"
        else:
            joined.append(part)
    return joined


def capitalised(name: str) -> str:
    """Capitalise what was typed all in one case; what mixes cases is left as its owner writes it."""
    if not (name.islower() or name.isupper()):
        return name
    particles = set(words()["name_particles"]) - set(words()["capitalised_particles"])
    done = []
    words_of_name = name.lower().split()
    for word in words_of_name:
        is_particle = len(words_of_name) > 1 and normalise(word) in particles
        done.append(word if is_particle else "-".join(part.capitalize() for part in word.split("-")))
    return " ".join(done)
