"""Webhooks exactly in Meta's shape: what a person sends, and what became of what the product sent."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from typing import Any

from tests.standins.accounts import Account


def new_wamid() -> str:
    """Return an id as Meta makes them: opaque, with padding."""
    return "wamid." + base64.b64encode(b"\x1d\x0b" + secrets.token_bytes(26)).decode()


def message_value(
    account: Account,
    user: str,
    name: str,
    message_id: str,
    at: float,
    kind: str,
    part: Any,
    context: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the `value` of one incoming message. part: what stands under the message's type."""
    message: dict[str, Any] = {"from": user, "id": message_id, "timestamp": str(int(at)), "type": kind}
    if context:
        message["context"] = dict(context)
    message["errors" if kind == "unsupported" else kind] = part
    value: dict[str, Any] = {"messaging_product": "whatsapp", "metadata": _metadata(account)}
    if kind != "system":
        value["contacts"] = [{"profile": {"name": name}, "wa_id": user}]
    value["messages"] = [message]
    return value  # fmt: skip


def status_value(
    account: Account,
    user: str,
    message_id: str,
    at: float,
    status: str,
    callback_data: str | None,
    error: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the `value` of one status. callback_data comes back as it was given."""
    row: dict[str, Any] = {
        "id": message_id, "status": status, "timestamp": str(int(at)), "recipient_id": user,
    }  # fmt: skip
    if error is not None:
        row["errors"] = [dict(error)]
    else:
        row["conversation"] = {
            "id": hashlib.md5(f"{account.key}{user}".encode(), usedforsecurity=False).hexdigest(),
            "origin": {"type": "service"},
        }
        row["pricing"] = {
            "billable": False,
            "pricing_model": "PMP",
            "category": "service",
            "type": "free_customer_service",
        }
    if callback_data is not None:
        row["biz_opaque_callback_data"] = callback_data
    return {"messaging_product": "whatsapp", "metadata": _metadata(account), "statuses": [row]}


def _metadata(account: Account) -> dict[str, str]:
    return {"display_phone_number": account.display_number, "phone_number_id": account.external_id}


def payload(account: Account, values: list[dict[str, Any]]) -> bytes:
    """Wrap values into one webhook body, batched as Meta does: several changes in one entry.

    Non-ASCII is escaped: that is the body that Meta signs.
    """
    changes = [{"value": value, "field": "messages"} for value in values]
    body = {
        "object": "whatsapp_business_account",
        "entry": [{"id": account.business_account_id, "changes": changes}],
    }
    return json.dumps(body, separators=(",", ":")).encode()


def signature(raw: bytes, app_secret: str) -> str:
    """Return the header `X-Hub-Signature-256` for a raw body."""
    return "sha256=" + hmac.new(app_secret.encode(), raw, hashlib.sha256).hexdigest()
