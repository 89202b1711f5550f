"""Works off calls that are due: claimed in one transaction, made outside any, their outcome noted in another.

Whose calls they are, and what is noted, is the caller's: webhooks, web push.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Engine

from huntred.db.session import Scope
from huntred.db.unit_of_work import UnitOfWork, unit_of_work

_AT_ONCE = 8
_LONGEST_SECONDS = 45.0

C = TypeVar("C")
R = TypeVar("R")


def call_due(
    engine: Engine,
    scope: Scope,
    claim: Callable[[UnitOfWork, int], Sequence[C]],
    call: Callable[[C], R],
    finish: Callable[[UnitOfWork, C, R], None],
) -> int:
    """Call until nothing is due, or for so long; return how many calls were made."""
    made, ends = 0, time.monotonic() + _LONGEST_SECONDS
    while time.monotonic() < ends:
        with unit_of_work(engine, scope) as uow:
            calls = claim(uow, _AT_ONCE)
        if not calls:
            break
        made += len(calls)
        if len(calls) == 1:
            replies = [call(calls[0])]
        else:
            with ThreadPoolExecutor(len(calls)) as pool:
                replies = list(pool.map(call, calls))
        for one, reply in zip(calls, replies, strict=True):
            with unit_of_work(engine, scope) as uow:
                finish(uow, one, reply)
    return made
