"""What is learned from: concepts, each with what it is called in Spanish and in English."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from ml.embeddings.forms import one_form

# Of ISCO's four digits: 513 is waiters and bartenders, 5131 waiters.
_MINOR_GROUP = 3


class BadData(Exception):
    """What is learned from is missing or cannot be read; the message says which file."""


@dataclass(frozen=True)
class Concept:
    """es, en: labels in one form (ml.embeddings.forms), the preferred one first; one of the two may be empty.

    kin: the group of like work that it belongs to; empty where none is known.
    """

    es: tuple[str, ...]
    en: tuple[str, ...]
    kin: str = ""


def esco(folder: Path, kind: str) -> list[Concept]:
    """Read ESCO's occupations or skills. Raises BadData.

    Source: ESCO, European Commission, https://esco.ec.europa.eu (reuse with attribution).
    """
    labels: dict[str, dict[str, tuple[str, ...]]] = {}
    kin: dict[str, str] = {}
    for language in ("es", "en"):
        path = folder / f"esco_{kind}_{language}.tsv.gz"
        if not path.exists():
            raise BadData(f"{path} is not there: --data names the folder with ESCO's labels")
        with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines, delimiter="\t"):
                alternatives = (row["alternative_labels"] or "").split(" | ")
                labels.setdefault(row["concept"], {})[language] = _formed([row["label"], *alternatives])
                if row.get("isco"):
                    kin[row["concept"]] = f"isco {row['isco'][:_MINOR_GROUP]}"
    return [Concept(of.get("es", ()), of.get("en", ()), kin.get(key, "")) for key, of in labels.items()]


def lexicon(path: Path) -> list[Concept]:
    """Read a lexicon of ours: a list of `{id, es: [...], en: [...], family: …}`. Raises BadData."""
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
        return [
            Concept(_formed(entry.get("es", ())), _formed(entry.get("en", ())), entry.get("family", ""))
            for entry in entries
        ]
    except (OSError, yaml.YAMLError, AttributeError, TypeError) as error:
        raise BadData(f"{path}: expected a list of {{id, es: [...], en: [...]}}: {error}") from error


def texts(concepts: Iterable[Concept]) -> Iterator[str]:
    """Every label of the concepts."""
    for concept in concepts:
        yield from concept.es
        yield from concept.en


def _formed(labels: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(formed for label in labels if (formed := one_form(label))))
