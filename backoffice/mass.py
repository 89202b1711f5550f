"""Several vacancies changed at once: first what it would do to each, then the doing, each by its service.

A row that a rule refuses stays as it is and is said; the others go on. What can be undone is named with the result.
Applications are moved together by the board's page (`backoffice/views/board.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backoffice import work
from huntred.errors import FieldInvalid, NotFound, RuleBroken
from huntred.vacancies import rules
from huntred.vacancies import service as vacancies
from huntred.vacancies.models import Vacancy

MOST = 200
VACANCY_STEPS: dict[str, Callable[..., Vacancy]] = {
    "publish": vacancies.publish, "pause": vacancies.pause, "close": vacancies.close
}  # fmt: skip
# (step, state before) → the step that takes it back.
_BACK = {("pause", "open"): "publish", ("publish", "paused"): "pause"}


@dataclass(frozen=True)
class Change:
    """What happens, or happened, to one row. before, after: states; refusal: `code|field|problem`, else empty.

    back: the step that undoes it, empty where none does.
    """

    id: UUID
    number: int
    name: str
    before: str
    after: str = ""
    refusal: str = ""
    back: str = ""


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
    return Change(vacancy.id, vacancy.number, vacancy.title, before, after, refusal, "" if refusal else back)


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
