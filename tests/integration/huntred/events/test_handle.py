"""A stored event reaches its handlers once, or is kept with what went wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from contract.ids import new_id
from huntred.db.unit_of_work import UnitOfWork
from huntred.events import registry
from huntred.events.models import StoredEvent
from huntred.events.registry import Context, event_from, handles
from huntred.events.service import handle
from huntred.events.types import Event
from huntred.people.models import Person
from tests.factories.desk import Desk


@dataclass(frozen=True)
class LampLit(Event):
    lamp_id: UUID
    at: datetime
    rooms: tuple[str, ...] = ()


@pytest.fixture
def heard() -> Iterator[list[LampLit]]:
    events: list[LampLit] = []

    @handles(LampLit)
    def hear(uow: UnitOfWork, event: LampLit, context: Context) -> None:
        uow.session.add(Person(id=event.lamp_id))
        uow.session.flush()
        if "broken" in event.rooms:
            raise RuntimeError("no light in there")
        events.append(event)

    yield events
    del registry._handlers["LampLit"]


def _stored(desk: Desk, event: Event) -> int:
    with desk.work() as uow:
        uow.record(event)
    return int(desk.rows(select(StoredEvent.id).order_by(StoredEvent.id.desc()))[0])


def test_handled_once_however_often_it_comes(desk: Desk, heard: list[LampLit]) -> None:
    lamp = LampLit(new_id(), desk.now, ("hall",))
    event_id = _stored(desk, lamp)
    context = Context(desk.now, desk.links)
    assert handle(desk.app, event_id, "amigro", context)
    assert not handle(desk.app, event_id, "amigro", context)
    assert heard == [lamp], "ids and times come back as what they were"
    assert desk.one(StoredEvent, event_id).handled_at == desk.now


def test_a_failing_handler_leaves_nothing_but_its_error(desk: Desk, heard: list[LampLit]) -> None:
    lamp = LampLit(new_id(), desk.now, ("broken",))
    event_id = _stored(desk, lamp)
    for attempt, pause in ((1, 5), (2, 15)):
        with pytest.raises(RuntimeError, match="no light"):
            handle(desk.app, event_id, "amigro", Context(desk.now, desk.links))
        stored = desk.one(StoredEvent, event_id)
        assert (stored.handled_at, stored.attempts, stored.error) == (None, attempt, "RuntimeError: no light in there")
        assert stored.due_at == desk.now + timedelta(seconds=pause)
    assert desk.rows(select(Person).where(Person.id == lamp.lamp_id)) == []


def test_an_event_is_handled_in_its_own_unit_only(desk: Desk, heard: list[LampLit]) -> None:
    event_id = _stored(desk, LampLit(new_id(), desk.now))
    assert not handle(desk.app, event_id, "huntu", Context(desk.now, desk.links))
    assert heard == []


def test_an_event_that_nobody_hears_of_is_done(desk: Desk) -> None:
    @dataclass(frozen=True)
    class NobodyListens(Event):
        number: int

    event_id = _stored(desk, NobodyListens(1))
    assert handle(desk.app, event_id, "amigro", Context(desk.now, desk.links))


def test_an_event_stored_before_a_field_was_added_still_reads() -> None:
    assert event_from(LampLit, {"lamp_id": str(UUID(int=1)), "at": "2026-03-02T15:00:00+00:00", "gone": 1}).rooms == ()
