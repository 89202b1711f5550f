"""When the permits of Amigro's people end, and who looks for work together."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import Any

from contract.invitations import ALPHABET, LENGTH, PREFIX
from huntred.people.rules import EXPIRING_PERMITS
from huntred.privacy.service import FAMILY_GROUP
from runtime.demo.dice import Dice
from runtime.demo.parts import Demo, MadePerson

UNIT = "amigro"
_FAMILIES = 18
# Days from the load until a permit ends, and how often; who told us may have let it run out since.
_ENDS = [((-20, -1), 1), ((3, 7), 2), ((8, 30), 5), ((31, 60), 5), ((61, 360), 12)]


def add_permit_ends(demo: Demo) -> None:
    dice = Dice("permits")
    today = demo.now.date()
    for row in demo.rows["unit_profiles"]:
        told = row["work_permit"] in EXPIRING_PERMITS and dice.chance(0.8)
        ends = today + timedelta(days=dice.whole(*dice.weighted(_ENDS))) if told else None
        # Told in the chat, of a day that was still to come.
        row["permit_expires_on"] = ends if ends is None or ends > row["created_at"].date() else None


def code(dice: Dice, prefix: str = PREFIX) -> str:
    """Return a code as people forward it, the same in every load."""
    return prefix + "".join(dice.one(ALPHABET) for _ in range(LENGTH))


def make_families(demo: Demo) -> None:
    """Adults of one origin and town, each of whom joined by themself and agreed to it."""
    dice = Dice("families")
    profiles = {row["id"]: row for row in demo.rows["unit_profiles"]}
    near: dict[tuple[Any, Any], list[MadePerson]] = defaultdict(list)
    for person in demo.people:
        profile = profiles[person.profile_id]
        if person.unit == UNIT and person.id not in demo.twins and profile["work_permit"] not in ("", "citizen"):
            near[profile["nationality"], person.city].append(person)
    groups = [people for _, people in sorted(near.items()) if len(people) > 1]
    invited = {row["invited_id"] for row in demo.rows["referrals"]}
    for people in dice.shuffled(groups)[:_FAMILIES]:
        adults = sorted(dice.some(people, 2, 4), key=lambda person: person.since)
        family_id = dice.new_id()
        begun = adults[-1].since + (demo.now - adults[-1].since) * dice.between(0.1, 0.6)
        demo.add(
            "families", id=family_id, unit=UNIT, code=code(dice), created_at=begun,
            children=dice.weighted([(0, 3), (1, 4), (2, 3), (3, 1)]),
        )  # fmt: skip
        for number, adult in enumerate(adults):
            joined = begun + timedelta(minutes=number * dice.whole(4, 900))
            joined = min(joined, demo.now - timedelta(minutes=5))
            demo.add(
                "family_members", id=dice.new_id(), unit=UNIT, family_id=family_id, person_id=adult.id, joined_at=joined
            )
            add_consent(demo, dice, adult, FAMILY_GROUP, joined, evidence={"family_id": str(family_id)})
            if number and adult.id not in invited:
                # Who began it has invited them, where nobody else did before.
                invited.add(adult.id)
                demo.add(
                    "referrals", id=dice.new_id(), unit=UNIT, code=code(dice), inviter_id=adults[0].id,
                    invited_id=adult.id, accepted_at=joined, created_at=joined,
                )  # fmt: skip


def add_consent(
    demo: Demo, dice: Dice, person: MadePerson, purpose: str, at: Any, *, granted: bool = True,
    evidence: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    """Only of what is shown to others: nobody of the demo agreed to be written to, so nobody ever is."""
    demo.add(
        "consents", id=dice.new_id(), unit=person.unit, person_id=person.id, channel=demo.channel_of(person.unit),
        purpose=purpose, granted=granted, version=demo.privacy.get(person.unit, ""), evidence=evidence or {}, at=at,
    )  # fmt: skip
