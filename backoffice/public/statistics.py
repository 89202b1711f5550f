"""The page on which a person may say something of themselves for statistics alone, and take it back.

It never shows what was said: who finds the link, or reads it in the conversation, learns nothing.
"""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from backoffice import work
from backoffice.forms import FormReader
from backoffice.public.pages import LinkGone, blueprint, enter
from huntred.errors import FieldInvalid, NotFound
from huntred.fairness import service as fairness
from huntred.fairness.rules import ASKED, GROUPS, UNSAID


@blueprint.route("/estadistica/<token>", methods=["GET", "POST"])
def statistics(token: str) -> str | Response:
    uow, unit, values = enter("statistics", token)
    person_id = UUID(values["person"])
    error: FieldInvalid | None = None
    try:
        if request.method == "POST":
            form = FormReader(request.form)
            if form.text("answer") == "withdraw":
                fairness.withdraw(uow, person_id, now=work.now())
                flash("statistics_withdrawn", "done")
                return redirect(url_for("public.statistics", token=token))
            try:
                fairness.give(
                    uow, person_id, {attribute: form.text(f"statistics_{attribute}") for attribute in ASKED},
                    agrees=form.flag("statistics_agrees"), age_from_birth_date=form.flag("statistics_age"),
                    now=work.now(),
                )  # fmt: skip
            except FieldInvalid as problem:
                work.refuse()
                error = problem
            else:
                flash("statistics_saved", "done")
                return redirect(url_for("public.statistics", token=token))
        standing = fairness.standing(uow, person_id)
    except NotFound:
        raise LinkGone(False) from None
    return render_template(
        "public/statistics.html", unit=unit, standing=standing, error=error, asked=ASKED, groups=GROUPS, unsaid=UNSAID,
        # What was refused is shown once more to whoever chose it; what is kept never is.
        values=request.form if error else {},
    )  # fmt: skip
