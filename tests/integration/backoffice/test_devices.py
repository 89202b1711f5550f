"""One's devices on the account page: added, tried, removed; and how one is told."""

from __future__ import annotations

from datetime import time
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import select

from huntred.access.models import AuditEntry
from huntred.notifications.models import UserAlerts
from huntred.push.models import PushDevice, PushMessage
from huntred.push.rules import encoded
from tests.integration.backoffice.conftest import Office, post

ENDPOINT = "https://push.example.com/send/abc"


def subscription(**values: str) -> dict[str, str]:
    point = ec.generate_private_key(ec.SECP256R1()).public_key()
    key = point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return {"endpoint": ENDPOINT, "p256dh": encoded(key), "auth": encoded(b"a" * 16)} | values


def test_a_device_is_added_found_tried_and_removed(office: Office) -> None:
    user = office.user()
    client = office.client(user)
    page = client.get("/account/").text
    assert "Avisarme en este equipo" in page and 'data-key="B' in page
    post(client, "/devices/new", subscription())
    (device,) = office.desk.rows(select(PushDevice))
    assert device.user_id == user.id and device.endpoint_sealed == ENDPOINT
    page = client.get("/account/").text
    assert "te avisaremos en este equipo" in page and f'data-device="{device.id}"' in page
    assert post(client, "/devices/which", {"endpoint": ENDPOINT}).json == {"device": str(device.id)}
    assert post(client, "/devices/which", {"endpoint": ENDPOINT.upper()}).json == {"device": ""}

    post(client, f"/devices/{device.id}/test")
    (message,) = office.desk.rows(select(PushMessage))
    assert (message.device_id, message.source) == (device.id, "test")

    other = office.client(office.user())
    assert "data-device" not in other.get("/account/").text
    for path in (f"/devices/{device.id}/test", f"/devices/{device.id}/remove"):
        assert post(other, path).status_code == 404
    post(client, f"/devices/{device.id}/remove")
    assert office.desk.rows(select(PushDevice)) == []
    kept = [str(entry.changes) for entry in office.desk.rows(select(AuditEntry))]
    assert any("push_devices" in (row.object_type or "") for row in office.desk.rows(select(AuditEntry)))
    assert not any("push.example.com" in changes for changes in kept)


def test_an_address_that_leads_inside_is_refused_with_a_reason(office: Office) -> None:
    client = office.client(office.user())
    post(client, "/devices/new", subscription(endpoint="https://10.0.0.1/x"))
    assert "no llamamos a direcciones internas" in client.get("/account/").text
    post(client, "/devices/new", subscription(auth="AAAA"))
    assert "no dio una suscripción válida" in client.get("/account/").text
    assert office.desk.rows(select(PushDevice)) == []


def test_how_one_is_told_is_kept(office: Office) -> None:
    user = office.user()
    client = office.client(user)
    chosen: dict[str, Any] = {
        "on_duty": "1", "by_mail": "1", "any_hour": "1", "alerts_quiet_from": "22:00", "alerts_quiet_to": "06:30",
    }  # fmt: skip
    post(client, "/announcements/choices", chosen)
    row = office.desk.one(UserAlerts, user.id)
    assert (row.on_duty, row.sound, row.by_push, row.by_telegram, row.by_mail) == (True, False, False, False, True)
    assert (row.any_hour, row.in_digest, row.quiet_from, row.quiet_to) == (True, False, time(22), time(6, 30))
    assert 'value="06:30"' in client.get("/account/").text
    post(client, "/announcements/choices", {"alerts_quiet_from": "22:00"})
    assert "Sin avisos hasta: hace falta" in client.get("/account/").text
    assert office.desk.one(UserAlerts, user.id).quiet_to == time(6, 30)


def test_the_browsers_program_is_served_to_anybody_from_the_root(office: Office) -> None:
    answer = office.client().get("/push-worker.js")
    assert answer.status_code == 200 and answer.mimetype in {"text/javascript", "application/javascript"}
    assert "worker-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "notificationclick" in answer.text
