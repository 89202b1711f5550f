"""People from another recruiting system: a file, which column is which, a look at its rows, the import, its undoing."""

from __future__ import annotations

import io
from pathlib import Path

from flask import Response as FlaskResponse
from flask import abort, g, redirect, request, url_for
from flask_admin import BaseView, expose
from werkzeug.wrappers import Response

from backoffice import auth, work
from backoffice.csv_text import ENCODING, CsvWriter
from backoffice.errors import done, refusals_flashed
from backoffice.forms import FormReader, id_or_404
from backoffice.queries import exchange as queries
from backoffice.wording import words
from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import FieldInvalid
from huntred.exchange import service
from huntred.exchange.models import PeopleImport
from huntred.exchange.suggesting import DATE_ORDERS, FIELDS, never_read, systems

SWITCH = "exchange_people"
_SHOWN_FAULTS = 100
_SHOWN_ROWS = 10


class PeopleImportsView(BaseView):
    """`/people-imports`; for who runs a unit, and a division's consultants where their switch allows it."""

    @expose("/")
    def index(self) -> str:
        auth.needs(SWITCH)
        uow = work.current_work()
        return self.render(
            "people_imports/index.html", imports=service.recent(uow), systems=systems(), choices=_units(uow),
            vacancies=queries.vacancies_to_apply(uow.session), only_divisions=bool(uow.scope.divisions),
        )  # fmt: skip

    @expose("/upload", methods=["POST"])
    def upload(self) -> Response:
        auth.needs(SWITCH)
        form = FormReader(request.form)
        unit = form.text("unit")
        if unit not in work.current_work().scope.units:
            abort(404)
        target = url_for("people_imports.index")
        with refusals_flashed():
            given = request.files.get("file")
            content = given.read(service.BOUNDS.bytes + 1) if given else b""
            name = Path(given.filename or "").name if given else ""
            if given:
                given.close()
            if not content:
                raise FieldInvalid("file", "missing")
            # What was shown is what is kept, in the language in which it was read.
            said = str(words().exchange_declaration) if form.flag("declaration") else ""
            found = service.upload(
                work.work_of(unit), name, content, service.Declared(said, user_id=auth.acting_user()), now=work.now(),
                system=form.text("system"), vacancy_id=form.id("vacancy"),
            )  # fmt: skip
            target = url_for("people_imports.details", id=found.id)
        return redirect(target)

    @expose("/<id>")
    def details(self, id: str) -> str:
        uow, found = _import(id)
        asks = found.state == "columns" or (found.state == "preview" and "edit" in request.args)
        given = {"item": found, "asks": asks, "fields": FIELDS}
        if asks:
            values = service.values_of(uow, found)
            given |= {
                "date_orders": DATE_ORDERS, "columns": queries.columns_of(uow, found), "never": never_read(found.heads),
                "values": values, "chosen_values": queries.chosen_values(uow, found, values),
                "stages": queries.stages_of(uow), "vacancies": queries.vacancies_to_apply(uow.session, found.unit),
            }  # fmt: skip
        elif found.state == "preview":
            given |= {
                "counts": service.counts(uow, found.id), "never": never_read(found.heads),
                "faulty": queries.faults_of(uow, found, _SHOWN_FAULTS),
                "good": queries.first_rows(uow, found, _SHOWN_ROWS, now=work.now()),
            }  # fmt: skip
        else:
            given |= _outcome(uow, found)
        return self.render("people_imports/details.html", **given)

    @expose("/<id>/progress")
    def progress(self, id: str) -> str:
        """The progress alone: what the page asks for until it is done."""
        uow, found = _import(id)
        return self.render("people_imports/_progress.html", item=found, **_outcome(uow, found))

    @expose("/<id>/columns", methods=["POST"])
    def choose(self, id: str) -> Response:
        """Say which column is which; the unit's next file of these columns is read so where it is kept."""
        uow, found = _import(id)
        form = FormReader(request.form)
        with refusals_flashed() as refused:
            columns: dict[str, str] = {}
            for number, head in enumerate(found.heads):
                field = form.text(f"field-{number}", longest=40)
                if field and field in columns:
                    raise FieldInvalid("columns", "twice")
                if field:
                    columns[field] = head
            values = {
                field: {
                    form.text(f"theirs-{field}-{n}", longest=300): form.text(f"ours-{field}-{n}", longest=120)
                    for n in range(service.MOST_VALUES)
                    if form.has(f"theirs-{field}-{n}")
                }
                for field in service.MAPPED_VALUES
            }
            service.choose(
                uow, found.id, columns, values, form.text("dates"), now=work.now(),
                keep_as=form.text("mapping_name", longest=200), user_id=auth.acting_user(),
            )  # fmt: skip
        again = "1" if refused and found.state == "preview" else None
        return redirect(url_for("people_imports.details", id=id, edit=again))

    @expose("/<id>/start", methods=["POST"])
    def start(self, id: str) -> Response:
        uow, found = _import(id)
        with refusals_flashed():
            service.start(uow, found.id, now=work.now())
        return redirect(url_for("people_imports.details", id=id))

    @expose("/<id>/go-on", methods=["POST"])
    def go_on(self, id: str) -> Response:
        uow, found = _import(id)
        with refusals_flashed():
            service.go_on(uow, found.id, now=work.now())
        return redirect(url_for("people_imports.details", id=id))

    @expose("/<id>/undo", methods=["POST"])
    def undo(self, id: str) -> Response:
        uow, found = _import(id)
        with refusals_flashed() as refused:
            service.undo(uow, found.id, user_id=auth.acting_user(), now=work.now())
        if not refused:
            done("exchange_undoing")
        return redirect(url_for("people_imports.details", id=id))

    @expose("/<id>/faulty.csv")
    def faulty(self, id: str) -> Response:
        """The rows with faults as they came, with what to do, to be mended and uploaded again."""
        uow, found = _import(id)
        t = words()
        text = io.StringIO(newline="")
        writer = CsvWriter(text)
        writer.row([*found.heads, str(t.exchange_fault_heads[0]), str(t.exchange_fault_heads[1])])
        for row in service.seen_rows(uow, found.id, faulty=True, limit=None):
            advice = "; ".join(
                f"{t.exchange_fields[fault['field']]}: {t.exchange_advice(fault['field'], fault['problem'])}"
                for fault in row.faults
            )
            writer.row([*row.cells, row.row, advice])
        response = FlaskResponse(text.getvalue().encode(ENCODING), mimetype="text/csv")
        response.headers["Content-Disposition"] = f'attachment; filename="{t.exchange_fault_heads[2]}.csv"'
        return response


def _import(id: str) -> tuple[UnitOfWork, PeopleImport]:
    found = service.get(work.current_work(), id_or_404(id))
    auth.needs(SWITCH)
    return work.work_of(found.unit), found


def _outcome(uow: UnitOfWork, found: PeopleImport) -> dict[str, object]:
    return {"counts": service.counts(uow, found.id), "may_undo": service.may_undo(found, now=work.now())}


def _units(uow: UnitOfWork) -> list[object]:
    return [unit for unit in g.units if unit.code in uow.scope.units]
