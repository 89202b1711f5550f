"""What may come next: what a yes or a no answers, and what goes on once something that was missing is there.

Topics register here when they are imported, so that none needs to know the others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from actions.turn import Turn

Step = Callable[[Turn], None]


@dataclass(frozen=True)
class YesNo:
    yes: Step
    no: Step


# Pressed in the middle of a form: returns whether it was served, so that the form goes on.
Aside = Callable[[Turn], bool]

_asides: dict[str, Aside] = {}
_yes_no: dict[str, YesNo] = {}
_goals: dict[str, Step] = {}


def yes_no(step: str, *, yes: Step, no: Step) -> None:
    """Say what yes and no mean while `expecting` is this step."""
    _yes_no[step] = YesNo(yes, no)


def answers_of(step: str) -> YesNo | None:
    return _yes_no.get(step)


def aside(intent: str, serve: Aside) -> None:
    """Say what a press of this intent does while a form goes on."""
    _asides[intent] = serve


def aside_of(intent: str) -> Aside | None:
    return _asides.get(intent)


def goal(name: str, step: Step) -> None:
    """Name what a person wanted, so that it goes on after the consent or the missing fields."""
    _goals[name] = step


def go_on(turn: Turn, name: str) -> None:
    """Go on with what the person wanted; the menu where nothing was."""
    step = _goals.get(name)
    if step is None:
        turn.say("utter_menu")
    else:
        step(turn)
