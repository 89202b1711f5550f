"""References by signed links: the candidate names referees, a referee answers once, or says that we shall not write.

A referee's page names the candidate, who agreed to it, and never the client or the vacancy.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Flask, redirect, render_template, request, url_for
from flask_limiter import Limiter
from werkzeug.wrappers import Response

from backoffice import work
from backoffice.forms import FormReader
from backoffice.public.pages import blueprint, enter, or_gone
from backoffice.reference_form import read_answer, read_referee, values_of
from huntred.errors import FieldInvalid, NotFound, RuleBroken
from huntred.people import service as people
from huntred.references import answering, rules
from huntred.references import service as references
from huntred.references.models import Referee

# Of one address: whoever answers posts a few times, and nobody tries links by the thousand.
_AT_MOST = "60 per minute"


def limit(app: Flask, limiter: Limiter) -> None:
    for name in ("references", "referee", "referee_out"):
        view = app.view_functions[f"public.{name}"]
        app.view_functions[f"public.{name}"] = limiter.limit(_AT_MOST)(view)  # type: ignore[assignment]


@blueprint.route("/referencias/<token>", methods=["GET", "POST"], endpoint="references")
def candidate(token: str) -> str | Response:
    """The candidate agrees or not, names referees, takes one off the list, and confirms it."""
    uow, unit, values = enter("references", token)
    request_id = UUID(values["request"])
    or_gone(lambda: references.get(uow, request_id))
    error: RuleBroken | None = None
    if request.method == "POST":
        form = FormReader(request.form)
        try:
            step = form.text("step", longest=20)
            if step == "agree":
                references.agree(uow, request_id, "web", now=work.now())
            elif step == "decline":
                references.decline(uow, request_id, "web", now=work.now())
            elif step == "give":
                references.give(uow, request_id, now=work.now())
            elif step == "remove":
                chosen = form.id("referee")
                if any(one.id == chosen for one in references.get(uow, request_id).referees) and chosen:
                    references.remove_referee(uow, chosen, now=work.now())
            else:
                references.add_referee(uow, request_id, read_referee(request.form), now=work.now())
        except NotFound:
            raise
        except RuleBroken as problem:
            work.refuse()
            error = problem
        else:
            return redirect(url_for("public.references", token=token))
    found = references.get(uow, request_id)
    return render_template(
        "public/references.html", unit=unit, found=found, error=error if isinstance(error, FieldInvalid) else None,
        refused=error, values=request.form if error else {}, relations=rules.RELATIONS,
        over=found.due_at <= work.now() or found.state in ("ready", "cancelled"),
    )  # fmt: skip


@blueprint.route("/referencia/<token>", methods=["GET", "POST"])
def referee(token: str) -> str | Response:
    """A referee answers or keeps a draft; once sent, the link shows thanks and nothing else."""
    uow, unit, values = enter("referee", token)
    referee_id = UUID(values["referee"])
    found: Referee = or_gone(lambda: references.get_referee(uow, referee_id))
    error: RuleBroken | None = None
    if request.method == "POST":
        step = FormReader(request.form).text("step", longest=20)
        try:
            answering.save_answer(uow, referee_id, read_answer(request.form), send=step == "send", now=work.now())
        except NotFound:
            raise
        except RuleBroken as problem:
            work.refuse()
            error = problem
            found = references.get_referee(uow, referee_id)
        else:
            return redirect(url_for("public.referee", token=token, saved=None if step == "send" else 1))
    return render_template(
        "public/referee.html", unit=unit, error=error if isinstance(error, FieldInvalid) else None, refused=error,
        values=request.form if error else values_of(found.answer), saved="saved" in request.args and not error,
        out_url=_out_url(unit.code, referee_id), **_about(found),
    )  # fmt: skip


@blueprint.route("/referencia/no/<token>", methods=["GET", "POST"])
def referee_out(token: str) -> str | Response:
    """A referee will not answer, or wants no such mail ever. A GET only asks: mail programs open links."""
    uow, unit, values = enter("referee_out", token)
    referee_id = UUID(values["referee"])
    found: Referee = or_gone(lambda: references.get_referee(uow, referee_id))
    if request.method == "POST":
        if FormReader(request.form).text("step", longest=20) == "never":
            answering.opt_out(uow, referee_id, now=work.now())
        elif found.state == "asked":
            answering.refuse_to_answer(uow, referee_id, now=work.now())
        return redirect(url_for("public.referee_out", token=token, done=1))
    return render_template("public/referee_out.html", unit=unit, done="done" in request.args, **_about(found))


def _about(found: Referee) -> dict[str, Any]:
    """What a page says of the candidate: a name, and nothing of the process."""
    uow = work.current_work()
    open_ = found.state == "asked" and found.request.state == "given" and found.request.due_at > work.now()
    return {
        "referee": found, "candidate": people.name_of(uow, found.request.person_id), "open": open_,
        "competences": rules.COMPETENCES, "questions": rules.QUESTIONS, "again": rules.AGAIN,
        "minutes": rules.ANSWER_MINUTES,
    }  # fmt: skip


def _out_url(unit: str, referee_id: UUID) -> str:
    return work.wiring().links.referee_out_page(unit, referee_id, now=work.now())
