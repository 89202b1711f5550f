"""Cells that a person writes into a preview of a page or a mail, where nothing said them or they were read wrongly."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from huntred.db.unit_of_work import UnitOfWork
from huntred.importing import service
from huntred.importing.errors import ImportOver
from huntred.importing.models import ImportJob
from huntred.importing.rules import FIELDS, template_heads

# A file is mended in the file itself.
KINDS = ("page", "mail")


def complete(uow: UnitOfWork, job_id: UUID, cells: Mapping[tuple[int, str], str], *, now: datetime) -> ImportJob:
    """Write cells, (row, field) → text; a field that nothing told before gets a column. Raises NotFound, ImportOver."""
    job = service.get(uow, job_id, lock=True)
    if job.kind not in KINDS or job.state != "preview" or job.rows_sealed is None:
        raise ImportOver(str(job_id))
    rows = json.loads(job.rows_sealed)
    heads, mapping = list(job.heads), dict(job.mapping)
    for (row, field), text in cells.items():
        if field not in FIELDS or not 2 <= row < len(rows) + 2:
            continue
        if field not in mapping:
            if not text.strip():
                continue
            mapping[field] = template_heads()[field]
            heads.append(mapping[field])
            for one in rows:
                one.append("")
        rows[row - 2][heads.index(mapping[field])] = text.strip()
    job.heads, job.mapping = heads, mapping
    job.rows_sealed, job.touched_at = json.dumps(rows, ensure_ascii=False), now
    uow.session.flush()
    return job


def cells_of(job: ImportJob) -> list[dict[str, str]]:
    """Return each row's cells by field, as they stand. Raises ImportOver."""
    if job.rows_sealed is None:
        raise ImportOver(str(job.id))
    places = {field: job.heads.index(head) for field, head in job.mapping.items()}
    return [{field: row[at] for field, at in places.items()} for row in json.loads(job.rows_sealed)]
