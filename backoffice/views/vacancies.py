"""Vacancies: list, form, publish, pause, close, and the page of one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, redirect, request, url_for
from flask_admin import BaseView, expose
from werkzeug.wrappers import Response

from backoffice import auth, formats, work
from backoffice.errors import done, refusals_flashed
from backoffice.forms import FormReader, id_or_404
from backoffice.lists import listing
from backoffice.lists.catalogue import read_vacancy_filter
from backoffice.queries import vacancies as queries
from backoffice.queries.conversations import user_names
from backoffice.vacancy_form import blank, posted, read_vacancy_form, written
from backoffice.views import alike
from backoffice.views.fairness import told
from huntred import fields
from huntred.attention import service as attention
from huntred.disclosures import service as disclosures
from huntred.errors import FieldInvalid
from huntred.fairness import service as fairness
from huntred.privacy import service as privacy
from huntred.shortlists import service as shortlists
from huntred.units import service as units
from huntred.vacancies import rules, service
from huntred.vacancies.models import Vacancy

TABS = ("overview", "people", "shortlist", "applications", "history", "fairness")
_STEPS = {"publish": service.publish, "pause": service.pause, "close": service.close, "fill": service.fill}


def _read() -> service.VacancyForm:
    form = read_vacancy_form(request.form)
    mine = work.current_work().scope.divisions
    if mine and form.division_id not in mine:
        # Outside the divisions the database would refuse it too, without saying why.
        raise FieldInvalid("division_id", "missing" if form.division_id is None else "unknown")
    return form


def _read_tab(vacancy: Vacancy, tab: str) -> dict[str, Any]:
    uow = work.current_work()
    if tab == "overview":
        return {"funnel": queries.funnel(uow.session, vacancy.id), "raised": attention.raised_count(uow, vacancy.id)}
    if tab == "applications":
        return {"applications": queries.applications_of(uow.session, vacancy.id)}
    if tab == "history":
        entries = queries.history_of(uow.session, vacancy.id)
        return {"entries": entries, "user_names": user_names(uow.session, [entry.user_id for entry in entries])}
    if tab == "shortlist":
        return _shortlist(vacancy)
    if tab == "fairness":
        return told(fairness.vacancy_report(work.work_of(vacancy.unit), vacancy.id, now=work.now()))
    return {}


def _shortlist(vacancy: Vacancy) -> dict[str, Any]:
    uow, links = work.work_of(vacancy.unit), work.wiring().links
    entries = shortlists.entries(uow, vacancy.id)
    people = [entry.profile.person_id for entry in entries]
    shares = shortlists.shares(uow, vacancy.id, now=work.now())
    return {
        "entries": entries,
        "allowed": privacy.may_be_shown(uow, people),
        "standings": disclosures.standings(uow, vacancy.id, people) if vacancy.confidential else {},
        "shares": [
            (share, links.shortlist_page(vacancy.unit, share.id, until=share.expires_at)) for share in shares
        ],
        "profile_pages": {
            person: links.profile_page(vacancy.unit, person, now=work.now()) for person in people
        },
        "share_days": shortlists.SHARE_DAYS,
    }


class VacanciesView(BaseView):
    """`/vacancies`"""

    @expose("/")
    def index(self) -> str:
        uow = work.current_work()
        return self.render(
            "vacancies/index.html",
            listing=listing.show("vacancies"),
            sees_whole_unit=not uow.scope.divisions,
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
            settings = units.get(work.current_work(), unit).settings
            usual = bool(settings.get("confidential_by_default"))
            return self._form(unit, blank(confidential=usual), None)
        vacancy = None
        with refusals_flashed() as refused:
            vacancy = service.create(work.work_of(unit), _read(), now=work.now())
        if refused or vacancy is None:
            return self._form(unit, posted(request.form), None, refused.error)
        done("vacancy_created")
        return redirect(url_for("vacancies.details", id=vacancy.id))

    @expose("/<id>")
    def details(self, id: str) -> str:
        """One vacancy; `tab`: one of TABS, of which only the open one is read."""
        uow = work.current_work()
        vacancy = service.get(uow, id_or_404(id))
        asked = request.args.get("tab", "")
        tab = asked if asked in TABS else TABS[0]
        return self.render(
            "vacancies/details.html", vacancy=vacancy, tab=tab, tabs=TABS, field_name=formats.field_name,
            **_read_tab(vacancy, tab), **(alike.notices(vacancy) if tab == TABS[0] else {}),
        )  # fmt: skip

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
            has_internships=units.get(work.current_work(), unit).settings.get("internships"),
            study_fields=[(code, formats.field_name(code)) for code in fields.codes()],
        )
