"""One write for one Idempotency-Key: claimed before the work, answered in the work's own transaction.

Claimed without an answer: somebody works on it, or died at it; the claim of a dead one is taken over after a while.
Only answers of work that was done are kept: after a refusal the same key may be tried again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from contract.ids import new_id
from huntred.api_clients.models import ApiRequest
from huntred.db.unit_of_work import UnitOfWork

LONGEST_KEY = 255
_ABANDONED_AFTER = timedelta(minutes=2)


@dataclass(frozen=True)
class Claim:
    """verdict: `go` (the claim is ours), `done` (answer it again), `busy` (somebody is at it), `other` (other body)."""

    verdict: Literal["go", "done", "busy", "other"]
    claim: UUID | None = None
    status: int = 0
    headers: Mapping[str, str] | None = None
    body: str = ""


def claim(uow: UnitOfWork, client_id: UUID, key: str, fingerprint: str, *, now: datetime) -> Claim:
    """Claim the key; the caller commits before it works."""
    mine = new_id()
    made = uow.session.execute(
        insert(ApiRequest)
        .values(client_id=client_id, key=key, fingerprint=fingerprint, claim=mine, claimed_at=now)
        .on_conflict_do_nothing()
        .returning(ApiRequest.claim)
    ).scalar()
    if made is not None:
        return Claim("go", mine)
    kept = uow.session.scalars(
        select(ApiRequest).where(ApiRequest.client_id == client_id, ApiRequest.key == key).with_for_update()
    ).one_or_none()
    if kept is None:
        return Claim("busy")
    if kept.fingerprint != fingerprint:
        return Claim("other")
    if kept.status is not None:
        return Claim("done", None, kept.status, kept.headers, kept.body)
    if kept.claimed_at > now - _ABANDONED_AFTER:
        return Claim("busy")
    kept.claim, kept.claimed_at = mine, now
    return Claim("go", mine)


def answer(
    uow: UnitOfWork, client_id: UUID, key: str, mine: UUID, status: int, headers: Mapping[str, str], body: str
) -> bool:
    """Keep the answer beside the work; False where the claim was taken over meanwhile: then the work must not stand."""
    done = uow.session.execute(
        update(ApiRequest)
        .where(ApiRequest.client_id == client_id, ApiRequest.key == key, ApiRequest.claim == mine)
        .values(status=status, headers=dict(headers), body=body)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def release(uow: UnitOfWork, client_id: UUID, key: str, mine: UUID) -> None:
    """Nothing was done: the key is free again."""
    uow.session.execute(
        delete(ApiRequest).where(
            ApiRequest.client_id == client_id, ApiRequest.key == key, ApiRequest.claim == mine,
            ApiRequest.status.is_(None),
        )
    )  # fmt: skip
