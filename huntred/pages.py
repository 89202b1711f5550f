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


def write_cursor(place: datetime | str, row_id: UUID) -> str:
    """Return the cursor of a list that is ordered by a time or a text and then by id."""
    at = place if isinstance(place, str) else place.isoformat()
    return base64.urlsafe_b64encode(json.dumps([at, str(row_id)]).encode()).decode()


def read_cursor(cursor: str) -> tuple[datetime, UUID] | None:
    """Return what `write_cursor` wrote of a time, none for an empty one. Raises FieldInvalid."""
    found = read_text_cursor(cursor)
    if found is None:
        return None
    try:
        return datetime.fromisoformat(found[0]), found[1]
    except ValueError:
        raise FieldInvalid("cursor", "not_a_cursor") from None


def read_text_cursor(cursor: str) -> tuple[str, UUID] | None:
    """Return what `write_cursor` wrote of a text, none for an empty one. Raises FieldInvalid."""
    if not cursor:
        return None
    try:
        text, row_id = json.loads(base64.urlsafe_b64decode(cursor))
        if not isinstance(text, str) or "\x00" in text:
            raise FieldInvalid("cursor", "not_a_cursor")
        return text, UUID(row_id)
    except (ValueError, TypeError, AttributeError, binascii.Error):
        raise FieldInvalid("cursor", "not_a_cursor") from None
