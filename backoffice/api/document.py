"""The OpenAPI 3.1 document, made of the operations as they run; its words stand in document.yml."""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from backoffice.api.operations import OPERATIONS, Operation
from backoffice.api.values import CHANNEL_USER
from huntred.api_clients.rules import SCOPES

_REF = "#/components/schemas/{model}"
_PARAMETER = re.compile(r"<(?:uuid:)?(\w+)>")


@functools.cache
def words() -> dict[str, Any]:
    return dict(yaml.safe_load(Path(__file__).with_name("document.yml").read_text(encoding="utf-8")))


@functools.cache
def document() -> dict[str, Any]:
    """The whole document, as JSON holds it."""
    told = words()
    given = {one.body for one in OPERATIONS.values() if one.body}
    answers = {one.answer for one in OPERATIONS.values() if one.answer}
    pairs: list[Any] = [(model, "validation") for model in given] + [(model, "serialization") for model in answers]
    names, schemas = models_json_schema(sorted(pairs, key=lambda pair: pair[0].__name__), ref_template=_REF)
    return {
        "openapi": "3.1.0",
        "info": {"title": told["title"], "version": "1", "description": told["description"]},
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": text} for name, text in told["tags"].items()],
        "security": [{"oauth": []}],
        "paths": _paths(names),
        "components": {
            "schemas": {**schemas.get("$defs", {}), "Problem": told["problem"]},
            "securitySchemes": {"oauth": _oauth(told)},
            "headers": {name: {"schema": {"type": "string"}, "description": text}
                        for name, text in told["headers"].items()},
            "responses": {
                str(status): {
                    "description": text,
                    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
                }
                for status, text in told["refusals"].items()
            },
        },
    }  # fmt: skip


def _oauth(told: dict[str, Any]) -> dict[str, Any]:
    scopes = {scope: told["scopes"][scope] for scope in SCOPES}
    return {
        "type": "oauth2",
        "flows": {"clientCredentials": {"tokenUrl": "/api/v1/token", "refreshUrl": "/api/v1/token", "scopes": scopes}},
    }


def _paths(names: Any) -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for one in OPERATIONS.values():
        path = _PARAMETER.sub(r"{\1}", one.path)
        paths.setdefault(path, {})[one.verb.lower()] = _operation(one, names)
    return paths


def _operation(one: Operation, names: Any) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": one.name, "summary": words()["operations"][one.name], "tags": [one.scope.partition(":")[0]],
        "security": [{"oauth": [one.scope]}], "parameters": _parameters(one),
        "responses": {str(one.status): _success(one, names)} | _refusals(one),
    }  # fmt: skip
    if one.body is not None:
        told["requestBody"] = {
            "required": True, "content": {"application/json": {"schema": names[(one.body, "validation")]}},
        }  # fmt: skip
    return told


def _parameters(one: Operation) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": _id_schema(name, one.path)}
        for name in _PARAMETER.findall(one.path)
    ]
    if one.query is not None:
        found += _query(one.query)
    texts = words()["parameters"]
    if one.matched:
        found.append({
            "name": "If-Match", "in": "header", "required": True, "description": texts["If-Match"],
            "schema": {"type": "string", "minLength": 1, "example": '"0f3c"'},
        })  # fmt: skip
    if one.once:
        found.append({
            "name": "Idempotency-Key", "in": "header", "required": False, "description": texts["Idempotency-Key"],
            "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
        })  # fmt: skip
    return found


def _id_schema(name: str, path: str) -> dict[str, str]:
    """An id of ours, or the one that a person has on their channel."""
    ours = f"<uuid:{name}>" in path
    return {"type": "string"} | ({"format": "uuid"} if ours else {"pattern": CHANNEL_USER})


def _query(model: type[BaseModel]) -> list[dict[str, Any]]:
    schema = model.model_json_schema(ref_template=_REF)
    return [
        {"name": name, "in": "query", "required": False, "schema": _without_null(told)}
        for name, told in schema["properties"].items()
    ]


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """An address has no null: what may be absent is left out."""
    kinds = [kind for kind in schema.get("anyOf", []) if kind.get("type") != "null"]
    found = {name: value for name, value in schema.items() if name not in {"anyOf", "title"}}
    if found.get("default", "") is None:
        del found["default"]
    return found | (kinds[0] if len(kinds) == 1 else {"anyOf": kinds} if kinds else {})


def _success(one: Operation, names: Any) -> dict[str, Any]:
    told = words()["successes"]
    if one.answer is None:
        return {"description": told["nothing"]}
    schema = names[(one.answer, "serialization")]
    headers = ["ETag"]
    if one.many:
        headers = ["Link"]
        schema = {
            "type": "object", "additionalProperties": False, "required": ["items", "next_cursor"],
            "properties": {
                "items": {"type": "array", "items": schema},
                "next_cursor": {"anyOf": [{"type": "string"}, {"type": "null"}]},
            },
        }  # fmt: skip
    headers += ["Location"] if one.status == 201 else []
    headers += ["RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"]
    return {
        "description": told["page"] if one.many else told["one"],
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in headers},
        "content": {"application/json": {"schema": schema}},
    }


def _refusals(one: Operation) -> dict[str, Any]:
    statuses = ["400", "401", "403", "429", "500"]
    if "<" in one.path or one.verb == "POST" or one.query is not None:
        statuses.append("404")
    if one.verb != "GET":
        statuses += ["409", "422"]
    else:
        statuses += ["409"] if one.name == "list_free_slots" else []
        statuses += ["422"] if one.name == "get_stages" else []
    if one.body is not None:
        statuses += ["413", "415"]
    if one.matched:
        statuses += ["412", "428"]
    return {status: {"$ref": f"#/components/responses/{status}"} for status in sorted(statuses)}
