"""Several rows changed at once: first what it would do to each, then the doing, each row by its service.

A row that a rule refuses stays as it is and is said; the others go on. What can be undone is named with the result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backoffice import work
from huntred.applications import service as applications
from huntred.applications.models import Application, Stage
from huntred.applications.rules import ENDED_KINDS
from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import FieldInvalid, NotFound, RuleBroken
from huntred.people.service import full_name
from huntred.vacancies import rules
from huntred.vacancies import service as vacancies
from huntred.vacancies.models import Vacancy

MOST = 200
VACANCY_STEPS: dict[str, Callable[..., Vacancy]] = {
    "publish": vacancies.publish, "pause": vacancies.pause, "close": vacancies.close
}  # fmt: skip
# (step, state before) → the step that takes it back.
_BACK = {("pause", "open"): "publish", ("publish", "paused"): "pause"}
TARGETS = ("screening", "interview", "offer", "rejected")


@dataclass(frozen=True)
class Change:
    """What happens, or happened, to one row. before, after: codes or names; refusal: `code|field|problem`, else empty.

    back: what undoes it (a step, or the stage it came from), empty where nothing does. now: what it then stands at.
    """

    id: UUID
    number: int
    name: str
    before: str
    after: str = ""
    refusal: str = ""
    back: str = ""
    now: str = ""


def vacancies_planned(ids: Sequence[UUID], step: str) -> list[Change]:
    """Raises NotFound."""
    return [_vacancy_plan(vacancies.get(work.current_work(), one), step) for one in ids]


def vacancies_done(ids: Sequence[UUID], step: str, user_id: UUID, *, now: datetime) -> list[Change]:
    """Take the step with each that allows it. Raises NotFound before anything is changed."""
    uow = work.current_work()
    planned = [(vacancy, _vacancy_plan(vacancy, step)) for vacancy in [vacancies.get(uow, one) for one in ids]]
    return [
        _done(plan, lambda v=vacancy: VACANCY_STEPS[step](work.work_of(v.unit), v.id, user_id, now=now))  # type: ignore[misc]
        for vacancy, plan in planned
    ]


def _vacancy_plan(vacancy: Vacancy, step: str) -> Change:
    before, refusal, after = vacancy.state, "", ""
    with _refusal() as refused:
        after = rules.next_state(before, step)
        missing = rules.missing_to_publish(vacancy.title, vacancy.description, vacancy.city, vacancy.modality)
        if step == "publish" and missing:
            raise FieldInvalid(missing[0], "missing")
    refusal = refused[0] if refused else ""
    back = _BACK.get((step, before), "")
    return Change(vacancy.id, vacancy.number, vacancy.title, before, after, refusal, "" if refusal else back, after)


def applications_planned(ids: Sequence[UUID], kind: str, reason: str) -> list[Change]:
    """Raises NotFound."""
    uow = work.current_work()
    return [_application_plan(uow, applications.get(uow, one), kind, reason)[0] for one in ids]


def applications_done(ids: Sequence[UUID], kind: str, reason: str, user_id: UUID, *, now: datetime) -> list[Change]:
    """Move each that allows it to the first stage of the kind in its unit. Raises NotFound before anything is moved."""
    uow = work.current_work()
    found = [applications.get(uow, one) for one in ids]
    changes = []
    for application in found:
        plan, stage = _application_plan(uow, application, kind, reason)
        if stage is None:
            changes.append(plan)
            continue
        changes.append(_done(plan, _mover(application, stage.id, application.stage_id, reason, user_id, now)))
    return changes


def applications_undone(moves: Sequence[tuple[UUID, UUID, UUID]], user_id: UUID, *, now: datetime) -> list[Change]:
    """Move each back where it still stands where it was moved to. moves: (application, back to, moved to)."""
    uow = work.current_work()
    changes = []
    for application_id, back, expected in moves:
        application = applications.get(uow, application_id)
        target = next((stage for stage in applications.stages(uow, application.unit) if stage.id == back), None)
        if target is None:
            raise NotFound(f"stage {back}")
        plan = Change(
            application.id, application.number, full_name(application.profile), application.stage.name, target.name
        )
        changes.append(_done(plan, _mover(application, back, expected, "", user_id, now)))
    return changes


def _mover(
    application: Application, to: UUID, expected: UUID, reason: str, user_id: UUID, now: datetime
) -> Callable[[], object]:
    return lambda: applications.move(
        work.work_of(application.unit), application.id, to, user_id, reason, expected, now=now
    )


def _application_plan(uow: UnitOfWork, application: Application, kind: str, reason: str) -> tuple[Change, Stage | None]:
    stage = next((one for one in applications.stages(uow, application.unit) if one.kind == kind), None)
    refusal = ""
    if application.stage.kind in ENDED_KINDS:
        refusal = "application_ended||"
    elif stage is None or stage.id == application.stage_id:
        refusal = "already_there||"
    elif kind == "rejected" and not reason:
        refusal = "field_invalid|reason|missing"
    change = Change(
        application.id, application.number, full_name(application.profile), application.stage.name,
        stage.name if stage else "", refusal, "" if refusal else str(application.stage_id),
        "" if refusal or stage is None else str(stage.id),
    )  # fmt: skip
    return change, None if refusal else stage


def _done(plan: Change, act: Callable[[], object]) -> Change:
    """Do one of many; what is refused is undone alone."""
    if plan.refusal:
        return plan
    with _refusal() as refused, work.session.begin_nested():
        act()
        work.session.flush()
    if not refused:
        return plan
    return Change(plan.id, plan.number, plan.name, plan.before, plan.after, refused[0])


@contextmanager
def _refusal() -> Iterator[list[str]]:
    refused: list[str] = []
    try:
        yield refused
    except NotFound:
        raise
    except RuleBroken as error:
        refused.append(f"{error.code}|{getattr(error, 'field', '')}|{getattr(error, 'problem', '')}")
