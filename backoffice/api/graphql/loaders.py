"""What hangs on the rows of a page, read in one query for all of them. One set of loaders a request, in its scope.

Row-level security decides what is there, as everywhere; what is not comes as none, or as an empty page.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select
from strawberry.dataloader import DataLoader

from backoffice import work
from backoffice.api import access
from backoffice.api.operations import Listed
from backoffice.api.resources.applications import application_told
from backoffice.api.resources.conversations import message_told
from backoffice.api.resources.interviews import interview_told
from backoffice.api.resources.people import person_told
from backoffice.api.resources.vacancies import vacancy_told
from huntred.applications import repository as applications
from huntred.applications.models import Application
from huntred.conversations import repository as conversations
from huntred.db.each import first_of_each, pages
from huntred.interviews.models import Interview
from huntred.pages import Page
from huntred.people.models import UnitProfile
from huntred.vacancies import repository as vacancies


@dataclass(frozen=True)
class Beneath:
    """A page beneath one row. cursor: empty for its beginning."""

    parent: UUID
    limit: int
    cursor: str


class Loaders:
    """by id: vacancy, person, application. Pages by `Beneath`: applications of a vacancy, of a person, and so on."""

    def __init__(self) -> None:
        self.vacancy = _loader(_vacancies)
        self.person = _loader(_people)
        self.application = _loader(_applications)
        at = Application.created_at
        self.of_vacancy = _loader(_beneath(Application, Application.vacancy_id, at, application_told))
        self.of_person = _loader(_beneath(Application, Application.profile_id, at, application_told))
        self.interviews = _loader(_beneath(Interview, Interview.application_id, Interview.booked_at, interview_told))
        self.messages = _loader(_each(_messages))


def _loader(read: Callable[[Sequence[Any]], dict[Any, Any]]) -> DataLoader[Any, Any]:
    async def load(keys: list[Hashable]) -> list[Any]:
        found = read(keys)
        return [found.get(key) for key in keys]

    return DataLoader(load_fn=load)


def _vacancies(ids: Sequence[UUID]) -> dict[UUID, BaseModel]:
    session = work.current_work().session
    found = vacancies.by_ids(session, list(ids))
    vacancies.with_questions(session, list(found))
    return {id: vacancy_told(row) for id, row in found.items()}


def _people(ids: Sequence[UUID]) -> dict[UUID, BaseModel]:
    query = select(UnitProfile).where(UnitProfile.id.in_(ids), UnitProfile.unit.in_(access.caller().units))
    return {row.id: person_told(row) for row in work.current_work().session.scalars(query)}


def _applications(ids: Sequence[UUID]) -> dict[UUID, BaseModel]:
    found = applications.by_ids(work.current_work().session, list(ids))
    return {id: application_told(row) for id, row in found.items()}


Read = Callable[[Sequence[UUID], str, int], dict[UUID, Listed]]


def _each(read: Read) -> Callable[[Sequence[Beneath]], dict[Beneath, Listed]]:
    """One reading for all parents of whom the same page is asked for: a field of a query asks all alike."""

    def load(keys: Sequence[Beneath]) -> dict[Beneath, Listed]:
        found: dict[Beneath, Listed] = {}
        for cursor, limit in {(key.cursor, key.limit) for key in keys}:
            alike = [key for key in keys if (key.cursor, key.limit) == (cursor, limit)]
            of = read([key.parent for key in alike], cursor, limit)
            found |= {key: of[key.parent] for key in alike}
        return found

    return load


def _beneath(
    model: type[Any], parent: Any, order: Any, told: Callable[[Any], BaseModel]
) -> Callable[[Sequence[Beneath]], dict[Beneath, Listed]]:
    def place(row: Any) -> tuple[datetime, UUID]:
        return getattr(row, order.key), row.id

    def read(parents: Sequence[UUID], cursor: str, limit: int) -> dict[UUID, Listed]:
        query = first_of_each(model, parent, order, parents, cursor, limit)
        rows: Iterable[Any] = work.current_work().session.execute(query).unique()
        return _listed(pages(rows, parents, place, limit), told)

    return _each(read)


def _messages(parents: Sequence[UUID], cursor: str, limit: int) -> dict[UUID, Listed]:
    found = conversations.messages_of_each(work.current_work(), parents, cursor=cursor, limit=limit)
    return _listed(found, message_told)


def _listed(found: dict[UUID, Page[Any]], told: Callable[[Any], BaseModel]) -> dict[UUID, Listed]:
    return {id: Listed([told(row) for row in page.items], page.next_cursor) for id, page in found.items()}
