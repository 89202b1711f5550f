"""Reads the lexicon's files into records; a bad entry is refused with its file and line.

Reading takes some tenths of a second: the caller keeps the result.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeGuard, TypeVar

import yaml

from contract.text import normalise

HERE = Path(__file__).parent

LEVELS = ("operative", "technical", "professional", "management", "executive")
FAMILIES = (
    "construction", "agriculture", "cleaning", "lodging", "kitchen", "care", "personal_services", "security",
    "logistics", "transport", "manufacturing", "textile", "maintenance", "mining_energy", "retail", "sales",
    "customer_service", "administration", "finance", "human_resources", "legal", "technology", "engineering",
    "science", "health", "education", "marketing", "media", "public_sector", "general_management",
)  # fmt: skip
KINDS = (
    "software", "machine", "language", "certification", "norm", "trade", "office", "soft", "domain", "tool",
    "regulation", "licence",
)  # fmt: skip

_ID = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


@dataclass(frozen=True)
class Title:
    """A job's title. es, en: its forms, the preferred first; family: one of FAMILIES; level: one of LEVELS."""

    id: str
    es: tuple[str, ...]
    en: tuple[str, ...]
    family: str
    level: str


@dataclass(frozen=True)
class Skill:
    """Something that a person can, knows or holds. es, en: its forms, the preferred first; kind: one of KINDS."""

    id: str
    es: tuple[str, ...]
    en: tuple[str, ...]
    kind: str


@dataclass(frozen=True)
class Ambiguous:
    """The forms, folded by `normalise`, that may stand under several titles or several skills."""

    titles: frozenset[str]
    skills: frozenset[str]


class LexiconInvalid(ValueError):
    """An entry cannot be taken. path: the file; line: counted from 1; problem: what is wrong and what would do."""

    def __init__(self, path: Path, line: int, problem: str) -> None:
        self.path = path
        self.line = line
        self.problem = problem
        super().__init__(f"{path.name}, line {line}: {problem}")


class _Entry(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def es(self) -> tuple[str, ...]: ...
    @property
    def en(self) -> tuple[str, ...]: ...


_E = TypeVar("_E", bound=_Entry)
_Refuse = Callable[[str], LexiconInvalid]


def read_titles(path: Path = HERE / "titles.yml", ambiguous: Path = HERE / "ambiguous.yml") -> tuple[Title, ...]:
    """Return all titles in the file's order. Raises LexiconInvalid."""

    def build(fields: Mapping[str, object], refuse: _Refuse) -> Title:
        return Title(
            _id(fields, refuse),
            _forms(fields, "es", refuse),
            _forms(fields, "en", refuse),
            _one_of(fields, "family", FAMILIES, refuse),
            _one_of(fields, "level", LEVELS, refuse),
        )

    return _read(path, ("id", "es", "en", "family", "level"), build, read_ambiguous(ambiguous).titles)


def read_skills(path: Path = HERE / "skills.yml", ambiguous: Path = HERE / "ambiguous.yml") -> tuple[Skill, ...]:
    """Return all skills in the file's order. Raises LexiconInvalid."""

    def build(fields: Mapping[str, object], refuse: _Refuse) -> Skill:
        return Skill(
            _id(fields, refuse),
            _forms(fields, "es", refuse),
            _forms(fields, "en", refuse),
            _one_of(fields, "kind", KINDS, refuse),
        )

    return _read(path, ("id", "es", "en", "kind"), build, read_ambiguous(ambiguous).skills)


def read_ambiguous(path: Path = HERE / "ambiguous.yml") -> Ambiguous:
    """Return the forms that may name several entries. Raises LexiconInvalid."""
    lists: dict[str, frozenset[str]] = {}
    for key, node in _pairs(_root(path), path):
        value = _plain(node)
        if not _texts(value):
            raise LexiconInvalid(path, _line(node), f"{key} must be a list of texts")
        lists[key] = frozenset(normalise(form) for form in value)
    if set(lists) != {"titles", "skills"}:
        raise LexiconInvalid(path, 1, "the file must hold `titles` and `skills`, and nothing else")
    return Ambiguous(lists["titles"], lists["skills"])


def _read(
    path: Path,
    keys: tuple[str, ...],
    build: Callable[[Mapping[str, object], _Refuse], _E],
    ambiguous: Collection[str],
) -> tuple[_E, ...]:
    root = _root(path)
    if not isinstance(root, yaml.SequenceNode):
        raise LexiconInvalid(path, _line(root), "the file must be a list of entries, one a line: `- {id: …}`")
    entries: list[_E] = []
    lines: dict[str, int] = {}
    owners: dict[tuple[str, str], tuple[str, int]] = {}
    for node in root.value:
        line = _line(node)

        def refuse(problem: str, line: int = line) -> LexiconInvalid:
            return LexiconInvalid(path, line, problem)

        fields = {key: _plain(value) for key, value in _pairs(node, path)}
        if set(fields) != set(keys):
            raise refuse(f"an entry has the keys {', '.join(keys)}; this one has {', '.join(fields)}")
        entry = build(fields, refuse)
        if entry.id in lines:
            raise refuse(f"the id {entry.id} stands on line {lines[entry.id]} too")
        lines[entry.id] = line
        for language, form in _said(entry):
            owner, there = owners.setdefault((language, normalise(form)), (entry.id, line))
            if owner != entry.id and normalise(form) not in ambiguous:
                raise refuse(f"“{form}” is a form of {owner} on line {there}: keep one, or list it in ambiguous.yml")
        entries.append(entry)
    return tuple(entries)


def _said(entry: _Entry) -> Iterator[tuple[str, str]]:
    for form in entry.es:
        yield "es", form
    for form in entry.en:
        yield "en", form


def _id(fields: Mapping[str, object], refuse: _Refuse) -> str:
    value = fields["id"]
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise refuse(f"the id {value!r} must be snake_case: small letters without accents, digits and _")
    return value


def _forms(fields: Mapping[str, object], key: str, refuse: _Refuse) -> tuple[str, ...]:
    value = fields[key]
    if not _texts(value):
        raise refuse(f"{key} must be a list of texts, as in `{key}: [velador, sereno]`; quote yes, no and numbers")
    if not value:
        raise refuse(f"{key} needs at least one form")
    for form in value:
        if not form or form != " ".join(form.split()):
            raise refuse(f"{key} holds {form!r}: a form is not empty and has single spaces")
    if len({form.casefold() for form in value}) < len(value):
        raise refuse(f"{key} holds a form twice")
    return tuple(value)


def _one_of(fields: Mapping[str, object], key: str, known: tuple[str, ...], refuse: _Refuse) -> str:
    value = fields[key]
    if not isinstance(value, str) or value not in known:
        raise refuse(f"{key} {value!r} is unknown; it is one of {', '.join(known)}")
    return value


def _texts(value: object) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _root(path: Path) -> yaml.Node:
    try:
        root: yaml.Node | None = yaml.compose(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise LexiconInvalid(path, line, f"not YAML: {error.problem}") from error
    if root is None:
        raise LexiconInvalid(path, 1, "the file is empty")
    return root


def _pairs(node: yaml.Node, path: Path) -> Iterator[tuple[str, yaml.Node]]:
    if not isinstance(node, yaml.MappingNode):
        raise LexiconInvalid(path, _line(node), "expected keys and values: `{key: value}`")
    for key, value in node.value:
        yield str(key.value), value


def _plain(node: yaml.Node) -> object:
    """Return texts and lists of texts as such; anything else, such as a number, as None."""
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item) for item in node.value]
    if isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:str":
        return str(node.value)
    return None


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
