"""Sentences that tell of a job or a study: "De 2018 a la fecha trabajo en Talleres Díaz como jefe de taller"."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import replace

from ml.cv.document import Line
from ml.cv.words import folded, words

# Two letters or digits stand before the end of a sentence: "C.V." and initials do not end one.
_END = re.compile(r"(?<=[\w)%]{2})[.!?]\s+(?=[A-ZÁÉÍÓÚÑ¡¿])")
_WORD_BEFORE = re.compile(r"(\w+)$")
_LONG_WORDS = 14


def sentences(line: Line) -> Iterator[Line]:
    """Yield the sentences of a paragraph that is one line, each as a line; what is short stays as it is."""
    if line.bullet or len(line.text.split()) < _LONG_WORDS:
        yield line
        return
    for start, end in sentence_edges(line.text):
        yield replace(line, text=line.text[start:end], start=line.start + start, whole=True)


def sentence_edges(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each sentence begins and ends."""
    start = 0
    for match in _END.finditer(text):
        before = _WORD_BEFORE.search(text, start, match.start())
        if before and folded(before[1]) in words()["abbreviations"]:
            continue
        yield start, match.start() + 1
        start = match.end()
    yield start, len(text)


@functools.cache
def _patterns() -> tuple[tuple[re.Pattern[str], ...], re.Pattern[str]]:
    said = {
        name: "|".join(sorted(map(re.escape, phrases), key=len, reverse=True))
        for name, phrases in words()["prose"].items()
    }
    # Dots inside a name ("S.A. de C.V.") do not end it.
    name = r"(?:[^.,;()]|\.(?=[a-z0-9])|\.(?= de (?:c|r)\.)|,(?= s\.? ?a))+?"
    stop = words()["patterns"]["name_stops"]
    worked, at, as_ = rf"\b(?:{said['worked']})\s+", rf"(?:{said['at']})\s+", rf"(?:{said['as']})\s+"
    return (
        re.compile(rf"{worked}{as_}(?P<title>{name})\s+{at}(?P<employer>{name}){stop}"),
        re.compile(
            rf"{worked}{at}(?P<employer>{name})[,\s]+(?:{said['as'].replace('de|', '', 1)})\s+(?P<title>{name}){stop}"
        ),
        re.compile(
            rf"\b(?:{said['was']})\s+(?:(?:{said['article']})\s+)?(?P<title>{name})\s+{at}(?P<employer>{name}){stop}"
        ),
    ), re.compile(
        rf"\b(?:{said['studied']})\s+(?:(?:{said['article']})\s+)?(?P<degree>{name})\s+"
        rf"{words()['patterns']['taught_at']}\s+(?P<institution>{name}){stop}"
    )


def told(line: Line, period: tuple[int, int] | None) -> dict[str, tuple[int, int]]:
    """Return where a sentence names title and employer, or degree and institution; empty where it tells of neither.

    period: the characters of its dates, which are part of no name.
    """
    low = folded(line.text)
    if period is not None:
        low = low[: period[0]] + "," * (period[1] - period[0]) + low[period[1] :]
    jobs, study = _patterns()
    for pattern in (study, *jobs):
        match = pattern.search(low)
        if match:
            return {name: match.span(name) for name in match.groupdict()}
    return {}
