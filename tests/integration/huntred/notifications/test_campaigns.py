"""One thing said to many who have agreed to it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import select

from huntred.conversations.models import ChatMessage, Conversation, OutboxRow
from huntred.errors import FieldInvalid
from huntred.notifications.campaigns import Recipient, Started, start_campaign
from huntred.notifications.models import MessageTemplate
from huntred.people import service as people
from huntred.privacy import service as privacy
from tests.factories.desk import Desk

NOON = datetime(2026, 3, 2, 18, 0, tzinfo=timezone.utc)
NIGHT = datetime(2026, 3, 3, 5, 0, tzinfo=timezone.utc)


@pytest.fixture
def template(desk: Desk) -> str:
    desk.add(MessageTemplate(
        unit="amigro", name="feria", category="MARKETING", state="APPROVED", body="Hola {{1}}: el {{2}} hay feria de empleo.",
    ))  # fmt: skip
    return "feria"


def who_agreed(desk: Desk) -> Conversation:
    conversation = desk.chat()
    with desk.work() as uow:
        people.person_of(uow, conversation.id, now=desk.now)
        privacy.opt_in(uow, conversation.id, now=desk.now)
    return conversation


def test_it_goes_once_to_everybody_who_agreed(desk: Desk, template: str) -> None:
    yes, also, never_asked, with_person = who_agreed(desk), who_agreed(desk), desk.chat(), who_agreed(desk)
    desk.execute("UPDATE conversations SET handling = 'with_person' WHERE id = :c", c=with_person.id)
    everybody = [Recipient(one.id, ("Ana", "lunes")) for one in (yes, also, never_asked, with_person, yes)]
    with desk.work() as uow:
        assert start_campaign(uow, "feria-marzo", template, everybody[:1], now=NOON) == Started(1, 0, 0)
    with desk.work() as uow:
        assert start_campaign(uow, "feria-marzo", template, everybody, now=NOON) == Started(1, 2, 1)
    rows = desk.rows(select(OutboxRow).order_by(OutboxRow.id))
    assert [row.conversation_id for row in rows] == [yes.id, also.id]
    for row in rows:
        assert (row.purpose, row.priority, row.state, row.due) == ("promotion", 0, "waiting", None)
        assert row.payload["text"] == "Hola Ana: el lunes hay feria de empleo."
        assert row.payload["template"] == {"name": "feria", "language": "es_MX", "values": ["Ana", "lunes"]}
    said = desk.rows(select(ChatMessage))
    assert {message.outbox_id for message in said} == {row.id for row in rows}


def test_at_night_it_waits_for_the_morning(desk: Desk, template: str) -> None:
    conversation = who_agreed(desk)
    with desk.work() as uow:
        start_campaign(uow, "k", template, [Recipient(conversation.id, ("Ana", "lunes"))], now=NIGHT)
    (row,) = desk.rows(select(OutboxRow))
    assert (row.state, row.due) == ("held", NIGHT + timedelta(hours=9))


@pytest.mark.parametrize(
    ("state", "values", "field"), [("PAUSED", ("Ana", "lunes"), "template"), ("APPROVED", ("Ana",), "values")]
)
def test_what_cannot_be_sent_is_refused_whole(
    desk: Desk, template: str, state: str, values: tuple[str, ...], field: str
) -> None:
    first, second = who_agreed(desk), who_agreed(desk)
    desk.execute("UPDATE message_templates SET state = :s WHERE name = 'feria'", s=state)
    audience = [Recipient(first.id, ("Ana", "lunes")), Recipient(second.id, values)]
    with pytest.raises(FieldInvalid) as refused, desk.work() as uow:
        start_campaign(uow, "k", template, audience, now=NOON)
    assert refused.value.field == field and desk.rows(select(OutboxRow)) == []
    with pytest.raises(FieldInvalid), desk.work() as uow:
        start_campaign(uow, "k", "nobody", audience, now=NOON)
