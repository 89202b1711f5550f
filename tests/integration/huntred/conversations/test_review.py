"""A person decides about what perhaps went and must not go twice."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import select

from huntred.access.models import AuditEntry
from huntred.conversations import review
from huntred.conversations.models import Conversation, OutboxRow
from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import NotFound
from tests.factories.desk import Desk


def in_review(desk: Desk, conversation: Conversation, source_id: str = "p-1") -> int:
    row = OutboxRow(
        unit=conversation.unit, conversation_id=conversation.id, chat_id=conversation.chat_id, channel="whatsapp",
        source="payment", source_id=source_id, ord=0, purpose="payment", payload={"kind": "link", "text": "Tu pago"},
        state="review", begun=True, error_code="outcome_unknown", error="No se sabe si llegó.",
    )  # fmt: skip
    desk.add(row)
    return int(row.id)


Decision = Callable[[Desk, UnitOfWork, int, UUID], None]
DECISIONS: dict[str, tuple[Decision, dict[str, object]]] = {
    "send_again": (
        lambda desk, uow, row, user: review.send_again(uow, row, user),
        {"state": "waiting", "begun": False, "possible_duplicate": True, "error_code": None},
    ),
    "mark_sent": (
        lambda desk, uow, row, user: review.mark_sent(uow, row, user, now=desk.now),
        {"state": "sent", "error_code": None, "error": None},
    ),
    "drop": (
        lambda desk, uow, row, user: review.drop(uow, row, user),
        {"state": "failed", "error_code": "dropped"},
    ),
}


@pytest.mark.parametrize("name", DECISIONS)
def test_it_is_decided_once_and_audited(desk: Desk, name: str) -> None:
    decide, expected = DECISIONS[name]
    row_id, user = in_review(desk, desk.chat()), desk.user()
    with desk.work(user_id=user.id) as uow:
        (shown,) = review.waiting(uow)
        assert (shown.id, shown.text, shown.error_code) == (row_id, "Tu pago", "outcome_unknown")
        decide(desk, uow, row_id, user.id)
    row = desk.one(OutboxRow, row_id)
    assert {key: getattr(row, key) for key in expected} == expected
    (entry,) = desk.rows(select(AuditEntry).where(AuditEntry.object_type == "outbox"))
    assert (entry.action, entry.object_id, entry.user_id) == (f"outbox.{name}", str(row_id), user.id)
    for again, _ in DECISIONS.values():
        with pytest.raises(NotFound), desk.work(user_id=user.id) as uow:
            again(desk, uow, row_id, user.id)


def test_another_unit_sees_none_of_it(desk: Desk) -> None:
    row_id, user = in_review(desk, desk.chat()), desk.user()
    with desk.work("huntu", user_id=user.id) as uow:
        assert review.waiting(uow) == []
        with pytest.raises(NotFound):
            review.drop(uow, row_id, user.id)
