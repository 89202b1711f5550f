"""Languages that a person speaks, with their levels."""

from __future__ import annotations

import functools
import re
from dataclasses import replace
from itertools import zip_longest

from huntred.cv.ports import CvLanguage, Found
from ml.cv.document import CELL, Line
from ml.cv.sections import Sections
from ml.cv.tagging import Tags
from ml.cv.words import folded, pattern, words

_CEFR = re.compile(r"\b([abc][12])\b\+?")
_PERCENT = re.compile(r"\b(\d{1,3})\s?%")
_SCORE = re.compile(r"\b(?:toefl|ibt|itp|toeic|ielts)\b")
# How far from its language a level may stand.
_REACH = 60
_NEAR = 25


def languages(sections: Sections, tags: Tags) -> list[CvLanguage]:
    """Return the languages of their section; else those that are named with a level elsewhere."""
    own = sections.of("languages")
    found = _read(own, tags, level_needed=False)
    others = [
        line for name in ("skills", "contact", "summary", "certifications", "education") for line in sections.of(name)
    ]
    more = _read([*sections.head, *others], tags, level_needed=True)
    known = {one.language for one in found}
    return found + [one for one in more if one.language not in known]


def _read(lines: list[Line], tags: Tags, *, level_needed: bool) -> list[CvLanguage]:
    found: dict[str, CvLanguage] = {}
    paired = _rows_paired(lines)
    for at, (line, own) in enumerate(paired):
        spoken = [tag for tag in tags.of(line, 0, own) if tag.kind == "language"]
        for number, tag in enumerate(spoken):
            until = spoken[number + 1].start if number + 1 < len(spoken) else len(line.text)
            since = spoken[number - 1].end if number else 0
            level = _level(line, tag.end, min(until, tag.end + (_NEAR if level_needed else _REACH)))
            if level is None and number == 0:
                level = _level(line, max(since, tag.start - 25), tag.start)
            if level is None and not level_needed and number == len(spoken) - 1 and at + 1 < len(paired):
                following, _ = paired[at + 1]
                if not any(other.kind == "language" for other in tags.of(following)):
                    level = _level(following, 0, min(len(following.text), _REACH))
            if tag.key in found and (found[tag.key].level is not None or level is None):
                continue
            spoken_here = pattern("spoken").search(folded(line.text))
            if level is None and level_needed and not spoken_here:
                continue
            found[tag.key] = CvLanguage(tag.key, line.found(tag.start, tag.end, 0.95), level)
    return list(found.values())


def _rows_paired(lines: list[Line]) -> list[tuple[Line, int]]:
    """Turn "Español | Inglés" above "Nativo | C1" into a line for each language, with how long its own text is."""
    done: list[tuple[Line, int]] = []
    skip = False
    for line, following in zip_longest(lines, lines[1:]):
        if skip:
            skip = False
            continue
        cells = line.text.split(CELL)
        levels = following.text.split(CELL) if following else []
        if (
            len(cells) > 1
            and len(cells) == len(levels)
            and all(map(_says_level, levels))
            and not any(map(_says_level, cells))
        ):
            position = 0
            for cell, level in zip(cells, levels, strict=True):
                done.append((replace(line, text=f"{cell}: {level}", start=line.start + position), len(cell)))
                position += len(cell) + 1
            skip = True
        else:
            done.append((line, len(line.text)))
    return done


def _says_level(text: str) -> bool:
    low = folded(text)
    return bool(_CEFR.search(low) or _level_words().search(low) or _PERCENT.search(low))


@functools.cache
def _level_words() -> re.Pattern[str]:
    said = [phrase for phrases in words()["levels"].values() for phrase in phrases]
    return re.compile(r"\b(" + "|".join(sorted(map(re.escape, said), key=len, reverse=True)) + r")\b")


@functools.cache
def _level_codes() -> dict[str, str]:
    return {phrase: level for level, phrases in words()["levels"].items() for phrase in phrases}


def _level(line: Line, start: int, end: int) -> Found | None:
    low = folded(line.text)
    frame = _CEFR.search(low, start, end)
    if frame:
        return line.found(frame.start(1), frame.end(1), 0.95, frame[1].upper())
    said = _level_words().search(low, start, end)
    if said:
        return line.found(said.start(), said.end(), 0.9, _level_codes()[said[1]])
    share = _PERCENT.search(low, start, end)
    if share:
        return line.found(share.start(), share.end(), 0.75, _of_percent(int(share[1])))
    score = _SCORE.search(low, start, end)
    return line.found(score.start(), end, 0.6, "advanced") if score else None


def _of_percent(share: int) -> str:
    for least, level in ((95, "fluent"), (75, "advanced"), (45, "intermediate")):
        if share >= least:
            return level
    return "basic"


def is_level(text: str) -> bool:
    return bool(_level_words().fullmatch(folded(text).strip("() ")))


def level_near(line: Line, start: int, end: int) -> Found | None:
    """Return the level that is written right behind a skill: "Excel (avanzado)", "SQL - intermedio"."""
    stop = re.compile(r"[,;\t|•·]").search(line.text, end)
    until = min(len(line.text), end + 28, stop.start() if stop else len(line.text))
    after = line.text[end:until]
    if not pattern("beside_level").match(folded(after)):
        return None
    return _level(line, end, until)
