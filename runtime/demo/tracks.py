"""The tracker of a demo conversation, event by event as Rasa keeps it: what the dashboards of conversation count."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from runtime.demo.lines import Line
from runtime.demo.parts import Demo

# What answers an intent, as data/shared/rules.yml has it.
_ACTIONS = {
    "greet": "action_greet", "thank": "action_answer", "affirm": "action_affirm", "inform": "action_inform",
    "register": "action_register", "search_jobs": "action_search_jobs", "apply_job": "action_apply",
    "job_details": "action_show_vacancy", "choose_slot": "action_choose_slot", "internships": "action_internships",
    "check_application_status": "action_check_status", "status_by_email": "action_status_by_email",
    "reschedule_interview": "action_reschedule_interview", "cancel_interview": "action_cancel_interview",
    "contact_human": "action_request_handoff", "invite_friend": "action_invite_friend",
    "family_group": "action_family_group", "find_mentor": "action_find_mentor",
    "confidential_search": "action_confidential_search", "show_menu": "action_show_menu",
    "nlu_fallback": "action_fallback",
}  # fmt: skip
_OF_TURN = timedelta(milliseconds=20)


def add_track(
    demo: Demo, unit: str, conversation_id: UUID, channel: str, said: Sequence[tuple[Line, str, datetime, UUID]]
) -> None:
    """said: each line with its text, its time and its message's id."""
    track = _Track(demo, unit, conversation_id, said[0][2])
    track.add("action", name="action_session_start", policy=None, confidence=1.0)
    track.add("session_started")
    track.listen()
    intent: str | None = None
    for line, text, at, message_id in said:
        track.at = max(track.at, at)
        if line.who == "p" and line.intent is not None:
            intent = line.intent
            track.heard(line, text, channel, message_id)
        elif line.who == "b" and not line.late:
            track.answered(line, text, line.action or _ACTIONS.get(intent or "", "action_answer"))


class _Track:
    def __init__(self, demo: Demo, unit: str, conversation_id: UUID, at: datetime) -> None:
        self._demo, self._unit, self._conversation_id = demo, unit, conversation_id
        self.at, self._seq, self._form = at, 0, ""

    def add(self, name: str, /, **values: Any) -> None:
        self._seq += 1
        self._demo.add(
            "tracker_events", conversation_id=self._conversation_id, seq=self._seq, unit=self._unit, name=name,
            event={"event": name, "timestamp": self.at.timestamp(), **values}, at=self.at,
        )  # fmt: skip

    def act(self, action: str) -> None:
        self.at += _OF_TURN
        self.add("action", name=action, policy="RulePolicy", confidence=1.0)

    def listen(self) -> None:
        self.act("action_listen")

    def heard(self, line: Line, text: str, channel: str, message_id: UUID) -> None:
        parse = {
            "intent": {"name": line.intent, "confidence": line.confidence}, "entities": [], "text": text,
            "intent_ranking": [],
        }  # fmt: skip
        self.add(
            "user", text=text, parse_data=parse, input_channel=channel, message_id=str(message_id), metadata={}
        )

    def answered(self, line: Line, text: str, action: str) -> None:
        if line.begins:
            self.act(action)
            self._form = line.begins
            self.act(self._form)
            self.add("active_loop", name=self._form)
        elif self._form:
            self.act(self._form)
        if self._form and (line.ends or line.leaves):
            self._slot("asked", None)
            self._slot("requested_slot", None)
            self.add("active_loop", name=None)
            self._form = ""
            self.act(line.ends or action)
        elif self._form:
            self._slot("asked", line.asks)
            self._slot("requested_slot", "answer")
        elif not line.begins:
            self.act(action)
        self.add("bot", text=text, data={}, metadata={})
        self.listen()

    def _slot(self, name: str, value: str | None) -> None:
        self.add("slot", name=name, value=value)
