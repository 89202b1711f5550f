"""Writes large imports for the worker: all of one in one transaction, its progress in others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine

from huntred.db.session import Scope
from huntred.db.unit_of_work import unit_of_work
from huntred.importing import service


def write_next(engine: Engine, unit: str, clock: Callable[[], datetime]) -> bool:
    """Write what has waited longest in this unit, or say that nothing waits. What fails is marked and raised."""
    scope = Scope(units=(unit,))
    with unit_of_work(engine, scope) as uow:
        claimed = service.claim(uow, now=clock())
    if claimed is None:
        return False
    job_id, token = claimed

    def told(done: int, state: str = "") -> None:
        with unit_of_work(engine, scope) as uow:
            service.note_progress(uow, job_id, token, done, now=clock(), state=state)

    try:
        with unit_of_work(engine, scope) as uow:
            service.write_claimed(uow, job_id, token, told, now=clock())
    except Exception:
        told(0, "failed")
        raise
    return True
