"""A waiting person goes up through the team level by level; each level is told once, where no page of it is open."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.exc import ProgrammingError

from contract.ids import new_id
from huntred.access.models import Grant
from huntred.conversations import escalation, handoff, notes
from huntred.conversations.models import Conversation, ConversationNote, Handoff, HandoffStep, NoteMention
from huntred.errors import FieldInvalid, NotFound
from huntred.events.models import StoredEvent
from huntred.events.registry import Context
from huntred.events.service import handle
from huntred.notifications import alerts
from huntred.people import service as people
from huntred.units.models import Division
from tests.factories.desk import Desk

MINUTES = timedelta(minutes=10)


def _wait(desk: Desk, **chat: Any) -> Handoff:
    conversation = desk.chat(**chat)
    with desk.work() as uow:
        people.person_of(uow, conversation.id, now=desk.now)
        return handoff.request_handoff(uow, conversation.id, "su contrato", now=desk.now)


def _handle(desk: Desk, after: timedelta = timedelta()) -> None:
    """As the relay would: every stored event, those that handlers record too, once more each."""
    for _ in range(3):
        for event in desk.rows(select(StoredEvent).order_by(StoredEvent.id)):
            handle(desk.app, event.id, "amigro", Context(desk.now + after, desk.links))


def _escalate(desk: Desk, after: timedelta) -> int:
    with desk.work() as uow:
        gone = escalation.escalate(uow, now=desk.now + after)
    _handle(desk, after)
    return gone


def _levels(desk: Desk) -> list[str]:
    return [step.level for step in desk.rows(select(HandoffStep).order_by(HandoffStep.at, HandoffStep.id))]


def _mailed(desk: Desk) -> list[str]:
    return [address for address, _ in desk.sent("email")]


def test_nobody_is_told_that_somebody_of_a_demonstration_waits(desk: Desk) -> None:
    desk.user()
    waiting = _wait(desk)
    desk.execute("UPDATE conversations SET generated = true WHERE id = :c", c=waiting.conversation_id)

    assert _escalate(desk, 9 * MINUTES) == 0
    assert _escalate(desk, 20 * MINUTES) == 0
    # Only those whom the request itself told.
    assert _levels(desk) == ["unit"]


def test_unclaimed_it_goes_up_level_by_level_and_each_is_told_once(desk: Desk) -> None:
    consultant, boss = desk.user(), desk.user(None, "super_admin")
    desk.user("huntu")
    waiting = _wait(desk)

    _handle(desk)
    assert _mailed(desk) == [consultant.email]
    text = desk.sent("email")[0][1].text
    assert "Sin nombre todavía" in text and "WhatsApp" in text and "su contrato" in text
    assert f"http://office.test/conversations/{waiting.conversation_id}" in text

    assert _escalate(desk, MINUTES - timedelta(seconds=1)) == 0
    assert _escalate(desk, MINUTES) == 1
    assert _escalate(desk, MINUTES) == 0
    assert _escalate(desk, 2 * MINUTES) == 1
    assert _escalate(desk, 9 * MINUTES) == 0

    assert _levels(desk) == ["unit", "lead", "super_admin"]
    assert _mailed(desk) == [consultant.email, "hola@amigro.example.mx", boss.email]
    assert "lleva 20 minutos" in desk.sent("email")[2][1].text
    steps = desk.rows(select(HandoffStep).order_by(HandoffStep.at))
    assert [step.told for step in steps] == [[consultant.id], [], [boss.id]]


def test_the_division_of_what_they_applied_to_hears_first(desk: Desk) -> None:
    north, south = (Division(id=new_id(), unit="amigro", code=code, name=code) for code in ("n", "s"))
    desk.add(north, south)
    users = {}
    for division, permissions in ((north, ["reply"]), (south, ["reply"]), (north, [])):
        user = desk.user()
        desk.execute("DELETE FROM grants WHERE user_id = :id", id=user.id)
        desk.add(
            Grant(
                user_id=user.id, role="division_consultant", unit="amigro", division_id=division.id,
                permissions=permissions,
            )
        )  # fmt: skip
        users[division.code, bool(permissions)] = user
    desk.user()
    waiting = _wait(desk)
    with desk.work() as uow:
        profile = people.profile_of(uow, people.person_of(uow, waiting.conversation_id, now=desk.now).id)
    desk.application(desk.one(Conversation, waiting.conversation_id), profile, division_id=north.id)

    _handle(desk)

    assert _levels(desk) == ["division"]
    assert _mailed(desk) == [users["n", True].email]


def test_who_has_a_page_open_gets_no_mail_until_it_goes_up(desk: Desk) -> None:
    user = desk.user()
    with desk.work(user_id=user.id) as uow:
        alerts.note_open_page(uow, user.id, now=desk.now - timedelta(seconds=70))
    _wait(desk)
    _handle(desk)
    assert _mailed(desk) == []

    _escalate(desk, MINUTES)
    assert _mailed(desk) == ["hola@amigro.example.mx"]


def test_a_page_that_was_closed_counts_no_more(desk: Desk) -> None:
    user = desk.user()
    with desk.work(user_id=user.id) as uow:
        alerts.note_open_page(uow, user.id, now=desk.now - timedelta(seconds=200))
    _wait(desk)
    _handle(desk)
    assert _mailed(desk) == [user.email]


def test_who_is_off_duty_is_passed_over(desk: Desk) -> None:
    user, colleague = desk.user(), desk.user()
    for one in (user, colleague):
        with desk.work(user_id=one.id) as uow:
            alerts.choose(uow, one.id, sound=False, on_duty=one is colleague)
    _wait(desk)
    _handle(desk)
    assert _mailed(desk) == [colleague.email]

    with desk.work(user_id=colleague.id) as uow:
        alerts.choose(uow, colleague.id, sound=True, on_duty=False)
    _wait(desk)
    _handle(desk)
    assert _levels(desk) == ["unit", "lead"]


def test_taken_meanwhile_nobody_is_told(desk: Desk) -> None:
    user = desk.user()
    waiting = _wait(desk)
    with desk.work(user_id=user.id) as uow:
        handoff.take(uow, waiting.conversation_id, user.id, now=desk.now)
    _handle(desk)
    assert _escalate(desk, 5 * MINUTES) == 0
    assert (_mailed(desk), _levels(desk)) == ([], [])


def test_a_units_own_minutes_count(desk: Desk) -> None:
    desk.user()
    desk.execute(
        "UPDATE units SET settings = jsonb_set(settings, '{conversation,escalate_after_minutes}', '3')"
        " WHERE code = 'amigro'"
    )
    _wait(desk)
    _handle(desk)
    assert _escalate(desk, timedelta(minutes=2, seconds=59)) == 0
    assert _escalate(desk, timedelta(minutes=3)) == 1


def test_ones_own_telegram_is_linked_by_a_code_and_told_once(desk: Desk) -> None:
    user, stranger = desk.user(), desk.user()
    own = desk.chat(channel="telegram", user_id="998877")
    with desk.work(user_id=user.id) as uow:
        alerts.begin_telegram_link(uow, user.id, now=desk.now)
        link = alerts.telegram_link(uow, alerts.of_user(uow, user.id), now=desk.now)
        with pytest.raises(alerts.LinkCodeNotSeen):
            alerts.finish_telegram_link(uow, user.id, now=desk.now)
    assert link is not None and link.url.startswith("https://t.me/") and link.url.endswith(link.code)
    desk.execute(
        "INSERT INTO inbox (chat_id, unit, channel_account_id, channel, kind, vendor_id, payload)"
        " SELECT id, unit, channel_account_id, channel, 'opened', 't-1',"
        " jsonb_build_object('kind', 'opened', 'values', jsonb_build_object('start', CAST(:code AS text)))"
        " FROM chats WHERE id = :chat", code=link.code, chat=own.chat_id,
    )  # fmt: skip
    with desk.work(user_id=user.id) as uow:
        with pytest.raises(alerts.LinkCodeNotSeen):
            alerts.finish_telegram_link(uow, user.id, now=desk.now + timedelta(minutes=31))
        alerts.finish_telegram_link(uow, user.id, now=desk.now)
    _wait(desk)
    _handle(desk)

    ((address, message),) = desk.sent("telegram")
    assert address == "998877" and "espera hablar con una persona" in message.text
    assert sorted(_mailed(desk)) == sorted([user.email, stranger.email])
    with desk.work(user_id=user.id) as uow:
        alerts.unlink_telegram(uow, user.id)
    _wait(desk)
    _handle(desk)
    assert len(desk.sent("telegram")) == 1


def test_only_the_user_writes_their_own_row(desk: Desk) -> None:
    user, other = desk.user(), desk.user()
    with pytest.raises(ProgrammingError, match="row-level security"), desk.work(user_id=other.id) as uow:
        alerts.choose(uow, user.id, sound=False, on_duty=False)


class TestNotes:
    def _write(self, desk: Desk, conversation_id: UUID, user_id: UUID, text: str) -> None:
        with desk.work(user_id=user_id) as uow:
            notes.write_note(uow, conversation_id, user_id, text, now=desk.now)

    def test_who_is_named_hears_by_mail_and_ticks_it_off(self, desk: Desk) -> None:
        author, named = desk.user(name="Luis Peña"), desk.user(name="Carmen López")
        outsider = desk.user("huntu", name="Rosa Díaz")
        conversation = desk.chat()
        self._write(desk, conversation.id, author.id, "@carmen, ¿la ves tú? @Rosa Díaz y @Luis Peña también")
        _handle(desk)

        (mention,) = desk.rows(select(NoteMention))
        assert mention.user_id == named.id
        ((address, mail),) = desk.sent("email")
        assert address == named.email and "Luis Peña te mencionó" in mail.text
        assert "la ves tú" not in mail.text
        with desk.work(user_id=outsider.id) as uow, pytest.raises(NotFound):
            notes.tick_off(uow, mention.id, outsider.id, now=desk.now)
        with desk.work(user_id=named.id) as uow:
            notes.tick_off(uow, mention.id, named.id, now=desk.now)
        assert desk.one(NoteMention, mention.id).seen_at == desk.now

    def test_a_note_is_never_sent_and_needs_words(self, desk: Desk) -> None:
        author, conversation = desk.user(), desk.chat()
        self._write(desk, conversation.id, author.id, "llamar mañana")
        with desk.work(user_id=author.id) as uow:
            for text, problem in ((" \0 ", "missing"), ("a" * 4001, "too_long")):
                with pytest.raises(FieldInvalid, match=problem):
                    notes.write_note(uow, conversation.id, author.id, text, now=desk.now)
        assert len(desk.rows(select(ConversationNote))) == 1
        assert desk.outbox() == [] and desk.inbox(conversation.chat_id) == []
