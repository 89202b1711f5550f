"""Pay and years of experience as an advertisement tells them in its own sentences; pure."""

from __future__ import annotations

import re

from contract.text import normalise
from huntred.importing.rules import said

_PAY = re.compile(r"\b(?:sueldo|salario|percepcion|compensacion|pago|ingreso|ingresos|salary|pay|compensation)\b")
_AMOUNT = re.compile(r"\$?\s?(\d{1,3}(?:,\d{3})+|\d{4,7})(?:\.\d{1,2})?(?!\d)")
_YEARS = re.compile(
    r"\b(\d{1,2})(?:\s?\+|\s+o mas)?(?:\s?(?:a|-|to)\s?\d{1,2})?\s+(?:anos?|years?)\b(?=.{0,30}\bexperien)"
)
_YEARS_AFTER = re.compile(r"\bexperien\w*\b.{0,40}?\b(\d{1,2})\s?\+?\s+(?:anos?|years?)\b")
_LONGEST_LINE = 400


def pay_told(text: str) -> dict[str, str]:
    """Return cells of the first line that tells of pay: amounts, period, currency, each where it is said."""
    for line in text.splitlines():
        folded = normalise(line[:_LONGEST_LINE])
        if not _PAY.search(folded):
            continue
        amounts = [found[1].replace(",", "") for found in _AMOUNT.finditer(line[:_LONGEST_LINE])]
        cells = {"salary_min": amounts[0], "salary_max": amounts[-1]} if 1 <= len(amounts) <= 2 else {}
        if len(amounts) == 2 and int(amounts[0]) > int(amounts[1]):
            continue
        words = re.sub(r"[\d.,$]+", " ", line[:_LONGEST_LINE])
        for field in ("salary_period", "salary_currency"):
            told = said(field, words)
            if told is not None:
                cells[field] = told
        if cells:
            return cells
    return {}


def years_told(text: str) -> str:
    """Return how many years of experience are asked for; "" where none are."""
    for line in text.splitlines():
        folded = normalise(line[:_LONGEST_LINE])
        found = _YEARS.search(folded) or _YEARS_AFTER.search(folded)
        if found and 0 < int(found[1]) <= 30:
            return found[1]
    return ""
