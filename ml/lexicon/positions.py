"""Which work of the taxonomy a title names: "Ejecutivo de Ventas de Campo" and "Asesora comercial" are one."""

from __future__ import annotations

from functools import cache

from contract.text import normalise
from huntred.alike.reading import stem, words_of
from ml.lexicon.reading import read_ambiguous, read_titles

_MOST_WORDS = 7


class LexiconTitles:
    """The taxonomy is read at the first title."""

    def concept_of(self, title: str) -> tuple[str, str]:
        """Return the id of the work and the form by which it was found; two empty texts where none is named.

        The longest form counts, of two as long the one that stands first.
        """
        forms = _forms()
        words = words_of(title)
        stems = [stem(word) for word in words]
        for size in range(min(_MOST_WORDS, len(stems)), 0, -1):
            for at in range(len(stems) - size + 1):
                found = forms.get(" ".join(stems[at : at + size]))
                if found:
                    return found, " ".join(words[at : at + size])
        return "", ""


@cache
def _forms() -> dict[str, str]:
    """Stems of a form → id; a form whose stems name two kinds of work names none."""
    unclear = read_ambiguous().titles
    forms: dict[str, str] = {}
    for title in read_titles():
        for form in (*title.es, *title.en):
            key = " ".join(stem(word) for word in words_of(form))
            if not key or normalise(form) in unclear:
                continue
            forms[key] = "" if forms.get(key, title.id) != title.id else title.id
    return forms
