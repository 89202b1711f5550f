"""Web push over real HTTP: encrypted for the browser, signed by us, again after a failure, never inside, gone when gone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from huntred.access.models import User
from huntred.conversations import handoff
from huntred.conversations.models import Handoff
from huntred.errors import FieldInvalid, NotFound
from huntred.notifications import alerts
from huntred.push import queue, rules, service
from huntred.push.models import PushDevice, PushMessage
from huntred.push.providers.standard import StandardPush
from huntred.push.rules import Told
from huntred.push.sending import send_due
from tests.factories.desk import Desk
from tests.factories.push_service import PushStandin

KEY = b"\x01" * 32
TOLD = Told("Alguien espera en Amigro", "Por WhatsApp. Lo acaba de pedir.", "/conversations/1", "handoff:1")


@pytest.fixture
def ours(desk: Desk) -> StandardPush:
    # A machine that many tests share is slow: what is tried here is not how long a call may take.
    return StandardPush(KEY, "avisos@example.mx", lambda: desk.now, allow_loopback=True, seconds=90)


@pytest.fixture
def browser_service(desk: Desk, ours: StandardPush) -> Iterator[PushStandin]:
    standin = PushStandin(ours.public_key, desk.now.timestamp())
    standin.start()
    yield standin
    standin.stop()


def device(desk: Desk, standin: PushStandin, user: User, agent: str = "Mozilla/5.0 (Windows) Chrome/1") -> PushDevice:
    with desk.work(user_id=user.id) as uow:
        given = standin.subscription()
        return service.add_device(uow, user.id, given, agent, now=desk.now, allow_loopback=True)


def tell(desk: Desk, user: User, source_id: str = "1", told: Told = TOLD, **about: Any) -> int:
    with desk.work() as uow:
        return queue.tell(uow, "amigro", [user.id], "handoff", source_id, told, now=desk.now, **about)


def send(desk: Desk, ours: StandardPush, after: timedelta = timedelta()) -> int:
    return send_due(desk.app, "amigro", ours, lambda: desk.now + after)


def messages(desk: Desk) -> list[PushMessage]:
    return desk.rows(select(PushMessage).order_by(PushMessage.created_at, PushMessage.id))


def test_a_browser_reads_what_only_it_can_read(desk: Desk, ours: StandardPush, browser_service: PushStandin) -> None:
    user = desk.user()
    first, second = device(desk, browser_service, user), device(desk, browser_service, user, "Firefox/1 Android")
    assert (first.name, second.name) == ("Chrome · Windows", "Firefox · Android")
    assert tell(desk, user) == 2
    assert tell(desk, user) == 0, "its row stands before the call: told twice, it goes out once"

    assert send(desk, ours) == 2
    assert send(desk, ours) == 0

    assert browser_service.wrong == []
    assert browser_service.shown == [
        {"title": TOLD.title, "body": TOLD.body, "path": "/conversations/1", "tag": "handoff:1"}
    ] * 2
    assert {row.state for row in messages(desk)} == {"sent"}
    assert desk.one(PushDevice, first.id).told_at == desk.now
    stored = desk.rows(text("SELECT endpoint_sealed || p256dh_sealed || auth_sealed || endpoint_hash FROM push_devices"))
    assert all(browser_service.url not in row for row in stored)


def test_the_standin_is_no_pushover(desk: Desk, browser_service: PushStandin) -> None:
    """Another's key, and a token that is too old, are refused: the checks themselves work."""
    user = desk.user()
    device(desk, browser_service, user)
    tell(desk, user)
    another = StandardPush(b"\x02" * 32, "a@example.mx", lambda: desk.now, allow_loopback=True, seconds=90)
    send(desk, another)
    assert browser_service.wrong == ["another's key"] and browser_service.shown == []
    (row,) = messages(desk)
    assert (row.state, row.last_status) == ("failed", 400)
    assert desk.rows(select(PushDevice))[0].refused_at == desk.now
    tell(desk, user, "2")
    old = StandardPush(KEY, "a@example.mx", lambda: desk.now - timedelta(days=1), allow_loopback=True, seconds=90)
    send(desk, old)
    assert browser_service.wrong[1:] == ["exp"]


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_ended_it_is_no_device_any_more(
    desk: Desk, ours: StandardPush, browser_service: PushStandin, status: int
) -> None:
    user = desk.user()
    device(desk, browser_service, user)
    tell(desk, user)
    browser_service.answers = [status]
    assert send(desk, ours) == 1
    assert desk.rows(select(PushDevice)) == [] and messages(desk) == []
    assert tell(desk, user, "2") == 0


def test_a_busy_service_is_asked_again_when_it_wants_and_not_for_ever(
    desk: Desk, ours: StandardPush, browser_service: PushStandin
) -> None:
    user = desk.user()
    device(desk, browser_service, user)
    tell(desk, user)
    browser_service.answers, browser_service.retry_after = [429, 503, 201], "120"
    assert send(desk, ours) == 1
    assert send(desk, ours, timedelta(seconds=119)) == 0
    assert send(desk, ours, timedelta(seconds=120)) == 1
    browser_service.retry_after = ""
    assert send(desk, ours, timedelta(minutes=10)) == 1
    assert len(browser_service.shown) == 1
    (row,) = messages(desk)
    assert (row.state, row.attempts, row.last_error) == ("sent", 3, "")
    assert int(browser_service.headers[-1]["ttl"]) == 50 * 60

    tell(desk, user, "2")
    browser_service.answers = [500]
    tries = [send(desk, ours, timedelta(minutes=minutes)) for minutes in range(0, 90, 4)]
    assert sum(tries) == 5 and messages(desk)[1].state == "failed"


def test_nobody_is_told_of_what_was_taken_or_what_their_page_tells(
    desk: Desk, ours: StandardPush, browser_service: PushStandin
) -> None:
    user = desk.user()
    device(desk, browser_service, user)
    waiting = _waiting(desk)
    tell(desk, user, "1", handoff_id=waiting.id)
    with desk.work(user_id=user.id) as uow:
        handoff.take(uow, waiting.conversation_id, user.id, now=desk.now)
    assert send(desk, ours) == 0
    tell(desk, user, "2", handoff_id=_waiting(desk).id)
    with desk.work(user_id=user.id) as uow:
        alerts.note_open_page(uow, user.id, now=desk.now)
    assert send(desk, ours) == 0
    assert send(desk, ours, timedelta(hours=2)) == 0
    assert {row.state for row in messages(desk)} == {"dropped"}
    assert browser_service.headers == []


def test_who_dies_at_a_call_leaves_it_to_the_next(desk: Desk, ours: StandardPush, browser_service: PushStandin) -> None:
    user = desk.user()
    device(desk, browser_service, user)
    tell(desk, user)
    with desk.work() as uow:
        (lost,) = queue.claim_due(uow, now=desk.now)
    assert send(desk, ours) == 0
    assert send(desk, ours, timedelta(seconds=61)) == 1
    with desk.work() as uow:
        queue.finish(uow, lost, rules.Reply(410), now=desk.now, jitter=0)
    assert [row.state for row in messages(desk)] == ["sent"], "who comes late changes nothing"
    with desk.work() as uow:
        queue.forget_old(uow, now=desk.now + timedelta(days=31))
    assert messages(desk) == []


def test_no_address_leads_inside(desk: Desk, ours: StandardPush, browser_service: PushStandin) -> None:
    user = desk.user()
    given = browser_service.subscription()
    for endpoint, problem in (
        (given.endpoint, "not_public"), ("https://169.254.169.254/latest", "not_public"),
        ("http://push.example.com/x", "not_https"), ("https://10.0.0.7/x", "not_public"), ("", "missing"),
    ):  # fmt: skip
        with desk.work(user_id=user.id) as uow, pytest.raises(FieldInvalid, match=problem):
            service.add_device(uow, user.id, replace(given, endpoint=endpoint), "", now=desk.now)
    for keys in ({"p256dh": "AAAA"}, {"p256dh": "é"}, {"auth": "AAAA"}):
        with desk.work(user_id=user.id) as uow, pytest.raises(FieldInvalid, match="not_a_subscription"):
            service.add_device(uow, user.id, replace(given, **keys), "", now=desk.now, allow_loopback=True)

    # A name that is public when it is typed, and leads inside when it is called.
    inside = StandardPush(KEY, "a@example.mx", lambda: desk.now, resolve=lambda host, port: ["10.0.0.7"])
    with desk.work(user_id=user.id) as uow:
        service.add_device(uow, user.id, replace(given, endpoint="https://push.example.com/x"), "", now=desk.now)
    tell(desk, user)
    assert send(desk, inside) == 1
    (row,) = messages(desk)
    assert (row.state, row.last_status, row.last_error) == ("waiting", None, "address not allowed")
    assert browser_service.headers == []


def test_a_redirect_is_not_followed(desk: Desk, ours: StandardPush, browser_service: PushStandin) -> None:
    user = desk.user()
    device(desk, browser_service, user)
    tell(desk, user)
    browser_service.answers = [302]
    send(desk, ours)
    assert len(browser_service.headers) == 1 and messages(desk)[0].state == "failed"


class TestDevices:
    def test_a_browser_is_one_device_of_whoever_uses_it_now(self, desk: Desk, browser_service: PushStandin) -> None:
        ana, luis = desk.user(), desk.user()
        given = browser_service.subscription()
        for user in (ana, ana, luis):
            with desk.work(user_id=user.id) as uow:
                service.add_device(uow, user.id, given, "", now=desk.now, allow_loopback=True)
        (row,) = desk.rows(select(PushDevice))
        assert row.user_id == luis.id
        with desk.work(user_id=ana.id) as uow:
            assert service.find_device(uow, ana.id, given.endpoint) is None
            with pytest.raises(NotFound):
                service.remove_device(uow, ana.id, row.id)
        with desk.work(user_id=luis.id) as uow:
            assert service.find_device(uow, luis.id, given.endpoint) is not None
            service.remove_device(uow, luis.id, row.id)
        assert desk.rows(select(PushDevice)) == []

    def test_the_oldest_makes_room(self, desk: Desk, browser_service: PushStandin) -> None:
        user = desk.user()
        first = device(desk, browser_service, user)
        desk.execute("UPDATE push_devices SET created_at = created_at - interval '1 day'")
        for _ in range(rules.MOST_DEVICES):
            device(desk, browser_service, user)
        kept = desk.rows(select(PushDevice.id))
        assert len(kept) == rules.MOST_DEVICES and first.id not in kept

    def test_only_the_user_adds_their_own(self, desk: Desk, browser_service: PushStandin) -> None:
        user, other = desk.user(), desk.user()
        with pytest.raises(ProgrammingError, match="row-level security"), desk.work(user_id=other.id) as uow:
            service.add_device(uow, user.id, browser_service.subscription(), "", now=desk.now, allow_loopback=True)
        row = device(desk, browser_service, user)
        with desk.work(user_id=other.id) as uow:
            assert uow.session.get(PushDevice, row.id) is None


def _waiting(desk: Desk) -> Handoff:
    conversation = desk.chat()
    with desk.work() as uow:
        return handoff.request_handoff(uow, conversation.id, now=desk.now)
