"""Keep and forget a user's views, and take large exports from the request to the file.

The policies show a user's rows to that user alone; the worker finds what waits in the scope of a log-in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import FieldInvalid, NotFound
from huntred.lists.models import ListExport, SavedView

MOST_VIEWS = 50
_LONGEST_NAME = 60
KEPT = timedelta(hours=24)
# An export that nobody has touched for so long is taken up anew.
LOST_AFTER = timedelta(minutes=2)


def views(uow: UnitOfWork, list_name: str) -> list[SavedView]:
    """Return the user's views with a name, in the order of the alphabet."""
    return list(
        uow.session.scalars(
            select(SavedView).where(SavedView.list_name == list_name, SavedView.name != "").order_by(SavedView.name)
        )
    )


def view(uow: UnitOfWork, view_id: UUID) -> SavedView:
    """Raises NotFound, also for somebody else's."""
    found = uow.session.get(SavedView, view_id)
    if found is None:
        raise NotFound(f"view {view_id}")
    return found


def save_view(
    uow: UnitOfWork, list_name: str, name: str, filters: Mapping[str, str], columns: Sequence[str]
) -> SavedView:
    """Keep it under the name; the same name again is overwritten. Raises FieldInvalid."""
    name = " ".join(name.split())
    if not name:
        raise FieldInvalid("name", "missing")
    if len(name) > _LONGEST_NAME:
        raise FieldInvalid("name", "too_long")
    if len(views(uow, list_name)) >= MOST_VIEWS:
        raise FieldInvalid("name", "too_many")
    return _put(uow, list_name, name, filters, columns)


def delete_view(uow: UnitOfWork, view_id: UUID) -> None:
    """Raises NotFound."""
    uow.session.delete(view(uow, view_id))


def chosen_columns(uow: UnitOfWork, list_name: str) -> list[str]:
    """Return the columns with which the list opens for this user; empty: as the list has them."""
    found = uow.session.scalar(select(SavedView).where(SavedView.list_name == list_name, SavedView.name == ""))
    return list(found.columns) if found else []


def choose_columns(uow: UnitOfWork, list_name: str, columns: Sequence[str]) -> None:
    _put(uow, list_name, "", {}, columns)


def _put(uow: UnitOfWork, list_name: str, name: str, filters: Mapping[str, str], columns: Sequence[str]) -> SavedView:
    query = select(SavedView).where(SavedView.list_name == list_name, SavedView.name == name)
    found = uow.session.scalar(query)
    if found is None:
        found = SavedView(user_id=uow.scope.user_id, list_name=list_name, name=name)
        uow.session.add(found)
    found.filters, found.columns = dict(filters), list(columns)
    uow.session.flush()
    return found


def request_export(
    uow: UnitOfWork, list_name: str, filters: Mapping[str, str], columns: Sequence[str], file_format: str, *,
    now: datetime, told: Mapping[str, Any] | None = None,
) -> ListExport:  # fmt: skip
    """Have the worker write it. told: of an export to another system (huntred/exchange/outgoing.py)."""
    export = ListExport(
        user_id=uow.scope.user_id, list_name=list_name, filters=dict(filters), columns=list(columns),
        units=list(uow.scope.units), format=file_format, told=dict(told or {}), touched_at=now, created_at=now,
        expires_at=now + KEPT,
    )  # fmt: skip
    uow.session.add(export)
    uow.session.flush()
    return export


def exports(uow: UnitOfWork, *, now: datetime) -> list[ListExport]:
    """Return one's own that have not expired, newest first."""
    return list(
        uow.session.scalars(
            select(ListExport)
            .where(ListExport.user_id == uow.scope.user_id, ListExport.expires_at > now)
            .order_by(ListExport.created_at.desc())
            .limit(50)
        )
    )


def export(uow: UnitOfWork, export_id: UUID, *, now: datetime) -> ListExport:
    """Return one's own. Raises NotFound, also for one that has expired."""
    found = uow.session.get(ListExport, export_id)
    if found is None or found.user_id != uow.scope.user_id or found.expires_at <= now:
        raise NotFound(f"export {export_id}")
    return found


def claim_export(uow: UnitOfWork, *, now: datetime) -> ListExport | None:
    """Take the export that has waited longest, or one whose worker died. In the scope of a log-in."""
    found = uow.session.scalar(
        select(ListExport)
        .where(
            or_(
                ListExport.state == "waiting",
                (ListExport.state == "writing") & (ListExport.touched_at < now - LOST_AFTER),
            ),
            ListExport.expires_at > now,
        )
        .order_by(ListExport.created_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if found is not None:
        found.state, found.touched_at, found.rows_done = "writing", now, 0
        uow.session.flush()
    return found


def note_progress(
    uow: UnitOfWork, export_id: UUID, done: int, *, now: datetime, total: int | None = None, state: str = "writing"
) -> None:
    """In the scope of a log-in."""
    found = uow.session.get(ListExport, export_id)
    if found is not None:
        found.rows_done, found.touched_at, found.state = done, now, state
        found.rows_total = found.rows_total if total is None else total


def forget_expired(uow: UnitOfWork, *, now: datetime) -> list[UUID]:
    """Delete what has expired and return the ids, whose files go too. In the scope of a log-in."""
    expired = list(uow.session.scalars(select(ListExport).where(ListExport.expires_at <= now)))
    for one in expired:
        uow.session.delete(one)
    return [one.id for one in expired]
