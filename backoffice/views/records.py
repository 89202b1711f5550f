"""Lists that are only ever read: message templates, referrals, consents, the audit.

Not Flask-Admin's ModelView: its stock pages carry inline handlers, which our content policy blocks, and its
`get_one` bypasses the view's query.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request
from flask_admin import BaseView, expose
from sqlalchemy import String, cast, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from backoffice import auth, work
from backoffice.forms import FormReader
from backoffice.queries import conversations as names
from huntred.access.models import AuditEntry
from huntred.api_clients.models import ApiClient
from huntred.notifications.models import MessageTemplate
from huntred.pages import Page
from huntred.people.models import Consent, Referral

_PAGE = 30


@dataclass(frozen=True)
class Records:
    """What a list shows. columns: in order; found_by: what the search looks at; order: newest first."""

    model: type[Any]
    columns: tuple[str, ...]
    found_by: tuple[InstrumentedAttribute[Any], ...]
    order: InstrumentedAttribute[Any]
    super_only: bool = False


RECORDS = {
    "templates": Records(
        MessageTemplate, ("name", "language", "unit", "category", "state", "body"),
        (MessageTemplate.name, MessageTemplate.body), MessageTemplate.id,
    ),
    "referrals": Records(
        Referral, ("code", "unit", "created_at", "inviter_id", "invited_id", "accepted_at"), (Referral.code,),
        Referral.id,
    ),
    "consents": Records(
        Consent, ("purpose", "unit", "at", "person_id", "channel", "granted", "version"),
        (Consent.purpose, Consent.channel, cast(Consent.person_id, String)), Consent.id,  # type: ignore[arg-type]
    ),
    "audit": Records(
        AuditEntry, ("action", "at", "user_id", "object_type", "object_id", "unit", "address", "changes"),
        (AuditEntry.action, AuditEntry.object_type, AuditEntry.object_id), AuditEntry.id, super_only=True,
    ),
}  # fmt: skip


class RecordsView(BaseView):
    """`/records/<name>`"""

    def __init__(self, name: str) -> None:
        self.records = RECORDS[name]
        super().__init__(endpoint=name, url=f"/records/{name}")

    def is_accessible(self) -> bool:
        if self.records.super_only:
            auth.needs_super()
        return True

    @expose("/")
    def index(self) -> str:
        form = FormReader(request.args)
        text, start = form.text("text", longest=100), max(0, form.integer("cursor") or 0)
        session, records = work.current_work().session, self.records
        query = select(records.model).order_by(records.order.desc()).offset(start).limit(_PAGE + 1)
        if text:
            query = query.where(or_(*(column.icontains(text, autoescape=True) for column in records.found_by)))
        rows = list(session.scalars(query))
        users = [getattr(row, "user_id", None) for row in rows]
        people: set[Any] = {
            getattr(row, name, None) for row in rows for name in ("person_id", "inviter_id", "invited_id")
        }
        return self.render(
            "records/index.html",
            page=Page(rows[:_PAGE], str(start + _PAGE) if len(rows) > _PAGE else ""),
            columns=records.columns,
            user_names=names.user_names(session, users),
            client_names=_client_names(session, rows),
            person_names=names.person_names(session, people - {None}),
            text=text,
            total=session.scalar(select(func.count()).select_from(records.model)),
        )


def _client_names(session: Session, rows: list[Any]) -> dict[Any, str]:
    """Programs that did what users do elsewhere in the audit."""
    wanted = {getattr(row, "client_id", None) for row in rows} - {None}
    if not wanted:
        return {}
    rows_found = session.execute(select(ApiClient.id, ApiClient.name).where(ApiClient.id.in_(wanted)))
    return {row.id: row.name for row in rows_found}


def record_views() -> list[RecordsView]:
    return [RecordsView(name) for name in RECORDS]
