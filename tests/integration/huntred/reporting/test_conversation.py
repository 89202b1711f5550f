"""The figures of conversation over messages, tracker events and handoffs made by hand."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from contract.ids import new_id
from huntred.conversations.models import Handoff
from huntred.reporting import repository, rules
from huntred.reporting.types import Figures, Wanted
from huntred.units.models import Division
from tests.factories.desk import Desk
from tests.factories.figures import Tracker, application, said

MEXICO = "America/Mexico_City"
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def wanted(desk: Desk, **values: Any) -> Wanted:
    return Wanted({"amigro": MEXICO}, rules.period_of(None, None, today=desk.now.date()), desk.now, **values)


def read(session: Session, key: str, asked: Wanted) -> Figures:
    return repository.figures(session, repository.plots("conversation")[key], asked)


def cells(figures: Figures) -> dict[tuple[str, str], int]:
    return {(bar.key, cell.series): cell.count for bar in figures.bars for cell in bar.cells if cell.count}


def test_messages_are_counted_by_day_and_author_and_conversations_by_channel(desk: Desk) -> None:
    one, other = desk.chat(), desk.chat(channel="telegram")
    for ago in (HOUR, 2 * HOUR, 26 * HOUR):
        said(desk, one, "person", ago)
        said(desk, one, "bot", ago - MINUTE)
    said(desk, other, "person", HOUR)
    said(desk, other, "consultant", MINUTE)
    said(desk, desk.chat("huntu"), "person", HOUR)

    with desk.work() as uow:
        messages, channels = read(uow.session, "messages", wanted(desk)), read(uow.session, "channels", wanted(desk))
        narrowed = read(uow.session, "messages", wanted(desk, channel="telegram"))

    assert cells(messages) == {
        ("2026-03-01", "person"): 1, ("2026-03-01", "bot"): 1, ("2026-03-02", "person"): 3, ("2026-03-02", "bot"): 2,
        ("2026-03-02", "consultant"): 1,
    }  # fmt: skip
    assert cells(channels) == {("whatsapp", ""): 1, ("telegram", ""): 1}
    assert narrowed.count == 2


@pytest.mark.parametrize("archived", [False, True])
def test_flows_are_completed_left_silent_or_going_on(desk: Desk, archived: bool) -> None:
    def tracker(unit: str = "amigro") -> Tracker:
        return Tracker(desk, desk.chat(unit), archived=archived)

    done = tracker()
    done.begin("form_profile", 50 * HOUR, "full_name", "email")
    done.end(49 * HOUR, "action_profile_complete")
    done.begin("form_search", 48 * HOUR, "search")
    done.end(47 * HOUR, "action_search_asked")
    left = tracker()
    left.begin("form_profile", 30 * HOUR, "full_name", "email")
    left.end(29 * HOUR)
    replaced = tracker()
    replaced.begin("form_profile", 30 * HOUR, "full_name")
    replaced.begin("form_code", 29 * HOUR, "code_email")
    replaced.end(28 * HOUR, "action_code_complete")
    tracker().begin("form_profile", 40 * HOUR, "full_name", "email", "phone")
    tracker().begin("form_questions", HOUR, "0190a0a0-0000-7000-8000-000000000000")
    tracker().begin("form_questions", 30 * HOUR, "0190a0a0-0000-7000-8000-000000000001")
    tracker("huntu").begin("form_profile", 40 * HOUR, "full_name")

    with desk.work() as uow:
        flows, ends = read(uow.session, "flows", wanted(desk)), read(uow.session, "drop_off", wanted(desk))

    assert cells(flows) == {
        ("form_profile", "completed"): 1, ("form_profile", "left"): 2, ("form_profile", "silent"): 1,
        ("form_search", "completed"): 1, ("form_code", "completed"): 1, ("form_questions", "running"): 1,
        ("form_questions", "silent"): 1,
    }  # fmt: skip
    assert cells(ends) == {
        ("form_profile:email", "left"): 1, ("form_profile:full_name", "left"): 1,
        ("form_profile:phone", "silent"): 1, ("form_questions:", "silent"): 1,
    }  # fmt: skip


def test_the_fallback_rate_is_of_what_the_assistant_read(desk: Desk) -> None:
    conversation = desk.chat()
    for number in range(4):
        said(desk, conversation, "person", HOUR + number * MINUTE, intent="greet" if number else "nlu_fallback")
    said(desk, conversation, "person", HOUR)  # to a person: nobody read it for an intent
    Tracker(desk, conversation).fallback(HOUR)

    with desk.work() as uow:
        figures = read(uow.session, "fallback", wanted(desk))
        behind = repository.rows(uow.session, figures.plot, wanted(desk), bar="2026-03-02")

    today = figures.bar("2026-03-02")
    assert today is not None
    assert (today.value, [cell.count for cell in today.cells]) == (0.25, [1, 4])
    assert [row.subject_id for row in behind] == [conversation.id]
    assert figures.bars[0].value is None


def test_an_answer_counts_from_the_first_message_that_waits_until_the_channel_has_it(desk: Desk) -> None:
    conversation = desk.chat()
    said(desk, conversation, "person", timedelta(seconds=600))
    said(desk, conversation, "person", timedelta(seconds=599))
    said(desk, conversation, "bot", timedelta(seconds=598))
    said(desk, conversation, "bot", timedelta(seconds=597))
    said(desk, conversation, "person", timedelta(seconds=300))
    desk.execute(
        "INSERT INTO outbox (unit, conversation_id, chat_id, channel, source, source_id, ord, payload, state, sent_at)"
        " VALUES ('amigro', :id, :chat, 'whatsapp', 'notice', 'n', 0, '{}', 'sent', :at),"
        " ('amigro', :id, :chat, 'whatsapp', 'turn', '9', 0, '{}', 'sent', :at)",
        id=conversation.id, chat=conversation.chat_id, at=desk.now - timedelta(seconds=280),
    )  # fmt: skip
    notice, answer = (row.id for row in desk.outbox())
    said(desk, conversation, "bot", timedelta(seconds=299), outbox_id=notice)
    said(desk, conversation, "bot", timedelta(seconds=298), outbox_id=answer)
    said(desk, conversation, "person", timedelta(seconds=240))
    said(desk, conversation, "consultant", timedelta(seconds=0))

    with desk.work() as uow:
        bot = read(uow.session, "answer_time", wanted(desk))
        team = read(uow.session, "team_answer_time", wanted(desk))

    # 2 seconds, and 20 until the vendor had it; the notice between answered nobody.
    assert (bot.count, bot.median) == (2, 11.0)
    assert cells(bot) == {("1", ""): 1, ("3", ""): 1}
    assert (team.count, team.median) == (1, 4.0)


def test_handoffs_tell_how_long_people_waited(desk: Desk) -> None:
    for state, taken in (("returned", 5), ("with_person", 15), ("timed_out", None)):
        conversation = desk.chat()
        desk.add(
            Handoff(
                id=new_id(), unit="amigro", conversation_id=conversation.id, state=state, reason="asked",
                requested_at=desk.now - 3 * HOUR,
                taken_at=None if taken is None else desk.now - 3 * HOUR + taken * MINUTE,
            )
        )  # fmt: skip

    with desk.work() as uow:
        figures = read(uow.session, "handoffs", wanted(desk))

    assert (figures.count, figures.median) == (3, 10.0)
    assert {series for _, series in cells(figures)} == {"returned", "with_person", "timed_out"}


def test_a_division_hears_only_of_its_own_people(desk: Desk) -> None:
    north = Division(id=new_id(), unit="amigro", code="norte", name="Norte")
    desk.add(north)
    theirs = application(desk, [("new", HOUR)], division_id=north.id)
    own, other = desk.chat(), desk.chat()
    desk.execute("UPDATE conversations SET person_id = :p WHERE id = :id", p=theirs.person_id, id=own.id)
    for conversation in (own, other):
        said(desk, conversation, "person", HOUR, intent="greet")
        said(desk, conversation, "bot", HOUR - MINUTE)
        tracker = Tracker(desk, conversation)
        tracker.begin("form_search", HOUR, "search")
        tracker.end(HOUR, "action_search_asked")
        tracker.fallback(HOUR)

    with desk.work(divisions=(north.id,)) as uow:
        found = {key: read(uow.session, key, wanted(desk)).count for key in repository.plots("conversation")}
    with desk.work() as uow:
        chosen = {
            key: read(uow.session, key, wanted(desk, division=north.id)).count
            for key in repository.plots("conversation")
        }

    assert found == {
        "messages": 2, "channels": 1, "fallback": 2, "flows": 1, "drop_off": 0, "answer_time": 1,
        "team_answer_time": 0, "handoffs": 0,
    }  # fmt: skip
    assert chosen == found


@pytest.mark.parametrize("table", ["tracker_events", "tracker_events_archive"])
def test_the_reported_events_are_found_by_their_index(desk: Desk, table: str) -> None:
    plot = repository.plots("conversation")["flows"]
    with desk.admin.begin() as connection:
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        query = repository._figures_query(plot)
        plan = "\n".join(
            row[0]
            for row in connection.execute(
                text(f"EXPLAIN {query.text}"), repository._values(Session(connection), plot, wanted(desk))
            )
        )

    assert f"ix_{table}_reported" in plan
