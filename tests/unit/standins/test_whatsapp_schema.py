"""Meta's own examples through our validator of Meta's own specification."""

from __future__ import annotations

from typing import Any

import pytest

from tests.standins import specs
from tests.standins.whatsapp_schema import schema_errors, webhook_errors

pytestmark = pytest.mark.skipif(not specs.WHATSAPP.is_file(), reason="../shared/specs is not on this machine")


def _examples(path: str) -> dict[str, Any]:
    document = specs.whatsapp_spec()
    assert document is not None
    examples = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["examples"]
    return {name: example["value"] for name, example in examples.items()}


def test_examples_of_messages_pass() -> None:
    """48 of 50: one has a placeholder for an enumerated type, one has neither type nor a part of it."""
    examples = _examples("/{Version}/{Phone-Number-ID}/messages")
    refused = {name: errors for name, body in examples.items() if (errors := schema_errors(body))}

    assert len(examples) == 50
    assert set(refused) == {"Send Multi-Product Message", "Send Reply to List Message"}


def test_examples_of_webhooks_pass() -> None:
    examples = _examples("/whatsapp/webhooks")

    assert len(examples) >= 14
    assert {name: errors for name, body in examples.items() if (errors := webhook_errors(body))} == {}


@pytest.mark.parametrize(
    ("part", "says"),
    [
        (
            {"type": "button", "body": {"text": "x" * 1025}, "action": {"buttons": []}},
            "interactive.body.text",
        ),
        ({"type": "catalogue", "action": {"buttons": []}}, "interactive.type"),
        (
            {"type": "list", "body": {"text": "x"}, "footer": {"text": "x" * 61}, "action": {}},
            "interactive.footer",
        ),
    ],
)
def test_the_document_refuses_on_its_own(part: dict[str, Any], says: str) -> None:
    body = {
        "messaging_product": "whatsapp",
        "to": "5215511112222",
        "type": "interactive",
        "interactive": part,
    }

    assert any(error.startswith(says) for error in schema_errors(body))
