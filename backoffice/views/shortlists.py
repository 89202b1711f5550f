"""The shortlist of a vacancy: who stands on it, in what order, and the links that the client gets."""

from __future__ import annotations

from uuid import UUID

from flask import redirect, request, url_for
from flask_admin import BaseView, expose
from werkzeug.wrappers import Response

from backoffice import auth, work
from backoffice.errors import done, refusals_flashed
from backoffice.forms import FormReader, id_or_404
from huntred.disclosures import service as disclosures
from huntred.disclosures.rules import CLIENT
from huntred.shortlists import service
from huntred.vacancies import service as vacancies

_STEPS = {"up": -1, "down": 1}


class ShortlistsView(BaseView):
    """`/shortlists`"""

    @expose("/")
    def index(self) -> Response:
        """Each belongs to a vacancy; the list of them leads there."""
        return redirect(url_for("vacancies.index"))

    @expose("/<id>/add", methods=["POST"])
    def add(self, id: str) -> Response:
        vacancy = vacancies.get(work.current_work(), id_or_404(id))
        vacancy_id, unit = vacancy.id, vacancy.unit
        auth.needs("move_applications")
        form = FormReader(request.form)
        with refusals_flashed() as refused:
            profile = form.required(form.id("profile"), "profile")
            service.add(work.work_of(unit), vacancy_id, profile, auth.acting_user(), now=work.now())
        if not refused:
            done("shortlist_added")
        return _to(vacancy_id, "people")

    @expose("/<id>/add-many", methods=["POST"])
    def add_many(self, id: str) -> Response:
        """Those that somebody chose among the suggested ones."""
        vacancy = vacancies.get(work.current_work(), id_or_404(id))
        vacancy_id, unit = vacancy.id, vacancy.unit
        auth.needs("move_applications")
        chosen = [id_or_404(one) for one in request.form.getlist("profile")]
        with refusals_flashed() as refused:
            FormReader(request.form).required(chosen or None, "profile")
            service.add_many(work.work_of(unit), vacancy_id, chosen, auth.acting_user(), now=work.now())
        if not refused:
            done("shortlist_added_many")
        return _to(vacancy_id)

    @expose("/entries/<id>/<any(up, down, note, remove):step>", methods=["POST"])
    def step(self, id: str, step: str) -> Response:
        uow, entry_id = work.current_work(), id_or_404(id)
        vacancy_id = service.vacancy_of(uow, entry_id)
        auth.needs("move_applications")
        with refusals_flashed() as refused:
            if step == "note":
                service.write_note(uow, entry_id, FormReader(request.form).text("note"))
            elif step == "remove":
                service.remove(uow, entry_id)
            else:
                service.move(uow, entry_id, _STEPS[step])
        if not refused and step in {"note", "remove"}:
            done(f"shortlist_{step}")
        return _to(vacancy_id)

    @expose("/entries/<id>/client/<any(yes, no):word>", methods=["POST"])
    def client_word(self, id: str, word: str) -> Response:
        """What the client said elsewhere about one person of a confidential search."""
        uow, entry_id = work.current_work(), id_or_404(id)
        vacancy_id, person_id = service.vacancy_of(uow, entry_id), service.person_of(uow, entry_id)
        unit = vacancies.get(uow, vacancy_id).unit
        auth.needs("move_applications")
        with refusals_flashed() as refused:
            disclosures.say(
                work.work_of(unit), vacancy_id, person_id, CLIENT, word == "yes", source="consultant",
                user_id=auth.acting_user(), now=work.now(),
            )  # fmt: skip
        if not refused:
            done("client_word")
        return _to(vacancy_id)

    @expose("/<id>/share", methods=["POST"])
    def share(self, id: str) -> Response:
        vacancy = vacancies.get(work.current_work(), id_or_404(id))
        vacancy_id, unit = vacancy.id, vacancy.unit
        auth.needs("move_applications")
        form = FormReader(request.form)
        with refusals_flashed() as refused:
            days = form.required(form.integer("share_days"), "share_days")
            service.share(work.work_of(unit), vacancy_id, auth.acting_user(), days=days, now=work.now())
        if not refused:
            done("shortlist_shared")
        return _to(vacancy_id)

    @expose("/shares/<id>/revoke", methods=["POST"])
    def revoke(self, id: str) -> Response:
        share_id = id_or_404(id)
        service.share_of(work.current_work(), share_id)
        auth.needs("move_applications")
        vacancy_id = service.revoke(work.current_work(), share_id, now=work.now())
        done("shortlist_revoked")
        return _to(vacancy_id)


def _to(vacancy_id: UUID, tab: str = "shortlist") -> Response:
    return redirect(url_for("vacancies.details", id=vacancy_id, tab=tab))
