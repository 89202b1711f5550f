"""Calls what is due of a unit: claims in one transaction, calls outside any, and notes the outcome in another."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from sqlalchemy import Engine

from huntred.db.session import Scope
from huntred.db.unit_of_work import unit_of_work
from huntred.webhooks import rules, service
from huntred.webhooks.ports import Caller, Reply
from huntred.webhooks.service import Call

_AT_ONCE = 8
_LONGEST_SECONDS = 45.0
# Only spreads the tries of many: nothing is guarded by it.
_jitter = random.Random()


def send_due(engine: Engine, unit: str, caller: Caller, clock: Callable[[], datetime]) -> int:
    """Call until nothing is due, or for so long; return how many calls were made."""
    scope, made, ends = Scope(units=(unit,)), 0, time.monotonic() + _LONGEST_SECONDS
    while time.monotonic() < ends:
        with unit_of_work(engine, scope) as uow:
            calls = service.claim_due(uow, now=clock(), limit=_AT_ONCE)
        if not calls:
            break
        made += len(calls)
        if len(calls) == 1:
            replies = [_post(calls[0], caller, clock())]
        else:
            with ThreadPoolExecutor(len(calls)) as pool:
                replies = list(pool.map(lambda call: _post(call, caller, clock()), calls))
        for call, reply in zip(calls, replies, strict=True):
            with unit_of_work(engine, scope) as uow:
                service.finish(uow, call, reply, now=clock(), jitter=_jitter.random())
    return made


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
