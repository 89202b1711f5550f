"""An operation: one route with what it takes and gives, which makes both the route and its part of the document.

A view is given the ids of the path, then `query` and `body` as they were declared. It returns the declared model, a
`Listed`, a `Made` (with the address of what is new), or None.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request, url_for
from pydantic import BaseModel, ValidationError

from backoffice import work
from backoffice.api import access, once, problems
from backoffice.api.problems import Problem

blueprint = Blueprint("api", __name__)


@dataclass(frozen=True)
class Operation:
    """scope: what the token needs. many: a page of the answer. matched: If-Match is needed. once: an Idempotency-Key
    is heard of."""

    name: str
    verb: str
    path: str
    scope: str
    query: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    answer: type[BaseModel] | None = None
    status: int = 200
    many: bool = False
    matched: bool = False

    @property
    def once(self) -> bool:
        return self.verb == "POST"


@dataclass(frozen=True)
class Listed:
    items: Sequence[BaseModel]
    next_cursor: str = ""


@dataclass(frozen=True)
class Made:
    """at: endpoint and ids of what is new."""

    found: BaseModel
    at: tuple[str, dict[str, Any]]


OPERATIONS: dict[str, Operation] = {}

View = Callable[..., BaseModel | Listed | Made | None]


def operation(verb: str, path: str, scope: str, **told: Any) -> Callable[[View], View]:
    """Register the decorated view under its own name."""

    def register(view: View) -> View:
        made = Operation(view.__name__, verb, path, scope, **told)
        OPERATIONS[made.name] = made
        blueprint.add_url_rule(path, made.name, functools.partial(_run, made, view), methods=[verb])
        return view

    return register


def tag(found: BaseModel) -> str:
    """Return the ETag of what is shown: another one as soon as anything in it changes."""
    return hashlib.sha256(found.model_dump_json().encode()).hexdigest()[:32]


def require_match(current: BaseModel) -> None:
    """What is about to be changed must stand as the caller read it; call it with the row locked. Raises Problem."""
    if tag(current) not in request.if_match and not request.if_match.star_tag:
        raise Problem("changed_meanwhile")


def _run(told: Operation, view: View, **ids: Any) -> Response:
    access.needs(told.scope)
    given = dict(ids)
    if told.query is not None:
        given["query"] = _query(told.query)
    if told.body is not None:
        given["body"] = _body(told.body)
    if told.matched and not request.headers.get("If-Match"):
        raise Problem("match_required")
    if told.once and "Idempotency-Key" in request.headers:
        return once.run(functools.partial(_answer, told, view, given))
    return _answer(told, view, given)


def _answer(told: Operation, view: View, given: dict[str, Any]) -> Response:
    found = view(**given)
    # What the database refuses is known before an answer is written.
    work.session.flush()
    if found is None:
        return Response(status=204)
    if isinstance(found, Listed):
        return _page(told, found)
    location = ""
    if isinstance(found, Made):
        location = url_for(found.at[0], **found.at[1])
        found = found.found
    response = Response(found.model_dump_json(), told.status, mimetype="application/json")
    response.set_etag(tag(found))
    if location:
        response.headers["Location"] = location
    if told.verb == "GET":
        response.make_conditional(request)
    return response


def _page(told: Operation, found: Listed) -> Response:
    items = ",".join(item.model_dump_json() for item in found.items)
    cursor = f'"{found.next_cursor}"' if found.next_cursor else "null"
    response = Response(f'{{"items":[{items}],"next_cursor":{cursor}}}', mimetype="application/json")
    if found.next_cursor:
        args = [(name, value) for name, value in request.args.items(multi=True) if name != "cursor"]
        response.headers["Link"] = f'<{request.path}?{urlencode([*args, ("cursor", found.next_cursor)])}>; rel="next"'
    return response


def _query(model: type[BaseModel]) -> BaseModel:
    try:
        return model.model_validate_strings(dict(request.args.items()))
    except ValidationError as error:
        raise problems.of_query(error) from None


def _body(model: type[BaseModel]) -> BaseModel:
    if request.mimetype != "application/json":
        raise Problem("not_json")
    try:
        return model.model_validate_json(request.get_data())
    except ValidationError as error:
        raise problems.of_body(error) from None
