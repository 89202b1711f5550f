"""Playing the erasure log again after a restore: whoever was erased since the backup is erased again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from huntred.db.scope import Scope
from huntred.db.session import make_engine
from huntred.db.unit_of_work import unit_of_work
from huntred.privacy.erasure import erase_person


def erase_again(database_url: str, entries: Sequence[Mapping[str, Any]]) -> int:
    """Erase by these entries of the log; return how many the database did not know.

    database_url: of a role that no policy binds, or of the app. Whoever is not in the backup has nothing to erase.
    """
    engine = make_engine(database_url, pool_size=1)
    again = 0
    try:
        for entry in sorted(entries, key=lambda entry: str(entry["id"])):
            with unit_of_work(engine, Scope(units=(str(entry["unit"]),))) as uow:
                id_, person_id = UUID(str(entry["id"])), UUID(str(entry["person_id"]))
                known = uow.session.scalar(text("SELECT 1 FROM erasures WHERE id = :id"), {"id": id_})
                there = uow.session.scalar(text("SELECT 1 FROM people WHERE id = :id"), {"id": person_id})
                if known or not there:
                    continue
                asked = entry.get("requested_by")
                erase_person(
                    uow, person_id, now=datetime.fromisoformat(str(entry["erased_at"])).astimezone(UTC),
                    requested_by=UUID(str(asked)) if asked else None, entry=id_,
                )  # fmt: skip
                again += 1
    finally:
        engine.dispose()
    return again
