"""Reads the facts of open vacancies of a unit, many at once, and the alike ones that were filled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text, update
from sqlalchemy.orm import Session, lazyload

from huntred.applications.models import Application, Stage
from huntred.attention import rules
from huntred.attention.models import VacancyAlert
from huntred.attention.types import Facts, Filled, Position, StageStand
from huntred.db.lanes import first
from huntred.predictions import stays
from huntred.vacancies.models import Vacancy
from huntred.vacancies.rules import monthly

# Only the latest count: a unit of five years ago is another one.
_MOST_FILLED = 300
_DAY = 86_400

_STAND = text("""
SELECT a.vacancy_id, s.id AS stage_id, s.name, s.kind, s.ord, count(*) AS n, min(a.moved_at) AS oldest,
  count(*) FILTER (WHERE a.moved_at <= :now - make_interval(secs => :waiting)) AS waiting,
  count(*) FILTER (WHERE a.moved_at < :now - make_interval(secs => coalesce(w.wait, :unknown))) AS late
FROM applications a JOIN stages s ON s.id = a.stage_id
LEFT JOIN unnest(CAST(:stages AS uuid[]), CAST(:waits AS float8[])) AS w(stage, wait) ON w.stage = s.id
WHERE a.vacancy_id = ANY (CAST(:ids AS uuid[]))
GROUP BY a.vacancy_id, s.id, s.name, s.kind, s.ord ORDER BY a.vacancy_id, s.ord
""")
_INTERVIEWS = text("""
SELECT a.vacancy_id, count(*) AS n FROM applications a JOIN interviews i ON i.application_id = a.id
WHERE a.vacancy_id = ANY (CAST(:ids AS uuid[])) AND i.state <> 'cancelled' AND (:generated OR NOT a.generated)
GROUP BY a.vacancy_id
""")
_UNINTERVIEWED = text("""
SELECT a.vacancy_id, count(*) AS n FROM applications a JOIN stages s ON s.id = a.stage_id AND s.kind = 'interview'
WHERE a.vacancy_id = ANY (CAST(:ids AS uuid[]))
  AND NOT EXISTS (SELECT 1 FROM interviews i WHERE i.application_id = a.id AND i.state IN ('booked', 'attended'))
GROUP BY a.vacancy_id
""")
# Times that somebody who applied could take: of the vacancy, or of any of the unit (and of its division, or of none).
_FREE = text("""
SELECT t.vacancy_id, t.division_id, count(*) AS n FROM interview_slots t
WHERE t.unit = :unit AND t.cancelled_at IS NULL AND t.starts_at > :now AND t.booked < t.capacity
  AND (t.vacancy_id IS NULL OR t.vacancy_id = ANY (CAST(:ids AS uuid[])))
GROUP BY t.vacancy_id, t.division_id
""")
_APPLIED = text("""
SELECT a.vacancy_id, extract(epoch FROM a.created_at - v.published_at) / 86400 AS after, s.kind = 'hired' AS hired
FROM applications a JOIN vacancies v ON v.id = a.vacancy_id JOIN stages s ON s.id = a.stage_id
WHERE a.vacancy_id = ANY (CAST(:ids AS uuid[])) AND NOT a.generated
""")


def facts(session: Session, unit: str, vacancies: Sequence[Vacancy], *, now: datetime) -> list[Facts]:
    """Of each of these vacancies of the unit; of one that has ended, as it was when it did."""
    ids = [vacancy.id for vacancy in vacancies]
    usual = stays.usual_days(session, unit)
    standing: dict[UUID, list[StageStand]] = defaultdict(list)
    values = {
        "ids": ids, "now": now, "waiting": rules.UNANSWERED_DAYS * _DAY, "unknown": rules.usual_wait(None) * _DAY,
        "stages": list(usual), "waits": [rules.usual_wait(days) * _DAY for days in usual.values()],
    }  # fmt: skip
    for row in session.execute(_STAND, values):
        standing[row.vacancy_id].append(
            StageStand(
                row.stage_id, row.name, row.kind, row.n, row.late, row.waiting,
                (now - row.oldest).total_seconds() / _DAY, usual.get(row.stage_id),
            )
        )  # fmt: skip
    interviews = _counts(session.execute(_INTERVIEWS, {"ids": ids, "generated": True}))
    uninterviewed = _counts(session.execute(_UNINTERVIEWED, {"ids": ids}))
    free = session.execute(_FREE, {"unit": unit, "ids": ids, "now": now}).all()
    return [
        Facts(
            position(one), unit, one.number, one.consultant_id,
            ((one.closed_at or now) - one.published_at).total_seconds() / _DAY if one.published_at else 0.0,
            one.generated,
            tuple(standing[one.id]), interviews.get(one.id, 0), uninterviewed.get(one.id, 0), _free_for(one, free),
        )
        for one in vacancies
    ]  # fmt: skip


def filled(session: Session, unit: str) -> list[Filled]:
    """The unit's own vacancies that were filled, the latest first, without what came to them; never generated ones."""
    query = select(
        Vacancy.id, Vacancy.title, Vacancy.kind, Vacancy.region, Vacancy.city, Vacancy.modality, Vacancy.salary_max,
        Vacancy.salary_min, Vacancy.salary_period, Vacancy.number, Vacancy.published_at, Vacancy.closed_at,
    ).where(
        # In the words of `ix_vacancies_ended`, as in `predictions.repository.vacancy_cases`.
        Vacancy.unit == unit, Vacancy.state == "filled", ~Vacancy.generated, Vacancy.closed_at.is_not(None),
        Vacancy.published_at.is_not(None), Vacancy.closed_at > Vacancy.published_at,
    )  # fmt: skip
    divisions = session.info["scope"].divisions
    if divisions:
        query = query.where(Vacancy.division_id.in_(divisions))
    rows = session.execute(query.order_by(Vacancy.closed_at.desc(), Vacancy.id).limit(_MOST_FILLED))
    return [
        Filled(
            position(row), row.number, row.closed_at, (row.closed_at - row.published_at).total_seconds() / _DAY
        )
        for row in rows
    ]  # fmt: skip


def with_what_came(session: Session, chosen: Sequence[Filled]) -> dict[UUID, Filled]:
    """Who applied, was interviewed and hired for these, beside what is known of them."""
    if not chosen:
        return {}
    ids = [one.position.id for one in chosen]
    applied: dict[UUID, list[float]] = defaultdict(list)
    hires: dict[UUID, int] = defaultdict(int)
    for row in session.execute(_APPLIED, {"ids": ids}):
        applied[row.vacancy_id].append(float(row.after))
        hires[row.vacancy_id] += row.hired
    interviews = _counts(session.execute(_INTERVIEWS, {"ids": ids, "generated": False}))
    return {
        one.position.id: Filled(
            one.position, one.number, one.filled_at, one.days, tuple(applied[one.position.id]),
            interviews.get(one.position.id, 0), hires[one.position.id],
        )
        for one in chosen
    }  # fmt: skip


def position(vacancy: Any) -> Position:
    """What makes it like another one. vacancy: one, or a row of its columns."""
    pay = monthly(vacancy.salary_max or vacancy.salary_min, vacancy.salary_period)
    return Position(
        vacancy.id, vacancy.title, vacancy.kind, vacancy.region, vacancy.city, vacancy.modality == "remote",
        pay if pay and pay > Decimal(0) else None,
    )  # fmt: skip


def open_vacancies(session: Session, unit: str, ids: Collection[UUID]) -> list[Vacancy]:
    """Those of them that are open, in the order of their ids."""
    query = select(Vacancy).where(Vacancy.unit == unit, Vacancy.state == "open", Vacancy.id.in_(ids))
    return _read(session, query.order_by(Vacancy.id))


def open_after(session: Session, unit: str, after: UUID | None, limit: int) -> list[Vacancy]:
    """The next open ones by their ids."""
    query = select(Vacancy).where(Vacancy.unit == unit, Vacancy.state == "open")
    if after is not None:
        query = query.where(Vacancy.id > after)
    return _read(session, query.order_by(Vacancy.id).limit(limit))


def long_without_interview(session: Session, units: Collection[str], limit: int, *, now: datetime) -> list[UUID]:
    """Open for long with nobody in an interview, the oldest first."""
    advanced = (
        select(Application.id)
        .join(Stage, Application.stage_id == Stage.id)
        .where(Application.vacancy_id == Vacancy.id, Stage.kind.in_(rules.ADVANCED))
        .exists()
    )
    late = now - timedelta(days=rules.NO_INTERVIEW_DAYS)
    query = select(Vacancy).where(Vacancy.state == "open", Vacancy.published_at < late, ~advanced)
    lanes = Vacancy.unit, list(units)
    rows = first(query, Vacancy.published_at, Vacancy.id, lanes, None, limit, descending=False)
    return list(session.scalars(rows.with_only_columns(Vacancy.id)))


def rows_of(session: Session, vacancy_ids: Collection[UUID]) -> dict[UUID, dict[str, VacancyAlert]]:
    """By vacancy and kind, what was raised and has not ended."""
    found: dict[UUID, dict[str, VacancyAlert]] = defaultdict(dict)
    query = select(VacancyAlert).where(VacancyAlert.vacancy_id.in_(vacancy_ids), VacancyAlert.ended_at.is_(None))
    for row in session.scalars(query):
        found[row.vacancy_id][row.kind] = row
    return found


def end_of_closed(session: Session, unit: str, *, now: datetime) -> None:
    """What was raised about vacancies that are no longer open has ended."""
    session.execute(
        update(VacancyAlert)
        .where(
            VacancyAlert.unit == unit, VacancyAlert.ended_at.is_(None),
            select(Vacancy.id).where(Vacancy.id == VacancyAlert.vacancy_id, Vacancy.state != "open").exists(),
        )
        .values(ended_at=now),
        execution_options={"synchronize_session": False},
    )  # fmt: skip


def _read(session: Session, query: Any) -> list[Vacancy]:
    return list(session.scalars(query.options(lazyload(Vacancy.company), lazyload(Vacancy.requirements))))


def _counts(rows: Any) -> dict[UUID, int]:
    return {row.vacancy_id: row.n for row in rows}


def _free_for(vacancy: Vacancy, free: Sequence[Row[Any]]) -> int:
    return sum(
        row.n for row in free
        if row.vacancy_id == vacancy.id
        or (row.vacancy_id is None and row.division_id in (None, vacancy.division_id))
    )  # fmt: skip
