"""One action's view of the turn: what was understood, what is remembered, and what will be said."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.context import ActionContext
from huntred.languages import MAIN
from huntred.people import service as people
from huntred.people.models import Person
from huntred.units import service as units

Button = dict[str, str]
# What rasa_sdk puts into every message; whatever else stands in one fills its response.
_OF_EVERY_MESSAGE = {"text", "buttons", "elements", "custom", "template", "response", "image", "attachment"}
_INTENT_TEXT = re.compile(r"^/[a-z_]+(\{.*\})?$", re.S)


class Turn:
    """Collects replies and events; `events()` is what the action returns.

    Responses are named, never written here: their words stand in domain/.
    """

    def __init__(self, context: ActionContext, dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
        self.context = context
        self.uow = context.uow
        self.now = context.now
        self.unit = context.unit
        self.conversation_id = context.conversation_id
        self._dispatcher = dispatcher
        self._tracker = tracker
        self._slots: dict[str, Any] = {}
        self._form: str | None = None
        self._person: Person | None = None
        self.expecting: str | None = None
        # Whether a person of the team has the conversation from here on: nothing more is asked.
        self.passed_on = False
        # Whether this answers somebody's very first message: the notice follows.
        self.first = False

    # -- what came in

    @property
    def text(self) -> str:
        """What the person wrote, or the title of the option that was picked; empty where there were no words."""
        text = str(self._tracker.latest_message.get("text") or "")
        return "" if _INTENT_TEXT.match(text) else text

    @property
    def intent(self) -> str:
        """The understood intent; the runner-up where the confidence was too low for any."""
        return str((self._tracker.latest_message.get("intent") or {}).get("name") or "")

    @property
    def confidence(self) -> float:
        return float((self._tracker.latest_message.get("intent") or {}).get("confidence") or 0.0)

    def likeliest(self, *, least: float) -> list[str]:
        """Return the intents that come closest, the likeliest first. least: confidence of each, 0 to 1."""
        ranking = self._tracker.latest_message.get("intent_ranking") or []
        return [str(each["name"]) for each in ranking if float(each.get("confidence") or 0.0) >= least]

    @property
    def picked(self) -> bool:
        """Whether an offered option was picked: then the intent is certain."""
        entities = self._tracker.latest_message.get("entities") or []
        ranking = self._tracker.latest_message.get("intent_ranking") or []
        return any(entity.get("extractor") == "offered" for entity in entities) or len(ranking) == 1

    @property
    def metadata(self) -> Mapping[str, Any]:
        return self._tracker.latest_message.get("metadata") or {}

    def entity(self, name: str) -> str:
        """Return the first value of an entity as text, empty where there is none."""
        return next(iter(self.entities(name)), "")

    def entities(self, name: str) -> list[str]:
        found = self._tracker.latest_message.get("entities") or []
        return [str(entity["value"]) for entity in found if entity.get("entity") == name]

    def slot(self, name: str) -> Any:
        return self._slots[name] if name in self._slots else self._tracker.get_slot(name)

    def id_slot(self, name: str) -> UUID | None:
        value = self.slot(name)
        return UUID(value) if value else None

    @property
    def was_expecting(self) -> str:
        """The step whose answer was awaited when this message came."""
        return str(self._tracker.get_slot("expecting") or "")

    @property
    def language(self) -> str:
        """In which language this is answered, ISO 639-1: the one that was told, where the unit speaks it."""
        told = str(self._tracker.get_slot("language") or "")
        # Most turns are Spanish and need no unit for that.
        return MAIN if told in ("", MAIN) else units.spoken(units.get(self.uow, self.unit), told)

    @property
    def active_form(self) -> str:
        return str((self._tracker.active_loop or {}).get("name") or "")

    @property
    def person(self) -> Person:
        if self._person is None:
            self._person = people.person_of(self.uow, self.conversation_id, now=self.now)
        return self._person

    # -- what goes out

    def say(self, response: str, *, buttons: Sequence[Button] = (), **values: Any) -> None:
        """Say a response of the domain, filled with the values, with these buttons before its own."""
        texts = {name: "" if value is None else str(value) for name, value in values.items()}
        self._dispatcher.utter_message(response=response, buttons=list(buttons), **texts)

    def say_custom(self, kind: str, **fields: Any) -> None:
        """Say one of the kinds that Rasa lacks (see docs/architecture.md, Agreements)."""
        self._dispatcher.utter_message(json_message={"kind": kind, **fields})

    @property
    def said(self) -> Sequence[Mapping[str, Any]]:
        """What will be said, as Rasa gets it."""
        return self._dispatcher.messages

    @property
    def tells(self) -> bool:
        """Whether something of what will be said is filled in, not the same words for everybody."""
        return any(
            message.get("custom") or any(value for name, value in message.items() if name not in _OF_EVERY_MESSAGE)
            for message in self.said
        )

    def say_instead(self, response: str) -> None:
        """Say this in place of all that would have been said; what was done stands."""
        self._dispatcher.messages.clear()
        self.say(response)

    def set(self, **slots: Any) -> None:
        self._slots.update(slots)

    def start_form(self, form: str, **slots: Any) -> None:
        """Begin a form; its validation asks the first question in this same turn."""
        self._form = form
        self.set(asked=None, **slots)

    @property
    def starts_form(self) -> bool:
        return self._form is not None

    def forget_replies(self) -> None:
        """Take back everything that was said and set: the work behind it was rolled back."""
        self._dispatcher.messages.clear()
        self._slots.clear()
        self._form = None
        self.expecting = None
        self.passed_on = False

    def events(self, *, in_form: bool = False) -> list[dict[str, Any]]:
        """Return the events. in_form: this is a step of the active form, which goes on."""
        events: list[dict[str, Any]] = []
        if not in_form:
            if self.active_form and self._form != self.active_form:
                events += [ActiveLoop(None), SlotSet("requested_slot", None)]
            if self.expecting != self._tracker.get_slot("expecting"):
                self._slots["expecting"] = self.expecting
        events += [SlotSet(name, value) for name, value in self._slots.items()]
        if self._form is not None:
            events.append(ActiveLoop(self._form))
        return events


def button(title: str, intent: str, *, description: str = "", section: str = "", **entities: Any) -> Button:
    """Return a button whose title comes from data; titles of ours stand in domain/."""
    payload = f"/{intent}{json.dumps(entities, ensure_ascii=False)}" if entities else f"/{intent}"
    found = {"title": title, "payload": payload, "description": description, "section": section}
    return {name: value for name, value in found.items() if value}
