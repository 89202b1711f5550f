"""Pay and years of experience as people write them: "15 mil", "12-14k", "2 años y medio"."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

from contract.text import normalise
from huntred.errors import FieldInvalid
from huntred.money import Money
from huntred.people.words import has_phrase, words

_LOWEST, _HIGHEST = Decimal(1_000), Decimal(3_000_000)
_LOWEST_FOREIGN = Decimal(100)
_MOST_YEARS = Decimal(60)
_NUMBER = r"\d{1,3}(?:[.,' ]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d+)?"


def parse_salary(text: str, *, field: str = "salary") -> Money:
    """Return what a month should pay, gross; of a range its lower end. Raises FieldInvalid."""
    folded = _with_digits(normalise(text).replace("$", " "))
    vocabulary = words()
    scales = {word: Decimal(1_000) for word in vocabulary["thousands"]}
    scales |= {word: Decimal(1_000_000) for word in vocabulary["millions"]}
    found = re.findall(rf"({_NUMBER})\s*({'|'.join(sorted(scales, key=len, reverse=True))})?\b", folded)
    if not found:
        raise FieldInvalid(field, "missing" if not folded.strip() else "not_a_number")
    amounts = [(_decimal(number), scale) for number, scale in found]
    # "12-14k" and "12 a 14 mil": the scale of the last one speaks for those before it.
    last_scale = scales.get(amounts[-1][1], Decimal(1))
    lowest = min(
        amount * (scales[scale] if scale else (last_scale if amount < 1_000 else Decimal(1)))
        for amount, scale in amounts[:2]
    )
    for period in vocabulary["periods"]:
        if has_phrase(folded, period["words"]):
            lowest *= Decimal(period["per_month"])
            break
    currency = next(
        (code for code, names in vocabulary["foreign_currencies"].items() if has_phrase(folded, names)), "MXN"
    )
    if not (_LOWEST if currency == "MXN" else _LOWEST_FOREIGN) <= lowest <= _HIGHEST:
        raise FieldInvalid(field, "out_of_range")
    return Money(lowest, currency)


def parse_years(text: str, *, field: str = "experience_years") -> Decimal:
    """Return years with one decimal; of a range its lower end. Raises FieldInvalid."""
    vocabulary = words()
    folded = normalise(text)
    if not folded:
        raise FieldInvalid(field, "missing")
    half = Decimal("0.5") if has_phrase(folded, vocabulary["half_words"]) else Decimal(0)
    for phrase in vocabulary["half_words"]:
        folded = re.sub(rf"\b{phrase}\b", " ", folded)
    folded = _with_digits(folded)
    years_named = "|".join(vocabulary["year_words"])
    months_named = "|".join(vocabulary["month_words"])
    years = re.search(rf"(\d+(?:[.,]\d+)?)(?:\s*(?:-|a|o)\s*\d+(?:[.,]\d+)?)?\s*(?:{years_named})\b", folded)
    months = re.search(rf"(\d+)(?:\s*(?:-|a|o)\s*\d+)?\s*(?:{months_named})\b", folded)
    total: Decimal | None = None
    if years or months:
        total = (_decimal(years[1]) if years else Decimal(0)) + (Decimal(months[1]) / 12 if months else Decimal(0))
    elif half and re.search(rf"\b(?:{years_named})\b", folded):
        total = Decimal(1)
    else:
        bare = re.search(r"\d+(?:[.,]\d+)?", folded)
        if bare:
            total = _decimal(bare[0])
        elif has_phrase(folded, vocabulary["no_experience"]):
            return Decimal(0)
    if total is None:
        raise FieldInvalid(field, "not_a_number")
    total += half
    if total > _MOST_YEARS:
        raise FieldInvalid(field, "out_of_range")
    return total.quantize(Decimal("0.1"), ROUND_HALF_UP)


def _with_digits(text: str) -> str:
    """Write number words as digits: "quince mil" → "15 mil", "treinta y cinco" → "35"."""
    numbers: dict[str, float] = words()["numbers"]
    out: list[str] = []
    tokens = text.split()
    for token in tokens:
        value = numbers.get(token.strip(".,"))
        if value is None:
            out.append(token)
        elif len(out) >= 2 and out[-1] == "y" and out[-2].isdigit() and int(out[-2]) >= 20 and value < 10:
            out[-2:] = [str(int(out[-2]) + int(value))]
        else:
            out.append(f"{value:g}")
    return " ".join(out)


def _decimal(text: str) -> Decimal:
    """Read "15,000", "15.000", "15 000.50" and "2,5": a separator before three digits groups thousands."""
    text = re.sub(r"[.,' ](?=\d{3}(?:\D|$))", "", text)
    return Decimal(text.replace(",", "."))
