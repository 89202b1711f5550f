"""What can be refused about a vacancy."""

from __future__ import annotations

from huntred.errors import RuleBroken


class VacancyNotOpen(RuleBroken):
    """It is a draft, paused, closed or filled: nobody can apply or be interviewed anew."""

    code = "vacancy_not_open"


class StateChangeRefused(RuleBroken):
    """The vacancy is in a state from which this step cannot be taken."""

    code = "state_change_refused"

    def __init__(self, state: str, step: str) -> None:
        self.state = state
        self.step = step
        super().__init__(f"a vacancy that is {state} cannot {step}")
