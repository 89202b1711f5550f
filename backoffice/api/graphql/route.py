"""`POST /graphql`: GraphQL over HTTP, entered as `/api/v1` is: a bearer token, counted by the minute, no cookie."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from flask import Response, request
from graphql import GraphQLError
from pydantic import Field, ValidationError
from sqlalchemy import text

from backoffice import work
from backoffice.api import problems
from backoffice.api.graphql.limits import Refused
from backoffice.api.graphql.loaders import Loaders
from backoffice.api.graphql.schema import SCHEMA
from backoffice.api.operations import blueprint
from backoffice.api.problems import Problem
from backoffice.api.values import Query
from huntred.errors import HuntredError

_OWN_TYPE = "application/graphql-response+json"
# As the query calls what the operations call otherwise.
_NAMES = {"cursor": "after", "limit": "first", "from_": "from"}


class Asked(Query):
    """The body, as GraphQL over HTTP has it; extensions and what else there is say nothing."""

    query: str = ""
    variables: dict[str, Any] | None = None
    operation_name: str | None = Field(None, alias="operationName")


@blueprint.post("/graphql")
def graphql() -> Response:
    """Answer one query. Nothing that it leads to can write."""
    asked = _asked()
    # Whatever is called here by mistake, PostgreSQL refuses to write it.
    work.session.execute(text("SET TRANSACTION READ ONLY"))
    try:
        if not asked.query.strip():
            raise Refused("query_missing")
        found = asyncio.run(
            SCHEMA.execute(
                asked.query, variable_values=asked.variables, operation_name=asked.operation_name,
                context_value=Loaders(),
            )
        )  # fmt: skip
        data, errors = found.data, found.errors or []
    except GraphQLError as error:
        data, errors = None, [error]
    # All is read: nothing is left for the edge to commit, nor to audit as a change.
    work.refuse()
    body: dict[str, Any] = {"errors": [_told(error) for error in errors]} if errors else {}
    body |= {"data": data} if data is not None else {}
    kind = request.accept_mimetypes.best_match([_OWN_TYPE, "application/json"], default="application/json")
    status = 400 if data is None and kind == _OWN_TYPE else 200
    return Response(json.dumps(body, ensure_ascii=False), status, mimetype=kind)


def _asked() -> Asked:
    """Raises Problem."""
    if request.mimetype != "application/json":
        raise Problem("not_json")
    try:
        return Asked.model_validate_json(request.get_data())
    except ValidationError as error:
        raise problems.of_body(error) from None


def _told(error: GraphQLError) -> dict[str, Any]:
    """The error as the API words it: `code` is stable. Raises what is a fault of ours."""
    cause = error.original_error
    told: dict[str, Any] = error.formatted  # type: ignore[assignment]
    if isinstance(cause, Problem | HuntredError):
        refusal = problems.answer(cause) if isinstance(cause, Problem) else problems.of_business(cause)
        problem = json.loads(refusal.get_data())
        faults = [fault | {"parameter": _NAMES.get(fault["parameter"], fault["parameter"])}
                  if "parameter" in fault else fault for fault in problem.get("errors", [])]  # fmt: skip
        extensions = {"code": problem["code"]} | ({"errors": faults} if faults else {})
        return told | {"message": problem["detail"], "extensions": extensions}
    # What has no path was refused before it ran: a value, say, that is no id.
    if error.path and cause is not None and not isinstance(cause, GraphQLError):
        raise cause
    if "code" in (error.extensions or {}):
        return told
    message = problems.texts()["graphql"]["query_invalid"]
    return told | {"message": message, "extensions": {"code": "query_invalid", "reason": error.message}}
