"""When two vacancies are alike, what alike ones tell, and which facts want somebody; without a database."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache, lru_cache
from importlib import resources
from typing import Any
from uuid import UUID

import yaml

from contract.text import normalise
from huntred.attention.types import Alert, AlertKind, Comparison, Facts, Filled, Position, Spread, StageStand
from huntred.predictions.rules import quantile

# Fewer alike ones than this are told by their number alone; of many only the latest count.
LEAST_ALIKE, MOST_ALIKE = 5, 40
# Pay is near from two thirds to one and a half.
NEAR_PAY = Decimal("1.5")
# A card waits too long this many days beyond what is usual in its stage.
BEYOND_USUAL_DAYS = 3.0
# Where the unit's past does not say what is usual.
USUAL_DAYS_UNKNOWN = 7.0
# Unanswered: so many who have waited for two days.
MANY_UNANSWERED, UNANSWERED_DAYS = 5, 2.0
# As long open without anybody in an interview, a vacancy is late.
NO_INTERVIEW_DAYS = 14.0
# Before that an applicant more or less says nothing.
APPLICANTS_AFTER_DAYS = 3.0
ADVANCED = frozenset({"interview", "offer", "hired"})
ENDED = frozenset({"hired", "rejected", "withdrawn"})

# The most pressing first.
KINDS: tuple[AlertKind, ...] = (
    "slots_missing", "unanswered", "no_movement", "no_interview", "few_applicants", "pay_below", "overdue",
    "no_consultant",
)  # fmt: skip
_STEM, _LEAST_LETTERS = 5, 3


@lru_cache(maxsize=4096)
def stems(title: str) -> frozenset[str]:
    """Return what a title says of the work: "Auxiliar de almacén" → {"almac"}; the level where it says nothing else."""
    said = [word.strip("/.,()-") for word in normalise(title).replace("/", " ").split()]
    words = [word for word in said if len(word) >= _LEAST_LETTERS]
    work = [word for word in words if word not in _level()]
    return frozenset(word[:_STEM] for word in work or words)


def kin(one: frozenset[str], other: frozenset[str]) -> bool:
    """Say whether two titles name the same work: half of the shorter one's words or more are shared."""
    return bool(one and other) and 2 * len(one & other) >= min(len(one), len(other))


def near(one: Position, other: Position) -> bool:
    """Say whether two jobs are in the same place: both from anywhere, one town, or one state."""
    if one.remote or other.remote:
        return one.remote and other.remote
    return bool(one.city and normalise(one.city) == normalise(other.city)) or bool(
        one.region and normalise(one.region) == normalise(other.region)
    )


def near_pay(one: Position, other: Position) -> bool:
    """Say whether both pay about the same; what is not said is no difference."""
    if one.pay is None or other.pay is None or not one.pay or not other.pay:
        return True
    return max(one.pay, other.pay) <= NEAR_PAY * min(one.pay, other.pay)


def alike(position: Position, filled: Sequence[Filled]) -> list[Filled]:
    """Return those of the same kind, work and place, in the order given; never the vacancy itself."""
    work = stems(position.title)
    return [
        one for one in filled
        if one.position.id != position.id and one.position.kind == position.kind
        and kin(work, stems(one.position.title)) and near(position, one.position)
    ]  # fmt: skip


def compare(position: Position, filled: Sequence[Filled]) -> Comparison:
    """Put a vacancy beside the alike ones that were filled. filled: latest first, with what came to them."""
    return completed(choose(position, filled), {one.position.id: one for one in filled})


def choose(position: Position, filled: Sequence[Filled]) -> Comparison:
    """Return the alike ones with their days and pay; by pay too where enough are near. filled: latest first.

    What they paid is told of all that are alike, near in pay or not.
    """
    found = alike(position, filled)
    if len(found) < LEAST_ALIKE:
        return Comparison(len(found))
    same_pay = [one for one in found if near_pay(position, one.position)]
    by_pay = position.pay is not None and len(same_pay) >= LEAST_ALIKE
    chosen = (same_pay if by_pay else found)[:MOST_ALIKE]
    return Comparison(
        len(found), tuple(chosen), by_pay,
        days=spread([one.days for one in chosen]),
        pay=spread([float(one.position.pay) for one in found[:MOST_ALIKE] if one.position.pay]),
    )  # fmt: skip


def completed(comparison: Comparison, whole: Mapping[UUID, Filled]) -> Comparison:
    """Return it with what came to the alike ones. whole: by the vacancy's id, those with who applied and was hired."""
    there = tuple(whole[one.position.id] for one in comparison.alike)
    per_hire = [one.interviews_per_hire for one in there]
    return replace(
        comparison, alike=there,
        applicants=spread([len(one.applied_after) for one in there]),
        interviews_per_hire=spread([value for value in per_hire if value is not None]),
    )  # fmt: skip


def spread(figures: Sequence[float]) -> Spread | None:
    """Return the quartiles, none where the figures are too few."""
    if len(figures) < LEAST_ALIKE:
        return None
    ordered = sorted(figures)
    return Spread(quantile(ordered, 0.25), quantile(ordered, 0.5), quantile(ordered, 0.75), len(ordered))


def usual_wait(usual_days: float | None) -> float:
    """Return how many days a card may stand in a stage before somebody should look at it."""
    return USUAL_DAYS_UNKNOWN if usual_days is None else usual_days + BEYOND_USUAL_DAYS


def alerts(facts: Facts, comparison: Comparison) -> tuple[Alert, ...]:
    """Return what the facts of an open vacancy want, the most pressing first."""
    found = (_RULES[kind](facts, comparison) for kind in KINDS)
    return tuple(alert for alert in found if alert is not None)


def stays_dismissed(alert: Alert, *, key: str, level: int) -> bool:
    """Say whether what was set aside with this key and level is still all that there is."""
    return alert.key == key and alert.level <= level


def _slots_missing(facts: Facts, comparison: Comparison) -> Alert | None:
    if not facts.uninterviewed or facts.free_times:
        return None
    return Alert("slots_missing", grade(facts.uninterviewed), values={"count": facts.uninterviewed})


def _unanswered(facts: Facts, comparison: Comparison) -> Alert | None:
    new = [stage for stage in facts.stages if stage.kind == "new" and stage.count]
    waiting, late = sum(stage.waiting for stage in new), sum(stage.late for stage in new)
    if waiting < MANY_UNANSWERED and not late:
        return None
    count = max(waiting, late)
    oldest = max(stage.oldest_days for stage in new)
    return Alert("unanswered", grade(count), values={"count": count, "days": math.floor(oldest)})


def _no_movement(facts: Facts, comparison: Comparison) -> Alert | None:
    late = [stage for stage in facts.stages if stage.late and stage.kind != "new" and stage.kind not in ENDED]
    if not late:
        return None
    worst = max(late, key=lambda stage: (stage.oldest_days - usual_wait(stage.usual_days), stage.name))
    return Alert("no_movement", grade(sum(stage.late for stage in late)), values=_of_stage(late, worst))


def _of_stage(late: Sequence[StageStand], worst: StageStand) -> dict[str, float | int | str]:
    values: dict[str, float | int | str] = {
        "count": sum(stage.late for stage in late), "stage": worst.name, "days": math.floor(worst.oldest_days)
    }
    return values if worst.usual_days is None else values | {"usual": round(worst.usual_days, 1)}


def _no_interview(facts: Facts, comparison: Comparison) -> Alert | None:
    if facts.open_days <= NO_INTERVIEW_DAYS or any(s.count for s in facts.stages if s.kind in ADVANCED):
        return None
    going = sum(stage.count for stage in facts.stages if stage.kind not in ENDED)
    return Alert(
        "no_interview", grade(facts.open_days), values={"days": math.floor(facts.open_days), "count": going}
    )


def _few_applicants(facts: Facts, comparison: Comparison) -> Alert | None:
    if facts.open_days < APPLICANTS_AFTER_DAYS:
        return None
    usual = spread([one.applicants_at(facts.open_days) for one in comparison.alike])
    if usual is None or facts.applicants >= usual.low:
        return None
    return Alert(
        "few_applicants", grade(facts.open_days),
        values={"count": facts.applicants, "usual": round(usual.middle), "days": math.floor(facts.open_days),
                "alike": usual.count},
    )  # fmt: skip


def _pay_below(facts: Facts, comparison: Comparison) -> Alert | None:
    pay, usual = facts.position.pay, comparison.pay
    if pay is None or usual is None or float(pay) >= usual.low:
        return None
    return Alert(
        "pay_below", key=f"{pay:.2f}",
        values={"pay": float(pay), "low": usual.low, "middle": usual.middle, "alike": usual.count},
    )


def _overdue(facts: Facts, comparison: Comparison) -> Alert | None:
    usual = comparison.days
    if usual is None or facts.open_days <= usual.high:
        return None
    return Alert(
        "overdue", grade(facts.open_days),
        values={"days": math.floor(facts.open_days), "usual": round(usual.middle), "alike": usual.count},
    )


def _no_consultant(facts: Facts, comparison: Comparison) -> Alert | None:
    return Alert("no_consultant") if facts.consultant_id is None else None


_RULES: dict[AlertKind, Callable[[Facts, Comparison], Alert | None]] = {
    "slots_missing": _slots_missing, "unanswered": _unanswered, "no_movement": _no_movement,
    "no_interview": _no_interview, "few_applicants": _few_applicants, "pay_below": _pay_below, "overdue": _overdue,
    "no_consultant": _no_consultant,
}  # fmt: skip


def grade(figure: float) -> int:
    """Return a level that is one more each time the figure doubles: 1; 2, 3; 4 to 7; 8 to 15 …"""
    return max(1, math.floor(figure).bit_length())


@cache
def _level() -> frozenset[str]:
    text = (resources.files("huntred.attention") / "words.yml").read_text(encoding="utf-8")
    raw: dict[str, Any] = yaml.safe_load(text)
    return frozenset(raw["level"])
