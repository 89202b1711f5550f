"""Why a reward cannot be asked for or decided on."""

from __future__ import annotations

from huntred.errors import RuleBroken


class PointsShort(RuleBroken):
    """The person has fewer points than the reward costs."""

    code = "points_short"


class RewardGone(RuleBroken):
    """The reward is offered no more."""

    code = "reward_gone"


class RewardAskedAlready(RuleBroken):
    """The same reward still waits for an answer."""

    code = "reward_asked_already"


class RewardDecidedAlready(RuleBroken):
    code = "reward_decided_already"
