"""The base of all actions: one savepoint, and errors of the business become replies."""

from __future__ import annotations

from abc import ABC, abstractmethod
from enum import Enum, auto
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.circles import lead_out_of_circle
from actions.context import current
from actions.notice import is_first, show_notice, welcome
from actions.turn import Turn
from actions.wording import speaking
from huntred.errors import HuntredError, ProviderUnavailable


class AtFirst(Enum):
    """What an action does for somebody's very first message. Nothing is kept of anybody before the notice.

    ANSWER: between who we are and the notice. OPEN: only these two, since the message means nothing by itself.
    NOTHING: as always; the action opens by itself, or must be obeyed at once.
    """

    ANSWER = auto()
    OPEN = auto()
    NOTHING = auto()


class ServiceAction(Action, ABC):
    """An action of a conversation.

    `serve` works in a savepoint: where the business refuses, all of it is rolled back and `utter_error_<code>` is
    said. An outage of a provider is raised instead, so that the turn fails whole and is tried again.
    """

    in_form = False
    at_first = AtFirst.ANSWER

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        turn = Turn(current(), dispatcher, tracker)
        with speaking(turn.language):
            return self._run(turn)

    def _run(self, turn: Turn) -> list[dict[str, Any]]:
        opens = not self.in_form and self.at_first is not AtFirst.NOTHING and is_first(turn)
        turn.first = opens
        if opens:
            welcome(turn)
        try:
            if not opens or self.at_first is AtFirst.ANSWER:
                with turn.uow.session.begin_nested():
                    self.serve(turn)
        except ProviderUnavailable:
            raise
        except HuntredError as error:
            turn.forget_replies()
            if opens:
                welcome(turn)
            self.refuse(turn, error)
        if opens:
            show_notice(turn)
        if not self.in_form:
            if turn.slot("fallbacks") and self.name() != "action_fallback":
                turn.set(fallbacks=0)
            lead_out_of_circle(turn)
        return turn.events(in_form=self.in_form)

    @abstractmethod
    def serve(self, turn: Turn) -> None:
        """Do the work through services and say what came of it."""

    def refuse(self, turn: Turn, error: HuntredError) -> None:
        """Say why it was refused."""
        turn.say(f"utter_error_{error.code}")
