"""All conversations of a unit at once (C14): what is forgotten, what stays, and a worker that died half way."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from huntred.conversations import resetting
from huntred.conversations.models import Conversation, UnitReset
from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import FieldInvalid
from tests.factories.desk import Desk
from tests.factories.figures import Tracker, said

HOUR = timedelta(hours=1)


def in_a_form(desk: Desk, unit: str = "amigro") -> Conversation:
    conversation = desk.chat(unit, "telegram")
    Tracker(desk, conversation, archived=True).begin("form_code", HOUR, "code")
    Tracker(desk, conversation).begin("form_profile", HOUR, "city")
    said(desk, conversation, "person", HOUR)
    desk.execute("UPDATE conversations SET current_step = 'form_profile' WHERE id = :c", c=conversation.id)
    return conversation


def count(desk: Desk, table: str, conversation: Conversation) -> int:
    found = desk.rows(text(f"SELECT count(*) FROM {table} WHERE conversation_id = '{conversation.id}'"))
    return int(found[0])


def ask(desk: Desk, unit: str = "amigro") -> UnitReset:
    with desk.work(unit) as uow:
        return resetting.ask(uow, unit, None, now=desk.now + HOUR)


def test_all_of_the_unit_forget_where_they_stand_and_nothing_else(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resetting, "_BATCH", 2)
    mine, foreign = [in_a_form(desk) for _ in range(5)], in_a_form(desk, "huntu")
    asked = ask(desk)
    later = in_a_form(desk)
    desk.execute("UPDATE conversations SET created_at = :at WHERE id = :c", at=desk.now + 2 * HOUR, c=later.id)
    for one in mine:
        desk.execute("UPDATE conversations SET created_at = :at WHERE id = :c", at=desk.now, c=one.id)
    before = (len(desk.outbox()), desk.rows(text("SELECT count(*) FROM inbox"))[0])

    assert resetting.work_next(desk.app, "amigro", lambda: desk.now + HOUR)
    assert not resetting.work_next(desk.app, "amigro", lambda: desk.now + HOUR)

    for one in mine:
        kept = desk.one(Conversation, one.id)
        assert (kept.current_step, kept.version) == ("", 1)
        assert count(desk, "tracker_events", one) == count(desk, "tracker_events_archive", one) == 0
        assert count(desk, "messages", one) == 1
    for one in (foreign, later):
        assert desk.one(Conversation, one.id).current_step == "form_profile" and count(desk, "tracker_events", one) > 0
    # Nobody is written to.
    assert (len(desk.outbox()), desk.rows(text("SELECT count(*) FROM inbox"))[0]) == before
    ended = desk.one(UnitReset, asked.id)
    assert (ended.state, ended.total, ended.done) == ("done", 5, 5) and ended.finished_at == desk.now + HOUR


@pytest.mark.parametrize("typed", ["", "huntu", "AMIGRO", "amigro "])
def test_without_the_unit_s_code_nothing_is_asked_for(desk: Desk, typed: str) -> None:
    with pytest.raises(FieldInvalid), desk.work() as uow:
        resetting.ask(uow, typed, None, now=desk.now)
    assert desk.rows(select(UnitReset)) == []


def test_asked_for_twice_it_is_done_once(desk: Desk) -> None:
    in_a_form(desk)
    assert ask(desk).id == ask(desk).id
    assert resetting.work_next(desk.app, "amigro", lambda: desk.now + HOUR)
    assert ask(desk).id not in {one.id for one in desk.rows(select(UnitReset).where(UnitReset.state == "done"))}


def test_another_goes_on_where_a_worker_died(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resetting, "_BATCH", 1)
    mine = sorted((in_a_form(desk) for _ in range(3)), key=lambda one: one.id)
    for one in mine:
        desk.execute("UPDATE conversations SET created_at = :at WHERE id = :c", at=desk.now, c=one.id)
    asked = ask(desk)
    real, batches = resetting._work_batch, []

    def dies(uow: UnitOfWork, *told: object, **named: object) -> bool:
        if len(batches) == 1:
            raise MemoryError
        batches.append(1)
        return real(uow, *told, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(resetting, "_work_batch", dies)
    with pytest.raises(MemoryError):
        resetting.work_next(desk.app, "amigro", lambda: desk.now + HOUR)
    monkeypatch.setattr(resetting, "_work_batch", real)

    assert not resetting.work_next(desk.app, "amigro", lambda: desk.now + HOUR)  # its lease holds
    assert resetting.work_next(desk.app, "amigro", lambda: desk.now + 2 * HOUR)
    assert [desk.one(Conversation, one.id).version for one in mine] == [1, 1, 1]  # none of them twice
    assert desk.one(UnitReset, asked.id).state == "done"
