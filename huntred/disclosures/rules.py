"""What names a client in a text, and what stays of it; pure."""

from __future__ import annotations

import re

from contract.text import normalise

# Of the words that both sides agree to: utter_disclosure_asked in domain/huntred_executive and the public shortlist.
# A test holds the words to it; whoever changes them gives a new one.
TERMS_VERSION = "2026-11-28"
CANDIDATE, CLIENT = "candidate", "client"
SIDES = (CANDIDATE, CLIENT)

# What says how a company is constituted, not which it is.
_LEGAL = re.compile(
    r"(?:[\s,]+(?:s\.?\s*a\.?\s*p?\.?\s*i?\.?(?:\s*b\.?)?|s\.?\s*de\s*r\.?\s*l\.?|s\.?\s*c\.?|a\.?\s*c\.?|"
    r"de\s*c\.?\s*v\.?|s\.?\s*a\.?\s*s\.?|inc\.?|llc\.?|ltd\.?|corp\.?))+\s*$",
    re.I,
)
_SHORTEST = 3


def core_name(company: str) -> str:
    """Return what people call a company: "Grupo Andino" of "Grupo Andino, S.A. de C.V."."""
    return _LEGAL.sub("", company.strip()).strip(" ,.")


def names_client(text: str, company: str) -> bool:
    """Whether a text says which company it is, whatever accents and case."""
    pattern = _pattern(company)
    return pattern is not None and pattern.search(normalise(text)) is not None


def without_client(text: str, company: str, instead: str) -> str:
    """Return the text with `instead` wherever the company stands."""
    pattern = _pattern(company)
    if pattern is None or pattern.search(normalise(text)) is None:
        return text
    folded = "".join(_fold(character) for character in text)
    parts, last = [], 0
    for found in pattern.finditer(folded):
        parts += [text[last : found.start()], instead]
        last = found.end()
    if not parts:
        # Found only where spaces or signs differ: nothing is worth a name.
        return instead
    return "".join(parts) + text[last:]


def _pattern(company: str) -> re.Pattern[str] | None:
    words = normalise(core_name(company)).split()
    if len("".join(words)) < _SHORTEST:
        return None
    return re.compile(r"(?<!\w)" + r"\W+".join(re.escape(word) for word in words) + r"(?!\w)")


def _fold(character: str) -> str:
    """One character for one, so that places stay."""
    folded = normalise(character) if not character.isspace() else " "
    return folded if len(folded) == 1 else " "
