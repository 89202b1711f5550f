"""Errors as programs read them (RFC 9457); the words stand in problems.yml and, as the pages have them, texts.html."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from flask import Response, current_app, g
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException

from backoffice import work
from huntred.applications.errors import MovedMeanwhile
from huntred.errors import FieldInvalid, HuntredError, NotFound

MEDIA_TYPE = "application/problem+json"
_CODES = {
    "missing": "missing", "extra_forbidden": "unknown_field", "string_too_long": "too_long", "too_long": "too_many",
    "string_too_short": "missing", "too_short": "missing", "enum": "unknown", "literal_error": "unknown",
    "uuid_parsing": "unknown", "uuid_type": "unknown",
}  # fmt: skip


class Problem(Exception):
    """A refusal of the API's own. code: a key of problems.yml, which tells the status."""

    def __init__(self, code: str, errors: Sequence[Mapping[str, str]] = (), **headers: str) -> None:
        self.code, self.errors, self.headers = code, errors, headers
        super().__init__(code)


@functools.cache
def texts() -> dict[str, Any]:
    """code → status, title, detail."""
    return dict(yaml.safe_load(Path(__file__).with_name("problems.yml").read_text(encoding="utf-8")))


def answer(problem: Problem) -> Response:
    told = texts()["problems"][problem.code]
    return _answer(problem.code, told["status"], told["title"], told["detail"], problem.errors, problem.headers)


def of_status(status: int) -> Response:
    """What Flask itself refuses: a path that is not there, a verb that it has not, a body too large."""
    return answer(Problem(texts()["statuses"].get(status, "unexpected" if status >= 500 else "bad_request")))


def of_http(error: HTTPException) -> Response:
    found = of_status(error.code or 500)
    for name, value in error.get_headers():
        if name == "Allow":
            found.headers[name] = value
    return found


def of_business(error: HuntredError) -> Response:
    """A rule of the business: the message is that of the pages."""
    if isinstance(error, NotFound):
        return answer(Problem("not_found"))
    if isinstance(error, MovedMeanwhile):
        return answer(Problem("changed_meanwhile"))
    words: Any = current_app.jinja_env.get_template("texts.html").module
    if isinstance(error, FieldInvalid):
        field, problem = words.fields.get(error.field, error.field), words.problems.get(error.problem, "no es válido")
        told = {"code": error.problem, "detail": f"{field}: {problem}."}
        if error.field == "cursor":
            return answer(Problem("parameters_invalid", [told | {"parameter": "cursor"}]))
        return answer(Problem("field_invalid", [told | {"pointer": f"/{error.field}"}]))
    message = words.errors.get(error.code, words.errors["rule_broken"])
    return _answer(error.code, 409, texts()["refused"], message, (), {})


def of_body(error: ValidationError) -> Problem:
    """Which fields of a body cannot be taken. A body that is no JSON at all is another thing."""
    faults = error.errors(include_url=False, include_input=False, include_context=False)
    if any(fault["type"] == "json_invalid" for fault in faults):
        return Problem("body_unreadable")
    return Problem("field_invalid", [_fault(fault, "pointer") for fault in faults])


def of_query(error: ValidationError) -> Problem:
    faults = error.errors(include_url=False, include_input=False, include_context=False)
    return Problem("parameters_invalid", [_fault(fault, "parameter") for fault in faults])


def _fault(fault: Any, where: str) -> dict[str, str]:
    place = [str(part).replace("~", "~0").replace("/", "~1") for part in fault["loc"]]
    code = _CODES.get(fault["type"], "invalid")
    told = {"code": code, "detail": texts()["expected"].get(fault["type"], texts()["faults"][code])}
    return told | ({"pointer": "".join(f"/{part}" for part in place)} if where == "pointer" else {where: place[0]})


def _answer(
    code: str, status: int, title: str, detail: str, errors: Sequence[Mapping[str, str]], headers: Mapping[str, str]
) -> Response:
    if "work" in g:
        work.refuse()
    body: dict[str, Any] = {
        "type": f"urn:huntred:problem:{code}", "code": code, "title": title, "status": status, "detail": detail,
    }  # fmt: skip
    if errors:
        body["errors"] = list(errors)
    found = Response(json.dumps(body, ensure_ascii=False), status, mimetype=MEDIA_TYPE)
    for name, value in headers.items():
        found.headers[name.replace("_", "-")] = value
    return found
