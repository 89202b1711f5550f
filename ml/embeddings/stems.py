"""Stems of Spanish words, roughly: what number and gender leave."""

from __future__ import annotations


def stem(word: str) -> str:
    """Fold number and gender of a Spanish word, roughly: "meseras" and "mesero" are one."""
    if len(word) > 4 and word.endswith("es") and word[-3] not in "aeiou":
        word = word[:-2]
    elif len(word) > 3 and word.endswith("s"):
        word = word[:-1]
    if len(word) > 3 and word[-1] in "aoe":
        word = word[:-1]
    return word
