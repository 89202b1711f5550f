"""Webhooks over real HTTP: signed, in order, again after a failure, never inside, switched off after days of silence."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from sqlalchemy import select, text

from huntred.api_clients import service as api_clients
from huntred.conversations.models import OutboxRow
from huntred.events import service as events
from huntred.events.models import StoredEvent
from huntred.events.registry import Context
from huntred.interviews import service as interviews
from huntred.vacancies import service as vacancies
from huntred.webhooks import rules, service
from huntred.webhooks.models import WebhookDelivery, WebhookSubscription
from huntred.webhooks.providers.pinned import PinnedCaller
from huntred.webhooks.sending import send_due
from huntred.webhooks.service import SubscriptionForm
from tests.factories.desk import Desk, desk, keys

__all__ = ["desk", "keys"]


@dataclass
class Receiver:
    """A server that keeps what it was sent. answers: statuses to give, the last one for ever."""

    url: str = ""
    answers: list[int] = field(default_factory=lambda: [204])
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def types(self) -> list[str]:
        return [json.loads(body)["type"] for _, body in self.got]

    def signed_by(self, secret: str, at: int = -1) -> bool:
        """Check as a receiver does, by the specification and not by our own code."""
        headers, body = self.got[at]
        key = base64.b64decode(secret.removeprefix("whsec_"))
        told = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        wanted = "v1," + base64.b64encode(hmac.new(key, told, hashlib.sha256).digest()).decode()
        return wanted in headers["webhook-signature"].split(" ")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    told = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            told.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            status = told.answers.pop(0) if len(told.answers) > 1 else told.answers[0]
            self.send_response(status)
            if status == 302:
                self.send_header("location", "/elsewhere")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *args: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.url = f"http://127.0.0.1:{server.server_port}/hook"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield told
    server.shutdown()
    server.server_close()
    thread.join(10)


CALLER = PinnedCaller(allow_loopback=True)


def subscribed(desk: Desk, url: str, *names: str) -> tuple[WebhookSubscription, str]:
    with desk.work() as uow:
        form = SubscriptionForm(url, names or rules.EVENT_TYPES)
        return service.subscribe(uow, form, now=desk.now, allow_loopback=True)


def send(desk: Desk, after: timedelta = timedelta()) -> int:
    return send_due(desk.app, "amigro", CALLER, lambda: desk.now + after)


def hand_on(desk: Desk) -> None:
    """Let every event that is stored be handled, as the worker does."""
    for event in desk.rows(select(StoredEvent).where(StoredEvent.handled_at.is_(None)).order_by(StoredEvent.id)):
        events.handle(desk.app, event.id, event.unit, Context(desk.now, desk.links))


def deliveries(desk: Desk) -> list[WebhookDelivery]:
    return desk.rows(select(WebhookDelivery).order_by(WebhookDelivery.seq))


def tell(desk: Desk, *names: str) -> None:
    with desk.work() as uow:
        for name in names:
            service.tell(uow, name, {}, now=desk.now)


def test_what_happens_in_a_unit_is_told_signed_and_in_order(desk: Desk, receiver: Receiver) -> None:
    _, secret = subscribed(desk, receiver.url)
    profile, conversation = desk.profile(), desk.chat()
    application = desk.application(conversation, profile)
    slot = desk.slot(desk.user(), timedelta(hours=5))
    with desk.work() as uow:
        interview = interviews.book_slot(uow, slot.id, application.id, now=desk.now)
        vacancies.pause(uow, application.vacancy_id, None, now=desk.now)
    hand_on(desk)

    assert send(desk) == 2

    assert receiver.types() == ["interview.booked", "vacancy.paused"]
    assert receiver.signed_by(secret, 0) and receiver.signed_by(secret, 1)
    assert not receiver.signed_by(rules.new_secret())
    headers, body = receiver.got[0]
    told = json.loads(body)
    assert told["data"] | {"ends_at": "", "starts_at": ""} == {
        "unit": "amigro", "interview_id": str(interview.id), "application_id": str(application.id),
        "state": "booked", "starts_at": "", "ends_at": "",
    }  # fmt: skip
    assert headers["content-type"] == "application/json"
    assert headers["webhook-id"] == str(deliveries(desk)[0].id)
    assert b"Ana" not in body
    assert send(desk) == 0
    assert {row.state for row in deliveries(desk)} == {"delivered"}


def test_another_units_events_and_those_not_asked_for_are_not_told(desk: Desk, receiver: Receiver) -> None:
    subscribed(desk, receiver.url, "vacancy.closed")
    with desk.work("huntu") as uow:
        assert service.tell(uow, "vacancy.closed", {}, now=desk.now) == 0
    tell(desk, "vacancy.paused", "vacancy.closed")

    send(desk)

    assert receiver.types() == ["vacancy.closed"]


def test_a_failure_is_tried_again_with_the_same_id_and_holds_up_what_comes_after(
    desk: Desk, receiver: Receiver
) -> None:
    subscribed(desk, receiver.url)
    receiver.answers = [500, 503, 204]
    tell(desk, "vacancy.published", "vacancy.closed")

    assert (send(desk), send(desk)) == (1, 0)
    first = deliveries(desk)[0]
    assert (first.state, first.last_status, first.attempts) == ("waiting", 500, 1)
    assert timedelta(seconds=4) <= first.due - desk.now <= timedelta(seconds=6)
    assert send(desk, timedelta(seconds=10)) == 1
    assert send(desk, timedelta(minutes=2)) == 2

    assert receiver.types() == ["vacancy.published"] * 3 + ["vacancy.closed"]
    assert len({headers["webhook-id"] for headers, _ in receiver.got[:3]}) == 1
    assert desk.rows(select(WebhookSubscription.failing_since)) == [None]


def test_after_four_tries_the_rest_goes_on_without_it(desk: Desk, receiver: Receiver) -> None:
    subscribed(desk, receiver.url)
    receiver.answers = [500, 500, 500, 500, 204]
    tell(desk, "vacancy.published", "vacancy.closed")

    for minutes in (0, 1, 5, 20):
        send(desk, timedelta(minutes=minutes))

    assert receiver.types()[-1] == "vacancy.closed"
    assert [row.state for row in deliveries(desk)] == ["waiting", "delivered"]


def test_who_dies_at_a_call_leaves_it_to_the_next(desk: Desk, receiver: Receiver) -> None:
    subscribed(desk, receiver.url)
    tell(desk, "vacancy.closed")
    with desk.work() as uow:
        [call] = service.claim_due(uow, now=desk.now)

    assert send(desk, timedelta(seconds=30)) == 0
    assert send(desk, timedelta(seconds=61)) == 1
    with desk.work() as uow:
        from huntred.webhooks.ports import Reply

        service.finish(uow, call, Reply(500), now=desk.now, jitter=0.5)
    assert [row.state for row in deliveries(desk)] == ["delivered"]


def test_a_new_secret_signs_beside_the_old_one_for_a_day(desk: Desk, receiver: Receiver) -> None:
    found, old = subscribed(desk, receiver.url)
    with desk.work() as uow:
        new = service.rotate_secret(uow, found.id, now=desk.now)
    for after in (timedelta(hours=1), timedelta(hours=25)):
        tell(desk, "vacancy.closed")
        send(desk, after)

    assert new != old
    assert [receiver.signed_by(secret, at) for at in (0, 1) for secret in (new, old)] == [True, True, True, False]
    kept = desk.rows(text("SELECT secret_sealed || previous_secret_sealed FROM webhook_subscriptions"))
    assert new not in str(kept) and old not in str(kept)


def test_days_of_silence_switch_it_off_and_the_unit_hears_of_it_once(desk: Desk, receiver: Receiver) -> None:
    found, _ = subscribed(desk, receiver.url)
    receiver.answers = [500]
    tell(desk, "vacancy.closed")
    send(desk)
    tell(desk, "vacancy.closed")

    for _ in range(2):
        send(desk, timedelta(days=3, seconds=1))
        hand_on(desk)

    row = desk.one(WebhookSubscription, found.id)
    assert (row.active, row.disabled_reason) == (False, "failing")
    assert len(receiver.got) == 2
    mails = [mail for mail in desk.rows(select(OutboxRow)) if mail.source == "webhook"]
    assert len(mails) == 1
    assert receiver.url in mails[0].payload["text"] and "tres días" in mails[0].payload["text"]
    with desk.work() as uow:
        form = SubscriptionForm(receiver.url, rules.EVENT_TYPES, active=True)
        service.change(uow, found.id, form, now=desk.now, allow_loopback=True)
    receiver.answers = [204]
    send(desk, timedelta(days=3, minutes=2))
    assert {row.state for row in deliveries(desk)} == {"delivered"}


def test_who_says_that_it_is_gone_is_called_no_more(desk: Desk, receiver: Receiver) -> None:
    found, _ = subscribed(desk, receiver.url)
    receiver.answers = [410]
    tell(desk, "vacancy.closed")
    send(desk)

    assert desk.one(WebhookSubscription, found.id).disabled_reason == "gone"
    assert send(desk, timedelta(days=2)) == 0


def test_it_is_sent_again_when_asked(desk: Desk, receiver: Receiver) -> None:
    found, _ = subscribed(desk, receiver.url)
    tell(desk, "vacancy.closed")
    send(desk)
    with desk.work() as uow:
        service.redeliver(uow, found.id, deliveries(desk)[0].id, now=desk.now)
    send(desk)

    assert len(receiver.got) == 2
    assert receiver.got[0][0]["webhook-id"] == receiver.got[1][0]["webhook-id"]
    assert receiver.got[0][1] == receiver.got[1][1]


def test_no_redirect_is_followed(receiver: Receiver) -> None:
    receiver.answers = [302, 204]

    assert CALLER.post(receiver.url, {}, b"{}").status == 302
    assert len(receiver.got) == 1


@pytest.mark.parametrize(
    "addresses", [["127.0.0.1"], ["10.0.0.5"], ["8.8.8.8", "192.168.0.1"], ["::ffff:127.0.0.1"], []]
)
def test_a_name_that_leads_inside_is_not_called(receiver: Receiver, addresses: list[str]) -> None:
    caller = PinnedCaller(resolve=lambda host, port: addresses)
    port = receiver.url.split(":")[2].split("/")[0]

    reply = caller.post(f"https://example.com:{port}/", {}, b"{}")

    assert (reply.status, reply.text) == (None, "address not allowed")
    assert receiver.got == []


def test_what_was_looked_at_is_what_is_called(receiver: Receiver) -> None:
    """A name that says another thing at the second look is looked up once: the call goes to what was judged."""
    looked: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        looked.append(host)
        return ["127.0.0.1"]

    port = receiver.url.split(":")[2].split("/")[0]
    reply = PinnedCaller(allow_loopback=True, resolve=resolve).post(f"http://cambia.example:{port}/", {}, b"{}")

    assert (reply.status, looked) == (204, ["cambia.example"])
    assert receiver.got[0][0]["host"] == f"cambia.example:{port}"


def test_outside_of_https_nothing_on_the_internet_is_called() -> None:
    caller = PinnedCaller(allow_loopback=True, resolve=lambda host, port: ["8.8.8.8"])

    assert caller.post("http://example.com/", {}, b"{}").text == "not https"


def test_nobody_there_is_a_failure_like_another() -> None:
    assert CALLER.post("http://127.0.0.1:1/", {}, b"{}").status is None


def test_old_logs_and_tokens_are_forgotten(desk: Desk, receiver: Receiver) -> None:
    subscribed(desk, receiver.url)
    tell(desk, "vacancy.closed")
    later: datetime = desk.now + timedelta(days=31)
    with desk.work() as uow:
        client, _ = api_clients.create_client(uow, "x", ["amigro"], ["people:read"], desk.user().id, now=desk.now)
        api_clients.issue(uow, client, now=desk.now)
    with desk.work() as uow:
        service.forget_old(uow, now=later)
    with desk.work(login=True, units=()) as uow:
        api_clients.forget_ended(uow, now=later + timedelta(days=1))

    assert deliveries(desk) == []
    from huntred.api_clients.models import ApiToken

    assert desk.rows(select(ApiToken)) == []
