"""Points, badges and rewards: how somebody stands, and asking for a reward that a person of the team then grants."""

from __future__ import annotations

from uuid import UUID

from actions.base import AtFirst, ServiceAction
from actions.consent import consented
from actions.steps import choice, goal, yes_no
from actions.turn import Turn, button
from actions.wording import words
from huntred.gains import service as gains
from huntred.gains.errors import RewardGone


class ShowPoints(ServiceAction):
    def name(self) -> str:
        return "action_show_points"

    def serve(self, turn: Turn) -> None:
        if not gains.is_played(turn.uow):
            turn.say("utter_no_points")
        elif consented(turn, "points"):
            show_points(turn)


def show_points(turn: Turn) -> None:
    """Points and level, badges, and the rewards on offer."""
    now = gains.standing_of(turn.uow, turn.person.id)
    if not now.earned:
        turn.say("utter_points_none")
        return
    texts = words()["points"]
    more = []
    if now.next_level:
        more.append(texts["to_next"].format(points=now.to_next, level=now.next_level))
    if now.badges:
        more.append(texts["badges"].format(badges=", ".join(now.badges)))
    level = texts["level"].format(level=now.level) if now.level else ""
    turn.say("utter_points", points=now.available, level=level, more=" ".join(more))
    offer_rewards(turn)


def offer_rewards(turn: Turn) -> None:
    rewards = gains.offered(turn.uow)
    if not rewards:
        turn.say("utter_rewards_none")
        return
    texts = words()["points"]
    asked = {one.reward_id for one in gains.requests_of(turn.uow, turn.person.id) if one.state == "asked"}
    rows = [
        button(
            reward.name, "choose_reward", reward_id=str(reward.id),
            description=texts["waiting"] if reward.id in asked else texts["cost"].format(points=reward.cost_points),
        )
        for reward in rewards
    ]  # fmt: skip
    turn.expecting = "again_rewards"
    turn.say("utter_rewards", buttons=rows)


class ChooseReward(ServiceAction):
    """A reward that was pressed: what it is and costs, and whether to ask for it."""

    at_first = AtFirst.OPEN

    def name(self) -> str:
        return "action_choose_reward"

    def serve(self, turn: Turn) -> None:
        reward = gains.get_reward(turn.uow, _id(turn.entity("reward_id")))
        gains.require_affordable(turn.uow, turn.person.id, reward)
        turn.set(reward_id=str(reward.id))
        turn.say("utter_ask_reward", reward=reward.name, description=reward.description)
        turn.expecting = "reward"
        turn.say("utter_confirm_reward", points=reward.cost_points)


def _ask(turn: Turn) -> None:
    reward_id = _id(str(turn.slot("reward_id") or ""))
    turn.set(reward_id=None)
    request = gains.ask_reward(turn.uow, turn.person.id, reward_id, now=turn.now)
    turn.say("utter_reward_asked", reward=request.name)


def _keep(turn: Turn) -> None:
    turn.set(reward_id=None)
    turn.say("utter_reward_kept")


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise RewardGone from None


goal("points", show_points)
choice("again_rewards", offer_rewards)
yes_no("reward", yes=_ask, no=_keep)
