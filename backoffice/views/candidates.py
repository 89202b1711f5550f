"""The people who fit a vacancy: ranked with their evidence, one in detail, two or three side by side, and as a file."""

from __future__ import annotations

import tempfile
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from uuid import UUID

from flask import abort, redirect, request, send_file, url_for
from flask_admin import BaseView, expose
from werkzeug.wrappers import Response

from backoffice import work
from backoffice.formats import local
from backoffice.forms import id_or_404
from backoffice.lists import writing
from backoffice.lists.declared import Column
from backoffice.queries import vacancies as queries
from backoffice.wording import words
from huntred.matching import service as matching
from huntred.matching.types import RankedPerson
from huntred.people.service import full_name
from huntred.shortlists import service as shortlists
from huntred.vacancies import service
from huntred.vacancies.models import Vacancy

_SHOWN, _EXPORTED = 30, 500
_SIDE_BY_SIDE = 3
_SUGGESTED = 10

_COLUMNS = (
    Column("name", lambda row, facts, words: full_name(row.profile)),
    Column("score", lambda row, facts, words: (row.score * 100).quantize(Decimal(1))),
    Column("headline", lambda row, facts, words: row.profile.headline),
    Column("place", lambda row, facts, words: row.profile.city),
    Column("met", lambda row, facts, words: _told(row, words, "met")),
    Column("partly", lambda row, facts, words: _told(row, words, "partly")),
    Column("not", lambda row, facts, words: _told(row, words, "not")),
    Column("unknown", lambda row, facts, words: _told(row, words, "unknown")),
    Column("note", lambda row, facts, words: facts["notes"].get(row.profile.id, "")),
)


class CandidatesView(BaseView):
    """`/candidates/<vacancy id>`"""

    @expose("/")
    def index(self) -> Response:
        """Each belongs to a vacancy; the list of them leads there."""
        return redirect(url_for("vacancies.index"))

    @expose("/<id>")
    def ranked(self, id: str) -> str:
        """The ranked table; a part of the vacancy's page, loaded behind it."""
        vacancy = _vacancy(id)
        session = work.current_work().session
        return self.render(
            "vacancies/_people.html",
            vacancy=vacancy,
            ranked=_ranked(vacancy, _SHOWN),
            listed=queries.on_shortlist(session, vacancy.id),
            applied=queries.applied(session, vacancy.id),
            most=_SIDE_BY_SIDE,
        )

    @expose("/<id>/suggested")
    def suggested(self, id: str) -> str:
        """Who fits and is neither on the board nor on the shortlist; a part of the board, loaded on demand."""
        vacancy = _vacancy(id)
        session = work.current_work().session
        there = queries.on_shortlist(session, vacancy.id) | queries.applied(session, vacancy.id).keys()
        ranked = [one for one in _ranked(vacancy, _SHOWN) if one.profile.id not in there]
        return self.render("vacancies/_suggested.html", vacancy=vacancy, ranked=ranked[:_SUGGESTED])

    @expose("/<id>/person/<profile_id>")
    def person(self, id: str, profile_id: str) -> str:
        """Everything that speaks for and against one person; a part of the table, on demand."""
        vacancy = _vacancy(id)
        [ranked] = _named(vacancy, [id_or_404(profile_id)]) or abort(404)
        answers = queries.answers_of(work.current_work().session, vacancy.id, ranked.profile.id)
        return self.render("vacancies/_evidence.html", vacancy=vacancy, item=ranked, answers=answers)

    @expose("/<id>/compare")
    def compare(self, id: str) -> str:
        """Two or three people side by side."""
        vacancy = _vacancy(id)
        ids = [id_or_404(text) for text in request.args.getlist("person")][:_SIDE_BY_SIDE]
        people = _named(vacancy, ids)
        if len(people) != len(dict.fromkeys(ids)):
            abort(404)
        return self.render("vacancies/compare.html", vacancy=vacancy, people=people, most=_SIDE_BY_SIDE)

    @expose("/<id>/export", methods=["POST"])
    def export(self, id: str) -> Response:
        """The ranked people, or the shortlist in its order, as a file."""
        vacancy = _vacancy(id)
        file_format = request.form.get("format", "")
        if file_format not in writing.CONTENT_TYPES:
            abort(400)
        uow = work.work_of(vacancy.unit)
        entries = shortlists.entries(uow, vacancy.id)
        only_listed = request.form.get("which") == "shortlist"
        if only_listed:
            rows = _named(vacancy, [entry.profile_id for entry in entries])
        else:
            rows = _ranked(vacancy, _EXPORTED)
        facts = {"notes": {entry.profile_id: entry.note for entry in entries}}
        with tempfile.TemporaryDirectory(prefix="export-") as folder:
            path = Path(folder) / "rows"
            writing.write(path, file_format, _COLUMNS, [(rows, facts)], words(), "candidates")
            content = BytesIO(path.read_bytes())
        return send_file(
            content,
            mimetype=writing.CONTENT_TYPES[file_format],
            as_attachment=True,
            download_name=_file_name(vacancy, only_listed, file_format, work.now()),
        )


def _vacancy(raw: str) -> Vacancy:
    return service.get(work.current_work(), id_or_404(raw))


def _ranked(vacancy: Vacancy, limit: int) -> list[RankedPerson]:
    wiring = work.wiring()
    return matching.people_for(
        work.work_of(vacancy.unit), wiring.ranker, vacancy.id, limit=limit, nearest=wiring.nearest
    )


def _named(vacancy: Vacancy, ids: list[UUID]) -> list[RankedPerson]:
    return matching.people_named(work.work_of(vacancy.unit), work.wiring().ranker, vacancy.id, ids)


def _told(row: RankedPerson, words: object, state: str) -> str:
    label = words.evidence_label  # type: ignore[attr-defined]  # a macro of texts.html
    return ", ".join(str(label(item)).strip() for item in row.evidence if item.state == state)


def _file_name(vacancy: Vacancy, only_listed: bool, file_format: str, now: datetime) -> str:
    kind = "lista corta" if only_listed else "candidatos"
    return f"{kind} {vacancy.number} {local(now):%Y-%m-%d %H.%M}.{file_format}"
