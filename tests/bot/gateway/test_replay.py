"""A body that could not be read is read again when a person asks for it, and stored once."""

from __future__ import annotations

import json

from tests.bot.gateway.town import Running, Town
from tests.standins.client import StandinsClient


def _body(town: Town, vendor_id: str) -> bytes:
    number = town.row("SELECT external_id FROM channel_accounts WHERE channel = 'whatsapp' AND unit = 'amigro'")
    value = {
        "messaging_product": "whatsapp", "metadata": {"phone_number_id": number["external_id"]},
        "contacts": [{"wa_id": "5218112345678", "profile": {"name": "Ana"}}],
        "messages": [{
            "id": vendor_id, "from": "5218112345678", "timestamp": "1763800000", "type": "text",
            "text": {"body": "hola"},
        }],
    }  # fmt: skip
    return json.dumps({"entry": [{"changes": [{"field": "messages", "value": value}]}]}).encode()


def _quarantined(town: Town, body: bytes) -> int:
    app = town.row(
        "SELECT a.name FROM channel_apps a JOIN channel_accounts c ON c.app_id = a.id"
        " WHERE c.channel = 'whatsapp' AND c.unit = 'amigro'"
    )["name"]
    return int(
        town.row(
            "INSERT INTO quarantine (channel, app, reason, body, replay_at) VALUES ('whatsapp', %s, 'a fault of ours',"
            " %s, clock_timestamp()) RETURNING id",
            app, body,
        )["id"]
    )  # fmt: skip


def test_a_body_is_read_again_and_stored_once(town: Town, gateway: Running, standins: StandinsClient) -> None:
    ids = [_quarantined(town, _body(town, "wamid.replay")) for _ in range(2)]
    broken = _quarantined(town, b"{")
    town.until(lambda: not town.rows("SELECT id FROM quarantine WHERE replay_at IS NOT NULL"))
    assert [row["vendor_id"] for row in town.inbox()] == ["wamid.replay"]
    for id_ in ids:
        row = town.row("SELECT * FROM quarantine WHERE id = %s", id_)
        assert row["replayed_at"] is not None and row["replay_result"] == "1 stored"
    still = town.row("SELECT * FROM quarantine WHERE id = %s", broken)
    assert still["replayed_at"] is None and "not a webhook" in still["replay_result"]
    assert town.row("SELECT count(*) AS n FROM quarantine")["n"] == 3


def test_the_part_that_was_put_aside_is_read_again_too(
    town: Town, gateway: Running, standins: StandinsClient
) -> None:
    """A connector keeps what it could not read, not the whole batch: that part has to say by itself whose it is."""
    change = json.loads(_body(town, "wamid.part"))["entry"][0]["changes"][0]
    id_ = _quarantined(town, json.dumps(change).encode())
    town.until(lambda: not town.rows("SELECT id FROM quarantine WHERE replay_at IS NOT NULL"))
    assert [row["vendor_id"] for row in town.inbox()] == ["wamid.part"]
    assert town.row("SELECT replay_result FROM quarantine WHERE id = %s", id_)["replay_result"] == "1 stored"
