"""A waiting person goes up through the team level by level; each level is told once, where no page of it is open."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.exc import ProgrammingError

from contract.ids import new_id
from contract.team_codes import is_team_code
from huntred.access.models import Grant, User
from huntred.conversations import escalation, handoff, notes
from huntred.conversations.events import TeamMemberWrote
from huntred.conversations.models import (
    ChannelAccount,
    Chat,
    Conversation,
    ConversationNote,
    Handoff,
    HandoffStep,
    NoteMention,
)
from huntred.errors import FieldInvalid, NotFound
from huntred.events.models import StoredEvent
from huntred.events.registry import Context
from huntred.events.service import handle
from huntred.notifications import alerts, team_telegram
from huntred.notifications.alerts import Choices
from huntred.people import service as people
from huntred.push.models import PushDevice, PushMessage
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
    assert "Lo acaba de pedir." in text and "WhatsApp" in text and "su contrato" not in text
    assert f"http://office.test/conversations/{waiting.conversation_id}" in text

    assert _escalate(desk, MINUTES - timedelta(seconds=1)) == 0
    assert _escalate(desk, MINUTES) == 1
    assert _escalate(desk, MINUTES) == 0
    assert _escalate(desk, 2 * MINUTES) == 1
    assert _escalate(desk, 9 * MINUTES) == 0

    assert _levels(desk) == ["unit", "lead", "super_admin"]
    assert _mailed(desk) == [consultant.email, "hola@amigro.example.mx", boss.email]
    assert "Lleva 20 minutos esperando." in desk.sent("email")[2][1].text
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
            alerts.choose(uow, one.id, Choices(sound=False, on_duty=one is colleague))
    _wait(desk)
    _handle(desk)
    assert _mailed(desk) == [colleague.email]

    with desk.work(user_id=colleague.id) as uow:
        alerts.choose(uow, colleague.id, Choices(on_duty=False))
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


def _wrote(desk: Desk, account_id: UUID, vendor_id: str, code: str = "") -> None:
    """As the gateway hands on what one of the team wrote (bot/team_chats.py)."""
    with desk.work() as uow:
        uow.record(TeamMemberWrote(account_id, "998877", vendor_id, code))


def test_ones_own_telegram_is_linked_by_a_code_and_told_once(desk: Desk) -> None:
    user, stranger = desk.user(), desk.user()
    account = desk.rows(
        select(ChannelAccount).where(ChannelAccount.unit == "amigro", ChannelAccount.channel == "telegram")
    )[0]
    with desk.work(user_id=user.id) as uow:
        team_telegram.begin_link(uow, user.id, now=desk.now)
        link = team_telegram.link_of(uow, alerts.of_user(uow, user.id), now=desk.now)
        with pytest.raises(team_telegram.LinkCodeNotSeen):
            team_telegram.check_link(uow, user.id)
    assert link is not None and link.url.startswith("https://t.me/") and link.url.endswith(link.code)
    assert is_team_code(link.code) and not is_team_code("team-x") and not is_team_code(link.code + "0")

    # Another's code, and the right one too late, link nobody, and nobody is answered.
    _wrote(desk, account.id, "1", "team-" + "0" * 16)
    _handle(desk)
    _wrote(desk, account.id, "2", link.code)
    handle(desk.app, _last(desk), "amigro", Context(desk.now + timedelta(minutes=31), desk.links))
    assert desk.sent("telegram") == []

    _wrote(desk, account.id, "3", link.code)
    _handle(desk)
    with desk.work(user_id=user.id) as uow:
        team_telegram.check_link(uow, user.id)
    _wrote(desk, account.id, "3", link.code)
    _wrote(desk, account.id, "4")
    _handle(desk)
    said = [message.text for _, message in desk.sent("telegram")]
    assert len(said) == 2 and "quedó enlazado" in said[0] and "lo que escribas no llega a nadie" in said[1]
    assert desk.rows(select(Chat)) == [], "of one of the team no chat is made"

    _wait(desk)
    _handle(desk)
    address, message = desk.sent("telegram")[-1]
    assert address == "998877" and "espera hablar con una persona (WhatsApp). Lo acaba de pedir." in message.text
    assert "su contrato" not in message.text and "Sin nombre" not in message.text
    assert sorted(_mailed(desk)) == sorted([user.email, stranger.email])
    with desk.work(user_id=user.id) as uow:
        team_telegram.unlink(uow, user.id)
    _wait(desk)
    _handle(desk)
    assert len(desk.sent("telegram")) == 3


def _last(desk: Desk) -> int:
    return int(desk.rows(select(StoredEvent.id).order_by(StoredEvent.id.desc()))[0])


def test_each_is_told_by_what_they_chose_and_where_their_page_is_closed(desk: Desk) -> None:
    """Push goes to who has no page open; mail waits while one of the level has."""
    here, away, mailed = desk.user(), desk.user(), desk.user()
    for user in (here, away, mailed):
        _device(desk, user)
    with desk.work(user_id=here.id) as uow:
        alerts.note_open_page(uow, here.id, now=desk.now)
    with desk.work(user_id=mailed.id) as uow:
        alerts.choose(uow, mailed.id, Choices(by_push=False, by_telegram=False))
    with desk.work(user_id=away.id) as uow:
        alerts.choose(uow, away.id, Choices(by_mail=False))
    waiting = _wait(desk)
    _handle(desk)
    (push,) = desk.rows(select(PushMessage))
    assert desk.one(PushDevice, push.device_id).user_id == away.id
    assert push.payload == {
        "title": "Alguien espera en Amigro", "body": "Por WhatsApp. Lo acaba de pedir.",
        "path": f"/conversations/{waiting.conversation_id}", "tag": f"handoff:{waiting.id}",
    }  # fmt: skip
    assert push.handoff_id == waiting.id and _mailed(desk) == []

    desk.execute("UPDATE user_alerts SET page_at = NULL")
    _wait(desk)
    _handle(desk)
    assert len(desk.rows(select(PushMessage))) == 3
    assert sorted(_mailed(desk)) == sorted([here.email, mailed.email])


def _device(desk: Desk, user: User) -> None:
    desk.add(
        PushDevice(
            id=new_id(), user_id=user.id, endpoint_hash=str(user.id), endpoint_sealed="https://push.example.com/x",
            p256dh_sealed="k", auth_sealed="a", name="Chrome",
        )
    )  # fmt: skip


NIGHT = timedelta(hours=-11)  # Sunday, 22:00
OPENING = timedelta(days=0)  # Monday, 9:00


def test_at_night_nobody_is_told_and_at_opening_all_of_it_comes_in_one(desk: Desk) -> None:
    user = desk.user()
    _device(desk, user)
    boss = desk.user(None, "super_admin")
    for minutes in (0, 40):
        conversation = desk.chat()
        with desk.work() as uow:
            asked_at = desk.now + NIGHT + timedelta(minutes=minutes)
            handoff.request_handoff(uow, conversation.id, now=asked_at)
    _handle(desk, NIGHT)
    assert _escalate(desk, timedelta(hours=-1)) == 0
    assert (_mailed(desk), _levels(desk)) == ([], [])

    assert _escalate(desk, OPENING) == 2
    assert _levels(desk) == ["unit", "unit"]
    ((address, mail),) = desk.sent("email")
    assert address == user.email and mail.subject == "Amigro: 2 personas esperan a alguien del equipo"
    assert "1 de marzo, 22:00" in mail.text and "Lleva 11 horas esperando." in mail.text
    (push,) = desk.rows(select(PushMessage))
    assert push.payload["title"] == "2 personas esperan en Amigro" and push.handoff_id is None
    assert push.payload["path"] == "/conversations/?handling=queued"

    # From then on it goes up as by day; whoever comes now is told one by one.
    _escalate(desk, OPENING + MINUTES)
    _escalate(desk, OPENING + 2 * MINUTES)
    assert boss.email in _mailed(desk)
    _wait(desk)
    _handle(desk, OPENING)
    assert "Lo acaba de pedir." in desk.sent("email")[-1][1].text


def test_who_wants_no_digest_is_told_one_by_one(desk: Desk) -> None:
    user = desk.user()
    with desk.work(user_id=user.id) as uow:
        alerts.choose(uow, user.id, Choices(in_digest=False))
    for _ in range(2):
        conversation = desk.chat()
        with desk.work() as uow:
            handoff.request_handoff(uow, conversation.id, now=desk.now + NIGHT)
    _handle(desk, NIGHT)
    _escalate(desk, OPENING)
    assert _mailed(desk) == [user.email] * 2


def test_one_who_waited_all_night_is_told_of_with_their_age(desk: Desk) -> None:
    user = desk.user()
    conversation = desk.chat()
    with desk.work() as uow:
        handoff.request_handoff(uow, conversation.id, now=desk.now + NIGHT)
    _handle(desk, NIGHT)
    _escalate(desk, OPENING)
    ((address, mail),) = desk.sent("email")
    assert address == user.email and "Lleva 11 horas esperando." in mail.text


def test_who_wants_any_hour_is_told_at_night_and_the_others_by_day(desk: Desk) -> None:
    """The top alone is awake: it is told, and the consultants are not forgotten for it."""
    user, boss = desk.user(), desk.user(None, "super_admin")
    with desk.work(user_id=boss.id) as uow:
        alerts.choose(uow, boss.id, Choices(any_hour=True))
    conversation = desk.chat()
    with desk.work() as uow:
        handoff.request_handoff(uow, conversation.id, now=desk.now + NIGHT)
    _handle(desk, NIGHT)
    assert (_levels(desk), _mailed(desk)) == (["super_admin"], [boss.email])
    assert _escalate(desk, timedelta(hours=-2)) == 0
    assert _escalate(desk, OPENING) == 1
    assert _mailed(desk) == [boss.email, user.email]


def test_in_ones_quiet_time_the_next_level_is_told(desk: Desk) -> None:
    user = desk.user()
    with desk.work(user_id=user.id) as uow:
        alerts.choose(uow, user.id, Choices(quiet_from=time(8), quiet_to=time(10)))
        with pytest.raises(FieldInvalid, match="missing"):
            alerts.choose(uow, user.id, Choices(quiet_from=time(8)))
    _wait(desk)
    _handle(desk)
    assert (_levels(desk), _mailed(desk)) == (["lead"], ["hola@amigro.example.mx"])
    # Their quiet time is over, and it still waits.
    assert _escalate(desk, timedelta(hours=1)) == 1
    assert _mailed(desk)[1:] == [user.email]


def test_only_the_user_writes_their_own_row(desk: Desk) -> None:
    user, other = desk.user(), desk.user()
    with pytest.raises(ProgrammingError, match="row-level security"), desk.work(user_id=other.id) as uow:
        alerts.choose(uow, user.id, Choices(sound=False, on_duty=False))


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
