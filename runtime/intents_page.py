"""Writes docs/intents.md from the domain, the rules and the examples. `python -m runtime.intents_page [--check]`"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import yaml

from contract.settings import ALL_UNITS

_ROOT = Path(__file__).resolve().parent.parent
_HEAD = """# Intents

Generated from `domain/shared/intents.yml`, the rules and the examples: run `python -m runtime.intents_page` after a
change. Every unit knows all of them; "own rule in" names the units that do something else with one.

| intent | does | examples | own rule in |
|---|---|---|---|
"""


def page(root: Path = _ROOT) -> str:
    """Return the page's text."""
    intents: list[str] = _read(root / "domain" / "shared" / "intents.yml")["intents"]
    shared = _actions(root / "data" / "shared")
    own = {unit: _actions(root / "data" / unit) for unit in ALL_UNITS if (root / "data" / unit).is_dir()}
    examples = _examples(root / "data" / "shared" / "nlu")
    rows = []
    for intent in intents:
        units = ", ".join(unit for unit, rules in own.items() if intent in rules)
        rows.append(f"| {intent} | {shared.get(intent, '')} | {examples.get(intent, 0)} | {units} |\n")
    return _HEAD + "".join(rows)


def _actions(folder: Path) -> dict[str, str]:
    """Return intent → the action of its rule."""
    found: dict[str, str] = {}
    for file in sorted(folder.glob("*.yml")):
        for rule in _read(file).get("rules") or ():
            first, *rest = rule["steps"]
            if "intent" in first and rest:
                found[first["intent"]] = rest[0]["action"]
    return found


def _examples(folder: Path) -> dict[str, int]:
    counts: dict[str, int] = {}
    for file in sorted(folder.glob("*.yml")):
        for part in _read(file).get("nlu") or ():
            if "intent" in part:
                lines = re.findall(r"^- ", part["examples"], re.M)
                counts[part["intent"]] = counts.get(part["intent"], 0) + len(lines)
    return counts


def _read(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(file.read_text("utf-8")) or {}
    return found


def main() -> int:
    target = _ROOT / "docs" / "intents.md"
    text = page()
    if "--check" in sys.argv[1:]:
        if not target.is_file() or target.read_text("utf-8") != text:
            print("docs/intents.md is not what the domain says: run python -m runtime.intents_page", file=sys.stderr)
            return 1
        return 0
    target.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
