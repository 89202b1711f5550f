"""`/l/CODE`: the short link of a campaign. It counts and leads into the unit's chat.

Where it leads is made of the unit's own accounts and the code, never of anything in the request: it cannot be made to
lead elsewhere. Nothing is kept of who opened it: no cookie, no address, one more in the day's number.
"""

from __future__ import annotations

import crawleruseragents
from flask import Flask, redirect, render_template, request
from flask_limiter import Limiter
from werkzeug.wrappers import Response

from backoffice import work
from backoffice.public.pages import LinkGone, blueprint
from contract.campaigns import campaign_in
from huntred.db.scope import Scope
from huntred.db.unit_of_work import unit_of_work
from huntred.tracking import service as tracking
from huntred.units import service as units
from huntred.vacancies import service as vacancies

# Of one address: behind one of a telephone company stand many people.
_AT_MOST = "120 per minute"


def limit(app: Flask, limiter: Limiter) -> None:
    """Let nobody try codes, or run a number up, by the thousand."""
    view = app.view_functions["public.campaign_link"]
    app.view_functions["public.campaign_link"] = limiter.limit(_AT_MOST)(view)  # type: ignore[assignment]


@blueprint.get("/l/<code>")
def campaign_link(code: str) -> str | Response:
    wanted, beside = campaign_in(code)
    uow = work.current_work()
    unit_code = tracking.unit_of_code(uow.session, wanted) if wanted and not beside else None
    if unit_code is None:
        raise LinkGone(False)
    work.set_scope(Scope(units=(unit_code,)))
    unit = units.get(uow, unit_code)
    campaign = tracking.by_code(work.work_of(unit_code), wanted)
    if campaign is None:
        raise LinkGone(False)
    if request.method == "GET":
        _count(unit_code, wanted)
    chat_page = work.wiring().links.chat_page(unit_code)
    target = tracking.target_of(uow, campaign, chat_page)
    if target:
        return redirect(target)
    vacancy = vacancies.get(uow, campaign.vacancy_id) if campaign.vacancy_id else None
    return render_template(
        "public/campaign.html", unit=unit, entries=tracking.entries_of(uow, campaign, chat_page),
        vacancy=vacancy if vacancy and vacancy.state == "open" else None,
    )  # fmt: skip


def _count(unit: str, code: str) -> None:
    """In a transaction of its own: a GET commits nothing else."""
    agent = request.user_agent.string
    program = not agent or crawleruseragents.is_crawler(agent)
    with unit_of_work(work.wiring().engine, Scope(units=(unit,))) as uow:
        campaign = tracking.by_code(uow, code)
        if campaign is not None:
            tracking.count_click(uow, campaign, program=program, now=work.now())
