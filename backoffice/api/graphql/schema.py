"""The schema: pages and single records, each asked of the operation of `/api/v1` that reads it, in its scope.

No future annotations here: strawberry reads them as they stand.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Annotated, Any, Optional
from uuid import UUID

import strawberry
from graphql import GraphQLError
from pydantic import ValidationError
from strawberry.extensions import SchemaExtension
from strawberry.schema.config import StrawberryConfig

from backoffice.api import access, problems
from backoffice.api.graphql import limits
from backoffice.api.graphql.loaders import Beneath, Loaders
from backoffice.api.graphql.shapes import TIME, Connection, Edge, PageInfo, Time, shape
from backoffice.api.operations import OPERATIONS, Listed
from backoffice.api.resources import applications, conversations, interviews, people, vacancies
from backoffice.api.resources.applications import ApplicationsQuery, ApplicationTold
from backoffice.api.resources.conversations import ConversationsQuery, ConversationTold, MessageTold
from backoffice.api.resources.interviews import InterviewsQuery, InterviewTold
from backoffice.api.resources.people import PeopleQuery, PersonTold
from backoffice.api.resources.vacancies import VacanciesQuery, VacancyTold
from backoffice.api.values import PageQuery
from huntred.pages import write_cursor

Info = strawberry.Info[Loaders, None]
Text = Optional[str]  # noqa: UP045  # strawberry reads it as it stands
Id = Optional[UUID]  # noqa: UP045


def _of(view: Callable[..., Any]) -> None:
    """Raises Problem where the token may not read what this operation reads."""
    access.needs(OPERATIONS[view.__name__].scope)


def _one(view: Callable[..., Any], id: UUID) -> Any:
    _of(view)
    return view(id)


def _query(model: type[PageQuery], first: int, after: str | None, told: Mapping[str, Any]) -> Any:
    given = {name: value for name, value in told.items() if value is not None}
    try:
        return model(cursor=after or "", limit=first, **given)
    except ValidationError as error:
        raise problems.of_query(error) from None


def _page(
    view: Callable[..., Any], model: type[PageQuery], at: Callable[[Any], datetime], first: int, after: str | None,
    **told: Any,
) -> Any:  # fmt: skip
    """at: the time by which the operation orders what it lists."""
    _of(view)
    return _connection(view(_query(model, first, after, told)), at)


async def _beneath(
    view: Callable[..., Any], loader: Any, at: Callable[[Any], datetime], parent: UUID, first: int, after: str | None
) -> Any:
    _of(view)
    query = _query(PageQuery, first, after, {})
    return _connection(await loader.load(Beneath(parent, query.limit, query.cursor)), at)


def _connection(found: Listed, at: Callable[[Any], datetime]) -> Any:
    edges: list[Any] = [Edge(cursor=write_cursor(at(one), one.id), node=one) for one in found.items]  # type: ignore[attr-defined]
    end = found.next_cursor or (edges[-1].cursor if edges else None)
    return Connection(
        edges=edges, nodes=list(found.items), page_info=PageInfo(has_next_page=bool(found.next_cursor), end_cursor=end)
    )


def _created(one: Any) -> datetime:
    return one.created_at


def _moved(one: ConversationTold) -> datetime:
    return one.last_message_at or one.created_at


Message = shape(MessageTold)


@strawberry.type
class Interview(shape(InterviewTold, "InterviewFacts")):
    @strawberry.field
    async def application(self, info: Info) -> Optional["Application"]:
        _of(applications.get_application)
        return await info.context.application.load(self.application_id)


@strawberry.type
class Application(shape(ApplicationTold, "ApplicationFacts")):
    @strawberry.field
    async def vacancy(self, info: Info) -> Optional["Vacancy"]:
        _of(vacancies.get_vacancy)
        return await info.context.vacancy.load(self.vacancy_id)

    @strawberry.field
    async def person(self, info: Info) -> Optional["Person"]:
        _of(people.get_person)
        return await info.context.person.load(self.person_id)

    @strawberry.field
    async def interviews(
        self, info: Info, first: int = limits.PAGE, after: Text = None
    ) -> Connection[Interview] | None:
        loader = info.context.interviews
        return await _beneath(interviews.list_interviews, loader, lambda one: one.booked_at, self.id, first, after)


@strawberry.type
class Vacancy(shape(VacancyTold, "VacancyFacts")):
    @strawberry.field
    async def applications(
        self, info: Info, first: int = limits.PAGE, after: Text = None
    ) -> Connection[Application] | None:
        loader = info.context.of_vacancy
        return await _beneath(applications.list_applications, loader, _created, self.id, first, after)


@strawberry.type
class Person(shape(PersonTold, "PersonFacts")):
    @strawberry.field
    async def applications(
        self, info: Info, first: int = limits.PAGE, after: Text = None
    ) -> Connection[Application] | None:
        loader = info.context.of_person
        return await _beneath(applications.list_applications, loader, _created, self.id, first, after)


@strawberry.type
class Conversation(shape(ConversationTold, "ConversationFacts")):
    @strawberry.field
    async def person(self, info: Info) -> Person | None:
        _of(people.get_person)
        return await info.context.person.load(self.person_id) if self.person_id else None

    @strawberry.field
    async def messages(
        self, info: Info, first: int = limits.PAGE, after: Text = None
    ) -> Connection[Message] | None:
        loader = info.context.messages
        return await _beneath(conversations.list_messages, loader, lambda one: one.at, self.id, first, after)


@strawberry.type
class Query:
    @strawberry.field
    def vacancies(
        self, first: int = limits.PAGE, after: Text = None, text: Text = None, state: Text = None, city: Text = None,
        company: Id = None,
    ) -> Connection[Vacancy] | None:  # fmt: skip
        told = {"text": text, "state": state, "city": city, "company": company}
        return _page(vacancies.list_vacancies, VacanciesQuery, _created, first, after, **told)

    @strawberry.field
    def people(
        self, first: int = limits.PAGE, after: Text = None, text: Text = None, place: Text = None, skill: Text = None
    ) -> Connection[Person] | None:
        told = {"text": text, "place": place, "skill": skill}
        return _page(people.list_people, PeopleQuery, lambda one: one.updated_at, first, after, **told)

    @strawberry.field
    def applications(
        self, first: int = limits.PAGE, after: Text = None, text: Text = None, kind: Text = None, vacancy: Id = None
    ) -> Connection[Application] | None:
        told = {"text": text, "kind": kind, "vacancy": vacancy}
        return _page(applications.list_applications, ApplicationsQuery, _created, first, after, **told)

    @strawberry.field
    def interviews(
        self, first: int = limits.PAGE, after: Text = None, state: Text = None,
        from_: Annotated[date | None, strawberry.argument(name="from")] = None, to: date | None = None,
    ) -> Connection[Interview] | None:  # fmt: skip
        told = {"state": state, "from": from_, "to": to}
        starts = lambda one: one.slot.starts_at  # noqa: E731
        return _page(interviews.list_interviews, InterviewsQuery, starts, first, after, **told)

    @strawberry.field
    def conversations(
        self, first: int = limits.PAGE, after: Text = None, handling: Text = None, text: Text = None
    ) -> Connection[Conversation] | None:
        told = {"handling": handling, "text": text}
        return _page(conversations.list_conversations, ConversationsQuery, _moved, first, after, **told)

    @strawberry.field
    def vacancy(self, id: UUID) -> Vacancy | None:
        return _one(vacancies.get_vacancy, id)

    @strawberry.field
    def person(self, id: UUID) -> Person | None:
        return _one(people.get_person, id)

    @strawberry.field
    def application(self, id: UUID) -> Application | None:
        return _one(applications.get_application, id)

    @strawberry.field
    def interview(self, id: UUID) -> Interview | None:
        return _one(interviews.get_interview, id)

    @strawberry.field
    def conversation(self, id: UUID) -> Conversation | None:
        return _one(conversations.get_conversation, id)


class _Limited(SchemaExtension):
    """The query is parsed once, here, and refused before anything of it is run."""

    def on_operation(self) -> Iterator[None]:
        told = self.execution_context
        told.graphql_document = limits.read(told.query or "", told.variables or {})
        yield


class _Schema(strawberry.Schema):
    def process_errors(self, errors: list[GraphQLError], execution_context: Any = None) -> None:
        """What is refused is told, not logged; what is a fault of ours is raised by the route."""


SCHEMA = _Schema(Query, extensions=[_Limited], config=StrawberryConfig(scalar_map={Time: TIME}))
