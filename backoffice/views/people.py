"""Candidates: search, and one with all that happened, what they told and agreed to, and their CVs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Response as FlaskResponse
from flask import abort, redirect, request, url_for
from flask_admin import BaseView, expose
from werkzeug.wrappers import Response

from backoffice import auth, work
from backoffice.errors import done, refusals_flashed
from backoffice.formats import shown
from backoffice.forms import FormReader, id_or_404
from backoffice.lists import listing
from backoffice.lists.catalogue import read_people_filter
from backoffice.next_step import next_step
from backoffice.queries import conversations as names
from backoffice.queries import people as queries
from backoffice.queries.timeline import KINDS, timeline
from backoffice.views.cvs import CvPages
from huntred.cv import service as cvs
from huntred.cv import shelf
from huntred.cv.errors import CvTooLarge
from huntred.duplicates import finding, undoing
from huntred.duplicates.sealing import undoable_until
from huntred.errors import FieldInvalid
from huntred.exchange import origins
from huntred.families import service as families
from huntred.families import together
from huntred.gains import service as gains
from huntred.learning import service as learning
from huntred.people.models import UnitProfile
from huntred.people.rules import APPLY_REQUIRED, RECAP_ORDER, missing
from huntred.people.service import told
from huntred.privacy import service as privacy
from huntred.privacy.erasure import erase_person
from huntred.privacy.export import as_json, export_person
from huntred.units import service as units

# Typed by whoever erases, so that it never happens by a slip.
_ERASE_WORD = "BORRAR"


class PeopleView(CvPages, BaseView):
    """`/people`; a candidate stands under the profile's id, because another unit's profile is another page."""

    @expose("/")
    def index(self) -> str:
        return self.render(
            "people/index.html",
            listing=listing.show("people"),
            sees_whole_unit=not work.current_work().scope.divisions,
            wanted=read_people_filter(FormReader(request.args)),
        )

    @expose("/<id>")
    def details(self, id: str) -> str | Response:
        session = work.current_work().session
        if session.get(UnitProfile, id_or_404(id)) is None:
            # Merged into somebody: links that were given before still lead there.
            stays = undoing.into_whom(work.current_work(), id_or_404(id))
            if stays is not None and session.get(UnitProfile, stays) is not None:
                return redirect(url_for("people.details", id=stays))
        profile = _profile(id)
        lacking = missing(told(profile), APPLY_REQUIRED)
        applications = queries.applications(session, profile)
        interviews = queries.interviews(session, profile)
        conversations = queries.conversations(session, profile)
        documents = queries.cvs(session, profile)
        return self.render(
            "people/details.html",
            profile=profile,
            lines=[(field, shown(field, profile)) for field in RECAP_ORDER],
            missing=lacking,
            applications=applications,
            interviews=interviews,
            conversations=conversations,
            cvs=documents,
            step=next_step(conversations, applications, interviews, documents, lacking, now=work.now()),
            plan=learning.steps_of(work.work_of(profile.unit), profile.person_id),
            has_plan=units.get(work.current_work(), profile.unit).settings.get("learning_plans"),
            consents=queries.consents(session, profile),
            **_points(profile),
            **_family(profile),
            **_origins(profile),
            erased_at=queries.erased_at(session, profile),
            has_curp=queries.has_curp(session, profile.id),
            erase_word=_ERASE_WORD,
            **_twice(profile),
            **_timeline(profile),
        )

    @expose("/<id>/timeline")
    def timeline(self, id: str) -> str:
        """The next page of what happened, or another choice of kinds: a part of the page."""
        profile = _profile(id)
        return self.render("people/_timeline.html", profile=profile, **_timeline(profile))

    @expose("/<id>/cvs", methods=["POST"])
    def upload_cv(self, id: str) -> Response:
        profile = _profile(id)
        auth.needs("reply")
        target = url_for("people.details", id=profile.id)
        with refusals_flashed() as refused:
            given = request.files.get("file")
            content = given.read(shelf.MOST_BYTES + 1) if given else b""
            if given:
                given.close()
            if not given or not content:
                raise FieldInvalid("file", "missing")
            if len(content) > shelf.MOST_BYTES:
                raise CvTooLarge
            note = FormReader(request.form).text("consent_note", longest=300)
            if not note:
                raise FieldInvalid("consent_note", "missing")
            file = shelf.keep(Path(work.wiring().settings.media_dir), content, Path(given.filename or "").name)
            cv = cvs.upload(
                work.work_of(profile.unit), profile.person_id, file, user_id=auth.acting_user(), consent_note=note,
                now=work.now(),
            )  # fmt: skip
            target = url_for("people.cv", id=cv.id)
        if not refused:
            done("cv_uploaded")
        return redirect(target)

    @expose("/<id>/family")
    def family(self, id: str) -> str:
        """Who is in the person's group, and the towns with work for several of them."""
        profile, wiring = _profile(id), work.wiring()
        uow = work.work_of(profile.unit)
        family = families.family_of(uow, profile.person_id)
        if family is None:
            abort(404)
        return self.render(
            "people/family.html",
            profile=profile,
            family=family,
            members=families.members_of(uow, family),
            places=together.places_for(uow, wiring.ranker, family, now=work.now(), nearest=wiring.nearest),
        )

    @expose("/<id>/export", methods=["POST"])
    def export(self, id: str) -> Response:
        """All that the unit holds of them (ARCO, access). Posted, so that the audit names who took it."""
        profile = _profile(id)
        _needs_head()
        exported = export_person(
            work.work_of(profile.unit), profile.person_id, now=work.now(), with_statistics=auth.is_super()
        )
        response = FlaskResponse(as_json(exported), mimetype="application/json")
        response.headers["Content-Disposition"] = f'attachment; filename="persona-{profile.number}.json"'
        response.headers["Cache-Control"] = "no-store"
        return response

    @expose("/<id>/erase", methods=["POST"])
    def erase(self, id: str) -> Response:
        """ARCO, cancellation: what was told and said is gone for good; that somebody applied stays."""
        profile = _profile(id)
        _needs_head()
        with refusals_flashed() as refused:
            if FormReader(request.form).text("erase_word", longest=20).upper() != _ERASE_WORD:
                raise FieldInvalid("erase_word", "not_confirmed")
            erase_person(work.work_of(profile.unit), profile.person_id, now=work.now(), requested_by=auth.acting_user())
        if not refused:
            done("person_erased")
        return redirect(url_for("people.details", id=id))


def _profile(id: str) -> UnitProfile:
    profile = work.current_work().session.get(UnitProfile, id_or_404(id))
    if profile is None:
        abort(404)
    return profile


def _family(profile: UnitProfile) -> dict[str, object]:
    uow = work.work_of(profile.unit)
    family = families.family_of(uow, profile.person_id)
    return {"family": family, "relatives": families.members_of(uow, family) if family else []}


def _origins(profile: UnitProfile) -> dict[str, Any]:
    """From which other systems they came, and whether they have agreed to our notice since."""
    uow = work.work_of(profile.unit)
    found = origins.of_person(uow, profile.unit, profile.person_id)
    agreed = bool(found) and privacy.has_accepted(uow, profile.person_id)
    return {"origins": found, "agreed": agreed}


def _points(profile: UnitProfile) -> dict[str, object]:
    uow = work.work_of(profile.unit)
    requests = gains.requests_of(uow, profile.person_id)
    return {
        "plays": gains.is_played(uow),
        "standing": gains.standing_of(uow, profile.person_id),
        "rewards": requests,
        "ledger": gains.ledger(uow, profile.person_id),
        "granted_by": names.user_names(uow.session, [one.decided_by for one in requests]),
    }


def _needs_head() -> None:
    """Who answers for a whole unit; for others it is not there."""
    if not auth.runs_unit():
        abort(404)


def _twice(profile: UnitProfile) -> dict[str, object]:
    """Who may be the same person, and who was made one with this one; a division is not shown them."""
    uow = work.current_work()
    if uow.scope.divisions:
        return {"doubles": [], "merges": []}
    merges = undoing.merges_of(uow, profile)
    return {
        "doubles": [one for one in finding.candidates(uow, profile) if one.state == "open"][:5],
        "merges": [(row, undoable_until(uow, row, now=work.now())) for row in merges],
    }


def _timeline(profile: UnitProfile) -> dict[str, object]:
    form = FormReader(request.args)
    kinds = [kind for kind in form.texts("kind") if kind in KINDS]
    session = work.current_work().session
    page = timeline(session, profile, kinds, cursor=form.text("cursor"))
    return {
        "page": page,
        "kinds": kinds,
        "all_kinds": KINDS,
        "user_names": names.user_names(session, [one.more.get("user_id") for one in page.items]),
    }
