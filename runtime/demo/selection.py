"""Shortlists, shared with clients; and in confidential searches who agreed to be named."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from uuid import UUID

from huntred.disclosures.rules import CANDIDATE, CLIENT, TERMS_VERSION
from huntred.privacy.service import SHARE_WITH_CLIENT
from runtime.demo.dice import Dice
from runtime.demo.families import add_consent
from runtime.demo.parts import Demo, MadeApplication, MadeVacancy

_LISTS = {"amigro": 8, "huntu": 6, "huntred": 9, "huntred_executive": 12}
_ON_LIST = {"screening": 1, "interview": 2, "offer": 3}
# What candidate and client have said, and how often: nothing, yes, no.
_WORDS = [((None, None), 3), ((None, True), 3), ((True, True), 4), ((True, None), 2), ((False, True), 1)]


def make_shortlists(demo: Demo) -> None:
    dice = Dice("shortlists")
    for unit in demo.units:
        by_vacancy: dict[UUID, list[MadeApplication]] = defaultdict(list)
        for made in demo.applications:
            if made.unit == unit and made.stage in _ON_LIST and made.vacancy.state == "open":
                by_vacancy[made.vacancy.id].append(made)
        # Where most stand to choose from; confidential ones first, whose names are the point.
        chosen = sorted(by_vacancy.values(), key=lambda made: (not made[0].vacancy.confidential, -len(made)))
        for made_here in chosen[: _LISTS[unit]]:
            _shortlist(demo, dice, made_here[0].vacancy, made_here)


def _shortlist(demo: Demo, dice: Dice, vacancy: MadeVacancy, made: list[MadeApplication]) -> None:
    ranked = sorted(made, key=lambda one: (-_ON_LIST[one.stage], one.moved_at))[:6]
    begun = max(one.moved_at for one in ranked)
    begun += (demo.now - begun) * dice.between(0.05, 0.5)
    user = demo.users[vacancy.unit][0]
    for number, one in enumerate(ranked, 1):
        at = begun + timedelta(seconds=40 * number)
        demo.add(
            "shortlist_entries", id=dice.new_id(), unit=vacancy.unit, vacancy_id=vacancy.id,
            profile_id=one.person.profile_id, ord=number, added_by=user, created_at=min(at, demo.now),
            note=dice.one(demo.content.team["shortlist_notes"]) if dice.chance(0.4) else "",
        )  # fmt: skip
        if dice.chance(0.8):
            add_consent(demo, dice, one.person, SHARE_WITH_CLIENT, one.moved_at)
        if vacancy.confidential:
            _agreements(demo, dice, one, begun)
    _shares(demo, dice, vacancy, begun)


def _shares(demo: Demo, dice: Dice, vacancy: MadeVacancy, begun: datetime) -> None:
    """An older link that ended or was taken back, and mostly one that opens."""
    user = demo.users[vacancy.unit][0]
    if dice.chance(0.4):
        made = begun + (demo.now - begun) * 0.2
        ended = made + (demo.now - made) * 0.5
        demo.add(
            "shortlist_shares", id=dice.new_id(), unit=vacancy.unit, vacancy_id=vacancy.id, created_by=user,
            created_at=made, expires_at=made + timedelta(days=14), revoked_at=ended,
        )  # fmt: skip
    if dice.chance(0.75):
        made = begun + (demo.now - begun) * dice.between(0.6, 0.95)
        demo.add(
            "shortlist_shares", id=dice.new_id(), unit=vacancy.unit, vacancy_id=vacancy.id, created_by=user,
            created_at=made, expires_at=max(demo.now, made) + timedelta(days=dice.whole(7, 25)), revoked_at=None,
        )  # fmt: skip


def _agreements(demo: Demo, dice: Dice, made: MadeApplication, begun: datetime) -> None:
    candidate, client = dice.weighted(_WORDS)
    at = begun + (demo.now - begun) * dice.between(0.3, 0.6)
    for side, granted in ((CLIENT, client), (CANDIDATE, candidate)):
        if granted is not None:
            source = "chat" if side == CANDIDATE else dice.one(["link", "consultant"])
            demo.add(
                "disclosure_agreements", id=dice.new_id(), unit=made.unit, vacancy_id=made.vacancy.id,
                person_id=made.person.id, side=side, granted=granted, version=TERMS_VERSION, source=source,
                user_id=demo.users[made.unit][0] if source == "consultant" else None, evidence={}, at=at,
            )  # fmt: skip
        at += (demo.now - at) * dice.between(0.1, 0.5)
