"""The small unit's only action, in the real action server: it counts in its own transaction."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy import text

from actions.context import current


class ActionCount(Action):
    """Answers a numbered text once; `faults.counted` tells how often it really worked."""

    def name(self) -> str:
        return "action_count"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        context = current()
        context.uow.session.execute(
            text(
                "INSERT INTO faults.counted (conversation_id, n) VALUES (:conversation, 1)"
                " ON CONFLICT (conversation_id) DO UPDATE SET n = counted.n + 1"
            ),
            {"conversation": context.conversation_id},
        )
        counted = int(tracker.get_slot("counted") or 0) + 1
        dispatcher.utter_message(text=f"{tracker.latest_message['text']}: van {counted}")
        return [SlotSet("counted", counted)]
