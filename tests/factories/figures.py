"""Rows that the dashboards count, made by hand: applications with their way, chats with their turns, flows, handoffs."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from contract.ids import new_id
from huntred.applications.models import Application, ApplicationMove, Stage
from huntred.conversations.models import ChatMessage, Conversation
from tests.factories.desk import Desk


def stage_ids(desk: Desk, unit: str = "amigro") -> dict[str, UUID]:
    """Kind → the stage of the unit."""
    return {stage.kind: stage.id for stage in desk.rows(select(Stage).where(Stage.unit == unit))}


def application(
    desk: Desk, path: list[tuple[str, timedelta]], *, unit: str = "amigro", source: str = "chat",
    user_id: UUID | None = None, reason: str = "", generated: bool = False, **vacancy: Any,
) -> Application:  # fmt: skip
    """An application that came and moved so long before now: [("new", timedelta(days=9)), ("screening", …)]."""
    stages = stage_ids(desk, unit)
    made = desk.application(desk.chat(unit, "telegram"), desk.profile(unit), **vacancy)
    desk.execute(
        "UPDATE applications SET created_at = :at, moved_at = :moved, stage_id = :stage, source = :source,"
        " generated = :generated WHERE id = :id",
        id=made.id, at=desk.now - path[0][1], moved=desk.now - path[-1][1], stage=stages[path[-1][0]], source=source,
        generated=generated,
    )  # fmt: skip
    before = None
    for kind, ago in path:
        desk.add(
            ApplicationMove(
                id=new_id(), unit=unit, division_id=made.division_id, application_id=made.id,
                from_stage_id=before, to_stage_id=stages[kind], user_id=user_id if before else None,
                reason=reason if kind == "rejected" else "", at=desk.now - ago,
            )
        )  # fmt: skip
        before = stages[kind]
    return made


def said(
    desk: Desk, conversation: Conversation, author: str, ago: timedelta, intent: str | None = None, **values: Any
) -> ChatMessage:
    """One message; a person's with an intent is one that the assistant read."""
    message = ChatMessage(
        id=new_id(), unit=conversation.unit, conversation_id=conversation.id,
        direction="in" if author == "person" else "out", author=author, kind="text", text="Hola",
        payload={"kind": "text", "text": "Hola"}, intent=intent, at=desk.now - ago, **values,
    )  # fmt: skip
    desk.add(message)
    return message


class Tracker:
    """The tracker of one conversation, event after event."""

    def __init__(self, desk: Desk, conversation: Conversation, *, archived: bool = False) -> None:
        self.desk, self.conversation, self.archived = desk, conversation, archived
        self.seq = 0

    def add(self, event: dict[str, Any], ago: timedelta) -> None:
        self.seq += 1
        values = {
            "id": self.conversation.id, "seq": self.seq, "unit": self.conversation.unit, "name": event["event"],
            "at": self.desk.now - ago,
        }  # fmt: skip
        if self.archived:
            row = {"name": event["event"], "event": event, "seq": self.seq}
            self.desk.execute(
                "INSERT INTO tracker_events_archive (conversation_id, seq, unit, at, row)"
                " VALUES (:id, :seq, :unit, :at, CAST(:row AS jsonb))",
                row=json.dumps(row), **{key: value for key, value in values.items() if key != "name"},
            )  # fmt: skip
        else:
            self.desk.execute(
                "INSERT INTO tracker_events (conversation_id, seq, unit, name, event, at)"
                " VALUES (:id, :seq, :unit, :name, CAST(:event AS jsonb), :at)",
                event=json.dumps(event), **values,
            )  # fmt: skip

    def begin(self, flow: str, ago: timedelta, *asked: str) -> None:
        """A form that begins and asks its questions, a minute each."""
        self.add({"event": "active_loop", "name": flow}, ago)
        for number, question in enumerate(asked, start=1):
            self.add({"event": "slot", "name": "asked", "value": question}, ago - timedelta(minutes=number))

    def end(self, ago: timedelta, completed: str = "") -> None:
        """The form ends; completed: the action that says that all was answered."""
        self.add({"event": "slot", "name": "asked", "value": None}, ago)
        self.add({"event": "active_loop", "name": None}, ago)
        if completed:
            self.add({"event": "action", "name": completed}, ago)
        self.add({"event": "action", "name": "action_listen"}, ago)

    def fallback(self, ago: timedelta) -> None:
        self.add({"event": "action", "name": "action_fallback"}, ago)


def wanted_days(now: datetime, days: int) -> dict[str, str]:
    """The arguments of an address for so many days until today."""
    return {"first_day": (now - timedelta(days=days - 1)).date().isoformat(), "last_day": now.date().isoformat()}
