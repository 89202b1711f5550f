"""The impact ratio, and what may be shown of it without pointing at anybody. Pure.

**The yardstick.** For each group the selection rate, and its ratio to the group with the highest one; below four fifths
it deserves a look. The method is that of the Uniform Guidelines on Employee Selection Procedures of the United States
(29 CFR 1607.4(D)): a yardstick that is widely used, and no Mexican law.

**What is never shown** (docs/decisions/0042): a group of fewer than five; a step of which fewer than five were chosen
or fewer than five were not; and nothing from which a hidden group follows by subtraction: what is hidden beside what is
shown is always five people or more, of two groups or more, and a step is told after another only where the few who wait
or withdrew between the two do not follow from them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import exp, lgamma
from typing import Literal

LEAST_PEOPLE = 5
FOUR_FIFTHS = 0.8
# Below, a difference is hard to put down to chance: the 0.05 level of 29 CFR 1607.14(B)(5).
RARE = 0.05
ROUNDED_TO = 5

AGE_BANDS: dict[str, tuple[int, int]] = {
    "up_to_24": (0, 24), "25_34": (25, 34), "35_44": (35, 44), "45_54": (45, 54), "from_55": (55, 200)
}  # fmt: skip
GROUPS: dict[str, tuple[str, ...]] = {
    "sex": ("woman", "man", "other"),
    "age": tuple(AGE_BANDS),
    "disability": ("yes", "no"),
    "indigenous": ("yes", "no"),
}
# Each may be left unsaid; to say so is no group.
UNSAID = "unsaid"
ASKED = ("sex", "disability", "indigenous")

# Of an application: how far it came on the road of the typed stages, from 1.
INTERVIEW, OFFER, HIRED = 3, 4, 5
Step = Literal["chosen", "offered", "hired"]
STEPS: tuple[Step, ...] = ("chosen", "offered", "hired")


@dataclass(frozen=True)
class Said:
    """What one person said, by attribute of GROUPS; an attribute that was left unsaid is not in it."""

    by_attribute: Mapping[str, str]


@dataclass(frozen=True)
class Road:
    """What became of one application. reached: how far on the road, from 1. listed: on the vacancy's shortlist.

    ended: `rejected`, `withdrawn`, or "" while it is on its way. decided: nobody decides any more, since the vacancy is
    filled or closed.
    """

    reached: int
    listed: bool = False
    ended: str = ""
    decided: bool = False


@dataclass(frozen=True)
class Case:
    road: Road
    said: Said


@dataclass(frozen=True)
class GroupFigures:
    """shown: False where the group is too small, or is hidden with one that is; then there are no figures.

    people: of whom the step decided. chance: of a difference as great as that to the reference by chance alone
    (Fisher's exact test, both sides); none for the reference itself, and where counts are rounded (then `rare` says
    it alone).
    """

    group: str
    shown: bool
    people: int = 0
    selected: int | None = None
    rate: float = 0.0
    ratio: float = 0.0
    reference: bool = False
    chance: float | None = None
    rare: bool = False

    @property
    def below(self) -> bool:
        return self.shown and self.ratio < FOUR_FIFTHS


@dataclass(frozen=True)
class Figures:
    """Of one step and attribute. people: of whom the step decided; answered: who said it, none below five.

    groups: empty where there is not enough to tell anything.
    """

    step: Step
    attribute: str
    people: int
    answered: int | None
    groups: tuple[GroupFigures, ...] = ()

    @property
    def enough(self) -> bool:
        return bool(self.groups)


def age_band(born: date, today: date) -> str:
    """Return the band of AGE_BANDS."""
    years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return next(band for band, (least, most) in AGE_BANDS.items() if least <= max(years, 0) <= most)


def passed(road: Road, step: Step) -> bool | None:
    """Whether the application was chosen in this step; None where the step did not decide of it.

    It does not decide of who has not come there, is still on the way, or withdrew before a decision.
    """
    chosen = road.reached >= INTERVIEW or road.listed
    came, goes = {
        "chosen": (True, chosen),
        "offered": (chosen, road.reached >= OFFER),
        "hired": (road.reached >= OFFER, road.reached >= HIRED),
    }[step]
    if not came:
        return None
    if goes:
        return True
    if road.ended == "withdrawn":
        return None
    return False if road.ended == "rejected" or road.decided else None


def figures_of(cases: Sequence[Case], step: Step, attribute: str) -> Figures:
    """Count one step by one attribute, and hide what must be hidden."""
    counted = [(case, went) for case in cases if (went := passed(case.road, step)) is not None]
    counts = {group: [0, 0] for group in GROUPS[attribute]}
    for case, went in counted:
        group = case.said.by_attribute.get(attribute)
        if group in counts:
            counts[group][0] += 1
            counts[group][1] += went
    answered = sum(people for people, _ in counts.values())
    found = Figures(step, attribute, len(counted), answered if answered >= LEAST_PEOPLE else None)
    shown = _shown({group: people for group, (people, _) in counts.items()})
    selected = sum(counts[group][1] for group in shown)
    others = sum(counts[group][0] - counts[group][1] for group in shown)
    if len(shown) < 2 or selected < LEAST_PEOPLE or others < LEAST_PEOPLE:
        return found
    best = max(shown, key=lambda group: (counts[group][1] / counts[group][0], counts[group][0]))
    groups = tuple(
        _figures(group, counts[group], counts[best], group == best) if group in shown else GroupFigures(group, False)
        for group in GROUPS[attribute]
    )
    return replace(found, groups=groups)


def steps_of(cases: Sequence[Case], attribute: str, *, exact: bool) -> list[Figures]:
    """Return the figures of all steps. exact: counts are shown as they are, so that one step tells of the next.

    Where they are not, `rounded` hides it.
    """
    found: list[Figures] = []
    for step in STEPS:
        figures = figures_of(cases, step, attribute)
        if exact and found and not _follows(found[-1], figures):
            figures = replace(figures, groups=())
        found.append(figures)
    if not exact:
        return [rounded(figures) for figures in found]
    return found


def rounded(figures: Figures) -> Figures:
    """Round what is counted, so that what belongs to one vacancy does not follow from it by subtraction."""
    return replace(
        figures,
        people=_near(figures.people),
        answered=None if figures.answered is None else _near(figures.answered),
        groups=tuple(
            replace(group, people=_near(group.people), selected=None, chance=None) if group.shown else group
            for group in figures.groups
        ),
    )


def fisher_exact(one: tuple[int, int], other: tuple[int, int]) -> float:
    """Return the two-sided p of Fisher's exact test. one, other: (people, selected) of two groups."""
    (people_one, selected_one), (people_other, selected_other) = one, other
    selected = selected_one + selected_other

    def likelihood(here: int) -> float:
        """The logarithm of it, but for what all tables share."""
        return _ways(people_one, here) + _ways(people_other, selected - here)

    possible = range(max(0, selected - people_other), min(people_one, selected) + 1)
    seen, all_of_them = likelihood(selected_one), _ways(people_one + people_other, selected)
    # As likely as what was seen, or less; the tolerance is that of R's fisher.test.
    total = sum(exp(each - all_of_them) for each in map(likelihood, possible) if each <= seen + 1e-7)
    return min(1.0, total)


def _ways(people: int, chosen: int) -> float:
    return lgamma(people + 1) - lgamma(chosen + 1) - lgamma(people - chosen + 1)


def _shown(people: Mapping[str, int]) -> list[str]:
    """The groups that may be shown: with who is hidden, the smallest of them until that is five people or more."""
    large = (group for group, count in people.items() if count >= LEAST_PEOPLE)
    shown = sorted(large, key=lambda group: -people[group])
    hidden = [count for count in people.values() if 0 < count < LEAST_PEOPLE]
    while shown and hidden and (sum(hidden) < LEAST_PEOPLE or len(hidden) < 2):
        hidden.append(people[shown.pop()])
    return shown


def _follows(before: Figures, after: Figures) -> bool:
    """Whether a step may be told beside the one before it.

    Of each group, who was chosen and does not come to the decision of the next step waits or withdrew: nobody, or five
    or more. A group that was hidden before stays so: how many of it come now is how many were chosen then.
    """
    chosen = {group.group: group.selected or 0 for group in before.groups if group.shown}
    shown = [group for group in after.groups if group.shown]
    if any(group.group not in chosen for group in shown):
        return False
    between = [chosen[group.group] - group.people for group in shown]
    return all(count == 0 or count >= LEAST_PEOPLE for count in between)


def _figures(group: str, own: Sequence[int], best: Sequence[int], reference: bool) -> GroupFigures:
    people, selected = own
    rate, highest = selected / people, best[1] / best[0]
    chance = None if reference else fisher_exact((people, selected), (best[0], best[1]))
    return GroupFigures(
        group, True, people, selected, rate, rate / highest, reference, chance, chance is not None and chance < RARE
    )


def _near(count: int) -> int:
    return ROUNDED_TO * ((count + ROUNDED_TO // 2) // ROUNDED_TO)
