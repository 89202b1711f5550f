"""Sends what is due of a unit, by huntred/outside/due.py."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine

from huntred.db.session import Scope
from huntred.outside.due import call_due
from huntred.push import queue
from huntred.push.ports import PushService

# Only spreads the tries of many: nothing is guarded by it.
_jitter = random.Random()


def send_due(engine: Engine, unit: str, service: PushService, clock: Callable[[], datetime]) -> int:
    """Call until nothing is due, or for so long; return how many calls were made."""
    return call_due(
        engine,
        Scope(units=(unit,)),
        lambda uow, most: queue.claim_due(uow, now=clock(), limit=most),
        lambda push: service.push(push.to, push.payload, ttl=push.ttl, topic=push.topic),
        lambda uow, push, reply: queue.finish(uow, push, reply, now=clock(), jitter=_jitter.random()),
    )
