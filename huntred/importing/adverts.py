"""From what a page or a letter tells to the rows of a preview, with what its own sentences add."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from huntred.importing.letters import labelled
from huntred.importing.ports import Advert, AdvertReader
from huntred.importing.postings import Posting
from huntred.importing.rules import FIELDS, REQUIRED, said, template_heads
from huntred.importing.telling import pay_told, years_told

_DESCRIBED = frozenset({"schedule", "benefits"})
_PAY = frozenset({"salary_min", "salary_max"})


def told(posting: Posting, reader: AdvertReader) -> Posting:
    """Add what the advertisement says in its own words; what its data says counts more."""
    cells, notes = dict(posting.cells), list(posting.notes)
    text = "\n".join([*posting.asked, cells.get("description", "").partition("Publicación original:")[0]])
    pay = {} if "salary" in cells else pay_told(text)
    if _PAY & cells.keys():
        pay = {field: value for field, value in pay.items() if field not in _PAY}
    if not {"salary_currency", "salary_period"} & set(notes):
        cells = pay | cells
    period = said("salary_period", cells.get("salary", "")) or cells.get("salary_period")
    if (_PAY | {"salary"}) & cells.keys() and not period:
        notes.append("period_assumed")
    cells |= _hours_and_benefits(cells, text)
    years = years_told(text)
    if years:
        cells.setdefault("min_experience_years", years)
    wanted = reader.read(Advert(cells.get("title", ""), text, posting.asked))
    if wanted.seniority:
        cells["seniority"] = wanted.seniority
    for field, names in (("must", wanted.must), ("nice", wanted.nice), ("languages", wanted.languages)):
        if names:
            cells[field] = "; ".join(names)
    return Posting(cells, posting.asked, tuple(notes))


def _hours_and_benefits(cells: dict[str, str], text: str) -> dict[str, str]:
    """Return what lines "Horario: …" and "Prestaciones: …" add: a page's data has mostly the kind of contract alone."""
    found = {field: value for field, value in labelled(text) if field in _DESCRIBED}
    hours, kind = found.get("schedule", ""), cells.get("schedule", "")
    if hours and kind and hours.casefold() not in kind.casefold():
        found["schedule"] = kind if any(map(str.isdigit, kind)) else f"{kind}, {hours}"
    return {field: value for field, value in found.items() if field == "schedule" or not cells.get(field)}


def as_rows(read: Sequence[Posting]) -> dict[str, Any]:
    """Lay postings out as the rows of a file under our own template's heads."""
    used = [field for field in FIELDS if field in REQUIRED or any(field in posting.cells for posting in read)]
    mapping = {field: template_heads()[field] for field in used}
    rows = [[posting.cells.get(field, "") for field in used] for posting in read]
    return {
        "heads": list(mapping.values()), "mapping": mapping, "rows_total": len(rows),
        "rows_sealed": json.dumps(rows, ensure_ascii=False),
        "notes": [{"row": row, "code": code} for row, posting in enumerate(read, 2) for code in posting.notes],
    }  # fmt: skip
