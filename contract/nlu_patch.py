"""A change of the training examples as text: the files of `data/` with sentences added, and a patch for `git apply`.

Both environments make it: the back office shows it, the trainer tests exactly that.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

_INTENT = re.compile(r"^(?P<indent>\s*)- intent:\s*(?P<name>[\w./]+)\s*(?:#.*)?$")
_EXAMPLE = re.compile(r"^\s+- \S")
_FOLDER = "data/shared/nlu"


class IntentWithoutExamples(Exception):
    """No file of the training data has examples of this intent."""


def read_files(root: Path) -> dict[str, str]:
    """Return the files of examples, by their path below root (with `/`)."""
    folder = root / _FOLDER
    return {f"{_FOLDER}/{file.name}": file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.yml"))}


def examples_of(files: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the examples of each intent as they are written, in the order of the files."""
    found: dict[str, list[str]] = {}
    for text in files.values():
        intent = ""
        for line in text.splitlines():
            begins = _INTENT.match(line)
            if begins or re.match(r"^\s*- (?:lookup|synonym|regex):", line):
                intent = begins["name"] if begins else ""
            elif intent and _EXAMPLE.match(line):
                found.setdefault(intent, []).append(line.strip()[2:].strip())
    return found


def with_additions(files: Mapping[str, str], additions: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return the files that change, with each (intent, text) behind the last example of its intent.

    Raises IntentWithoutExamples.
    """
    changed: dict[str, str] = {}
    for intent, text in additions:
        path = _file_of(files, intent)
        lines = changed.get(path, files[path]).split("\n")
        place = _last_example(lines, intent)
        indent = lines[place][: len(lines[place]) - len(lines[place].lstrip())]
        lines.insert(place + 1, f"{indent}- {' '.join(text.split())}")
        changed[path] = "\n".join(lines)
    return changed


def patch(files: Mapping[str, str], changed: Mapping[str, str]) -> str:
    """Return the difference as `git apply` takes it; empty where nothing changed."""
    parts: list[str] = []
    for path in sorted(changed):
        lines = list(
            difflib.unified_diff(
                files[path].splitlines(keepends=True), changed[path].splitlines(keepends=True),
                f"a/{path}", f"b/{path}",
            )
        )  # fmt: skip
        if lines:
            parts.append(f"diff --git a/{path} b/{path}\n")
            parts += [line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines]
    return "".join(parts)


def _file_of(files: Mapping[str, str], intent: str) -> str:
    """The last file that teaches the intent."""
    for path in sorted(files, reverse=True):
        if _last_example(files[path].split("\n"), intent) >= 0:
            return path
    raise IntentWithoutExamples(intent)


def _last_example(lines: Sequence[str], intent: str) -> int:
    inside, last = False, -1
    for number, line in enumerate(lines):
        begins = _INTENT.match(line)
        if begins or re.match(r"^\s*- (?:lookup|synonym|regex):", line):
            inside = bool(begins) and begins["name"] == intent if begins else False
        elif inside and _EXAMPLE.match(line):
            last = number
    return last
