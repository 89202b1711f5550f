"""GraphQL's types made of the models that `/api/v1` tells, so that a field is declared once for both."""

from __future__ import annotations

import functools
from datetime import datetime
from types import UnionType
from typing import Annotated, Any, Generic, Literal, NewType, TypeVar, Union, get_args, get_origin

import strawberry
from pydantic import BaseModel
from strawberry.scalars import JSON

from backoffice.api.values import utc

T = TypeVar("T")

Time = NewType("Time", datetime)
TIME = strawberry.scalar(
    name="DateTime", description="ISO 8601, UTC.", serialize=utc, parse_value=datetime.fromisoformat
)


@strawberry.type
class PageInfo:
    has_next_page: bool
    end_cursor: str | None


@strawberry.type
class Edge(Generic[T]):
    cursor: str
    node: T


@strawberry.type
class Connection(Generic[T]):
    """A page by key: `after` takes the cursor of the last one that was shown."""

    edges: list[Edge[T]]
    nodes: list[T]
    page_info: PageInfo


@functools.cache
def shape(model: type[BaseModel], name: str = "") -> Any:
    """Return the type of a model: its fields under GraphQL's names; what is given for it is the model itself."""
    fields = {field: _kind(told.annotation) for field, told in model.model_fields.items()}
    made = type(name or model.__name__.removesuffix("Told"), (), {"__annotations__": fields})
    return strawberry.type(made)


def _kind(of: Any) -> Any:
    origin, args = get_origin(of), get_args(of)
    if origin is Annotated:
        return _kind(args[0])
    if origin in {Union, UnionType}:
        some = [_kind(one) for one in args if one is not type(None)]
        kind = some[0] if len(some) == 1 else JSON
        return kind | None if len(some) < len(args) else kind
    if origin is list:
        return list[_kind(args[0])]  # type: ignore[misc]
    if origin is dict:
        return JSON
    if origin is Literal:
        return str
    if of is datetime:
        return Time
    return shape(of) if isinstance(of, type) and issubclass(of, BaseModel) else of
