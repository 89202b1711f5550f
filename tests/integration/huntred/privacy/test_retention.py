"""What has outlived its use goes; what is still needed stays."""

from __future__ import annotations

from datetime import timedelta

from huntred.conversations.models import InboxRow
from huntred.privacy import codes
from huntred.privacy.retention import purge
from tests.factories.desk import Desk


def test_raw_payloads_live_thirty_days_and_codes_one(desk: Desk) -> None:
    conversation = desk.chat()
    for number, days in ((1, 31), (2, 29)):
        desk.execute(
            "INSERT INTO inbox (chat_id, unit, channel_account_id, channel, kind, vendor_id, payload, raw, received_at)"
            " SELECT id, unit, channel_account_id, channel, 'text', :v, '{}', '{\"a\": 1}', :at FROM chats WHERE id = :c",
            v=f"w-{number}", at=desk.now - timedelta(days=days), c=conversation.chat_id,
        )  # fmt: skip
        desk.execute(
            "INSERT INTO offered_options (conversation_id, option_id, unit, title, intent, entities, ord, turn_id, expires_at)"
            " VALUES (:c, :o, 'amigro', 'X', 'affirm', '{}', 1, 1, :at)",
            c=conversation.id, o=str(number), at=desk.now - timedelta(days=days - 25),
        )  # fmt: skip
        desk.execute(
            "INSERT INTO action_replies (key, unit, conversation_id, reply, created_at) VALUES (:k, 'amigro', :c, '{}', :at)",
            k=str(number), c=conversation.id, at=desk.now - timedelta(days=days),
        )
    with desk.work() as uow:
        codes.request_code(uow, conversation.id, "a@example.com", now=desk.now - timedelta(days=2))
    with desk.work("huntu") as uow:
        assert purge(uow, now=desk.now).raw_payloads == 0
    with desk.work() as uow:
        done = purge(uow, now=desk.now)
    assert (done.raw_payloads, done.codes, done.options, done.replies, done.events) == (1, 1, 0, 1, 0)
    with desk.work() as uow:
        assert purge(uow, now=desk.now + timedelta(days=4)).options == 2
    assert [row.raw for row in desk.inbox(conversation.chat_id)] == [None, {"a": 1}] or desk.one(InboxRow, 2).raw is None
