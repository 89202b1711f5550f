"""One CV: its fields beside the text that they were read from, the file itself, and reading it anew."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from flask import redirect, url_for
from flask_admin import expose
from werkzeug.exceptions import NotFound as NotThere
from werkzeug.wrappers import Response

from backoffice import auth, cv_page, files, work
from backoffice.errors import done
from backoffice.forms import id_or_404
from backoffice.queries import conversations as names
from backoffice.queries import people as queries
from huntred.conversations.media import SentFile
from huntred.cv import service
from huntred.cv.models import CvFile


class CvPages:
    """`/people/cv/<id>`: a part of the pages of candidates."""

    render: Callable[..., str]

    @expose("/cv/<id>")
    def cv(self, id: str) -> str:
        cv = _cv(id)
        session = work.current_work().session
        profile = queries.profile_of(session, cv.unit, cv.person_id)
        if profile is None:
            raise NotThere
        return self.render(
            "people/cv.html",
            cv=cv,
            profile=profile,
            laid_out=cv_page.lay_out(service.content(cv)) if cv.state == "read" else None,
            uploader=names.user_names(session, [cv.uploaded_by]).get(cv.uploaded_by) if cv.uploaded_by else None,
        )

    @expose("/cv/<id>/archivo")
    def cv_file(self, id: str) -> Response:
        cv = _cv(id)
        sent = SentFile(cv.id, "document", "stored", cv.content_type, cv.name or "cv", cv.size, cv.stored_name, (), "")
        return files.answer(sent, Path(work.wiring().settings.media_dir))

    @expose("/cv/<id>/read-again", methods=["POST"])
    def cv_read_again(self, id: str) -> Response:
        cv = _cv(id)
        auth.needs("reply")
        service.read_again(work.work_of(cv.unit), cv.id, now=work.now())
        done("cv_read_again")
        return redirect(url_for("people.cv", id=cv.id))


def _cv(id: str) -> CvFile:
    """What this scope does not see is not there."""
    cv = work.current_work().session.get(CvFile, id_or_404(id))
    if cv is None:
        raise NotThere
    return cv
