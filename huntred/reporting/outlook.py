"""The plots of what is ahead: vacancies likely to be filled, those that want somebody, people who grow.

What rules say of the open vacancies of today (the same rules as on their boards and pages) is computed here and handed
to the plots as facts, so that figures, rows and files are made of it as of any other. People are counted by facts
alone: steps of their plans, sessions with a mentor. Nothing is predicted of a person.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, lazyload

from huntred.attention import rules
from huntred.attention import service as attention
from huntred.db.unit_of_work import UnitOfWork
from huntred.predictions import service as predictions
from huntred.predictions.types import Prediction
from huntred.reporting.types import Plot, Wanted
from huntred.vacancies.models import Vacancy

LIKELY = "likely"
# Of each unit so many open vacancies, the newest, and so many that want somebody.
MOST_OPEN = 200

_COMPUTED = (
    "SELECT c.bar, '' AS series, c.value, c.note, c.subject_id, c.at, c.unit, c.generated"
    " FROM jsonb_to_recordset(CAST(:computed AS jsonb)) AS"
    " c(bar text, value float8, note text, subject_id uuid, at timestamptz, unit text, generated boolean)"
)
_OF_PERSON = (
    " (:generated OR NOT i.generated) AND (CAST(:division AS uuid) IS NULL OR EXISTS (SELECT 1 FROM applications a"
    " WHERE a.profile_id = i.id AND a.division_id = CAST(:division AS uuid)))"
)
# Who did a step of their plan in the period; where none is open any more, the whole plan.
_STEPS = (
    "SELECT CASE WHEN bool_or(s.state = 'open') THEN 'steps_done' ELSE 'plan_done' END AS bar, '' AS series,"
    " CAST(count(*) FILTER (WHERE s.state = 'done') AS float8) AS value, '' AS note, i.id AS subject_id,"
    " max(s.done_at) AS at, i.unit, i.generated"
    " FROM learning_steps s JOIN unit_profiles i ON i.person_id = s.person_id AND i.unit = s.unit"
    f" JOIN p ON p.unit = s.unit WHERE {_OF_PERSON} GROUP BY i.id, i.unit, i.generated, p.since, p.until"
    " HAVING bool_or(s.state = 'done' AND s.done_at >= p.since AND s.done_at < p.until)"
)
_MENTORED = (
    "SELECT 'mentored' AS bar, '' AS series, CAST(count(*) AS float8) AS value, '' AS note, i.id AS subject_id,"
    " max(m.starts_at) AS at, i.unit, i.generated"
    " FROM mentor_sessions m JOIN unit_profiles i ON i.person_id = m.person_id AND i.unit = m.unit"
    " JOIN p ON p.unit = m.unit AND m.starts_at >= p.since AND m.starts_at < p.until"
    f" WHERE m.state = 'done' AND {_OF_PERSON} GROUP BY i.id, i.unit, i.generated"
)

PLOTS = (
    Plot(LIKELY, "outlook", _COMPUTED, subject="vacancy", axis="bands", edges=(40.0, 60.0, 80.0),
         unit_of_value="percent", computed=True),
    Plot("attention", "outlook", _COMPUTED, subject="vacancy", axis="named", bars=rules.KINDS, computed=True),
    Plot("growth", "outlook", f"{_STEPS} UNION ALL {_MENTORED}", subject="person", axis="named",
         bars=("plan_done", "steps_done", "mentored")),
    Plot("learned", "outlook", subject="person", axis="ranked", facts=(
        "SELECT s.skill_key AS bar, '' AS series, CAST(NULL AS float8) AS value, s.skill AS note, i.id AS subject_id,"
        " s.done_at AS at, i.unit, i.generated"
        " FROM learning_steps s JOIN unit_profiles i ON i.person_id = s.person_id AND i.unit = s.unit"
        " JOIN p ON p.unit = s.unit AND s.done_at >= p.since AND s.done_at < p.until"
        f" WHERE s.state = 'done' AND {_OF_PERSON}"
    )),
)  # fmt: skip


def computed(session: Session, plot: Plot, wanted: Wanted) -> str:
    """Return the facts of a plot that is computed, as JSON."""
    found: list[dict[str, Any]] = []
    for unit in wanted.zones:
        found += _likely(session, unit, wanted) if plot.key == LIKELY else _attention(session, unit, wanted)
    return json.dumps(found)


def told(session: Session, wanted: Wanted) -> dict[str, Prediction]:
    """By unit, whether the chance to be filled is told, and on what."""
    return {
        unit: predictions.fill_chances(_work(session, unit), [], wanted.terms).summary for unit in wanted.zones
    }


def _likely(session: Session, unit: str, wanted: Wanted) -> list[dict[str, Any]]:
    query = (
        _open(wanted).where(Vacancy.unit == unit).order_by(Vacancy.published_at.desc(), Vacancy.id).limit(MOST_OPEN)
    )
    among = session.scalars(query.options(lazyload(Vacancy.company), lazyload(Vacancy.requirements))).all()
    chances = predictions.fill_chances(_work(session, unit), among, wanted.terms).by_id
    # Whole percents, as the board says them.
    return [
        _fact("", vacancy, round(chances[vacancy.id].value * 100), wanted.now)
        for vacancy in among if vacancy.id in chances
    ]  # fmt: skip


def _attention(session: Session, unit: str, wanted: Wanted) -> list[dict[str, Any]]:
    uow = _work(session, unit)
    ids = attention.wanting(uow, [unit], first_of=None, limit=MOST_OPEN, now=wanted.now)
    query = _open(wanted).where(Vacancy.id.in_(ids)).order_by(Vacancy.id)
    among: Sequence[Vacancy] = session.scalars(
        query.options(lazyload(Vacancy.company), lazyload(Vacancy.requirements))
    ).all()
    by_id = {vacancy.id: vacancy for vacancy in among}
    return [
        _fact(alert.kind, by_id[vacancy_id], None, wanted.now)
        for vacancy_id, one in attention.of_all(uow, among, now=wanted.now).items()
        for alert in one.alerts
    ]  # fmt: skip


def _open(wanted: Wanted) -> Any:
    query = select(Vacancy).where(Vacancy.state == "open")
    if wanted.division:
        query = query.where(Vacancy.division_id == wanted.division)
    return query if wanted.generated else query.where(Vacancy.generated.is_(False))


def _fact(bar: str, vacancy: Vacancy, value: int | None, now: datetime) -> dict[str, Any]:
    return {
        "bar": bar, "value": value, "note": "", "subject_id": str(vacancy.id),
        "at": (vacancy.published_at or now).isoformat(), "unit": vacancy.unit, "generated": vacancy.generated,
    }  # fmt: skip


def _work(session: Session, unit: str) -> UnitOfWork:
    return UnitOfWork(session, replace(session.info["scope"], units=(unit,)))
