"""Reads how far each application came, and beside it what its person said; demo rows count nowhere."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, literal, select, text

from huntred.db.unit_of_work import UnitOfWork
from huntred.fairness.models import FairnessAnswer
from huntred.fairness.rules import GROUPS, Case, Road, Said

_ROAD = "ARRAY['new', 'screening', 'interview', 'offer', 'hired']"
# As of a moment: what was moved later does not count yet. A move that was taken back never happened.
_ROADS = f"""
SELECT a.person_id,
  greatest(
    array_position({_ROAD}, CASE WHEN a.moved_at < :as_of THEN now_in.kind END),
    (SELECT max(array_position({_ROAD}, s.kind)) FROM application_moves m JOIN stages s ON s.id = m.to_stage_id
     WHERE m.application_id = a.id AND m.at < :as_of
       AND NOT EXISTS (SELECT 1 FROM application_moves u WHERE u.undoes_id = m.id)),
    1
  ) AS reached,
  EXISTS (SELECT 1 FROM shortlist_entries e
          WHERE e.vacancy_id = a.vacancy_id AND e.profile_id = a.profile_id AND e.created_at < :as_of) AS listed,
  coalesce(
    CASE WHEN a.moved_at < :as_of THEN now_in.kind END,
    (SELECT s.kind FROM application_moves m JOIN stages s ON s.id = m.to_stage_id
     WHERE m.application_id = a.id AND m.at < :as_of ORDER BY m.at DESC, m.id DESC LIMIT 1),
    'new'
  ) AS stands,
  v.state IN ('filled', 'closed') AS decided
FROM applications a
JOIN stages now_in ON now_in.id = a.stage_id
JOIN unit_profiles p ON p.id = a.profile_id
JOIN vacancies v ON v.id = a.vacancy_id
WHERE a.unit = :unit AND a.created_at < :as_of
  AND NOT a.generated AND NOT p.generated AND NOT v.generated
  AND (CAST(:vacancy AS uuid) IS NULL OR a.vacancy_id = :vacancy)
  AND (CAST(:since AS timestamptz) IS NULL OR a.created_at >= :since)
  AND (CAST(:until AS timestamptz) IS NULL OR a.created_at < :until)
"""


def cases(
    uow: UnitOfWork,
    *,
    as_of: datetime,
    vacancy_id: UUID | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[Case]:
    """Return the applications of the unit that this scope sees, with what their people said.

    Only inside `opening.opened`: outside nobody said anything.
    """
    values = {"unit": uow.unit, "as_of": as_of, "vacancy": vacancy_id, "since": since, "until": until}
    rows = uow.session.execute(text(_ROADS), values).all()
    said = _said(uow, [row.person_id for row in rows], as_of)
    nothing = Said({})
    return [
        Case(
            Road(row.reached, row.listed, row.stands if row.stands in {"rejected", "withdrawn"} else "", row.decided),
            said.get(row.person_id, nothing),
        )
        for row in rows
    ]


def answer_of(uow: UnitOfWork, person_id: UUID) -> tuple[Said, datetime] | None:
    row = uow.session.execute(
        select(FairnessAnswer.answers_sealed, FairnessAnswer.given_at).where(
            FairnessAnswer.unit == uow.unit, FairnessAnswer.person_id == person_id
        )
    ).one_or_none()
    return None if row is None else (_opened(row.answers_sealed), row.given_at)


def sealed(said: Said) -> str:
    """Return the answers as the column takes them, which encrypts them."""
    return json.dumps(dict(said.by_attribute), sort_keys=True)


def _said(uow: UnitOfWork, person_ids: Sequence[UUID], as_of: datetime) -> Mapping[UUID, Said]:
    rows = uow.session.execute(
        select(FairnessAnswer.person_id, FairnessAnswer.answers_sealed).where(
            FairnessAnswer.unit == uow.unit, FairnessAnswer.given_at < as_of,
            # One array: a large unit has more people than a statement may have values.
            FairnessAnswer.person_id == any_(literal(list(set(person_ids)), ARRAY(Uuid))),
        )
    )  # fmt: skip
    return {row.person_id: _opened(row.answers_sealed) for row in rows}


def _opened(text_: str) -> Said:
    return Said({name: value for name, value in json.loads(text_).items() if name in GROUPS})
