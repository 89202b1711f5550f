"""Some of the demo's people stand there twice, as it happens: by another channel, under a shortened name."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from huntred.duplicates.rules import similar_names, strength
from huntred.people.service import refresh_search_text
from runtime.demo.dice import Dice
from runtime.demo.parts import Demo, MadePerson

_PAIRS = {"amigro": 7, "huntu": 4, "huntred": 3, "huntred_executive": 1}
_NAME = ("first_name", "last_name", "second_last_name")


def make_twins(demo: Demo) -> None:
    """Let the second of some pairs be the first once more: the same address or telephone, and a like name."""
    dice = Dice("twins")
    profiles = {row["id"]: row for row in demo.rows["unit_profiles"]}
    for unit in demo.units:
        told = [
            person for person in demo.people
            if person.unit == unit and profiles[person.profile_id]["email"] and " " in person.first_name
        ]  # fmt: skip
        chosen = dice.shuffled(told)[: _PAIRS[unit] * 2]
        for first, second in zip(chosen[::2], chosen[1::2], strict=False):
            if first.since > second.since:
                first, second = second, first
            _pair(demo, dice, profiles[first.profile_id], profiles[second.profile_id], second)
    for row in demo.rows["unit_profiles"]:
        # Nobody else shares anything: there is nothing to find until something changes.
        row["compared_at"] = row["updated_at"]


def _pair(demo: Demo, dice: Dice, first: dict[str, Any], second: dict[str, Any], twin: MadePerson) -> None:
    same = dice.weighted([(("email",), 4), (("phone",), 3), (("email", "phone"), 2)])
    short = first["first_name"].split(" ")[0]
    second |= {
        "first_name": dice.one([first["first_name"], short, short.upper()]), "last_name": first["last_name"],
        "second_last_name": dice.one([first["second_last_name"], ""]),
        "nationality": first["nationality"], "work_permit": first["work_permit"],
        "permit_expires_on": first["permit_expires_on"],
        **{column: first[column] for column in same},
        **{column: first[column] for column in ("city", "state", "latitude", "longitude")},
    }  # fmt: skip
    if "email" not in same:
        second["email"], second["completed_at"] = "", None
    folded = SimpleNamespace(**second)
    refresh_search_text(folded)  # type: ignore[arg-type]  # reads names, work, skills and place only
    second["search_text"] = folded.search_text
    name = " ".join(second[part] for part in _NAME if second[part])
    place = demo.people.index(twin)
    demo.people[place] = replace(
        twin, first_name=second["first_name"], full_name=name, phone=second["phone"], city=second["city"],
        region=second["state"], latitude=second["latitude"], longitude=second["longitude"],
    )  # fmt: skip
    demo.twins.add(twin.id)
    reasons = list(same)
    if similar_names([first[part] for part in _NAME], [second[part] for part in _NAME]):
        reasons.append("name")
    low, high = sorted((first["id"], second["id"]))
    demo.add(
        "duplicate_pairs", id=dice.new_id(), unit=first["unit"], first_id=low, second_id=high, reasons=reasons,
        strength=strength(reasons), found_at=min(demo.now, second["updated_at"] + timedelta(minutes=10)),
    )  # fmt: skip
