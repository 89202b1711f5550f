"""Sessions on PostgreSQL: nobody is twice at a time, what is asked is answered once, and everybody hears."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from contract.ids import new_id
from contract.message import Inbound, Message
from huntred.conversations.models import InboxRow, ScheduledNotice
from huntred.events.models import StoredEvent
from huntred.events.registry import Context
from huntred.events.service import handle
from huntred.interviews import service as interviews
from huntred.interviews.errors import NoLongerFree
from huntred.mentoring import service as mentoring
from huntred.mentoring.errors import MentorSessionOpen, MentorSessionOver, MentorTimeTaken
from huntred.mentoring.models import MentorSession
from huntred.people import service as people
from huntred.privacy import service as privacy
from huntred.privacy.erasure import erase_person
from huntred.privacy.export import export_person
from tests.factories.desk import Desk
from tests.factories.mentors import mentor

UNIT = "huntu"


def person(desk: Desk, name: str = "Ana Ruiz", email: str = "ana@example.com") -> Any:
    """Somebody who writes to huntU and agreed to the notice; returns their conversation."""
    conversation = desk.chat(UNIT, "telegram")
    with desk.work(UNIT) as uow:
        found = people.person_of(uow, conversation.id, now=desk.now)
        people.set_fields(uow, found.id, {"full_name": name, "email": email}, now=desk.now)
        privacy.accept_notice(uow, found.id, "telegram", now=desk.now)
    conversation.person_id = found.id
    return conversation


def ask(desk: Desk, mentor_id: UUID, who: Any, which: int = 0) -> MentorSession:
    with desk.work(UNIT) as uow:
        at = mentoring.free_times(uow, mentoring.get(uow, mentor_id), who.person_id, now=desk.now)[which].starts_at
        return mentoring.ask(
            uow, mentor_id, who.person_id, at, field="finance", conversation_id=who.id, now=desk.now
        )


def hand_on(desk: Desk) -> None:
    for event in desk.rows(select(StoredEvent).where(StoredEvent.handled_at.is_(None)).order_by(StoredEvent.id)):
        handle(desk.app, event.id, event.unit, Context(desk.now, desk.links))


def mails(desk: Desk, to: str) -> list[Message]:
    return [message for address, message in desk.sent("email") if address == to]


def said(desk: Desk) -> list[str]:
    rows = desk.rows(select(InboxRow).where(InboxRow.kind == "notice").order_by(InboxRow.id))
    return [Inbound.from_json(row.payload).values["response"] for row in rows]


def test_mentors_of_the_field_come_by_who_can_soonest(desk: Desk) -> None:
    busy, free = mentor(desk, name="Bruno", weekly_capacity=1), mentor(desk, name="Zoe")
    mentor(desk, name="Otra", fields=("law",))
    mentor(desk, name="En pausa", active=False)
    ask(desk, busy.id, person(desk))
    other = person(desk, "Luis Mora", "luis@example.com")
    with desk.work(UNIT) as uow:
        found = mentoring.matches(uow, other.person_id, "finance", now=desk.now)
        assert [match.mentor.name for match in found] == ["Zoe", "Bruno"]
        assert found[1].times[0].starts_at > found[0].times[0].starts_at  # Bruno's week is full
        assert mentoring.matches(uow, other.person_id, "health", now=desk.now) == []
        assert mentoring.fields_on_offer(uow) == ["finance", "law"]
    assert free.id


def test_nobody_takes_the_same_time_and_asking_again_is_one_session(desk: Desk) -> None:
    laura = mentor(desk)
    ana, luis = person(desk), person(desk, "Luis Mora", "luis@example.com")
    first = ask(desk, laura.id, ana)
    with desk.work(UNIT) as uow:
        again = mentoring.ask(uow, laura.id, ana.person_id, first.starts_at, now=desk.now)
        assert again.id == first.id
        with pytest.raises(MentorSessionOpen):
            mentoring.ask(uow, laura.id, ana.person_id, first.starts_at + timedelta(days=1), now=desk.now)
        with pytest.raises(MentorTimeTaken):
            mentoring.ask(uow, laura.id, luis.person_id, first.starts_at, now=desk.now)
        with pytest.raises(MentorTimeTaken):
            mentoring.ask(uow, laura.id, luis.person_id, first.starts_at + timedelta(minutes=7), now=desk.now)


@pytest.mark.parametrize("who", ["mentor", "person"])
def test_the_database_itself_keeps_two_sessions_apart(desk: Desk, who: str) -> None:
    laura, other = mentor(desk), mentor(desk, name="Zoe")
    ana, luis = person(desk), person(desk, "Luis Mora", "luis@example.com")
    first = ask(desk, laura.id, ana)
    twin = MentorSession(
        id=new_id(), unit=UNIT, mentor_id=laura.id if who == "mentor" else other.id,
        person_id=luis.person_id if who == "mentor" else ana.person_id, starts_at=first.starts_at + timedelta(minutes=5),
        ends_at=first.ends_at, asked_at=desk.now, answer_until=first.starts_at,
    )  # fmt: skip
    with pytest.raises(IntegrityError, match=f"ex_mentor_sessions_{who}"):
        desk.add(twin)


def test_an_interview_and_a_session_of_one_person_never_cross(desk: Desk) -> None:
    laura, ana = mentor(desk), person(desk)
    with desk.work(UNIT) as uow:
        profile = people.profile_of(uow, ana.person_id)
        at = mentoring.free_times(uow, laura, ana.person_id, now=desk.now)[0].starts_at
    consultant, application = desk.user(UNIT), desk.application(ana, profile)
    slot = desk.slot(consultant, at - desk.now, unit=UNIT)
    with desk.work(UNIT) as uow:
        interview = interviews.book_slot(uow, slot.id, application.id, now=desk.now)
        with pytest.raises(MentorTimeTaken):
            mentoring.ask(uow, laura.id, ana.person_id, at, now=desk.now)
        interviews.cancel(uow, interview.id, "candidate", "", now=desk.now)
        mentoring.ask(uow, laura.id, ana.person_id, at, now=desk.now)
    with desk.work(UNIT) as uow, pytest.raises(NoLongerFree):
        interviews.book_slot(uow, slot.id, application.id, now=desk.now)


def test_the_mentors_yes_reaches_both_with_calendar_and_reminders(desk: Desk) -> None:
    laura, ana = mentor(desk), person(desk)
    session = ask(desk, laura.id, ana)
    hand_on(desk)
    [asked] = mails(desk, "laura@example.com")
    assert "Ana Ruiz" in asked.text and "/mentoria/" in asked.text and "Finanzas" in asked.text

    with desk.work(UNIT) as uow:
        mentoring.answer(uow, session.id, True, now=desk.now)
        mentoring.answer(uow, session.id, True, now=desk.now)  # the same again says nothing twice
        with pytest.raises(MentorSessionOver):
            mentoring.answer(uow, session.id, False, now=desk.now)
    hand_on(desk)
    assert said(desk) == ["utter_mentor_accepted"]
    [notice] = desk.rows(select(InboxRow).where(InboxRow.kind == "notice"))
    template = Inbound.from_json(notice.payload).values["template"]
    assert (template["name"], template["values"][0], len(template["values"])) == ("mentoria_confirmada_huntu", "Ana", 4)
    for address in ("laura@example.com", "ana@example.com"):
        message = mails(desk, address)[-1]
        assert "confirmada" in message.subject
        assert b"METHOD:REQUEST" in base64.b64decode(message.attachments[0].content)
    notices = desk.rows(select(ScheduledNotice).where(ScheduledNotice.key.startswith(f"mentor:{session.id}")))
    assert sorted(notice.response for notice in notices) == ["mentor_reminder", "utter_mentor_reminder"]
    assert {notice.due_at for notice in notices} == {session.starts_at - timedelta(hours=24)}


@pytest.mark.parametrize(("by", "told"), [("person", []), ("mentor", ["utter_mentor_cancelled"])])
def test_a_cancelled_session_leaves_calendars_and_its_time_is_free_again(desk: Desk, by: str, told: list[str]) -> None:
    laura, ana = mentor(desk), person(desk)
    session = ask(desk, laura.id, ana)
    with desk.work(UNIT) as uow:
        mentoring.answer(uow, session.id, True, now=desk.now)
    hand_on(desk)
    with desk.work(UNIT) as uow:
        mentoring.cancel(uow, session.id, by, now=desk.now)
        mentoring.cancel(uow, session.id, by, now=desk.now)
    hand_on(desk)
    assert said(desk) == ["utter_mentor_accepted", *told]
    for address in ("laura@example.com", "ana@example.com"):
        assert b"METHOD:CANCEL" in base64.b64decode(mails(desk, address)[-1].attachments[0].content)
    states = {row.state for row in desk.rows(select(ScheduledNotice).where(ScheduledNotice.key.startswith("mentor:")))}
    assert states == {"cancelled"}
    with desk.work(UNIT) as uow:
        assert mentoring.free_times(uow, laura, ana.person_id, now=desk.now)[0].starts_at == session.starts_at


def test_what_no_mentor_answers_ends_and_the_person_hears(desk: Desk) -> None:
    laura, ana = mentor(desk), person(desk)
    session = ask(desk, laura.id, ana)
    with desk.work(UNIT) as uow:
        assert mentoring.expire(uow, now=session.answer_until - timedelta(seconds=1)) == 0
        assert mentoring.expire(uow, now=session.answer_until) == 1
        assert mentoring.expire(uow, now=session.answer_until) == 0
    hand_on(desk)
    assert said(desk) == ["utter_mentor_expired"]


def test_what_came_of_it_is_noted_after_it_and_may_be_corrected(desk: Desk) -> None:
    laura, ana = mentor(desk), person(desk)
    session = ask(desk, laura.id, ana)
    after = session.ends_at
    with desk.work(UNIT) as uow:
        with pytest.raises(MentorSessionOver):
            mentoring.note_outcome(uow, session.id, True, "…", now=after)  # never accepted
        mentoring.answer(uow, session.id, True, now=desk.now)
        mentoring.note_outcome(uow, session.id, False, "No llegó.", now=after)
        kept = mentoring.note_outcome(uow, session.id, True, "Llegó tarde; hará su CV.", now=after)
        assert (kept.state, kept.outcome) == ("done", "Llegó tarde; hará su CV.")


def test_an_erased_person_frees_the_mentors_time_and_takes_what_was_written(desk: Desk) -> None:
    laura, ana = mentor(desk), person(desk)
    session = ask(desk, laura.id, ana)
    with desk.work(UNIT) as uow:
        assert len(export_person(uow, ana.person_id, now=desk.now)["mentor_sessions"]) == 1
        erase_person(uow, ana.person_id, now=desk.now)
    hand_on(desk)
    assert desk.one(MentorSession, session.id).state == "cancelled"
    assert "Ana" not in mails(desk, "laura@example.com")[-1].text
