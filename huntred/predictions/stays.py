"""How long the unit's own applications stood in its stages, and where they went from there; never generated ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from huntred.applications.models import Application
from huntred.applications.rules import is_forward
from huntred.predictions.repository import work_traits
from huntred.predictions.rules import MOST_CASES
from huntred.predictions.types import Standing, Stay, Traits

# Of the unit's latest moves so many are looked at, however many there are; fewer for what is only a median.
_LATEST_MOVES, _LATEST_OF_MEDIAN = 5_000, 2_000
# A median of fewer stays says nothing of the next one.
LEAST_STAYS = 5

_ENDED = """
WITH latest AS (
  SELECT m.id, m.application_id, m.from_stage_id, m.to_stage_id, m.at FROM application_moves m
  WHERE m.unit = :unit AND (CAST(:divisions AS uuid[]) IS NULL OR m.division_id = ANY (CAST(:divisions AS uuid[])))
  ORDER BY m.at DESC LIMIT :moves
), own AS (
  SELECT l.*, row_number() OVER (PARTITION BY l.from_stage_id ORDER BY l.at DESC, l.id DESC) AS place
  FROM latest l JOIN application_moves m ON m.id = l.id
  JOIN applications a ON a.id = l.application_id AND NOT a.generated
  JOIN vacancies v ON v.id = a.vacancy_id AND NOT v.generated
  JOIN unit_profiles p ON p.id = a.profile_id AND NOT p.generated
  WHERE l.from_stage_id IS NOT NULL AND l.from_stage_id <> l.to_stage_id AND m.undoes_id IS NULL
    AND NOT EXISTS (SELECT 1 FROM application_moves u WHERE u.undoes_id = l.id)
), ended AS (
  SELECT own.application_id, own.from_stage_id, own.to_stage_id, own.at,
         coalesce((SELECT max(b.at) FROM application_moves b
                   WHERE b.application_id = own.application_id AND b.at < own.at), a.created_at) AS since
  FROM own JOIN applications a ON a.id = own.application_id WHERE own.place <= :most
)
"""
_LENGTHS = text(f"""{_ENDED}
SELECT from_stage_id AS stage,
  percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM at - since) / 86400) AS days
FROM ended WHERE at > since GROUP BY from_stage_id HAVING count(*) >= {LEAST_STAYS}
""")
# What work_traits asks for.
_WORK = """a.score, a.knocked_out, p.experience_years, p.salary_amount, v.min_experience_years,
  coalesce(v.salary_max, v.salary_min) AS pay, v.salary_period"""
# What happened during the stay, each for the first time. That an interview was cancelled is no reason to leave it out:
# a rejection cancels the one ahead, and so would tell itself beforehand.
_SIGNS = """
  (SELECT min(s.at) FROM messages s WHERE s.conversation_id = a.conversation_id AND s.direction = 'in'
     AND s.at > {since} AND s.at < {until}) AS wrote,
  (SELECT min(i.booked_at) FROM interviews i WHERE i.application_id = a.id
     AND i.booked_at >= {since} AND i.booked_at < {until}) AS booked,
  (SELECT min(t.ends_at) FROM interviews i JOIN interview_slots t ON t.id = i.slot_id
     WHERE i.application_id = a.id AND i.state = 'attended'
       AND t.ends_at >= {since} AND t.ends_at < {until}) AS attended,
  (SELECT min(t.ends_at) FROM interviews i JOIN interview_slots t ON t.id = i.slot_id
     WHERE i.application_id = a.id AND i.state = 'missed'
       AND t.ends_at >= {since} AND t.ends_at < {until}) AS missed
"""
_STAYS = text(f"""{_ENDED}
SELECT e.from_stage_id, e.to_stage_id, e.since, e.at, a.id, a.number, v.title, {_WORK},
  was.kind AS was, went.kind AS went, {_SIGNS.format(since="e.since", until="e.at")}
FROM ended e JOIN applications a ON a.id = e.application_id JOIN vacancies v ON v.id = a.vacancy_id
JOIN unit_profiles p ON p.id = a.profile_id
JOIN stages was ON was.id = e.from_stage_id JOIN stages went ON went.id = e.to_stage_id
WHERE e.at > e.since ORDER BY e.at DESC, a.id
""")
_STANDING = text(f"""
SELECT a.id, a.stage_id, a.moved_at, {_WORK}, {_SIGNS.format(since="a.moved_at", until="CAST(:now AS timestamptz)")}
FROM applications a JOIN vacancies v ON v.id = a.vacancy_id JOIN unit_profiles p ON p.id = a.profile_id
WHERE a.id = ANY (CAST(:ids AS uuid[]))
""")


def ended(session: Session, unit: str) -> dict[UUID, tuple[Stay, ...]]:
    """By stage, the stays that a move ended, the latest first; what was taken back is none."""
    found: dict[UUID, list[Stay]] = defaultdict(list)
    for row in session.execute(_STAYS, _values(session, unit)):
        found[row.from_stage_id].append(
            Stay(
                row.id, row.number, row.title, row.from_stage_id, row.to_stage_id, is_forward(row.was, row.went),
                row.since, row.at, _work(row), _signs(row),
            )
        )  # fmt: skip
    return {stage: tuple(stays) for stage, stays in found.items()}


def usual_days(session: Session, unit: str) -> dict[UUID, float]:
    """By stage, the median of the days that applications stood there, where enough have moved on."""
    values = _values(session, unit) | {"moves": _LATEST_OF_MEDIAN}
    return {row.stage: float(row.days) for row in session.execute(_LENGTHS, values)}


def standing(session: Session, applications: Sequence[Application], *, now: datetime) -> list[Standing]:
    """Of these applications, what is known of where they stand."""
    rows = session.execute(_STANDING, {"ids": [one.id for one in applications], "now": now})
    return [Standing(row.id, row.stage_id, row.moved_at, _work(row), _signs(row)) for row in rows]


def _work(row: Row[Any]) -> Traits:
    return work_traits(
        row.score, row.knocked_out, row.experience_years, row.salary_amount, row.min_experience_years, row.pay,
        row.salary_period,
    )  # fmt: skip


def _signs(row: Row[Any]) -> tuple[datetime | None, ...]:
    return row.wrote, row.booked, row.attended, row.missed


def _values(session: Session, unit: str) -> dict[str, Any]:
    # Who sees a division only is told from it: said here too, so that an index leads to its moves.
    divisions = list(session.info["scope"].divisions) or None
    return {"unit": unit, "divisions": divisions, "moves": _LATEST_MOVES, "most": MOST_CASES}
