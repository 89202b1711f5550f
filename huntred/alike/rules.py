"""When two vacancies may be one position advertised twice; pure.

A shift, a branch, a town, a level or another address makes two of what is otherwise the same; a position that is
wanted twice is told apart by these and by nothing else, so what differs in one of them is never shown as alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from huntred.alike.reading import Position, Read
from huntred.alike.shingles import shared
from huntred.vacancies.rules import SENIORITIES

REASONS = ("title", "company", "text", "place", "salary")
_TITLE_ALONE, _TITLE_WITH_TEXT = 0.74, 0.5
_TEXT, _TEXT_ELSEWHERE, _COPY = 0.55, 0.65, 0.8
_CONCEPT = 0.85
# Of the words of two addresses, how many they share at least.
_ADDRESS = 0.4
_TOLERANCE = Decimal("0.10")


@dataclass(frozen=True)
class Likeness:
    """strength: 0 to 100. reasons: of REASONS."""

    strength: int
    reasons: tuple[str, ...]


def compare(first: Read, second: Read) -> Likeness | None:
    """Return how alike two are; None where they are two positions."""
    if first.traits.kind != second.traits.kind or _told_apart(first, second):
        return None
    title = title_likeness(first.position, second.position)
    text = shared(first.text, second.text)
    same_company = _same_company(first.company, second.company)
    alike_text = text is not None and text >= (_TEXT if same_company else _TEXT_ELSEWHERE)
    if title < _TITLE_WITH_TEXT or not (alike_text or (same_company and title >= _TITLE_ALONE)):
        return None
    copied = text is not None and text >= _COPY
    pay = _pay_overlaps(first, second)
    if not copied and (pay is False or _levels_apart(first, second)):
        return None
    place = (first.traits.remote and second.traits.remote) or (bool(first.city) and first.city == second.city)
    reasons = [
        reason
        for reason, holds in (
            ("title", title >= _TITLE_ALONE), ("company", same_company), ("text", alike_text), ("place", place),
            ("salary", pay is True),
        )
        if holds
    ]  # fmt: skip
    strength = 35 * title + 35 * (0.45 if text is None else text) + 12 * same_company + 10 * place + 8 * (pay is True)
    return Likeness(min(100, round(strength)), tuple(reasons))


def title_likeness(first: Position, second: Position) -> float:
    """Return 0 to 1: the words that two titles share, or the work that the taxonomy says both name."""
    if not first.core or not second.core:
        return 0.0
    common = len(first.core & second.core) / len(first.core | second.core)
    if not first.concept or not second.concept:
        return common
    if first.concept != second.concept:
        return min(common, 0.6)
    # "Desarrollo Java" and "Desarrollo Python" are one concept and two positions.
    if all(one.core - one.named_by for one in (first, second)) and not (
        (first.core - first.named_by) & (second.core - second.named_by)
    ):
        return min(common, _TITLE_WITH_TEXT - 0.01)
    return max(common, _CONCEPT)


def _told_apart(first: Read, second: Read) -> bool:
    one, other = first.position, second.position
    pairs: Sequence[tuple[frozenset[str], frozenset[str]]] = (
        (one.branch, other.branch), (one.marks, other.marks), (one.levels, other.levels), (first.shifts, second.shifts),
    )  # fmt: skip
    if any(mine and theirs and not mine & theirs for mine, theirs in pairs):
        return True
    if not (first.traits.remote or second.traits.remote) and first.city and second.city and first.city != second.city:
        return True
    return _elsewhere(first.address, second.address)


def _elsewhere(first: frozenset[str], second: frozenset[str]) -> bool:
    """Whether two addresses are two places: other numbers of a street, or hardly a word in common."""
    if len(first) < 2 or len(second) < 2:
        return False
    numbers = [frozenset(word for word in one if word.isdecimal()) for one in (first, second)]
    if all(numbers) and not numbers[0] & numbers[1]:
        return True
    return len(first & second) / min(len(first), len(second)) < _ADDRESS


def _same_company(first: str, second: str) -> bool:
    if not first or not second:
        return False
    if first == second:
        return True
    mine, theirs = set(first.split()), set(second.split())
    return len(mine & theirs) / len(mine | theirs) >= 0.8


def _levels_apart(first: Read, second: Read) -> bool:
    told = [SENIORITIES.index(one.traits.seniority) for one in (first, second) if one.traits.seniority]
    return len(told) == 2 and abs(told[0] - told[1]) >= 2


def _pay_overlaps(first: Read, second: Read) -> bool | None:
    """None where one does not say, or in another currency."""
    ranges = []
    for traits in (first.traits, second.traits):
        told = [amount for amount in (traits.salary_min, traits.salary_max) if amount is not None]
        if not told:
            return None
        ranges.append((min(told), max(told)))
    if first.traits.salary_currency != second.traits.salary_currency:
        return None
    (low, high), (other_low, other_high) = ranges
    return low <= other_high * (1 + _TOLERANCE) and other_low <= high * (1 + _TOLERANCE)
