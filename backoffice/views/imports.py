"""Vacancies from a file or a job page: upload or address, columns, preview with every fault, and the import."""

from __future__ import annotations

import io
from pathlib import Path

from flask import Response as FlaskResponse
from flask import abort, g, redirect, request, url_for
from flask_admin import BaseView, expose
from werkzeug.wrappers import Response

from backoffice import auth, work
from backoffice.csv_text import ENCODING, CsvWriter
from backoffice.errors import done, flash_refusal, refusals_flashed
from backoffice.forms import FormReader, id_or_404
from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import FieldInvalid
from huntred.importing import job_pages, service
from huntred.importing.errors import ImportOver
from huntred.importing.files import MOST_BYTES
from huntred.importing.models import ImportJob
from huntred.importing.rules import FIELDS, REQUIRED, template_heads

_SHOWN_FAULTS = 200
_SHOWN_ROWS = 10
_LONGEST_CELL = 2_000


class ImportsView(BaseView):
    """`/imports`; for who writes vacancies of a whole unit, since a file makes companies too."""

    @expose("/")
    def index(self) -> str:
        uow = _whole_unit()
        units = [unit for unit in g.units if unit.code in uow.scope.units]
        return self.render("imports/index.html", jobs=service.recent(uow), choices=units)

    @expose("/template.csv")
    def template(self) -> Response:
        """The heads that are understood without being asked."""
        _whole_unit()
        text = io.StringIO(newline="")
        CsvWriter(text).row(template_heads().values())
        response = FlaskResponse(text.getvalue().encode(ENCODING), mimetype="text/csv")
        response.headers["Content-Disposition"] = 'attachment; filename="plantilla-vacantes.csv"'
        return response

    @expose("/upload", methods=["POST"])
    def upload(self) -> Response:
        _whole_unit()
        auth.needs("edit_vacancies")
        unit = request.form.get("unit", "")
        if unit not in work.current_work().scope.units:
            abort(404)
        target = url_for("imports.index")
        with refusals_flashed():
            given = request.files.get("file")
            content = given.read(MOST_BYTES + 1) if given else b""
            name = Path(given.filename or "").name if given else ""
            if given:
                given.close()
            if not content:
                raise FieldInvalid("file", "missing")
            job = service.upload(work.work_of(unit), name, content, user_id=auth.acting_user(), now=work.now())
            target = url_for("imports.details", id=job.id)
        return redirect(target)

    @expose("/page", methods=["POST"])
    def page(self) -> Response:
        """Ask for a public job page to be read; the worker fetches it."""
        _whole_unit()
        auth.needs("edit_vacancies")
        form = FormReader(request.form)
        unit = form.text("unit")
        if unit not in work.current_work().scope.units:
            abort(404)
        target = url_for("imports.index")
        with refusals_flashed():
            job = job_pages.ask(
                work.work_of(unit), request.form.get("page_url", ""), user_id=auth.acting_user(), now=work.now(),
                inside=work.wiring().settings.job_pages_reach,
            )  # fmt: skip
            target = url_for("imports.details", id=job.id)
        return redirect(target)

    @expose("/<id>")
    def details(self, id: str) -> str | Response:
        job = _job(id)
        preview = None
        if job.state == "preview":
            try:
                preview = service.preview(work.work_of(job.unit), job)
            except ImportOver as error:
                flash_refusal(error)
                return redirect(url_for("imports.index"))
        return self.render(
            "imports/details.html", job=job, preview=preview, fields=FIELDS, required=REQUIRED,
            most_faults=_SHOWN_FAULTS, most_rows=_SHOWN_ROWS,
        )  # fmt: skip

    @expose("/<id>/progress")
    def progress(self, id: str) -> str:
        """The progress alone: what the page asks for until it is done."""
        return self.render("imports/_progress.html", job=_job(id))

    @expose("/<id>/columns", methods=["POST"])
    def columns(self, id: str) -> Response:
        """Say which column is which; the unit's next file is read so too."""
        job = _job(id)
        auth.needs("edit_vacancies")
        form = FormReader(request.form)
        chosen = {field: form.text(f"column_{field}", longest=500) for field in FIELDS}
        with refusals_flashed() as refused:
            service.choose_columns(
                work.work_of(job.unit), job.id, {field: head for field, head in chosen.items() if head},
                user_id=auth.acting_user(), now=work.now(),
            )  # fmt: skip
        if not refused:
            done("import_columns_saved")
        return redirect(url_for("imports.details", id=id))

    @expose("/<id>/complete", methods=["POST"])
    def complete(self, id: str) -> Response:
        """Write what a job page does not say."""
        job = _job(id)
        auth.needs("edit_vacancies")
        form = FormReader(request.form)
        with refusals_flashed():
            named = [name.split("-") for name in request.form if name.startswith("cell-")][:_SHOWN_FAULTS]
            cells = {
                (int(parts[1]), parts[2]): form.text("-".join(parts), longest=_LONGEST_CELL)
                for parts in named
                if len(parts) == 3 and parts[1].isdecimal() and len(parts[1]) < 6
            }
            job_pages.complete(work.work_of(job.unit), job.id, cells, now=work.now())
        return redirect(url_for("imports.details", id=id))

    @expose("/<id>/start", methods=["POST"])
    def start(self, id: str) -> Response:
        job = _job(id)
        auth.needs("edit_vacancies")
        with refusals_flashed():
            service.start(
                work.work_of(job.unit), job.id, skip_faulty=FormReader(request.form).flag("skip_faulty"), now=work.now()
            )
        return redirect(url_for("imports.details", id=id))


def _whole_unit() -> UnitOfWork:
    uow = work.current_work()
    if uow.scope.divisions:
        abort(404)
    return uow


def _job(id: str) -> ImportJob:
    return service.get(_whole_unit(), id_or_404(id))
