"""What a letter, or a document that came with it, tells of a vacancy, as the cells of a file's row; pure.

The words by which it is known stand in `letters.yml` and `words.yml`. What is doubtful is left out: a person completes
it beside the letter itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

import yaml

from contract.text import normalise
from huntred.geography import find_place
from huntred.importing.postings import Posting
from huntred.importing.rules import column_names, readable, said

_LONGEST = 15_000
_LABEL = re.compile(r"^[\s*•·▪–-]*([^\W\d_][^:\n]{1,40}?)\s*:\s*(.*)$")
_BULLET = re.compile(r"^\s*(?:[*•·▪–-]|\d{1,2}[.)])\s+")
_REPLY = re.compile(r"^(?:\s*(?:re|rv|fw|fwd|reenv)\s*:)+\s*", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:[+#]+)?(?:/[^\W_]+)?(?:\([^\W_]+\))?")
_BREAK = re.compile(r"[.,;:!¡¿?\n\"“”]|\s[-–—]\s|\s\(\s?\d")
_PLACE = re.compile(
    r"\ben (?:la ciudad de |el municipio de )?([A-ZÁÉÍÓÚÑ][\w.]*(?: (?:(?:de|del|la|los|las) )?[A-ZÁÉÍÓÚÑ][\w.]*){0,4})"
)
# Of these a cell holds our own word.
_CHOSEN = frozenset({"modality", "seniority", "salary_period", "salary_currency"})
_MOST_TITLE_WORDS = 8
_BEFORE = frozenset({"de", "el", "la", "un", "una", "nuestro", "nuestra", "personal"})
_AFTER = frozenset({"de", "del", "la", "y", "e", "para"})
_FEWEST_GROUPS = 2
_LINES_OF_LIST = 15
_SHORT = frozenset({"title", "company", "city", "region", "address", "openings", "modality", "schedule"})


def is_vacancy(text: str) -> bool:
    """Say whether a text advertises a vacancy, and is no letter or CV of somebody who looks for work."""
    groups, candidate = touched(text)
    return groups >= _FEWEST_GROUPS and candidate < groups and candidate < 3


def touched(text: str) -> tuple[int, int]:
    """Return how many of the things that advertisements speak of it touches, and how much of what candidates write."""
    padded = f" {' '.join(re.findall(r'[a-z0-9]+', normalise(text[:_LONGEST])))} "
    words = _words()
    groups = sum(any(f" {one} " in padded for one in names) for names in words["vacancy"].values())
    return groups, sum(f" {one} " in padded for one in words["candidate"])


def why_unread(code: str) -> str:
    """Return what is said of a file that could not be read; "" where the code is none of those."""
    return str(_words()["unread"].get(code, ""))


def read_letter(text: str, subject: str = "") -> Posting:
    """Return what a text tells as a row's cells. subject: of the mail, or the name of the file, where it has one."""
    text = text.strip()[:_LONGEST]
    cells = dict(labelled(text))
    if "title" not in cells:
        title = _title(_REPLY.sub("", subject)) or next(filter(None, map(_title, text.splitlines()[:12])), "")
        if title:
            cells["title"] = title
    if "city" not in cells:
        found = next((place for match in _PLACE.finditer(text) if (place := _place(match[1]))), None)
        if found is not None:
            cells["city"] = found
    elif (place := _place(cells["city"])) is not None:
        if normalise(cells["city"]) != normalise(place):
            # "Av. Juárez 120, Col. Centro, Puebla" tells more than a town.
            cells.setdefault("address", cells["city"])
        cells["city"] = place
    if "modality" not in cells:
        modality = said("modality", text[:_LONGEST])
        if modality is not None:
            cells["modality"] = modality
    cells["description"] = text
    kept = {field: value for field, value in cells.items() if value and readable(field, value)}
    for field in _CHOSEN & kept.keys():
        kept[field] = said(field, kept[field]) or ""
    return Posting(kept)


def labelled(text: str) -> Iterator[tuple[str, str]]:
    """Yield field and value of each line "label: value", the first of each; a list below its label is one value."""
    lines, seen = text.splitlines(), set()
    for at, line in enumerate(lines):
        found = _LABEL.match(line)
        field = _labels().get(normalise(found[1]).strip(" ¿?¡!")) if found else None
        if found is None or field is None or field in seen or field in {"must", "nice", "description"}:
            continue
        value = found[2].strip()
        if not value and field not in _SHORT:
            value = "\n".join(_listed(lines[at + 1 :]))
        if field in _SHORT:
            value = " ".join(value.split())[:200].rstrip(" .")
        if value:
            seen.add(field)
            yield field, value


def _listed(lines: list[str]) -> Iterator[str]:
    for line in lines[:_LINES_OF_LIST]:
        if not line.strip() or (_LABEL.match(line) and not _BULLET.match(line)):
            return
        yield _BULLET.sub("", line).strip()


def _title(line: str) -> str:
    """Return the position that a subject or a line names after a word like "solicitamos"; "" where none does."""
    words = [(match[0], normalise(match[0]), match.start(), match.end()) for match in _WORD.finditer(line[:200])]
    folded = [word[1] for word in words]
    for opener in _words()["openers"]:
        parts = opener.split()
        for at in range(len(folded) - len(parts) + 1):
            if folded[at : at + len(parts)] == parts:
                return _position(line, words[at + len(parts) :])
    return ""


def _position(line: str, words: list[tuple[str, str, int, int]]) -> str:
    """The words up to where the sentence goes on to something else."""
    openers = {one for opener in _words()["openers"] for one in opener.split()}
    while words and (words[0][1] in openers | _BEFORE or words[0][1].isdecimal()):
        words = words[1:]
    kept: list[tuple[str, str, int, int]] = []
    for word in words:
        if kept and _BREAK.search(line[kept[-1][3] : word[2]]):
            break
        if word[1] in _words()["enders"] or len(kept) == _MOST_TITLE_WORDS:
            break
        kept.append(word)
    while kept and kept[-1][1] in _AFTER:
        kept.pop()
    if not kept:
        return ""
    title = line[kept[0][2] : kept[-1][3]].strip()
    return title[0].upper() + title[1:]


def _place(text: str) -> str | None:
    """Return the town that a text names, looking at its parts from the last to the first."""
    parts = [part.strip() for part in re.split(r"[,;/(]|\s-\s", text) if part.strip()]
    for part in (text, *reversed(parts)):
        words = part.split()
        for size in range(min(4, len(words)), 0, -1):
            place = find_place(" ".join(words[:size]).strip(" ."))
            if place is not None and place.state:
                return place.name
    return None


@cache
def _labels() -> Mapping[str, str]:
    """Folded label → field."""
    found = {name: field for field, names in column_names().items() for name in names}
    return found | {name: field for field, names in _words()["labels"].items() for name in names}


@cache
def _words() -> dict[str, Any]:
    return dict(yaml.safe_load((resources.files("huntred.importing") / "letters.yml").read_text(encoding="utf-8")))
