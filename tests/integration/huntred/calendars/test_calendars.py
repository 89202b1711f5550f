"""Interviews in a user's own calendar, over real HTTP to Radicale: written once, moved, taken away, and nobody else's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from huntred.access.models import User
from huntred.calendars import service, syncing
from huntred.calendars.models import UserCalendar
from huntred.calendars.ports import Login
from huntred.calendars.providers.caldav import CalDav
from huntred.errors import FieldInvalid
from huntred.events import service as events
from huntred.events.models import StoredEvent
from huntred.events.registry import Context
from huntred.interviews import service as interviews
from huntred.people.models import UnitProfile
from tests.factories.calendar_server import PASSWORD, USERNAME, CalendarStandin
from tests.factories.desk import Desk

LOGIN = Login(USERNAME, PASSWORD)
# A machine that many tests share is slow: what is tried here is not how long a call may take.
SERVER = CalDav(allow_loopback=True, seconds=90)
_numbers = count(1)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CalendarStandin]:
    folder: Path = tmp_path_factory.mktemp("radicale")
    with CalendarStandin.started(folder) as started:
        yield started


@pytest.fixture
def path(server: CalendarStandin) -> str:
    """A calendar of this test's own."""
    name = f"trabajo{next(_numbers)}"
    server.make(name, f"Trabajo {name}")
    return name


def connect(desk: Desk, user: User, url: str, login: Login = LOGIN, **more: Any) -> UserCalendar:
    with desk.work(user_id=user.id) as uow:
        return service.connect(uow, user.id, SERVER, url, login, now=desk.now, **({"allow_loopback": True} | more))


def booked(desk: Desk, user: User, starts_in: timedelta = timedelta(days=2), unit: str = "amigro") -> UUID:
    profile: UnitProfile = desk.profile(unit, first_name="Rosa", last_name="Ibáñez")
    application = desk.application(desk.chat(unit), profile)
    slot = desk.slot(user, starts_in, unit=unit)
    with desk.work(unit) as uow:
        return interviews.book_slot(uow, slot.id, application.id, now=desk.now).id


def hand_on(desk: Desk) -> None:
    for event in desk.rows(select(StoredEvent).where(StoredEvent.handled_at.is_(None)).order_by(StoredEvent.id)):
        events.handle(desk.app, event.id, event.unit, Context(desk.now, desk.links))


def write(desk: Desk, after: timedelta = timedelta()) -> int:
    return syncing.write_due(desk.app, SERVER, desk.links, lambda: desk.now + after)


def kept(desk: Desk) -> UserCalendar:
    [row] = desk.rows(select(UserCalendar))
    assert isinstance(row, UserCalendar)
    return row


def test_the_calendars_are_found_from_the_servers_name_and_one_is_chosen(
    desk: Desk, server: CalendarStandin, path: str
) -> None:
    server.make(f"{path}tareas", "Pendientes", "VTODO")
    other = f"{path}b"
    url = server.make(other, "Casa")
    user = desk.user()
    connect(desk, user, server.url)

    names = {one["name"] for one in kept(desk).choices}
    assert {f"Trabajo {path}", "Casa"} <= names and "Pendientes" not in names
    booked(desk, user)
    assert write(desk) == 0, "none is chosen yet"
    with desk.work(user_id=user.id) as uow, pytest.raises(FieldInvalid):
        service.choose(uow, user.id, "https://example.com/otro/", now=desk.now)
    with desk.work(user_id=user.id) as uow:
        service.choose(uow, user.id, url, now=desk.now)
    assert write(desk) == 1
    assert len(server.entries(other)) == 1 and server.entries(path) == []


def test_an_interview_is_written_once_moved_and_taken_away(desk: Desk, server: CalendarStandin, path: str) -> None:
    user = desk.user()
    connect(desk, user, f"{server.url}/{USERNAME}/{path}")
    interview = booked(desk, user)
    hand_on(desk)
    assert (write(desk), write(desk)) == (1, 0)
    [entry] = server.entries(path)
    assert entry["summary"] == "Rosa Ibáñez · Soldadura industrial"
    assert entry["dtstart"].dt == desk.now + timedelta(days=2)
    assert str(entry["url"]).endswith(f"/interviews/{interview}")
    assert "soldadura" not in str(entry.get("description", "")) and "attendee" not in entry

    slot = desk.slot(user, timedelta(days=3))
    with desk.work() as uow:
        interviews.reschedule(uow, interview, slot.id, now=desk.now)
    hand_on(desk)
    assert write(desk) == 1
    assert [one["dtstart"].dt for one in server.entries(path)] == [desk.now + timedelta(days=3)]

    with desk.work() as uow:
        interviews.cancel(uow, interview, "candidate", "", now=desk.now)
    hand_on(desk)
    assert write(desk) == 1
    assert server.entries(path) == [] and kept(desk).written == {}


def test_who_dies_while_writing_forgets_nothing_and_writes_nothing_twice(
    desk: Desk, server: CalendarStandin, path: str
) -> None:
    user = desk.user()
    connect(desk, user, f"{server.url}/{USERNAME}/{path}/")
    interview = booked(desk, user)
    with desk.work(login=True) as uow:
        [turn] = syncing.claim_due(uow, desk.links, now=desk.now, limit=8)
    syncing.carry_out(SERVER, turn)  # and here it dies
    assert write(desk, timedelta(minutes=4)) == 0, "leased"
    with desk.work() as uow:
        interviews.cancel(uow, interview, "candidate", "", now=desk.now)

    assert write(desk, timedelta(minutes=6)) == 1
    assert server.entries(path) == []
    with desk.work(login=True) as uow:
        syncing.finish(uow, turn, syncing.Done(put={str(interview): "late"}), now=desk.now)
    assert kept(desk).written == {}


def test_what_changes_while_it_is_written_is_written_next(desk: Desk, server: CalendarStandin, path: str) -> None:
    user = desk.user()
    connect(desk, user, f"{server.url}/{USERNAME}/{path}/")
    booked(desk, user)
    hand_on(desk)
    with desk.work(login=True) as uow:
        [turn] = syncing.claim_due(uow, desk.links, now=desk.now, limit=8)
    booked(desk, user, timedelta(days=4))
    hand_on(desk)
    with desk.work(login=True) as uow:
        assert syncing.claim_due(uow, desk.links, now=desk.now, limit=8) == [], "one at a time"
        syncing.finish(uow, turn, syncing.carry_out(SERVER, turn), now=desk.now)
    assert write(desk) == 1
    assert len(server.entries(path)) == 2


def test_what_took_place_stays_and_nobody_else_s_is_written(desk: Desk, server: CalendarStandin, path: str) -> None:
    user, colleague, stranger = desk.user(), desk.user(), desk.user("huntu")
    connect(desk, user, f"{server.url}/{USERNAME}/{path}/")
    booked(desk, user)
    booked(desk, colleague)
    booked(desk, stranger, unit="huntu")
    write(desk)
    [entry] = server.entries(path)
    assert entry["dtstart"].dt == desk.now + timedelta(days=2)

    write(desk, timedelta(days=9))
    assert len(server.entries(path)) == 1 and kept(desk).written == {}


def test_what_is_let_go_of_is_taken_away_and_the_password_forgotten(
    desk: Desk, server: CalendarStandin, path: str
) -> None:
    user = desk.user()
    connect(desk, user, f"{server.url}/{USERNAME}/{path}/")
    stored = desk.rows(text("SELECT row_to_json(c)::text FROM user_calendars c"))
    assert PASSWORD not in stored[0] and USERNAME in stored[0]
    booked(desk, user)
    write(desk)
    with desk.work(user_id=user.id) as uow:
        service.disconnect(uow, user.id, now=desk.now)
    write(desk)
    assert server.entries(path) == [] and desk.rows(select(UserCalendar)) == []


def test_who_is_switched_off_leaves_nothing_behind(desk: Desk, server: CalendarStandin, path: str) -> None:
    user = desk.user()
    connect(desk, user, f"{server.url}/{USERNAME}/{path}/")
    booked(desk, user)
    write(desk)
    desk.execute("UPDATE users SET active = false WHERE id = :id", id=user.id)
    write(desk, timedelta(minutes=11))
    assert server.entries(path) == []


@pytest.mark.parametrize(
    ("address", "login", "field", "problem"),
    [
        ("{url}", Login(USERNAME, "otra"), "calendar_password", "not_let_in"),
        ("{url}/ana/nada/", LOGIN, "calendar_server", "calendar_not_found"),
        ("http://127.0.0.1:9/", LOGIN, "calendar_server", "calendar_away"),
        ("http://10.0.0.1/dav", LOGIN, "calendar_server", "not_public"),
        ("http://calendarios.example.com/", LOGIN, "calendar_server", "not_https"),
        ("{url}", Login("", PASSWORD), "calendar_username", "missing"),
    ],
)
def test_what_is_wrong_is_said_at_once_and_nothing_is_kept(
    desk: Desk, server: CalendarStandin, address: str, login: Login, field: str, problem: str
) -> None:
    with pytest.raises(FieldInvalid) as refused:
        connect(desk, desk.user(), address.format(url=server.url), login)
    assert (refused.value.field, refused.value.problem) == (field, problem)
    assert desk.rows(select(UserCalendar)) == []


def test_a_server_that_is_away_is_tried_again_and_says_so(desk: Desk, server: CalendarStandin, path: str) -> None:
    user = desk.user()
    connect(desk, user, f"{server.url}/{USERNAME}/{path}/")
    booked(desk, user)
    desk.execute("UPDATE user_calendars SET url = 'http://127.0.0.1:9/'")
    write(desk)
    assert kept(desk).fault == "away" and kept(desk).due > desk.now
    desk.execute("UPDATE user_calendars SET url = :url", url=f"{server.url}/{USERNAME}/{path}/")
    write(desk, timedelta(minutes=2))
    assert kept(desk).fault == "" and len(server.entries(path)) == 1


def test_a_calendar_is_its_users_alone(desk: Desk, server: CalendarStandin, path: str) -> None:
    user, other = desk.user(), desk.user()
    connect(desk, user, f"{server.url}/{USERNAME}/{path}/")
    with desk.work(user_id=other.id) as uow:
        assert service.of_user(uow, user.id) is None
    with pytest.raises(ProgrammingError, match="row-level security"), desk.work(user_id=other.id) as uow:
        service.connect(
            uow, user.id, SERVER, f"{server.url}/{USERNAME}/{path}/", LOGIN, now=desk.now, allow_loopback=True
        )
