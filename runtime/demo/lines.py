"""What is said in a demo conversation: the lines of `data/dialogues/`, cut where somebody did not go on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from runtime.demo.dice import Dice

# Of who begins a form: how many go on to its end, leave it for something else, or write no more.
_OUTCOMES = [("completed", 66), ("silent", 20), ("left", 14)]


@dataclass(frozen=True)
class Line:
    """who: p (the person), b (the assistant) or c (a consultant). key: the same for all that say this line.

    intent, confidence: as p was understood; None where a person of the team was listening. meant: what p meant in
    truth. option: p chose what was shown. begins, asks, ends: of a form; leaves: it ends by another flow. action: the
    action that says b. late: long after the line before.
    """

    who: str
    text: str
    key: str = ""
    intent: str | None = None
    confidence: float | None = None
    meant: str = ""
    option: bool = False
    begins: str = ""
    asks: str = ""
    ends: str = ""
    leaves: bool = False
    action: str = ""
    late: bool = False


@dataclass(frozen=True)
class Dialogue:
    handling: str
    handoff: str
    lines: tuple[Line, ...]

    @property
    def open_form(self) -> bool:
        """Whether it stops in the middle of a form."""
        return any(line.begins for line in self.lines) and not any(line.ends or line.leaves for line in self.lines)


def weight_of(raw: Mapping[str, Any], age_days: float) -> int:
    """Return how often a dialogue comes about; what the assistant learns to understand grows rarer."""
    weight = int(raw.get("weight", 10)) * 10
    return round(weight * (0.35 + age_days / 45)) if raw.get("old") else weight


def spoken(dice: Dice, raw: Mapping[str, Any], menu: tuple[str, str]) -> Dialogue:
    """Say a dialogue in one of its ways. menu: what who leaves a form asks for, and the answer."""
    lines = [_line(dice, number, line) for number, line in enumerate(raw["lines"])]
    handling = raw["handling"]
    handoff = str(raw.get("handoff") or (handling if handling in {"queued", "with_person"} else ""))
    lines = _as_heard(lines)
    outcome = dice.weighted(_OUTCOMES) if raw.get("flow") else "completed"
    if outcome != "completed":
        last = dice.one([number for number, line in enumerate(lines) if line.asks])
        lines = lines[: last + 1]
        if outcome == "left":
            said, shown = menu
            lines += [
                Line("p", said, intent="show_menu", confidence=0.97),
                Line("b", shown, leaves=True, action="action_show_menu"),
            ]
    return Dialogue(handling, handoff, tuple(lines))


def _line(dice: Dice, number: int, raw: Mapping[str, Any]) -> Line:
    who = next(one for one in ("p", "b", "c") if one in raw)
    texts = raw[who] if isinstance(raw[who], list) else [raw[who]]
    intent = raw.get("is")
    confidence = None
    if intent is not None:
        confidence = 1.0 if raw.get("option") else float(raw.get("sure", 0.94)) + dice.between(-0.06, 0.05)
        confidence = round(min(confidence, 0.99) if not raw.get("option") else 1.0, 3)
    return Line(
        who, dice.one(texts), key=f"{number}:{texts[0]}", intent=intent, confidence=confidence,
        meant=raw.get("meant", ""), option=bool(raw.get("option")), begins=raw.get("begins", ""),
        asks=raw.get("asks", ""), ends=raw.get("ends", ""), action=raw.get("does", ""), late=bool(raw.get("late")),
    )  # fmt: skip


def _as_heard(lines: list[Line]) -> list[Line]:
    """From a consultant's first words on nobody reads what the person means."""
    heard: list[Line] = []
    for line in lines:
        taken = any(one.who == "c" for one in heard)
        heard.append(replace(line, intent=None, confidence=None) if line.who == "p" and taken else line)
    return heard
