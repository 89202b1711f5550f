"""Rasa's tracker store over the turn: reads what the claim loaded, and keeps what the commit will write.

Unlike Rasa's fail-safe store it never falls back to memory: an error of the database fails the turn.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from itertools import islice
from typing import Any
from uuid import UUID

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.events import ActiveLoop, Event, SessionStarted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from bot.lane import Kept
from bot.turn import Turn, the_turn

_MOST_KEPT = 256


class ConversationTrackerStore(TrackerStore):
    """One object for each agent, since loading a model writes the model's domain into it.

    Keeps the trackers of the latest conversations, for reading one anew costs as much as the rest of a turn. A tracker
    is taken out for its turn and put back after the commit only, with the conversation's version of then; where that
    version is not the stored one, the events are read anew.
    """

    def __init__(self, domain: Any = None) -> None:
        super().__init__(domain)
        self._kept: OrderedDict[UUID, Kept] = OrderedDict()

    def take(self, conversation_id: UUID) -> Kept | None:
        return self._kept.pop(conversation_id, None)

    def keep(self, turn: Turn, fresh: int) -> None:
        """Keep the tracker of a turn that was committed. fresh: how many events it wrote."""
        tracker = turn.tracker
        if tracker is None:
            return
        written = islice(tracker.events, turn.loaded_events, None)
        if turn.loaded_events and any(isinstance(event, SessionStarted) for event in written):
            return  # read anew it is short again
        self._kept[turn.conversation_id] = Kept(turn.version + 1, turn.last_seq + fresh, tracker)
        while len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        turn = the_turn()
        if sender_id != turn.sender_id:
            raise ValueError(f"the turn is of {turn.sender_id}, not of {sender_id}")
        if turn.tracker is not None:
            return turn.tracker
        if not turn.events:
            return None
        tracker = DialogueStateTracker.from_dict(sender_id, turn.events, self.domain.slots)
        turn.loaded_events = len(tracker.events)
        self._leave_unknown_form(tracker)
        turn.tracker = tracker
        return tracker

    async def retrieve_full_tracker(self, conversation_id: str) -> DialogueStateTracker | None:
        return await self.retrieve(conversation_id)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Note the tracker; the turn's one transaction writes it."""
        the_turn().tracker = tracker

    async def keys(self) -> Iterable[str]:
        return [the_turn().sender_id]

    def _leave_unknown_form(self, tracker: DialogueStateTracker) -> None:
        """A form that a newly published model lacks would make every later turn raise: leave it."""
        name = tracker.active_loop_name
        if name and name not in self.domain.form_names:
            tracker.update_with_events([ActiveLoop(None), SlotSet("requested_slot", None)], self.domain)


def new_events(tracker: DialogueStateTracker, loaded: int) -> list[dict[str, Any]]:
    """Return the events that came after the first `loaded`, as they are stored."""
    fresh: list[Event] = list(islice(tracker.events, loaded, None))
    return [event.as_dict() for event in fresh]
