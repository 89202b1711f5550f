"""Applications: list, read, make and move; and the stages and reasons that a move names."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from backoffice import work
from backoffice.api import access
from backoffice.api.operations import Listed, Made, operation, require_match
from backoffice.api.resources.people import profile
from backoffice.api.resources.vacancies import listed
from backoffice.api.values import Given, Line, Name, PageQuery, Query, Text1000, Text2000, Time, Told
from huntred.applications import board_settings, moves, service
from huntred.applications.models import Application
from huntred.applications.types import Answer, Step

Kind = Literal["new", "screening", "interview", "offer", "hired", "rejected", "withdrawn"]


class ApplicationsQuery(PageQuery):
    """kind: of the stage; open: all that have not ended; all unless one is named."""

    text: Line = ""
    kind: Kind | Literal["open", ""] = ""
    vacancy: UUID | None = None


class StagesQuery(Query):
    """unit: needed where the token sees several."""

    unit: Name | None = None


class AnswerGiven(Given):
    question_id: UUID
    value: bool | float | Line


class NewApplication(Given):
    """person_id: as in /people. The vacancy is open, and its questions are all answered."""

    vacancy_id: UUID
    person_id: UUID
    answers: list[AnswerGiven] = Field([], max_length=50)


class MoveGiven(Given):
    """A rejection names a reason or says why. message: what the person is told, none where null."""

    to_stage_id: UUID
    reason: Text1000 = ""
    reject_reason_id: UUID | None = None
    message: Text2000 | None = None
    over_limit: bool = False


class StageTold(Told):
    id: UUID
    unit: str
    kind: Kind
    name: str
    wip_limit: int | None


class ReasonTold(Told):
    id: UUID
    name: str
    message: str


class BoardTold(Told):
    stages: list[StageTold]
    reject_reasons: list[ReasonTold]


class AnswerTold(Told):
    question: str
    answer: bool | str
    passed: bool


class ApplicationTold(Told):
    """version: grows with every move."""

    id: UUID
    number: int
    unit: str
    vacancy_id: UUID
    person_id: UUID
    stage: StageTold
    score: str | None
    answers: list[AnswerTold]
    knocked_out: bool
    source: str
    version: int
    moved_at: Time
    created_at: Time


def stage_told(stage: Any) -> StageTold:
    return StageTold(id=stage.id, unit=stage.unit, kind=stage.kind, name=stage.name, wip_limit=stage.wip_limit)


def application_told(row: Application) -> ApplicationTold:
    return ApplicationTold(
        id=row.id, number=row.number, unit=row.unit, vacancy_id=row.vacancy_id, person_id=row.profile_id,
        stage=stage_told(row.stage), score=None if row.score is None else str(row.score),
        answers=[AnswerTold(**answer) for answer in row.answers], knocked_out=row.knocked_out, source=row.source,
        version=row.version, moved_at=row.moved_at, created_at=row.created_at,
    )  # fmt: skip


@operation("GET", "/api/v1/stages", "applications:read", query=StagesQuery, answer=BoardTold)
def get_stages(query: StagesQuery) -> BoardTold:
    uow = work.work_of(access.unit_of_new(query.unit))
    return BoardTold(
        stages=[stage_told(stage) for stage in service.stages(uow)],
        reject_reasons=[
            ReasonTold(id=one.id, name=one.name, message=one.message) for one in board_settings.reasons(uow)
        ],
    )


@operation(
    "GET", "/api/v1/applications", "applications:read", query=ApplicationsQuery, answer=ApplicationTold, many=True
)
def list_applications(query: ApplicationsQuery) -> Listed:
    args = {"text": query.text[:100], "kind": query.kind}
    args |= {"vacancy": str(query.vacancy)} if query.vacancy else {}
    return Listed(*listed("applications", query, args, application_told))


@operation("GET", "/api/v1/applications/<uuid:id>", "applications:read", answer=ApplicationTold)
def get_application(id: UUID) -> ApplicationTold:
    return application_told(service.get(work.current_work(), id))


@operation(
    "POST", "/api/v1/applications", "applications:write", body=NewApplication, answer=ApplicationTold, status=201
)
def create_application(body: NewApplication) -> Made:
    person = profile(body.person_id)
    answers = [
        Answer(one.question_id, Decimal(str(one.value)) if isinstance(one.value, float) else one.value)
        for one in body.answers
    ]
    made = service.apply(
        work.work_of(person.unit), body.vacancy_id, person.person_id, answers, None, now=work.now(), source="api"
    )
    work.session.refresh(made)
    return Made(application_told(made), ("api.get_application", {"id": made.id}))


@operation(
    "POST", "/api/v1/applications/<uuid:id>/move", "applications:write", body=MoveGiven, answer=ApplicationTold,
    matched=True,
)  # fmt: skip
def move_application(id: UUID, body: MoveGiven) -> ApplicationTold:
    row = moves.locked(work.current_work(), id)
    require_match(application_told(row))
    uow = work.work_of(row.unit)
    rejects = any(stage.id == body.to_stage_id and stage.kind == "rejected" for stage in service.stages(uow))
    # History names users; what a program did is said in the reason. A rejection says why itself.
    reason = body.reason if body.reason or rejects else f"API · {access.caller().name}"
    step = Step(
        body.to_stage_id, None, reason=reason, reject_reason_id=body.reject_reason_id, message=body.message,
        over_limit=body.over_limit,
    )  # fmt: skip
    return application_told(moves.move(uow, id, step, row.version, now=work.now()))
