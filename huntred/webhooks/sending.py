"""Calls what is due of a unit, by huntred/outside/due.py."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine

from huntred.db.session import Scope
from huntred.outside.due import call_due
from huntred.webhooks import rules, service
from huntred.webhooks.ports import Caller, Reply
from huntred.webhooks.service import Call

# Only spreads the tries of many: nothing is guarded by it.
_jitter = random.Random()


def send_due(engine: Engine, unit: str, caller: Caller, clock: Callable[[], datetime]) -> int:
    """Call until nothing is due, or for so long; return how many calls were made."""
    return call_due(
        engine,
        Scope(units=(unit,)),
        lambda uow, most: service.claim_due(uow, now=clock(), limit=most),
        lambda call: _post(call, caller, clock()),
        lambda uow, call, reply: service.finish(uow, call, reply, now=clock(), jitter=_jitter.random()),
    )


def _post(call: Call, caller: Caller, at: datetime) -> Reply:
    body = json.dumps(call.body, ensure_ascii=False, separators=(",", ":")).encode()
    timestamp = int(at.timestamp())
    headers = {
        "content-type": "application/json",
        "user-agent": "huntRED-Webhooks/1",
        "webhook-id": str(call.delivery_id),
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(
            rules.signature(secret, str(call.delivery_id), timestamp, body) for secret in call.secrets
        ),
    }
    return caller.post(call.url, headers, body)
