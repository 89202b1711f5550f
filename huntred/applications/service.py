"""Apply, withdraw, and say how things stand; moving along the stages lives in moves.py."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from huntred.applications import moves, repository, rules
from huntred.applications.errors import (
    AlreadyApplied,
    AnswersMissing,
    ApplicationEnded,
    NoSuchStage,
    ProfileIncomplete,
)
from huntred.applications.events import ApplicationReceived, ApplicationWithdrawn
from huntred.applications.models import Application, Stage
from huntred.applications.types import Answer, ApplicationStatus
from huntred.db.unit_of_work import UnitOfWork
from huntred.disclosures import service as disclosures
from huntred.errors import NotFound
from huntred.people import service as people
from huntred.vacancies import service as vacancies
from huntred.vacancies.models import VacancyQuestion

__all__ = [
    "Answer", "ApplicationStatus", "applied_vacancies", "apply", "by_email", "forget_answers", "get",
    "get_by_number", "of_person", "questions", "stages", "withdraw",
]  # fmt: skip


def get(uow: UnitOfWork, application_id: UUID) -> Application:
    """Raises NotFound."""
    application = repository.get(uow.session, application_id)
    if application is None:
        raise NotFound(f"application {application_id}")
    return application


def get_by_number(uow: UnitOfWork, number: int, person_id: UUID) -> Application:
    """One of the person's own. Raises NotFound, also for somebody else's number."""
    application = repository.by_number(uow.session, number)
    if application is None or application.person_id != person_id:
        raise NotFound(f"application number {number}")
    return application


def stages(uow: UnitOfWork, unit: str | None = None) -> list[Stage]:
    """The columns of the unit's board, in order."""
    return repository.stages(uow.session, unit or uow.unit)


def questions(uow: UnitOfWork, vacancy_id: UUID) -> list[VacancyQuestion]:
    """The knock-out questions of an open vacancy, in order. Raises NotFound, VacancyNotOpen."""
    return list(vacancies.get_open(uow, vacancy_id).questions)


def applied_vacancies(uow: UnitOfWork, person_id: UUID) -> set[UUID]:
    """Vacancies that the person need not be shown again."""
    return repository.applied_vacancies(uow.session, uow.unit, person_id)


def apply(
    uow: UnitOfWork,
    vacancy_id: UUID,
    person_id: UUID,
    answers: list[Answer],
    conversation_id: UUID | None,
    *,
    now: datetime,
    score: Decimal | None = None,
    source: str = "chat",
) -> Application:
    """Apply once; after a withdrawal the same application opens again.

    A wrong answer to a knock-out question does not refuse the application: it is marked, and a person decides.
    score: as the vacancy was ranked for this person. Raises NotFound, VacancyNotOpen, ProfileIncomplete,
    AnswersMissing, FieldInvalid, AlreadyApplied.
    """
    vacancy = vacancies.get_open(uow, vacancy_id, hold=True)
    profile = people.held_profile(uow, person_id)
    person_id = profile.person_id
    missing = people.missing_fields(uow, person_id)
    if missing:
        raise ProfileIncomplete(missing)
    given, knocked_out = _judge(list(vacancy.questions), answers)
    first = _stage_of_kind(uow, "new")
    application = repository.of_vacancy_and_person(uow.session, vacancy.id, person_id)
    if application is not None and application.stage.kind != "withdrawn":
        raise AlreadyApplied(application.id, application.number)
    if application is None:
        application = Application(
            unit=vacancy.unit, division_id=vacancy.division_id, vacancy_id=vacancy.id, person_id=person_id,
            profile_id=profile.id, stage=first, created_at=now, generated=False, version=0,
        )  # fmt: skip
        from_stage = None
    else:
        from_stage = application.stage_id
        application.stage = first
        application.version += 1
    application.conversation_id = conversation_id
    application.score = score
    application.answers = given
    application.knocked_out = knocked_out
    application.source = source
    application.moved_at = now
    try:
        with uow.session.begin_nested():
            uow.session.add(application)
    except IntegrityError:
        # Another transaction applied for the same person in this very moment.
        other = repository.of_vacancy_and_person(uow.session, vacancy.id, person_id)
        if other is None:
            raise
        raise AlreadyApplied(other.id, other.number) from None
    moves.write(uow, application, from_stage, now=now)
    uow.session.flush()
    uow.record(ApplicationReceived(application.id), unit=application.unit)
    return application


def withdraw(uow: UnitOfWork, application_id: UUID, person_id: UUID, *, now: datetime) -> Application:
    """Take one's own application back; an interview ahead is cancelled. Again: nothing more happens.

    Raises NotFound (also for somebody else's), ApplicationEnded where it was rejected or ended in a hire.
    """
    application = moves.locked(uow, application_id)
    if application.person_id != person_id:
        raise NotFound(f"application {application_id}")
    if application.stage.kind == "withdrawn":
        return application
    if application.stage.kind in rules.ENDED_KINDS:
        raise ApplicationEnded(f"application {application.number} is {application.stage.kind}")
    moves.to_stage(uow, application, _stage_of_kind(uow, "withdrawn"), now=now)
    moves.cancel_interview(uow, application.id, "candidate", now=now)
    uow.record(ApplicationWithdrawn(application.id), unit=application.unit)
    return application


def of_person(uow: UnitOfWork, person_id: UUID, *, now: datetime | None = None) -> list[ApplicationStatus]:
    """The person's applications in this unit, newest first."""
    return _statuses(uow, [person_id], now)


def by_email(uow: UnitOfWork, email: str, *, now: datetime | None = None) -> list[ApplicationStatus]:
    """Applications of whoever has this address here; only after a code sent to it was given back."""
    people_ids = repository.people_of_email(uow.session, uow.unit, email.strip().lower())
    return _statuses(uow, people_ids, now) if people_ids else []


def forget_answers(uow: UnitOfWork, person_id: UUID) -> None:
    """Erase what the person answered; that they applied, and how it went, stays."""
    uow.session.execute(
        update(Application).where(Application.unit == uow.unit, Application.person_id == person_id).values(answers=[]),
        execution_options={"synchronize_session": False},
    )


def _statuses(uow: UnitOfWork, person_ids: list[UUID], now: datetime | None) -> list[ApplicationStatus]:
    # Interviews stand on applications; the other direction is only asked here.
    from huntred.interviews import service as interviews

    found = repository.of_people(uow.session, uow.unit, person_ids)
    ahead = interviews.ahead_of_applications(uow, [application.id for application in found], now=now)
    statuses = []
    for application in found:
        vacancy = application.vacancy
        interview = ahead.get(application.id)
        statuses.append(
            ApplicationStatus(
                application_id=application.id,
                number=application.number,
                vacancy_id=vacancy.id,
                title=vacancy.title,
                company=disclosures.company_shown(uow, vacancy, application.person_id),
                city=vacancy.city,
                stage_name=application.stage.name,
                stage_kind=application.stage.kind,
                applied_at=application.created_at,
                moved_at=application.moved_at,
                interview_id=interview.id if interview else None,
                interview_at=interview.slot.starts_at if interview else None,
            )
        )
    return statuses


def _judge(asked: list[VacancyQuestion], answers: list[Answer]) -> tuple[list[dict[str, Any]], bool]:
    given = {answer.question_id: answer.value for answer in answers}
    missing = [question.id for question in asked if question.id not in given]
    if missing:
        raise AnswersMissing(missing)
    judged: list[dict[str, Any]] = []
    for question in asked:
        raw = given[question.id]
        value = rules.read_answer(question.kind, raw) if isinstance(raw, str) else raw
        passed = rules.passes(question.kind, question.expected, value)
        shown = value if isinstance(value, bool) else str(value)
        judged.append({"question": question.text, "answer": shown, "passed": passed})
    return judged, not all(item["passed"] for item in judged)


def _stage_of_kind(uow: UnitOfWork, kind: str) -> Stage:
    for stage in repository.stages(uow.session, uow.unit):
        if stage.kind == kind:
            return stage
    raise NoSuchStage(f"{uow.unit} has no stage of kind {kind}")
