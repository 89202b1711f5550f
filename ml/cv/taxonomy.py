"""The skills and titles that the taxonomy knows, as names to look for.

`ml/lexicon/skills.yml` and `titles.yml`: lists of {id, es: [preferred, synonyms…], en: […]}. Where they are not there,
the groups of `ml/ranking/lexicon.yml`, each under its first name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from contract.text import normalise

_ML = Path(__file__).resolve().parent.parent
FOLDER = _ML / "lexicon"
_OLDER = _ML / "ranking" / "lexicon.yml"


@dataclass(frozen=True)
class Term:
    """names: every way to say it, Spanish first."""

    id: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Taxonomy:
    skills: tuple[Term, ...]
    titles: tuple[Term, ...]

    @classmethod
    def load(cls, folder: Path = FOLDER) -> Taxonomy:
        """Read the taxonomy of a folder; the ranking's groups where a file is missing. Raises ValueError."""
        skills, titles = folder / "skills.yml", folder / "titles.yml"
        groups = _yaml(_OLDER)
        return cls(
            tuple(_terms(skills)) if skills.is_file() else tuple(_groups(groups["skills"])),
            tuple(_terms(titles)) if titles.is_file() else tuple(_groups(groups["occupations"])),
        )


def _terms(path: Path) -> Iterator[Term]:
    for row in _yaml(path):
        names = (*row.get("es", ()), *row.get("en", ())) if isinstance(row, dict) else ()
        if not names or not row.get("id"):
            raise ValueError(f"{path.name}: a row needs an id and a name: {row}")
        # Schooling and languages are read into fields of their own.
        if row.get("kind") in {"education", "language"}:
            continue
        yield Term(str(row["id"]), tuple(map(str, names)))


def _groups(groups: list[list[str]]) -> Iterator[Term]:
    for names in groups:
        yield Term(re.sub(r"[^a-z0-9]+", "_", normalise(names[0])).strip("_"), tuple(names))


def _yaml(path: Path) -> Any:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(path.read_text(encoding="utf-8"), loader)  # noqa: S506  # a safe loader, the faster one
