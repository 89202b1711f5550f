"""Invitations that were followed, and what people earned and asked for: by the rules that each unit has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from huntred.gains.rules import FRIEND_REGISTERED, INTERVIEW_ATTENDED, PROFILE_COMPLETED
from runtime.demo.dice import Dice
from runtime.demo.families import code
from runtime.demo.parts import Demo, MadePerson

_INVITERS = {"amigro": 42, "huntu": 20, "huntred": 12, "huntred_executive": 3}
_REQUESTS = {"amigro": 16, "huntu": 10, "huntred": 7}
_STATES = [("asked", 4), ("granted", 6), ("declined", 1)]


def make_referrals(demo: Demo) -> None:
    """Who invited whom; some invitations nobody has followed yet."""
    dice = Dice("referrals")
    for unit in demo.units:
        people = [person for person in demo.people if person.unit == unit and person.id not in demo.twins]
        invited: set[UUID] = set()
        for inviter in dice.shuffled(people)[: _INVITERS[unit]]:
            friends = [
                person for person in dice.some(people, 60, 60)
                if person.since > inviter.since + timedelta(hours=4) and person.id not in invited
                and person.city == inviter.city and person.id != inviter.id
            ]  # fmt: skip
            for friend in friends[: dice.weighted([(1, 5), (2, 3), (4, 1)])]:
                invited.add(friend.id)
                sent = max(inviter.since, friend.since - timedelta(hours=dice.whole(1, 90)))
                _referral(demo, dice, inviter, sent, friend)
            if dice.chance(0.5):
                _referral(demo, dice, inviter, inviter.since + (demo.now - inviter.since) * dice.between(0.3, 0.95))


def _referral(demo: Demo, dice: Dice, inviter: MadePerson, sent: datetime, friend: MadePerson | None = None) -> None:
    demo.add(
        "referrals", id=dice.new_id(), unit=inviter.unit, code=code(dice), inviter_id=inviter.id,
        invited_id=friend.id if friend else None, accepted_at=friend.since if friend else None, created_at=sent,
    )  # fmt: skip


def make_points(demo: Demo, rules: Sequence[Any], rewards: Sequence[Any]) -> None:
    """rules, rewards: rows of the units, those in use; where a unit has none, nothing is earned."""
    dice = Dice("points")
    worth = {(rule.unit, rule.event): rule.points for rule in rules}
    earned: dict[UUID, list[tuple[datetime, int]]] = defaultdict(list)
    for unit, person_id, event, source_id, at in _deeds(demo):
        if (unit, event) in worth:
            points = worth[unit, event]
            earned[person_id].append((at, points))
            demo.add(
                "gains", id=dice.new_id(), unit=unit, person_id=person_id, event=event, source_id=source_id,
                points=points, at=at,
            )  # fmt: skip
    for unit in demo.units:
        offered = [reward for reward in rewards if reward.unit == unit]
        people = [person for person in demo.people if person.unit == unit and person.id in earned]
        made = 0
        for person in dice.shuffled(people) if offered else []:
            if made >= _REQUESTS.get(unit, 0):
                break
            total = sum(points for _, points in earned[person.id])
            fitting = [reward for reward in offered if reward.cost_points <= total]
            # Mostly people who have done more than one thing.
            if fitting and (len(earned[person.id]) > 1 or dice.chance(0.1)):
                _request(demo, dice, person, dice.one(fitting), max(at for at, _ in earned[person.id]))
                made += 1


def _deeds(demo: Demo) -> list[tuple[str, UUID, str, UUID, datetime]]:
    """What earns points, with its source: (unit, person, event, source, time), as the platform hears of it."""
    profiles: Mapping[UUID, dict[str, Any]] = {row["person_id"]: row for row in demo.rows["unit_profiles"]}
    deeds = [
        (row["unit"], row["person_id"], PROFILE_COMPLETED, row["id"], row["completed_at"])
        for row in demo.rows["unit_profiles"] if row["completed_at"]
    ]  # fmt: skip
    for row in demo.rows["referrals"]:
        friend = profiles.get(row["invited_id"])
        if friend is not None and friend["completed_at"]:
            at = max(friend["completed_at"], row["accepted_at"])
            deeds.append((row["unit"], row["inviter_id"], FRIEND_REGISTERED, friend["id"], at))
    persons = {made.id: made.person.id for made in demo.applications}
    deeds += [
        (row["unit"], persons[row["application_id"]], INTERVIEW_ATTENDED, row["id"], row["arrived_at"])
        for row in demo.rows["interviews"] if row["state"] == "attended"
    ]  # fmt: skip
    return deeds


def _request(demo: Demo, dice: Dice, person: MadePerson, reward: Any, since: datetime) -> None:
    state = dice.weighted(_STATES)
    asked = max(since, demo.now - timedelta(days=dice.whole(0, 4 if state == "asked" else 40), hours=dice.whole(1, 20)))
    asked = min(asked, demo.now - timedelta(minutes=20))
    decided = min(asked + timedelta(hours=dice.whole(2, 60)), demo.now - timedelta(minutes=5))
    open_ = state == "asked"
    demo.add(
        "reward_requests", id=dice.new_id(), unit=person.unit, person_id=person.id, reward_id=reward.id,
        name=reward.name, cost_points=reward.cost_points, cost_amount=reward.cost_amount,
        cost_currency=reward.cost_currency, state=state, asked_at=asked, decided_at=None if open_ else decided,
        decided_by=None if open_ else dice.one(demo.users[person.unit]),
        note=dice.one(demo.content.team["reward_notes"][state]) if not open_ else "",
    )  # fmt: skip
