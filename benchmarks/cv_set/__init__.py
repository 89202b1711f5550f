"""Sixty invented CVs in twelve layouts with the truth beside them: drawn by code from a seed, never stored.

The layouts were written before the parser. Those in HELD_OUT were not looked at while it was written: their figure is
the honest one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from benchmarks.cv_set import drawn, html, text, word
from benchmarks.cv_set.truth import Person, person


@dataclass(frozen=True)
class Layout:
    """years_only: its dates have no month. shows: what of a person it writes down at all."""

    name: str
    suffix: str
    draw: Callable[[Person, int], bytes]
    languages: tuple[str, ...] = ("es",)
    years_only: bool = False
    hides: tuple[str, ...] = ()


LAYOUTS = (
    Layout("classic", ".pdf", html.classic, ("es", "en")),
    Layout("sidebar_left", ".pdf", html.sidebar_left),
    Layout("europass", ".pdf", html.europass, ("es", "en")),
    Layout("caps_word", ".docx", word.caps),
    Layout("table_word", ".docx", word.table),
    Layout("job_board", ".pdf", drawn.job_board, hides=("summary",)),
    Layout("network_export", ".pdf", drawn.network_export, ("es", "en")),
    Layout("plain_text", ".txt", text.plain, ("es", "en")),
    Layout("sidebar_right", ".pdf", html.sidebar_right, ("en",), years_only=True),
    Layout("no_headings", ".docx", word.no_headings, hides=("certifications",)),
    Layout("interleaved", ".pdf", drawn.interleaved, hides=("summary",)),
    Layout("form_word", ".docx", word.form),
)
HELD_OUT = frozenset({"sidebar_right", "no_headings", "interleaved", "form_word"})


@dataclass(frozen=True)
class Sample:
    layout: Layout
    number: int
    truth: Person

    @property
    def filename(self) -> str:
        return f"{self.layout.name}-{self.number}{self.layout.suffix}"

    def content(self) -> bytes:
        return self.layout.draw(self.truth, self.number)


def samples(*, each: int = 5, seed: int = 1) -> Iterator[Sample]:
    """Yield `each` CVs of every layout, always the same for a seed."""
    for place, layout in enumerate(LAYOUTS):
        for number in range(each):
            language = layout.languages[number % len(layout.languages)]
            yield Sample(layout, number, person(seed * 10_000 + place * 100 + number, language))
