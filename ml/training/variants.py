"""What people write instead of a label: without accents, in the plural, with a slip of the finger."""

from __future__ import annotations

import random

from contract.text import normalise
from ml.embeddings.forms import one_form
from ml.training.concepts import Concept

_VOWELS = "aeiouáéíóú"


def with_variants(concept: Concept, chance: random.Random) -> Concept:
    """Add to the Spanish labels a few that are written otherwise."""
    if not concept.es:
        return concept
    label, other = chance.choice(concept.es), chance.choice(concept.es)
    added = [normalise(label), plural(concept.es[0]), slipped(other, chance)]
    return Concept(tuple(dict.fromkeys([*concept.es, *(one_form(text) for text in added)])), concept.en, concept.kin)


def plural(title: str) -> str:
    """Return a Spanish title in the plural, by its first word: "soldador de arco" → "soldadores de arco"."""
    head, *rest = title.split(" ")
    return " ".join([head if head.endswith("s") else head + ("s" if head[-1] in _VOWELS else "es"), *rest])


def slipped(text: str, chance: random.Random) -> str:
    """Return the text with one slip in one of its longer words: a letter doubled, dropped, or two exchanged."""
    words = text.split(" ")
    long = [number for number, word in enumerate(words) if len(word) > 4]
    if not long:
        return text
    number = chance.choice(long)
    word = words[number]
    at = chance.randrange(1, len(word) - 1)
    before, letter, after = word[:at], word[at], word[at + 1 :]
    words[number] = chance.choice([before + after, before + letter * 2 + after, before + after[0] + letter + after[1:]])
    return " ".join(words)
