"""Propose a plan, mark its steps, and let the team write it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, text

from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import FieldInvalid, NotFound
from huntred.learning import rules
from huntred.learning.models import LearningStep
from huntred.matching import service as matching
from huntred.matching.nearest import Nearest
from huntred.matching.ports import Ranker
from huntred.matching.types import SearchQuery

# Of the vacancies of the wish, so many of the best are looked at.
_LOOKED_AT = 20


@dataclass(frozen=True)
class Proposed:
    """looked_at: how many open vacancies of the wish there were; added: steps that are new."""

    looked_at: int
    added: int


def steps_of(uow: UnitOfWork, person_id: UUID) -> list[LearningStep]:
    """Return the person's plan in this unit, in its order."""
    query = select(LearningStep).where(LearningStep.unit == uow.unit, LearningStep.person_id == person_id)
    return list(uow.session.scalars(query.order_by(LearningStep.ord, LearningStep.created_at)))


def propose(
    uow: UnitOfWork, ranker: Ranker, person_id: UUID, wish: str, *, now: datetime, nearest: Nearest | None = None
) -> Proposed:
    """Add what the vacancies of the wish ask for and the person lacks, up to five open steps.

    What stands in the plan stays as it is; the same again adds nothing. Skills alone are looked at, by the evidence
    of the matching, which knows nothing that the law forbids to weigh.
    """
    # One at a time for each person: two turns must not number their steps alike.
    _hold(uow, person_id)
    ranked = matching.vacancies_for(
        uow, ranker, person_id, SearchQuery(title=wish), limit=_LOOKED_AT, now=now, nearest=nearest
    )
    there = steps_of(uow, person_id)
    known = {step.skill_key for step in there}
    room = rules.MOST_OPEN - sum(step.state == "open" for step in there)
    lacks = rules.lacking([(one.vacancy.number, one.evidence) for one in ranked])
    new = [lack for lack in lacks if rules.key_of(lack.skill) not in known][: max(room, 0)]
    last = there[-1].ord if there else 0
    uow.session.add_all(
        LearningStep(
            unit=uow.unit, person_id=person_id, ord=last + number, skill=lack.skill, skill_key=rules.key_of(lack.skill),
            wish=wish, asked_by=lack.asked_by, looked_at=len(ranked), vacancies=lack.vacancies[:3], source="matching",
            state="open", created_at=now,
        )
        for number, lack in enumerate(new, 1)
    )  # fmt: skip
    uow.session.flush()
    return Proposed(len(ranked), len(new))


def mark(uow: UnitOfWork, step_id: UUID, done: bool, by: str, *, now: datetime) -> LearningStep:
    """Note that a step is done, or open again; the same again changes nothing. Raises NotFound."""
    step = get(uow, step_id)
    wanted = "done" if done else "open"
    if step.state != wanted:
        step.state, step.done_at, step.done_by = wanted, now if done else None, by if done else ""
        uow.session.flush()
    return step


def add(uow: UnitOfWork, person_id: UUID, skill: str, note: str, *, now: datetime) -> LearningStep:
    """A step that the team writes; who stands there already is corrected. Raises NotFound, FieldInvalid."""
    _hold(uow, person_id)
    _check(skill, note)
    there = steps_of(uow, person_id)
    if any(step.skill_key == rules.key_of(skill) for step in there):
        raise FieldInvalid("step_skill", "already_there")
    step = LearningStep(
        unit=uow.unit, person_id=person_id, ord=(there[-1].ord if there else 0) + 1, skill=" ".join(skill.split()),
        skill_key=rules.key_of(skill), note=note.strip(), source="consultant", state="open", vacancies=[],
        created_at=now,
    )  # fmt: skip
    uow.session.add(step)
    uow.session.flush()
    return step


def write(uow: UnitOfWork, step_id: UUID, skill: str, note: str) -> LearningStep:
    """Change what a step says. Raises NotFound, FieldInvalid."""
    step = get(uow, step_id)
    _check(skill, note)
    others = (one for one in steps_of(uow, step.person_id) if one.id != step_id)
    if any(one.skill_key == rules.key_of(skill) for one in others):
        raise FieldInvalid("step_skill", "already_there")
    step.skill, step.skill_key, step.note = " ".join(skill.split()), rules.key_of(skill), note.strip()
    uow.session.flush()
    return step


def remove(uow: UnitOfWork, step_id: UUID) -> None:
    """Raises NotFound."""
    uow.session.delete(get(uow, step_id))
    uow.session.flush()


def get(uow: UnitOfWork, step_id: UUID) -> LearningStep:
    """Raises NotFound."""
    step = uow.session.get(LearningStep, step_id)
    if step is None:
        raise NotFound(f"learning step {step_id}")
    return step


def forget(uow: UnitOfWork, person_id: UUID) -> None:
    """Take the plan of a person who is erased."""
    uow.session.execute(
        delete(LearningStep).where(LearningStep.unit == uow.unit, LearningStep.person_id == person_id),
        execution_options={"synchronize_session": False},
    )


def _hold(uow: UnitOfWork, person_id: UUID) -> None:
    """One at a time for each person, until the transaction ends."""
    uow.session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:who, 20))"), {"who": str(person_id)})


def _check(skill: str, note: str) -> None:
    if not skill.strip():
        raise FieldInvalid("step_skill", "missing")
    if len(skill) > rules.LONGEST_SKILL:
        raise FieldInvalid("step_skill", "too_long")
    if len(note) > rules.LONGEST_NOTE:
        raise FieldInvalid("step_note", "too_long")
