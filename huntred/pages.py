"""A page of a list that is read by key, never by offset: a cursor names the last row that was shown."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

from huntred.errors import FieldInvalid

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """next_cursor: empty where nothing follows."""

    items: Sequence[T]
    next_cursor: str = ""


def write_cursor(at: datetime, row_id: UUID) -> str:
    """Return the cursor of a list that is ordered by a time and then by id."""
    return base64.urlsafe_b64encode(json.dumps([at.isoformat(), str(row_id)]).encode()).decode()


def read_cursor(cursor: str) -> tuple[datetime, UUID] | None:
    """Return what `write_cursor` wrote, none for an empty one. Raises FieldInvalid."""
    if not cursor:
        return None
    try:
        at, row_id = json.loads(base64.urlsafe_b64decode(cursor))
        return datetime.fromisoformat(at), UUID(row_id)
    except (ValueError, TypeError, AttributeError, binascii.Error):
        raise FieldInvalid("cursor", "not_a_cursor") from None
