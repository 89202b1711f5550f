"""Companies and the people there."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask_admin import BaseView, expose
from werkzeug.wrappers import Response

from backoffice import auth, work
from backoffice.errors import done, refusals_flashed
from backoffice.forms import FormReader, id_or_404
from backoffice.lists import listing
from backoffice.queries import companies as queries
from huntred.companies import service


class CompaniesView(BaseView):
    """`/companies`"""

    @expose("/")
    def index(self) -> str:
        text = FormReader(request.args).text("text", longest=100)
        return self.render("companies/index.html", listing=listing.show("companies"), text=text)

    @expose("/new", methods=["GET", "POST"])
    def new(self) -> str | Response:
        auth.needs("edit_companies")
        units = work.current_work().scope.units
        unit = request.values.get("unit", "") or (units[0] if len(units) == 1 else "")
        if unit not in units:
            return self.render("companies/choose_unit.html")
        if request.method == "GET":
            return self.render("companies/form.html", unit=unit, company=None, values={}, error=None)
        company = None
        with refusals_flashed() as refused:
            company = service.create(work.work_of(unit), _read(), now=work.now())
        if refused or company is None:
            return self.render("companies/form.html", unit=unit, company=None, values=request.form, error=refused.error)
        done("company_saved")
        return redirect(url_for("companies.details", id=company.id))

    @expose("/<id>")
    def details(self, id: str) -> str:
        session = work.current_work().session
        company = queries.company_or_404(session, id_or_404(id))
        return self.render(
            "companies/details.html",
            company=company,
            contacts=queries.contacts(session, company.id),
            vacancies=queries.vacancies(session, company.id),
        )

    @expose("/<id>/edit", methods=["GET", "POST"])
    def edit(self, id: str) -> str | Response:
        company = queries.company_or_404(work.current_work().session, id_or_404(id))
        auth.needs("edit_companies")
        if request.method == "GET":
            values = {name: getattr(company, name) for name in ("name", "industry", "city", "website", "notes")}
            return self.render("companies/form.html", unit=company.unit, company=company, values=values, error=None)
        with refusals_flashed() as refused:
            service.update(work.work_of(company.unit), company.id, _read(), now=work.now())
        if refused:
            return self.render(
                "companies/form.html", unit=company.unit, company=company, values=request.form, error=refused.error
            )
        done("company_saved")
        return redirect(url_for("companies.details", id=id))

    @expose("/<id>/contacts", methods=["POST"])
    def add_contact(self, id: str) -> Response:
        company = queries.company_or_404(work.current_work().session, id_or_404(id))
        auth.needs("edit_companies")
        form = FormReader(request.form)
        with refusals_flashed() as refused:
            service.add_contact(
                work.work_of(company.unit),
                company.id,
                service.ContactForm(
                    name=form.text("name", longest=200),
                    position=form.text("position", longest=200),
                    email=form.text("email", longest=200),
                    phone=form.text("phone", longest=40),
                ),
                now=work.now(),
            )
        if not refused:
            done("contact_saved")
        return redirect(url_for("companies.details", id=id))


def _read() -> service.CompanyForm:
    form = FormReader(request.form)
    return service.CompanyForm(
        name=form.text("name", longest=200),
        industry=form.text("industry", longest=200),
        city=form.text("city", longest=100),
        website=form.text("website", longest=300),
        notes=form.text("notes"),
    )
