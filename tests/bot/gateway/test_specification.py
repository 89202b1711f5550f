"""Meta's own webhook examples through our reading: each is understood, or kept with a reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from ruamel.yaml import YAML

from bot.accounts import Account
from bot.arrivals import Arrival, Renumbered, StatusChange, Unreadable
from bot.channels.whatsapp_events import read_value

SPEC = Path(__file__).resolve().parents[4] / "shared" / "specs" / "whatsapp_business_messaging_v23.yaml"


def examples() -> list[dict[str, Any]]:
    """Every `value` of messages or statuses in the document's webhook examples."""
    found: list[dict[str, Any]] = []

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if node.get("messaging_product") == "whatsapp" and isinstance(node.get("metadata"), dict):
                if isinstance(node.get("messages"), list) or isinstance(node.get("statuses"), list):
                    found.append(node)
            for item in node.values():
                walk(item)
        elif isinstance(node, list):
            for item in node:
                walk(item)

    walk(YAML(typ="safe").load(SPEC.read_text(encoding="utf-8")))
    return found


@pytest.mark.skipif(not SPEC.exists(), reason="the vendor's specification is not beside the project (../shared/specs)")
def test_every_example_of_meta_is_understood_or_kept_with_a_reason() -> None:
    account = Account(uuid4(), "amigro", uuid4(), "whatsapp", "1", "Amigro", "+52", True, {})
    values = examples()
    assert len(values) >= 12
    kinds: dict[str, int] = {}
    for value in values:
        events = list(read_value(account, "demo", value))
        assert len(events) >= len(value.get("messages") or value.get("statuses") or ())
        for event in events:
            assert isinstance(event, (Arrival, StatusChange, Renumbered, Unreadable))
            kind = event.inbound.kind if isinstance(event, Arrival) else type(event).__name__
            kinds[kind] = kinds.get(kind, 0) + 1
            if isinstance(event, Unreadable):
                assert event.reason
    print(kinds)
    assert {"text", "image", "location", "contact", "option", "reaction", "Renumbered"} <= set(kinds)
    assert kinds.get("Unreadable", 0) == 0


def test_what_newer_webhooks_may_hold_is_read_or_kept() -> None:
    """Edits, deletions, welcome requests, senders without a phone, unknown shapes, errors of the account."""
    account = Account(uuid4(), "amigro", uuid4(), "whatsapp", "1", "Amigro", "+52", True, {})
    base = {"from": "5215512345678", "id": "wamid.1", "timestamp": "1772463600"}
    value = {
        "messages": [
            {**base, "type": "edit", "edit": {"original_message_id": "w0", "message": {"text": {"body": "nuevo"}}}},
            {**base, "type": "revoke", "revoke": {"original_message_id": "w0"}},
            {**base, "type": "request_welcome"},
            {**base, "type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": {}}},
            {"from_user_id": "MX.123", "id": "wamid.2", "type": "text", "text": {"body": "hola"}},
            {**base, "type": "text", "text": {"body": "x"}, "referral": {"source_url": "https://x.example"}},
            {**base, "type": "text"},
        ],
        "statuses": [
            {"id": "w1", "status": "played", "biz_opaque_callback_data": "12-2"},
            {"id": "w2", "status": "warning"},
            {"id": "w3", "status": "sent", "timestamp": "later", "biz_opaque_callback_data": "x"},
            {"status": "sent"},
        ],
        "errors": [{"code": 1}],
    }
    events = list(read_value(account, "demo", value))
    arrivals = [event for event in events if isinstance(event, Arrival)]
    assert [one.inbound.kind for one in arrivals] == ["edited", "deleted", "opened", "unknown", "text", "text"]
    assert (arrivals[0].inbound.text, arrivals[0].inbound.about) == ("nuevo", "w0")
    assert (arrivals[4].user_id, arrivals[4].inbound.sender_phone) == ("MX.123", "")
    assert arrivals[5].inbound.values == {"referral": {"source_url": "https://x.example"}}
    changes = [event for event in events if isinstance(event, StatusChange)]
    assert [(one.state, one.callback, one.part, one.at) for one in changes] == [
        ("read", "12", 2, None), ("sent", "", 0, None),
    ]  # fmt: skip
    assert len([event for event in events if isinstance(event, Unreadable)]) == 3
