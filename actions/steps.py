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


# Beside what the conversation asked: returns whether it was served.
Aside = Callable[[Turn], bool]

_asides: dict[str, Aside] = {}
_yes_no: dict[str, YesNo] = {}
_goals: dict[str, Step] = {}
_of_notices: list[tuple[Aside, Aside]] = []
_choices: dict[str, Step] = {}


def yes_no(step: str, *, yes: Step, no: Step) -> None:
    """Say what yes and no mean while `expecting` is this step."""
    _yes_no[step] = YesNo(yes, no)


def answers_of(step: str) -> YesNo | None:
    return _yes_no.get(step)


def aside(intent: str, serve: Aside) -> None:
    """Say what a press of this intent does while a form goes on; the form ends where it was not served."""
    _asides[intent] = serve


def aside_of(intent: str) -> Aside | None:
    return _asides.get(intent)


def of_notice(yes: Aside, no: Aside) -> None:
    """Let a topic take a typed yes or no for what a notice of it asked, where nothing of the conversation was.

    Each returns whether something of its topic was open.
    """
    _of_notices.append((yes, no))


def answers_notice(turn: Turn, *, agreed: bool) -> bool:
    """Whether some topic had such a question open, and took this yes or no."""
    return any(yes(turn) if agreed else no(turn) for yes, no in _of_notices)


def choice(step: str, offer: Step) -> None:
    """Say how what is to be chosen is offered again while `expecting` is this step."""
    _choices[step] = offer


def is_choice(step: str) -> bool:
    """Whether something is to be chosen while `expecting` is this step."""
    return step in _choices


def restate(turn: Turn) -> bool:
    """Say again what is awaited, and keep awaiting it. Returns whether anything is."""
    step = turn.was_expecting
    if step in _yes_no:
        turn.expecting = step
        turn.say(f"utter_explain_{step}")
    elif step in _choices:
        turn.expecting = step
        _choices[step](turn)
    return step in _yes_no or step in _choices


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
