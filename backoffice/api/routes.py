"""Puts the API into the app: its operations, the document and its page, who may enter, and its errors."""

from __future__ import annotations

import json

from flask import Flask, Response, g, render_template, request
from flask_wtf.csrf import CSRFProtect

from backoffice import work
from backoffice.api import access, problems, tokens
from backoffice.api.document import document
from backoffice.api.graphql import route as graphql
from backoffice.api.limits import Limits
from backoffice.api.operations import blueprint
from backoffice.api.problems import Problem
from backoffice.api.resources import (
    applications,
    chatbot,
    chatbot_metrics,
    conversations,
    interviews,
    people,
    people_imports,
    vacancies,
    webhooks,
)
from huntred.errors import HuntredError

__all__ = [
    "applications", "chatbot", "chatbot_metrics", "conversations", "graphql", "interviews", "people", "people_imports",
    "tokens", "vacancies", "webhooks",
]  # fmt: skip

# What is read, or asked for a token, before anybody is known.
OPEN = frozenset({"api.openapi", "api.docs", "api.token", "api.revoke"})


def init_app(app: Flask, csrf: CSRFProtect) -> None:
    """No cookie opens anything here, so that no other site's form can use one: nothing for CSRF to guard."""
    app.extensions["api_limits"] = Limits(work.wiring_of(app).settings.redis_url)
    app.register_blueprint(blueprint)
    csrf.exempt(blueprint)


@blueprint.get("/api/v1/openapi.json")
def openapi() -> Response:
    return Response(json.dumps(document(), ensure_ascii=False), mimetype="application/json")


@blueprint.get("/api/v1/docs")
def docs() -> str:
    """The document as people read it."""
    return render_template("public/api.html", document=document(), unit=None)


@blueprint.before_request
def _enter() -> None:
    if request.endpoint not in OPEN:
        access.authenticate()


@blueprint.after_request
def _tell_count(response: Response) -> Response:
    if "api_count" in g:
        response.headers.update(g.api_count.headers())
    return response


blueprint.register_error_handler(Problem, problems.answer)
blueprint.register_error_handler(HuntredError, problems.of_business)
