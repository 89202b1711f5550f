"""Masks secrets that people type into a chat before the text reaches tracker, messages or logs.

CURP (SEGOB: 18 characters), RFC (SAT: 12 or 13) and payment card numbers (13 to 19 digits, Luhn).
"""
from __future__ import annotations

import re

# Every one of them has a digit, and most of what people type has none.
_DIGIT = re.compile(r"\d")
_CURP = re.compile(r"\b[A-Z][AEIOUX][A-Z]{2}\d{2}[01]\d[0-3]\d[HMX][A-Z]{2}[B-DF-HJ-NP-TV-Z]{3}[A-Z0-9]\d\b", re.I)
_RFC = re.compile(r"\b[A-ZÑ&]{3,4}\d{2}[01]\d[0-3]\d[A-Z0-9]{2}[A0-9]\b", re.I)
# Not the digits of an email address: ana5512345678901@… is no card.
_CARD = re.compile(r"(?<![\d+])(?:\d[ -]?){12,18}\d(?!\d|[\w.+-]*@)")


def _luhn(digits: str) -> bool:
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit)
        if position % 2:
            value = value * 2 - 9 if value > 4 else value * 2
        total += value
    return total % 10 == 0


def clean_typed(text: str) -> str:
    """Return what somebody typed as it is kept: secrets masked, no slash in front, which to Rasa is a command."""
    text = mask_secrets(text)
    return text.lstrip().lstrip("/").lstrip() if text.lstrip().startswith("/") else text


def mask_secrets(text: str) -> str:
    """Return the text with CURP, RFC and card numbers replaced by `[CURP]`, `[RFC]`, `[TARJETA]`."""
    if not _DIGIT.search(text):
        return text
    text = _CURP.sub("[CURP]", text)
    text = _RFC.sub("[RFC]", text)

    def card(found: re.Match[str]) -> str:
        digits = re.sub(r"\D", "", found.group())
        return "[TARJETA]" if _luhn(digits) else found.group()

    return _CARD.sub(card, text)
