"""Webhooks out: subscriptions, their log, sending again. A secret is told where it is made, and never again."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from backoffice import work
from backoffice.api import access
from backoffice.api.operations import Listed, Made, operation, require_match
from backoffice.api.values import Given, Line, Name, PageQuery, Time, Told
from huntred.webhooks import service
from huntred.webhooks.models import WebhookDelivery, WebhookSubscription
from huntred.webhooks.service import SubscriptionForm

EventType = Literal[
    "application.created", "application.moved", "application.withdrawn", "interview.booked", "interview.moved",
    "interview.cancelled", "interview.confirmed", "vacancy.published", "vacancy.paused", "vacancy.closed",
    "person.completed", "conversation.waiting", "conversation.taken", "conversation.returned",
]  # fmt: skip
Url = Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=r"^https?://[^\s\x00]+$")]


class WebhookPatch(Given):
    """Only what is sent is changed."""

    url: Url = ""
    events: list[EventType] = Field([], max_length=20)
    description: Line = ""
    active: bool = True


class NewWebhook(WebhookPatch):
    """url: https, and nothing inside. unit: needed where the token sees several."""

    url: Url
    events: list[EventType] = Field(min_length=1, max_length=20)
    unit: Name | None = None


class WebhookTold(Told):
    """disabled_reason: gone (410) or failing (three days without an answer); empty where a person switched it off."""

    id: UUID
    unit: str
    url: str
    events: list[str]
    description: str
    active: bool
    failing_since: Time | None
    disabled_at: Time | None
    disabled_reason: str
    created_at: Time
    updated_at: Time


class WebhookMade(WebhookTold):
    """secret: of the signature (Standard Webhooks); told this once."""

    secret: str


class SecretTold(Told):
    """For 24 hours calls are signed with the secret before it too."""

    secret: str


class DeliveryTold(Told):
    """id: the `webhook-id` of every try of it."""

    id: UUID
    event_type: str
    body: dict[str, Any]
    state: Literal["waiting", "delivered", "failed"]
    attempts: int
    due: Time
    last_attempt_at: Time | None
    last_status: int | None
    last_error: str
    delivered_at: Time | None
    created_at: Time


def _facts(row: WebhookSubscription) -> dict[str, Any]:
    return {name: getattr(row, name) for name in WebhookTold.model_fields}


def webhook_told(row: WebhookSubscription) -> WebhookTold:
    return WebhookTold(**_facts(row))


def _delivery_told(row: WebhookDelivery) -> DeliveryTold:
    return DeliveryTold(**{name: getattr(row, name) for name in DeliveryTold.model_fields})


def _loopback() -> bool:
    return work.wiring().settings.webhooks_reach_loopback


@operation("GET", "/api/v1/webhooks", "webhooks:read", answer=WebhookTold, many=True)
def list_webhooks() -> Listed:
    return Listed([webhook_told(row) for row in service.list_subscriptions(work.current_work())])


@operation("GET", "/api/v1/webhooks/<uuid:id>", "webhooks:read", answer=WebhookTold)
def get_webhook(id: UUID) -> WebhookTold:
    return webhook_told(service.get_subscription(work.current_work(), id))


@operation("POST", "/api/v1/webhooks", "webhooks:write", body=NewWebhook, answer=WebhookMade, status=201)
def create_webhook(body: NewWebhook) -> Made:
    form = SubscriptionForm(body.url, body.events, body.description, body.active)
    uow = work.work_of(access.unit_of_new(body.unit))
    made, secret = service.subscribe(uow, form, now=work.now(), allow_loopback=_loopback())
    work.session.refresh(made)
    return Made(WebhookMade(**_facts(made), secret=secret), ("api.get_webhook", {"id": made.id}))


@operation(
    "PATCH", "/api/v1/webhooks/<uuid:id>", "webhooks:write", body=WebhookPatch, answer=WebhookTold, matched=True
)
def change_webhook(id: UUID, body: WebhookPatch) -> WebhookTold:
    row = service.get_subscription(work.current_work(), id, lock=True)
    require_match(webhook_told(row))
    values = {name: getattr(row, name) for name in WebhookPatch.model_fields}
    values |= {name: getattr(body, name) for name in body.model_fields_set}
    service.change(
        work.work_of(row.unit), id, SubscriptionForm(**values), now=work.now(), allow_loopback=_loopback()
    )
    return webhook_told(row)


@operation("DELETE", "/api/v1/webhooks/<uuid:id>", "webhooks:write", status=204, matched=True)
def delete_webhook(id: UUID) -> None:
    row = service.get_subscription(work.current_work(), id, lock=True)
    require_match(webhook_told(row))
    service.remove(work.work_of(row.unit), id)


@operation("POST", "/api/v1/webhooks/<uuid:id>/secret", "webhooks:write", answer=SecretTold)
def rotate_webhook_secret(id: UUID) -> SecretTold:
    row = service.get_subscription(work.current_work(), id)
    return SecretTold(secret=service.rotate_secret(work.work_of(row.unit), id, now=work.now()))


@operation("POST", "/api/v1/webhooks/<uuid:id>/test", "webhooks:write", answer=DeliveryTold, status=202)
def test_webhook(id: UUID) -> DeliveryTold:
    row = service.get_subscription(work.current_work(), id)
    made = service.send_test(work.work_of(row.unit), id, now=work.now())
    work.session.refresh(made)
    return _delivery_told(made)


@operation(
    "GET", "/api/v1/webhooks/<uuid:id>/deliveries", "webhooks:read", query=PageQuery, answer=DeliveryTold, many=True
)
def list_deliveries(id: UUID, query: PageQuery) -> Listed:
    page = service.log(work.current_work(), id, cursor=query.cursor, limit=query.limit)
    return Listed([_delivery_told(row) for row in page.items], page.next_cursor)


@operation(
    "POST", "/api/v1/webhooks/<uuid:id>/deliveries/<uuid:delivery>/redeliver", "webhooks:write", answer=DeliveryTold,
    status=202,
)  # fmt: skip
def redeliver(id: UUID, delivery: UUID) -> DeliveryTold:
    row = service.get_subscription(work.current_work(), id)
    return _delivery_told(service.redeliver(work.work_of(row.unit), id, delivery, now=work.now()))
