"""What a unit's rules and stories say, read from `data/` as the importer puts them together. Pure but for the files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml

from contract.text import normalise

Kind = Literal["intent", "action", "form", "form_ends", "slot", "checkpoint"]


@dataclass(frozen=True)
class Step:
    """One thing that happens. name: of the intent, action, form, or `slot = value`."""

    kind: Kind
    name: str


@dataclass(frozen=True)
class Flow:
    """One rule or story. file: below root. own: the unit's, not shared. conditions: what must hold before it."""

    name: str
    file: str
    own: bool
    conditions: tuple[Step, ...]
    steps: tuple[Step, ...]


def read(root: Path, unit: str) -> tuple[Flow, ...]:
    """Return the flows of a unit: its own, then the shared ones that it does not replace by one of the same name."""
    files = [*sorted((root / "data" / unit).rglob("*.yml")), *sorted((root / "data" / "shared").glob("*.yml"))]
    states = tuple((str(file.relative_to(root)), file.stat().st_mtime_ns) for file in files)
    return _read(root, unit, states)


def search(flows: Sequence[Flow], text: str) -> tuple[Flow, ...]:
    """Return those in which the text stands: in the name, a condition or a step. Empty text: all."""
    wanted = normalise(text)
    return tuple(
        flow
        for flow in flows
        if wanted in normalise(" ".join([flow.name, *(step.name for step in (*flow.conditions, *flow.steps))]))
    )


@lru_cache(maxsize=16)
def _read(root: Path, unit: str, states: tuple[tuple[str, int], ...]) -> tuple[Flow, ...]:
    found: list[Flow] = []
    own: set[str] = set()
    for path, _ in states:
        document = yaml.safe_load((root / path).read_text(encoding="utf-8")) or {}
        is_own = not path.startswith("data/shared/")
        for kind in ("rule", "story"):
            for entry in document.get(f"{kind}s" if kind == "rule" else "stories") or []:
                name = str(entry.get(kind, ""))
                if is_own and kind == "rule":
                    own.add(name)
                elif kind == "rule" and name in own:
                    continue
                conditions = tuple(_steps(entry.get("condition") or []))
                found.append(Flow(name, path, is_own, conditions, tuple(_steps(entry.get("steps") or []))))
    return tuple(found)


def _steps(raw: Sequence[Mapping[str, Any]]) -> Iterator[Step]:
    for step in raw:
        if "intent" in step:
            yield Step("intent", str(step["intent"]))
        elif "or" in step:
            yield Step("intent", " | ".join(str(each.get("intent", "?")) for each in step["or"]))
        elif "action" in step:
            name = str(step["action"])
            yield Step("form" if name.startswith("form_") else "action", name)
        elif "active_loop" in step:
            loop = step["active_loop"]
            yield Step("form", str(loop)) if loop else Step("form_ends", "null")
        elif "slot_was_set" in step:
            for slot in step["slot_was_set"]:
                pairs = slot.items() if isinstance(slot, dict) else [(str(slot), None)]
                for key, value in pairs:
                    # That a form asks nothing any more is how a form ends; it says nothing by itself.
                    if key != "requested_slot":
                        yield Step("slot", str(key) if value is None else f"{key} = {value}")
        elif "checkpoint" in step:
            yield Step("checkpoint", str(step["checkpoint"]))
