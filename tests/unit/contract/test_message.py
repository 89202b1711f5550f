"""Messages travel as JSON and come back the same."""

from __future__ import annotations

import json
from uuid import UUID

import pytest

from contract.ids import new_id, sender_id, split_sender_id
from contract.message import Attachment, Inbound, Location, Media, Message, Option, TemplateUse
from contract.text import normalise


@pytest.mark.parametrize(
    "inbound",
    [
        Inbound("text", text="hola"),
        Inbound("option", option_id="show_menu", text="Menú"),
        Inbound("edited", "a", "b", None, None, "Ana", "+52155", "wamid.1", "es"),
        Inbound("document", media=Media("m1", "application/pdf", "cv.pdf", 1024), text="mi CV"),
        Inbound("location", location=Location(0.0, -99.13)),
        Inbound("notice", values={"response": "utter_reminder", "values": {"name": ""}, "n": 0}),
    ],
)
def test_what_came_in_survives_the_inbox(inbound: Inbound) -> None:
    assert Inbound.from_json(json.loads(json.dumps(inbound.as_json()))) == inbound


@pytest.mark.parametrize(
    "message",
    [
        Message("text", text="Hola"),
        Message("buttons", text="Elige", options=(Option("a", "A"), Option("b", "B", "de", "S")), footer="f"),
        Message("template", template=TemplateUse("recordatorio", "es_MX", ("Ana", "lunes"))),
        Message("text", "Hi", template=TemplateUse("r", "en_US", ("Ana", "Monday"), TemplateUse("r", "es_MX", ("Ana", "")))),
        Message("email", subject="s", text="t", html="<p>t</p>", attachments=(Attachment("a.ics", "text/calendar", "QQ=="),)),
    ],
)  # fmt: skip
def test_what_is_said_survives_the_outbox(message: Message) -> None:
    assert Message.from_json(json.loads(json.dumps(message.as_json()))) == message


def test_ids_are_ordered_in_time_and_name_their_conversation() -> None:
    first, second = new_id(), new_id()
    assert first.version == 7 and first < second
    assert split_sender_id(sender_id("huntred", first)) == ("huntred", first)
    for wrong in ("huntred", ":x", str(first), "huntred:not-a-uuid"):
        with pytest.raises(ValueError):
            split_sender_id(wrong)
    assert isinstance(first, UUID)


def test_text_is_compared_without_accents_case_or_doubled_spaces() -> None:
    assert normalise("  Ana   NÚÑEZ ") == "ana nunez"
