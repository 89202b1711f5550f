"""What wants somebody in a unit's open vacancies, and what was set aside.

The figures are always those of this moment and of what this scope sees. Rows keep only that something was raised, told
and set aside: they are written by the worker (`keep`), and by whoever sets something aside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import case, func, select, update
from sqlalchemy.orm import aliased

from huntred.attention import repository, rules
from huntred.attention.errors import AlertOver
from huntred.attention.models import VacancyAlert
from huntred.attention.types import Alert, Attention, Comparison, Dismissed, Facts, Untold
from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import FieldInvalid, NotFound
from huntred.vacancies import service as vacancies
from huntred.vacancies.models import Vacancy

__all__ = [
    "attention_to", "dismiss", "keep", "mark_told", "of_all", "raised", "raised_count", "recall", "untold",
    "wanting",
]  # fmt: skip

LONGEST_REASON = 300
_AT_ONCE = 200


def attention_to(uow: UnitOfWork, vacancy: Vacancy, *, now: datetime) -> Attention:
    """Of one vacancy of the unit; alerts are raised while it is open."""
    return of_all(uow, [vacancy], now=now)[vacancy.id]


def of_all(uow: UnitOfWork, among: Sequence[Vacancy], *, now: datetime) -> dict[UUID, Attention]:
    """Of each of these vacancies of the unit, in their order."""
    found = _read(uow, among, now=now)
    rows = repository.rows_of(uow.session, [vacancy.id for vacancy in among])
    told: dict[UUID, Attention] = {}
    for facts, comparison, alerts in found:
        here = rows.get(facts.position.id, {})
        aside = [
            Dismissed(alert, here[alert.kind].dismissed_reason, here[alert.kind].dismissed_by, at)
            for alert in alerts
            if alert.kind in here and _is_aside(here[alert.kind], alert)
            for at in [here[alert.kind].dismissed_at] if at is not None
        ]  # fmt: skip
        kinds = {one.alert.kind for one in aside}
        told[facts.position.id] = Attention(
            facts, comparison, tuple(alert for alert in alerts if alert.kind not in kinds), tuple(aside)
        )
    return told


def raised(uow: UnitOfWork, units: Sequence[str], *, first_of: UUID | None, limit: int) -> list[UUID]:
    """Return vacancies of these units about which something is raised: this consultant's first, then by how much.

    What the worker wrote minutes ago: whoever shows it looks at the facts again (`of_all`).
    """
    mine = case((Vacancy.consultant_id == first_of, 0), else_=1)
    rows = uow.session.execute(
        select(VacancyAlert.vacancy_id)
        .join(Vacancy, Vacancy.id == VacancyAlert.vacancy_id)
        .where(
            VacancyAlert.unit.in_(units), VacancyAlert.ended_at.is_(None), VacancyAlert.dismissed_at.is_(None),
            Vacancy.state == "open",
        )
        .group_by(VacancyAlert.vacancy_id, Vacancy.consultant_id)
        .order_by(mine, func.count().desc(), func.min(VacancyAlert.raised_at), VacancyAlert.vacancy_id)
        .limit(limit)
    )  # fmt: skip
    return [row.vacancy_id for row in rows]


def wanting(
    uow: UnitOfWork, units: Sequence[str], *, first_of: UUID | None, limit: int, now: datetime
) -> list[UUID]:
    """Likewise; those that are long without an interview are looked up besides, whatever the worker has written."""
    ids = raised(uow, units, first_of=first_of, limit=limit)
    late = repository.long_without_interview(uow.session, units, limit, now=now)
    return [*ids, *(one for one in late if one not in ids)]


def raised_count(uow: UnitOfWork, vacancy_id: UUID) -> int:
    """How many alerts the worker last saw: the room that is kept for them."""
    query = select(func.count()).select_from(VacancyAlert).where(
        VacancyAlert.vacancy_id == vacancy_id, VacancyAlert.ended_at.is_(None), VacancyAlert.dismissed_at.is_(None)
    )  # fmt: skip
    return int(uow.session.scalar(query) or 0)


def untold(uow: UnitOfWork, *, last_told_before: datetime) -> dict[UUID, list[Untold]]:
    """By consultant, what is raised about their vacancies and was told to nobody; who was told later is left out.

    Vacancies of a demonstration are left out too.
    """
    told_later = (
        select(VacancyAlert.id)
        .where(VacancyAlert.told_to == Vacancy.consultant_id, VacancyAlert.told_at >= last_told_before)
        .correlate(Vacancy)
        .exists()
    )
    one = aliased(VacancyAlert)
    rows = uow.session.execute(
        select(one.id, one.kind, Vacancy.consultant_id, Vacancy.id, Vacancy.title, Vacancy.number)
        .join(Vacancy, Vacancy.id == one.vacancy_id)
        .where(
            one.unit == uow.unit, one.ended_at.is_(None), one.dismissed_at.is_(None), one.told_at.is_(None),
            Vacancy.state == "open", Vacancy.generated.is_(False), Vacancy.consultant_id.is_not(None), ~told_later,
        )
        .order_by(Vacancy.consultant_id, Vacancy.number, one.raised_at)
        .limit(_AT_ONCE)
        .with_for_update(of=one, skip_locked=True)
    ).all()  # fmt: skip
    found: dict[UUID, dict[UUID, Untold]] = {}
    for row_id, kind, consultant_id, vacancy_id, title, number in rows:
        if consultant_id is None:
            continue
        of_user = found.setdefault(consultant_id, {})
        there = of_user.get(vacancy_id, Untold(vacancy_id, title, number, (), ()))
        of_user[vacancy_id] = replace(there, kinds=(*there.kinds, kind), rows=(*there.rows, row_id))
    return {user_id: list(of_user.values()) for user_id, of_user in found.items()}


def mark_told(uow: UnitOfWork, row_ids: Sequence[UUID], user_id: UUID, *, now: datetime) -> None:
    """Note that somebody was told of these."""
    uow.session.execute(
        update(VacancyAlert).where(VacancyAlert.id.in_(row_ids)).values(told_at=now, told_to=user_id),
        execution_options={"synchronize_session": False},
    )


def dismiss(uow: UnitOfWork, vacancy_id: UUID, kind: str, reason: str, user_id: UUID, *, now: datetime) -> None:
    """Set an alert aside until the facts get worse or are others. Raises NotFound, FieldInvalid, AlertOver."""
    vacancies.hold(uow, vacancy_id)
    vacancy = vacancies.get(uow, vacancy_id)
    if kind not in rules.KINDS:
        raise NotFound(f"alert {kind}")
    if not reason.strip():
        raise FieldInvalid("dismiss_reason", "missing")
    if len(reason) > LONGEST_REASON:
        raise FieldInvalid("dismiss_reason", "too_long")
    [(_, _, alerts)] = _read(uow, [vacancy], now=now)
    alert = next((one for one in alerts if one.kind == kind), None)
    if alert is None:
        raise AlertOver(kind)
    row = repository.rows_of(uow.session, [vacancy_id])[vacancy_id].get(kind) or _raise(uow, vacancy, alert, now)
    row.dismissed_at, row.dismissed_by, row.dismissed_reason = now, user_id, reason.strip()
    row.dismissed_key, row.dismissed_level = alert.key, alert.level
    uow.session.flush()


def recall(uow: UnitOfWork, vacancy_id: UUID, kind: str) -> None:
    """Let an alert that was set aside be shown again; what was not stays as it is. Raises NotFound."""
    if kind not in rules.KINDS:
        raise NotFound(f"alert {kind}")
    row = repository.rows_of(uow.session, [vacancies.get(uow, vacancy_id).id])[vacancy_id].get(kind)
    if row is not None:
        _show_again(row)
        uow.session.flush()


def keep(uow: UnitOfWork, after: UUID | None, *, now: datetime) -> UUID | None:
    """Bring the rows of the next open vacancies of the unit up to the facts; return where to go on, none at the end.

    What the facts no longer say has ended: where they say it again later, it is a new one and is told again.
    """
    among = repository.open_after(uow.session, uow.unit, after, _AT_ONCE)
    if after is None:
        repository.end_of_closed(uow.session, uow.unit, now=now)
    rows = repository.rows_of(uow.session, [vacancy.id for vacancy in among])
    by_id = {vacancy.id: vacancy for vacancy in among}
    for facts, _, alerts in _read(uow, among, now=now):
        here = rows.get(facts.position.id, {})
        for alert in alerts:
            row = here.get(alert.kind)
            if row is None:
                _raise(uow, by_id[facts.position.id], alert, now)
            else:
                row.key, row.level = alert.key, alert.level
                if row.dismissed_at is not None and not _is_aside(row, alert):
                    _show_again(row)
        for kind in here.keys() - {alert.kind for alert in alerts}:
            here[kind].ended_at = now
    uow.session.flush()
    return among[-1].id if len(among) == _AT_ONCE else None


def _read(
    uow: UnitOfWork, among: Sequence[Vacancy], *, now: datetime
) -> list[tuple[Facts, Comparison, tuple[Alert, ...]]]:
    if not among:
        return []
    by_id = {vacancy.id: vacancy for vacancy in among}
    filled = repository.filled(uow.session, uow.unit)
    facts_of = repository.facts(uow.session, uow.unit, among, now=now)
    chosen = [rules.choose(facts.position, filled) for facts in facts_of]
    # What came to them is read at once, for those alone that something is put beside.
    whole = repository.with_what_came(
        uow.session, list({one.position.id: one for comparison in chosen for one in comparison.alike}.values())
    )
    found = []
    for facts, comparison in zip(facts_of, chosen, strict=True):
        complete = rules.completed(comparison, whole)
        alerts = rules.alerts(facts, complete) if by_id[facts.position.id].state == "open" else ()
        found.append((facts, complete, alerts))
    return found


def _is_aside(row: VacancyAlert, alert: Alert) -> bool:
    return row.dismissed_at is not None and rules.stays_dismissed(
        alert, key=row.dismissed_key, level=row.dismissed_level
    )


def _raise(uow: UnitOfWork, vacancy: Vacancy, alert: Alert, now: datetime) -> VacancyAlert:
    row = VacancyAlert(
        unit=vacancy.unit, vacancy_id=vacancy.id, kind=alert.kind, key=alert.key, level=alert.level, raised_at=now
    )
    uow.session.add(row)
    return row


def _show_again(row: VacancyAlert) -> None:
    row.dismissed_at, row.dismissed_by, row.dismissed_reason = None, None, ""
    row.dismissed_key, row.dismissed_level = "", 0
