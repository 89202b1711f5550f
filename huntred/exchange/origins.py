"""Whence somebody came: for their page, for whoever asks what we hold of them, and for an erasure."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import delete, null, select, update

from huntred.db.unit_of_work import UnitOfWork
from huntred.exchange.models import ImportedPerson, ImportedRow, PeopleImport

_QUIET = {"synchronize_session": False}


def of_person(uow: UnitOfWork, unit: str, person_id: UUID) -> list[ImportedPerson]:
    """Oldest first."""
    return list(
        uow.session.scalars(
            select(ImportedPerson)
            .where(ImportedPerson.unit == unit, ImportedPerson.person_id == person_id)
            .order_by(ImportedPerson.imported_at)
        )
    )


def exported(uow: UnitOfWork, person_id: UUID) -> list[dict[str, Any]]:
    """All that we hold of it, with the words by which somebody answered for it; who that was is not theirs."""
    query = (
        select(ImportedPerson, PeopleImport.file_name, PeopleImport.declaration, PeopleImport.declared_at)
        .join(PeopleImport, PeopleImport.id == ImportedPerson.import_id)
        .where(ImportedPerson.unit == uow.unit, ImportedPerson.person_id == person_id)
        .order_by(ImportedPerson.imported_at)
    )
    return [
        {
            "system": row[0].system, "external_id": row[0].external_id, "source": row[0].source,
            "legal_basis": row[0].legal_basis, "imported_at": row[0].imported_at, "file_name": row.file_name,
            "declaration": row.declaration, "declared_at": row.declared_at,
        }
        for row in uow.session.execute(query)
    ]  # fmt: skip


def forget(uow: UnitOfWork, person_id: UUID) -> None:
    """Erase where they came from and what their rows still hold; that a row was written stays."""
    uow.session.execute(
        delete(ImportedPerson).where(ImportedPerson.unit == uow.unit, ImportedPerson.person_id == person_id),
        execution_options=_QUIET,
    )
    uow.session.execute(
        update(ImportedRow)
        .where(ImportedRow.unit == uow.unit, ImportedRow.person_id == person_id)
        .values(cells_sealed=null(), before_sealed=null(), keys=[], faults=[]),
        execution_options=_QUIET,
    )
