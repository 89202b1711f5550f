"""Which lines are headings, and of which section; which are labels."""

from __future__ import annotations

import functools
import re

from ml.cv.document import BULLETS, CELL
from ml.cv.words import folded, label_of, pattern, words

_TOKEN = re.compile(r"[a-z0-9+&/'.-]+")
_EDGES = BULLETS + " \t.:;,|_=#~<>()[]«»\"'¡!¿?/"
_LONGEST_WORDS = 7


@functools.cache
def _sections() -> tuple[dict[str, str], frozenset[str], dict[str, str]]:
    said = words()
    strong: dict[str, str] = {}
    for section, names in said["headings"].items():
        for name in names:
            strong.setdefault(name, section)
    exact = {phrase: section for section, phrases in said["exact"].items() for phrase in phrases}
    return strong, frozenset(map(str, said["neutral"])), exact


@functools.lru_cache(maxsize=4096)
def section_of(text: str) -> str:
    """Return the section that a line announces, "" where it is no heading.

    One of: summary, experience, education, languages, skills, certifications, references, interests, contact.
    """
    if CELL in text or len(text) > 70:
        return ""
    bare = _without_spacing(folded(text)).strip(_EDGES + "0123456789")
    # Icons of a symbol font come as private characters before the word.
    bare = re.sub(r"^[^\w&]+", "", bare)
    bare = re.sub(r"^(?:[ivx]{1,4}|[a-z])[.)]\s+", "", bare)
    strong, neutral, exact = _sections()
    if bare in exact:
        return exact[bare]
    tokens = _TOKEN.findall(bare)
    tokens = [part for token in tokens for part in token.strip(".-'").split("/") if part]
    if not tokens or len(tokens) > _LONGEST_WORDS or text.rstrip().endswith((".", ",", ";")):
        return ""
    named = [strong[token] for token in tokens if token in strong]
    if not named or any(token not in strong and token not in neutral for token in tokens):
        return ""
    if len(tokens) == 1 and tokens[0] in words()["never_alone"]:
        return ""
    if "education" in named and not pattern("further").search(bare):
        # "Education and Training", "Formación y cursos": the schools come first in it.
        named = [section for section in named if section != "certifications"]
    order = list(words()["headings"])
    return min(named, key=order.index)


def _without_spacing(text: str) -> str:
    """Close "e x p e r i e n c i a"."""
    parts = text.split(" ")
    if len(parts) >= 4 and all(len(part) <= 1 for part in parts):
        return re.sub(r"(?<=\S) (?=\S)", "", text).replace("  ", " ")
    return text


def inline_section(text: str) -> tuple[str, int]:
    """Return the section named before a colon, and where its text begins: "Idiomas: inglés" → (languages, 8)."""
    match = re.match(r"[^:\t]{3,45}(?::\s*|\t)(?=\S)", text)
    if match is None:
        return "", 0
    name = match.group().rstrip(": \t")
    return section_of(name), match.end()


# One word may label several things ("Domicilio" of a person, of an employer): a reader says what it looks for.
OF_JOBS = ("employer", "title", "period", "start", "end", "duties", "skills", "other_job")
OF_STUDIES = ("institution", "degree", "period", "start", "end", "other_study")
OF_PEOPLE = ("name", "surname", "address", "phone", "mail", "link", "private")


def label(text: str, among: tuple[str, ...] = OF_JOBS) -> tuple[str, int]:
    """Return the role of a label at the line's start and where its value begins: "Puesto: Chofer" → (title, 8)."""
    low = folded(text)
    match = re.match(r"([^:\t]{2,45}?)\s*(?::\s*|\t+:?\s*)", low)
    if match is not None:
        role = label_of(match[1].strip(BULLETS + " ."), among)
        if role:
            return role, match.end()
    role = label_of(low.strip(_EDGES), among)
    # "Empresa" alone in a cell is a label; "años." at a paragraph's end is not.
    alone = low.rstrip().endswith(":") or (text[:1].isupper() and (len(text) < 6 or not text.rstrip().endswith(".")))
    return (role, len(text)) if role and alone else ("", 0)


def is_label(text: str) -> bool:
    return any(label(text, among)[0] for among in (OF_JOBS, OF_STUDIES, OF_PEOPLE))
