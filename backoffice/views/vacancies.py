"""Vacancies: list, form, publish, pause, close, and the people that fit."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, redirect, request, url_for
from flask_admin import BaseView, expose
from werkzeug.wrappers import Response

from backoffice import auth, work
from backoffice.errors import done, refusals_flashed
from backoffice.forms import FormReader, id_or_404
from backoffice.lists import listing
from backoffice.lists.catalogue import read_vacancy_filter
from backoffice.queries import vacancies as queries
from backoffice.vacancy_form import blank, posted, read_vacancy_form, written
from huntred.errors import FieldInvalid
from huntred.matching import service as matching
from huntred.vacancies import rules, service
from huntred.vacancies.models import Vacancy

_STEPS = {"publish": service.publish, "pause": service.pause, "close": service.close, "fill": service.fill}


def _read() -> service.VacancyForm:
    form = read_vacancy_form(request.form)
    mine = work.current_work().scope.divisions
    if mine and form.division_id not in mine:
        # Outside the divisions the database would refuse it too, without saying why.
        raise FieldInvalid("division_id", "missing" if form.division_id is None else "unknown")
    return form


class VacanciesView(BaseView):
    """`/vacancies`"""

    @expose("/")
    def index(self) -> str:
        uow = work.current_work()
        return self.render(
            "vacancies/index.html",
            listing=listing.show("vacancies"),
            wanted=read_vacancy_filter(FormReader(request.args)),
            cities=queries.cities(uow.session),
            companies=queries.companies(uow.session),
            states=rules.STATES,
        )

    @expose("/new", methods=["GET", "POST"])
    def new(self) -> str | Response:
        auth.needs("edit_vacancies")
        unit = self._unit_of_new()
        if unit is None:
            return self.render("vacancies/choose_unit.html")
        if request.method == "GET":
            return self._form(unit, blank(), None)
        vacancy = None
        with refusals_flashed() as refused:
            vacancy = service.create(work.work_of(unit), _read(), now=work.now())
        if refused or vacancy is None:
            return self._form(unit, posted(request.form), None, refused.error)
        done("vacancy_created")
        return redirect(url_for("vacancies.details", id=vacancy.id))

    @expose("/<id>")
    def details(self, id: str) -> str:
        uow = work.current_work()
        vacancy = service.get(uow, id_or_404(id))
        return self.render(
            "vacancies/details.html",
            vacancy=vacancy,
            applications=queries.applications_of(uow.session, vacancy.id),
        )

    @expose("/<id>/people")
    def people(self, id: str) -> str:
        """Candidates ranked for the vacancy, with the reasons; a part of the page, loaded behind it."""
        vacancy = service.get(work.current_work(), id_or_404(id))
        ranked = matching.people_for(work.work_of(vacancy.unit), work.wiring().ranker, vacancy.id, limit=20)
        return self.render("vacancies/_people.html", vacancy=vacancy, ranked=ranked)

    @expose("/<id>/edit", methods=["GET", "POST"])
    def edit(self, id: str) -> str | Response:
        vacancy = service.get(work.current_work(), id_or_404(id))
        auth.needs("edit_vacancies")
        vacancy_id, unit = vacancy.id, vacancy.unit
        if request.method == "GET":
            return self._form(unit, written(vacancy), vacancy)
        with refusals_flashed() as refused:
            service.update(work.work_of(unit), vacancy_id, _read(), now=work.now())
        if refused:
            vacancy = service.get(work.current_work(), vacancy_id)
            return self._form(unit, posted(request.form), vacancy, refused.error)
        done("vacancy_saved")
        return redirect(url_for("vacancies.details", id=vacancy_id))

    @expose("/<id>/<any(publish, pause, close, fill):step>", methods=["POST"])
    def step(self, id: str, step: str) -> Response:
        vacancy = service.get(work.current_work(), id_or_404(id))
        auth.needs("publish_vacancies")
        with refusals_flashed() as refused:
            _STEPS[step](work.work_of(vacancy.unit), vacancy.id, auth.acting_user(), now=work.now())
        if not refused:
            done(f"vacancy_{step}")
        return redirect(url_for("vacancies.details", id=id))

    def _unit_of_new(self) -> str | None:
        units = work.current_work().scope.units
        asked = request.values.get("unit", "")
        if asked:
            return asked if asked in units else abort(404)
        return units[0] if len(units) == 1 else None

    def _form(self, unit: str, values: dict[str, Any], vacancy: Vacancy | None, error: Exception | None = None) -> str:
        session = work.current_work().session
        divisions: tuple[UUID, ...] = work.current_work().scope.divisions
        return self.render(
            "vacancies/form.html",
            unit=unit,
            vacancy=vacancy,
            values=values,
            error=error if isinstance(error, FieldInvalid) else None,
            companies=queries.companies(session, unit),
            contacts=queries.contacts(session, unit),
            divisions=queries.divisions(session, unit, divisions),
            division_required=bool(divisions),
            colleagues=queries.colleagues(session, unit),
            rules=rules,
        )
