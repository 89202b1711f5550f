"""Who sent a file that was not kept is told once, in their chat, kindly and with what would help."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import psycopg
import yaml
from psycopg.types.json import Jsonb
from sqlalchemy import select

from huntred.events.models import StoredEvent
from huntred.events.registry import Context
from huntred.events.service import handle
from tests.factories.desk import Desk

DOMAIN = Path(__file__).resolve().parents[4] / "domain"


def gateway_says(desk: Desk, url: str, code: str, name: str = "cv.docm") -> tuple[int, str]:
    """Store the event as the gateway's role does it; return its id and the chat's."""
    conversation = desk.chat()
    payload = {
        "media_id": str(uuid4()), "chat_id": str(conversation.chat_id), "inbox_id": 7, "kind": "document",
        "name": name, "code": code,
    }  # fmt: skip
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO stored_events (unit, name, payload) VALUES ('amigro', 'MediaRefused', %s)", (Jsonb(payload),)
        )
    [event] = desk.rows(select(StoredEvent).where(StoredEvent.name == "MediaRefused"))
    return event.id, str(conversation.chat_id)


def test_the_person_is_told_once(desk: Desk, database: object) -> None:
    event, _ = gateway_says(desk, database.url("gateway"), "macros")  # type: ignore[attr-defined]
    context = Context(desk.now, desk.links)
    assert handle(desk.app, event, "amigro", context) and not handle(desk.app, event, "amigro", context)
    desk.execute("UPDATE stored_events SET handled_at = NULL")
    assert handle(desk.app, event, "amigro", context)
    [stored] = desk.rows(select(StoredEvent))
    [row] = [row for row in desk.inbox(stored.payload["chat_id"]) if row.kind == "notice"]
    values = row.payload["values"]
    assert (values["response"], values["purpose"]) == ("utter_media_refused", "reply")
    assert values["values"]["name"] == " «cv.docm»" and "macros" in values["values"]["reason"]
    for file in (DOMAIN / "shared" / "media.yml", DOMAIN / "huntred_executive" / "opening.yml"):
        [response] = yaml.safe_load(file.read_text(encoding="utf-8"))["responses"]["utter_media_refused"]
        assert "No guardamos" not in response["text"].format(**values["values"])


def test_a_code_that_nobody_knows_has_words_too(desk: Desk, database: object) -> None:
    event, chat = gateway_says(desk, database.url("gateway"), "something_new", name="")  # type: ignore[attr-defined]
    assert handle(desk.app, event, "amigro", Context(desk.now, desk.links))
    [row] = [row for row in desk.inbox(chat) if row.kind == "notice"]  # type: ignore[arg-type]
    assert row.payload["values"]["values"]["name"] == "" and row.payload["values"]["values"]["reason"]
