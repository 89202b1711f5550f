"""What every list offers: views with a name, columns, and its rows as a file."""

from __future__ import annotations

import io
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import abort, redirect, request, send_file, url_for
from flask_admin import BaseView, expose
from werkzeug.wrappers import Response

from backoffice import work
from backoffice.errors import done, refusals_flashed
from backoffice.formats import local
from backoffice.forms import FormReader, id_or_404
from backoffice.lists import exporting, writing
from backoffice.lists.catalogue import LISTS
from backoffice.lists.declared import DeclaredList
from backoffice.lists.listing import columns_of_request, opened_view
from backoffice.wording import words
from huntred.lists import service
from huntred.lists.models import ListExport, SavedView

# What is more than this is written by the worker.
AT_ONCE = 5000


class ListsView(BaseView):
    """`/lists/<list_name>/…`; name: one of LISTS."""

    @expose("/")
    def index(self) -> str:
        """The user's own exports of the last day."""
        return self.render("lists/index.html", exports=service.exports(work.current_work(), now=work.now()))

    @expose("/<list_name>/views", methods=["POST"])
    def save_view(self, list_name: str) -> Response:
        """Keep the filters and columns of the list under a name."""
        declared = _list(list_name)
        opened = opened_view(list_name)
        filters = declared.filters_of(request.form)
        saved = None
        with refusals_flashed() as refused:
            columns = [column.name for column in columns_of_request(declared, opened)]
            text = FormReader(request.form).text("view_name", longest=200)
            saved = service.save_view(work.current_work(), list_name, text, filters, columns)
        if refused or saved is None:
            return _to(declared, filters)
        done("view_saved")
        return _to(declared, filters, saved)

    @expose("/<list_name>/views/<id>/delete", methods=["POST"])
    def delete_view(self, list_name: str, id: str) -> Response:
        declared = _list(list_name)
        service.delete_view(work.current_work(), id_or_404(id))
        done("view_deleted")
        return _to(declared, {})

    @expose("/<list_name>/columns", methods=["POST"])
    def columns(self, list_name: str) -> Response:
        """Choose the columns with which the list opens, or those of the view that is open."""
        declared = _list(list_name)
        opened = opened_view(list_name)
        chosen = [column.name for column in declared.columns_of(FormReader(request.form).texts("column"))]
        if opened is not None:
            opened.columns = chosen
        else:
            service.choose_columns(work.current_work(), list_name, chosen)
        return _to(declared, declared.filters_of(request.form), opened)

    @expose("/<list_name>/export", methods=["POST"])
    def export(self, list_name: str) -> Response:
        """The rows that the filters leave, with the columns that are shown: at once, or by the worker where many."""
        declared = _list(list_name)
        file_format = request.form.get("format", "")
        if file_format not in writing.OF_LISTS:
            abort(400)
        uow = work.current_work()
        filters = declared.filters_of(request.form)
        columns = columns_of_request(declared, opened_view(list_name))
        if declared.count(uow.session, filters, work.now(), AT_ONCE + 1) > AT_ONCE:
            names = [column.name for column in columns]
            export = service.request_export(uow, list_name, filters, names, file_format, now=work.now())
            return redirect(url_for("lists.exported", id=export.id))
        with tempfile.TemporaryDirectory(prefix="export-") as folder:
            path = Path(folder) / "rows"
            batches = declared.rows(uow.session, filters, work.now())
            writing.write(path, file_format, columns, batches, words(), list_name)
            return _answer(io.BytesIO(path.read_bytes()), list_name, file_format, work.now())

    @expose("/exports/<id>")
    def exported(self, id: str) -> str:
        return self.render("lists/export.html", export=_export(id), lists=LISTS)

    @expose("/exports/<id>/progress")
    def progress(self, id: str) -> str:
        """The progress alone: what the page asks for until it is done."""
        return self.render("lists/_progress.html", export=_export(id))

    @expose("/exports/<id>/file")
    def file(self, id: str) -> Response:
        export = _export(id)
        path = exporting.path_of(Path(work.wiring().settings.media_dir), export.id)
        if export.state != "done" or not path.is_file():
            abort(404)
        return _answer(path, export.list_name, export.format, export.created_at)


def _list(name: str) -> DeclaredList:
    return LISTS.get(name) or abort(404)


def _to(declared: DeclaredList, filters: dict[str, str], view: SavedView | None = None) -> Response:
    values: dict[str, Any] = {**filters, **({"view": view.id} if view else {})}
    return redirect(url_for(declared.endpoint, **values))


def _export(id: str) -> ListExport:
    return service.export(work.current_work(), id_or_404(id), now=work.now())


def _answer(file: io.BytesIO | Path, name: str, file_format: str, at: datetime) -> Response:
    title = str(words().menu[name][0]).lower()
    return send_file(
        file,
        mimetype=writing.CONTENT_TYPES[file_format],
        as_attachment=True,
        download_name=f"{title} {local(at):%Y-%m-%d %H.%M}.{file_format}",
    )
