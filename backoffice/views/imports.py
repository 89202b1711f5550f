"""Vacancies from a file or a job page: upload or address, columns, preview with every fault, and the import."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from flask import Response as FlaskResponse
from flask import abort, g, redirect, request, send_file, url_for
from flask_admin import BaseView, expose
from werkzeug.wrappers import Response

from backoffice import auth, work
from backoffice.csv_text import ENCODING, CsvWriter
from backoffice.errors import done, flash_refusal, refusals_flashed
from backoffice.forms import FormReader, id_or_404
from backoffice.queries import vacancies as queries
from huntred.errors import FieldInvalid
from huntred.importing import alike, completing, job_pages, mails, service
from huntred.importing.errors import DraftIncomplete, ImportOver
from huntred.importing.files import MOST_BYTES
from huntred.importing.models import ImportJob
from huntred.importing.rules import FIELDS, REQUIRED, ReadRow, template_heads

_SHOWN_FAULTS = 200
_SHOWN_ROWS = 10
_LONGEST_CELL = 2_000
_LONGEST_TEXT = 20_000
_MOST_CELLS = 600
# Written in several lines.
_LONG_FIELDS = ("description", "benefits")


class ImportsView(BaseView):
    """`/imports`; for who writes vacancies of a whole unit, since a file makes companies too."""

    @expose("/")
    def index(self) -> str:
        uow = work.whole_unit()
        units = [unit for unit in g.units if unit.code in uow.scope.units]
        return self.render(
            "imports/index.html", jobs=service.recent(uow), choices=units, letters=mails.waiting_for_people(uow),
            addresses=mails.addresses(uow),
        )  # fmt: skip

    @expose("/template.csv")
    def template(self) -> Response:
        """The heads that are understood without being asked."""
        work.whole_unit()
        text = io.StringIO(newline="")
        CsvWriter(text).row(template_heads().values())
        response = FlaskResponse(text.getvalue().encode(ENCODING), mimetype="text/csv")
        response.headers["Content-Disposition"] = 'attachment; filename="plantilla-vacantes.csv"'
        return response

    @expose("/upload", methods=["POST"])
    def upload(self) -> Response:
        work.whole_unit()
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
        work.whole_unit()
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
        likes = _likes(job, preview.rows) if preview else {}
        mail = mails.get(work.whole_unit(), job.mail_id) if job.mail_id else None
        return self.render(
            "imports/details.html", job=job, preview=preview, fields=FIELDS, required=REQUIRED, likes=likes,
            most_faults=_SHOWN_FAULTS, most_rows=_SHOWN_ROWS, most_compared=alike.MOST_ROWS, mail=mail,
            cells=completing.cells_of(job) if preview and job.kind == mails.MAIL else [],
            companies=queries.companies(work.current_work().session, job.unit) if mail else [], long=_LONG_FIELDS,
            beside=mails.jobs_of(work.whole_unit(), mail.id) if mail else [],
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
        """Write what a job page or a mail does not say, or what was read wrongly."""
        job = _job(id)
        auth.needs("edit_vacancies")
        with refusals_flashed():
            completing.complete(work.work_of(job.unit), job.id, _cells(), now=work.now())
        return redirect(url_for("imports.details", id=id))

    @expose("/<id>/start", methods=["POST"])
    def start(self, id: str) -> Response:
        job = _job(id)
        auth.needs("edit_vacancies")
        form = FormReader(request.form)
        if job.kind == mails.MAIL and job.state == "preview":
            # What was written beside the mail is part of what is saved, and stays where something is still missing.
            completing.complete(work.work_of(job.unit), job.id, _cells(), now=work.now())
            if not service.preview(work.work_of(job.unit), job).good:
                flash_refusal(DraftIncomplete(id))
                return redirect(url_for("imports.details", id=id))
        with refusals_flashed():
            service.start(
                work.work_of(job.unit), job.id, skip_faulty=form.flag("skip_faulty"), now=work.now(),
                choices=_choices(job, form),
            )  # fmt: skip
        return redirect(url_for("imports.details", id=id))


    @expose("/mails/<id>")
    def mail(self, id: str) -> str | Response:
        """A mail in which no vacancy was found; one that has a preview is shown there."""
        uow = work.whole_unit()
        letter = mails.get(uow, id_or_404(id))
        job = next(iter(mails.jobs_of(uow, letter.id)), None)
        if job is not None and letter.state == "draft":
            return redirect(url_for("imports.details", id=job.id))
        return self.render(
            "imports/mail.html", mail=letter, colleagues=queries.colleagues(uow.session, letter.unit)
        )

    @expose("/mails/<id>/files/<int:number>")
    def mail_file(self, id: str, number: int) -> Response:
        """A file that came with it: saved, never shown as a page."""
        files = mails.attachments(mails.get(work.whole_unit(), id_or_404(id)))
        if not 1 <= number <= len(files):
            abort(404)
        one = files[number - 1]
        response = send_file(
            io.BytesIO(one.content), mimetype="application/octet-stream", as_attachment=True, download_name=one.name
        )
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        return response

    @expose("/mails/<id>/<any(dismiss, draft, forward):step>", methods=["POST"])
    def mail_step(self, id: str, step: str) -> Response:
        """Put it aside, read it as a vacancy all the same, or send it on to a colleague."""
        letter = mails.get(work.whole_unit(), id_or_404(id))
        auth.needs("edit_vacancies")
        uow, mail_id, user_id = work.work_of(letter.unit), letter.id, auth.acting_user()
        target = url_for("imports.index") if step != "forward" else url_for("imports.mail", id=id)
        with refusals_flashed() as refused:
            if step == "dismiss":
                mails.dismiss(uow, mail_id, user_id=user_id, now=work.now())
            elif step == "draft":
                job = mails.draft_anyway(uow, mail_id, work.wiring().advert_reader, user_id=user_id, now=work.now())
                target = url_for("imports.details", id=job.id)
            else:
                form = FormReader(request.form)
                to = form.required(form.id("user_id"), "user_id")
                mails.forward(uow, mail_id, to, user_id=user_id, now=work.now())
        if refused:
            return redirect(url_for("imports.mail", id=id))
        done(f"mail_{step}")
        return redirect(target)


def _cells() -> dict[tuple[int, str], str]:
    """What was written into the fields named `cell-<row>-<field>`."""
    form = FormReader(request.form)
    named = [name.split("-") for name in request.form if name.startswith("cell-")][:_MOST_CELLS]
    return {
        (int(parts[1]), parts[2]): form.text(
            "-".join(parts), longest=_LONGEST_TEXT if parts[2] in _LONG_FIELDS else _LONGEST_CELL
        )
        for parts in named
        if len(parts) == 3 and parts[1].isdecimal() and len(parts[1]) < 6
    }


def _likes(job: ImportJob, rows: Sequence[ReadRow]) -> dict[int, alike.Like]:
    return alike.of_rows(work.work_of(job.unit), work.wiring().title_reader, job.unit, rows)


def _choices(job: ImportJob, form: FormReader) -> dict[str, str]:
    """What was said of rows that look like a vacancy that is there: of each, else of all of them."""
    known = (alike.KEEP, alike.SKIP, alike.UPDATE)
    said = {
        int(name.removeprefix("alike-")): form.text(name, longest=10)
        for name in request.form
        if name.startswith("alike-") and name.removeprefix("alike-").isdecimal() and len(name) < 12
    }
    said = {row: choice for row, choice in said.items() if choice in known}
    otherwise = form.text("alike_all", longest=10)
    if otherwise not in known:
        otherwise = alike.KEEP
    if otherwise == alike.KEEP and set(said.values()) <= {alike.KEEP}:
        return {}
    rows = service.preview(work.work_of(job.unit), job).rows
    return alike.settle(_likes(job, rows), said, otherwise)


def _job(id: str) -> ImportJob:
    return service.get(work.whole_unit(), id_or_404(id))
