"""Public pages by signed links: private data, the profile, the interviewer's answer; and the privacy notices.

A GET only shows. The link's unit is the scope of the request; a link that is not ours, has expired or names
something that is gone gets a page that says what to do.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from backoffice import work
from backoffice.forms import FormReader
from backoffice.public.shared import shared_people
from backoffice.queries import vacancies as vacancy_queries
from huntred import fields
from huntred.db.scope import Scope
from huntred.db.unit_of_work import UnitOfWork
from huntred.disclosures import service as disclosures
from huntred.disclosures.rules import CANDIDATE, CLIENT
from huntred.errors import FieldInvalid, NotFound, RuleBroken
from huntred.fairness import service as fairness
from huntred.interviews import service as interviews
from huntred.mentoring import service as mentoring
from huntred.notifications.wording import when_text
from huntred.people import service as people
from huntred.people.models import UnitProfile
from huntred.people.private import set_private
from huntred.people.recap import shown
from huntred.privacy import service as privacy
from huntred.privacy.links import LinkExpired, LinkInvalid, read_link
from huntred.shortlists import service as shortlists
from huntred.units.models import Unit
from huntred.vacancies import service as vacancies

blueprint = Blueprint("public", __name__)

_PROFILE_FIELDS = (
    "first_name", "last_name", "second_last_name", "email", "phone", "city", "headline", "experience_years",
    "skills", "salary", "nationality",
)  # fmt: skip


class LinkGone(Exception):
    """No page of ours stands behind the link. expired: it was ours, and its time is over."""

    def __init__(self, expired: bool) -> None:
        self.expired = expired


@blueprint.errorhandler(LinkGone)
def _gone(error: LinkGone) -> tuple[str, int]:
    return render_template("public/link_gone.html", expired=error.expired), 410 if error.expired else 404


@blueprint.route("/p/<token>", methods=["GET", "POST"])
def private(token: str) -> str | Response:
    """CURP, RFC, birth date: what no chat asks for."""
    uow, unit, values = enter("private", token)
    person_id = UUID(values["person"])
    profile = _profile(uow, person_id)
    error: FieldInvalid | None = None
    if request.method == "POST":
        form = FormReader(request.form)
        try:
            set_private(
                uow, person_id, now=work.now(), curp=form.text("curp", longest=30), rfc=form.text("rfc", longest=30),
                birth_date=form.text("birth_date", longest=30),
            )  # fmt: skip
        except FieldInvalid as problem:
            work.refuse()
            error = problem
        else:
            flash("private_saved", "done")
            return redirect(url_for("public.private", token=token))
    # Only whether it is known is shown: who finds the link reads nothing.
    known = uow.session.execute(
        select(
            UnitProfile.curp_hash.is_not(None), UnitProfile.rfc_hash.is_not(None),
            UnitProfile.birth_date_sealed.is_not(None),
        ).where(UnitProfile.person_id == person_id, UnitProfile.unit == unit.code)
    ).one()  # fmt: skip
    return render_template(
        "public/private.html", unit=unit, first_name=profile.first_name, error=error,
        # What was refused is shown once more to whoever typed it; what is kept never is.
        values={name: request.form.get(name, "") for name in ("curp", "rfc", "birth_date")} if error else {},
        known=dict(zip(("curp", "rfc", "birth_date"), known, strict=True)), statistics_page=_statistics(uow, person_id),
    )  # fmt: skip


@blueprint.route("/perfil/<token>", methods=["GET", "POST"])
def profile(token: str) -> str | Response:
    """What is still missing of a profile, and what may be corrected."""
    uow, unit, values = enter("profile", token)
    person_id = UUID(values["person"])
    found = _profile(uow, person_id)
    written = {field: _as_typed(field, found) for field in _PROFILE_FIELDS}
    error: FieldInvalid | None = None
    if request.method == "POST":
        form = FormReader(request.form)
        try:
            texts = {field: form.text(field, longest=500) for field in _PROFILE_FIELDS}
            changed = {field: text for field, text in texts.items() if text and text != written[field]}
            if changed:
                people.set_fields(uow, person_id, changed, now=work.now())
            privacy.allow_showing(uow, person_id, form.flag("show_to_client"), "web", now=work.now())
        except FieldInvalid as problem:
            work.refuse()
            error = problem
            written |= {field: request.form.get(field, "") for field in _PROFILE_FIELDS}
        else:
            flash("profile_saved", "done")
            return redirect(url_for("public.profile", token=token))
    missing = people.missing_fields(uow, person_id)
    return render_template(
        "public/profile.html", unit=unit, values=written, missing=missing, error=error, fields=_PROFILE_FIELDS,
        shown_to_client=bool(privacy.may_be_shown(uow, [person_id])), statistics_page=_statistics(uow, person_id),
    )  # fmt: skip


@blueprint.route("/e/<token>", methods=["GET", "POST"])
def interviewer(token: str) -> str | Response:
    """An interviewer confirms, declines or hands an interview to a colleague."""
    uow, unit, values = enter("interviewer", token)
    interview = or_gone(lambda: interviews.get(uow, UUID(values["interview"])))
    # Handed over meanwhile: the link is the former interviewer's and opens nothing any more.
    if str(interview.interviewer_id) != values["interviewer"]:
        return render_template("public/interviewer_done.html", unit=unit, answer="handed_over")
    refused = ""
    if request.method == "POST":
        form = FormReader(request.form)
        answer = form.text("answer")
        try:
            interviews.interviewer_answers(
                uow, interview.id, answer, hand_over_to=form.id("hand_over_to"), now=work.now()
            )
        except RuleBroken as problem:
            work.refuse()
            refused = f"{problem.code}|{getattr(problem, 'field', '')}|{getattr(problem, 'problem', '')}"
            interview = interviews.get(uow, UUID(values["interview"]))
        else:
            return render_template("public/interviewer_done.html", unit=unit, answer=answer)
    application = interview.application
    return render_template(
        "public/interviewer.html",
        unit=unit,
        interview=interview,
        application=application,
        named=disclosures.names_open(uow, application.vacancy, application.person_id),
        colleagues=[
            user for user in vacancy_queries.colleagues(uow.session, unit.code)
            if user.id != interview.interviewer_id
        ],
        over=interview.state != "booked" or interview.slot.ends_at <= work.now(),
        refused=refused,
        wished=request.args.get("answer", ""),
    )  # fmt: skip


@blueprint.route("/lista/<token>", methods=["GET", "POST"])
def shortlist(token: str) -> str | Response:
    """What a client sees of a shortlist: who allowed it, and of them a first name, the work and the evidence.

    Of a confidential search they are numbers; a POST is the client's yes or no to know one of them and be known.
    """
    uow, unit, values = enter("shortlist", token)
    share = or_gone(lambda: shortlists.opened(uow, UUID(values["share"]), now=work.now()))
    people, hidden = shared_people(uow, share.vacancy_id)
    if request.method == "POST":
        form = FormReader(request.form)
        chosen = next((one for one in people if one.entry_id == form.id("entry")), None)
        if chosen is None:
            raise LinkGone(False)
        person_id = shortlists.person_of(uow, chosen.entry_id)
        disclosures.say(
            uow, share.vacancy_id, person_id, CLIENT, form.flag("agrees"), source="link",
            evidence={"share": str(share.id)}, now=work.now(),
        )  # fmt: skip
        return redirect(url_for("public.shortlist", token=token))
    return render_template(
        "public/shortlist.html", unit=unit, share=share, vacancy=vacancies.get(uow, share.vacancy_id), people=people,
        hidden=hidden, CANDIDATE=CANDIDATE, CLIENT=CLIENT,
    )  # fmt: skip


@blueprint.route("/mentoria/<token>", methods=["GET", "POST"])
def mentor(token: str) -> str | Response:
    """A mentor accepts or declines a session, takes a yes back, and notes afterwards what came of it."""
    uow, unit, values = enter("mentor", token)
    session_id = UUID(values["session"])
    session = or_gone(lambda: mentoring.get_session(uow, session_id))
    refused = ""
    if request.method == "POST":
        form = FormReader(request.form)
        answer = form.text("answer")
        try:
            if answer == "outcome":
                happened = form.text("happened") == "yes"
                mentoring.note_outcome(uow, session_id, happened, form.text("outcome"), now=work.now())
            elif session.state == "accepted" and answer == "declined":
                mentoring.cancel(uow, session_id, "mentor", now=work.now())
            else:
                mentoring.answer(uow, session_id, answer == "accepted", now=work.now())
        except RuleBroken as problem:
            work.refuse()
            refused = f"{problem.code}|{getattr(problem, 'field', '')}|{getattr(problem, 'problem', '')}"
            session = mentoring.get_session(uow, session_id)
        else:
            return redirect(url_for("public.mentor", token=token))
    try:
        profile = people.profile_of(uow, session.person_id)
    except NotFound:
        profile = None
    return render_template(
        "public/mentor.html", unit=unit, session=session, profile=profile, refused=refused,
        over=session.starts_at <= work.now(), wished=request.args.get("answer", ""),
        field=fields.name(session.field) if session.field else "",
        when=when_text(session.starts_at, session.mentor.timezone),
    )  # fmt: skip


@blueprint.get("/privacidad/<unit>", endpoint="privacy")
def privacy_notice(unit: str) -> str:
    """The privacy notice of a unit, for everybody."""
    found = work.current_work().session.get(Unit, unit)
    if found is None:
        abort(404)
    return render_template("public/privacy.html", unit=found)


def enter(purpose: str, token: str) -> tuple[UnitOfWork, Unit, dict[str, Any]]:
    """Read the link and take its unit's scope."""
    try:
        values = read_link(work.wiring().settings.link_secret, purpose, token, now=work.now())
    except LinkExpired:
        raise LinkGone(True) from None
    except LinkInvalid:
        raise LinkGone(False) from None
    work.set_scope(Scope(units=(values["unit"],)))
    uow = work.current_work()
    unit = uow.session.get(Unit, values["unit"])
    if unit is None:
        raise LinkGone(False)
    return uow, unit, values


def _statistics(uow: UnitOfWork, person_id: UUID) -> str:
    """Where a person may say something for statistics, or take it back; empty where the unit takes no part."""
    if not fairness.asks(uow):
        return ""
    return work.wiring().links.statistics_page(uow.unit, person_id, now=work.now())


def _profile(uow: UnitOfWork, person_id: UUID) -> UnitProfile:
    return or_gone(lambda: people.profile_of(uow, person_id))


def or_gone(find: Any) -> Any:
    try:
        return find()
    except NotFound:
        raise LinkGone(False) from None


def _as_typed(field: str, profile: UnitProfile) -> str:
    """The value as one would type it into the field."""
    if field == "salary":
        return "" if profile.salary_amount is None else f"{profile.salary_amount:,.2f}"
    if field == "experience_years":
        return shown(field, profile)
    if field == "city":
        return profile.city
    return shown(field, profile)
