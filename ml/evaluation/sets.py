"""A set to measure retrieval on, read from three text files.

queries and corpus: `id<TAB>text`, one a line. qrels: `query 0 document grade` as TREC writes it, or
`query document [grade]`, separated by tabs or spaces; no grade is 1, and a grade above 0 is relevant. A first line
that only names the columns is left out, a name that ends in .gz is unpacked. Several lines of the corpus may share
an id: they are labels of one concept, which scores as its best label does.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_IDS = frozenset(
    ("id", "_id", "qid", "q_id", "query", "query_id", "query-id", "q_key", "did", "d_id", "doc", "doc_id", "docid",
     "document", "document_id", "corpus", "corpus_id", "corpus-id", "cid", "c_id", "c_key", "pid", "element",
     "element_id", "concept", "concept_id", "key")
)
_TEXTS = ("text", "title", "jobtitle", "job_title", "label", "surface_form", "name", "query_text", "value")


class BadSet(Exception):
    """A file of a set cannot be read; the message says which line and what is expected."""


@dataclass(frozen=True)
class RetrievalSet:
    """queries, corpus: (id, text) in the order of the files. relevant: the documents of each query, by their ids."""

    queries: tuple[tuple[str, str], ...]
    corpus: tuple[tuple[str, str], ...]
    relevant: Mapping[str, frozenset[str]]


def read_set(queries: Path, corpus: Path, qrels: Path) -> RetrievalSet:
    """Read the three files. Raises BadSet; a missing file raises OSError."""
    asked = list(_texts(queries))
    if len({key for key, _ in asked}) != len(asked):
        raise BadSet(f"{queries}: an id stands on two lines; every query needs its own")
    relevant = _relevant(qrels)
    judged = tuple(row for row in asked if row[0] in relevant)
    if not judged:
        raise BadSet(f"{qrels}: names no query of {queries} with a grade above 0; do the ids agree?")
    found = tuple(_texts(corpus))
    known = {key for key, _ in found}
    if not any(relevant[key] & known for key, _ in judged):
        raise BadSet(f"{qrels}: names no document of {corpus}; do the ids agree?")
    return RetrievalSet(judged, found, {key: relevant[key] for key, _ in judged})


def _texts(path: Path) -> Iterator[tuple[str, str]]:
    column = 1
    empty = True
    for number, line in _lines(path):
        fields = line.split("\t")
        if number == 1 and fields[0].strip().casefold() in _IDS:
            names = [name.strip().casefold() for name in fields]
            column = next((names.index(name) for name in _TEXTS if name in names[1:]), 1)
            continue
        if len(fields) <= column or not fields[0].strip():
            raise BadSet(f"{path}, line {number}: expected id<TAB>text")
        empty = False
        yield fields[0].strip(), _unquoted(fields[column].strip())
    if empty:
        raise BadSet(f"{path}: holds no line of the form id<TAB>text")


def _unquoted(field: str) -> str:
    """Return what a field that a spreadsheet wrote in quotes holds. Line breaks within quotes are not expected."""
    if len(field) > 1 and field[0] == field[-1] == '"':
        return field[1:-1].replace('""', '"')
    return field


def _relevant(path: Path) -> dict[str, frozenset[str]]:
    relevant: dict[str, set[str]] = {}
    for number, line in _lines(path):
        fields = line.split("\t") if "\t" in line else line.split()
        fields = [field.strip() for field in fields]
        if number == 1 and fields[0].casefold() in _IDS:
            continue
        if len(fields) == 2:
            query, document, grade = fields[0], fields[1], "1"
        elif len(fields) == 3:
            query, document, grade = fields
        elif len(fields) == 4:
            query, _, document, grade = fields
        else:
            raise BadSet(f"{path}, line {number}: expected `query 0 document grade` or `query document [grade]`")
        try:
            worth = float(grade)
        except ValueError:
            raise BadSet(f"{path}, line {number}: the grade {grade!r} is no number") from None
        if worth > 0:
            relevant.setdefault(query, set()).add(document)
    return {query: frozenset(documents) for query, documents in relevant.items()}


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8-sig") as lines:
        try:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield number, line.rstrip("\r\n")
        except UnicodeDecodeError:
            raise BadSet(f"{path}: is not UTF-8 text") from None
