"""Messaging: inbox and outbox as they stand, what was put aside, what perhaps went, what could not be read, models.

For who answers for a whole unit; bodies in quarantine and models are the super administrator's.
"""

from __future__ import annotations

from flask import abort, g, redirect, request, url_for
from flask_admin import BaseView, expose
from werkzeug.wrappers import Response

from backoffice import auth, live_tokens, work
from backoffice.errors import done, refusals_flashed
from backoffice.forms import FormReader
from backoffice.queries import messaging as queries
from huntred.conversations import aside, published, review
from huntred.errors import NotFound
from huntred.pages import Page

SHOWN_BYTES = 8 * 1024
_PAGE = 30
_BIGGEST = 2**63 - 1


class MessagingView(BaseView):
    """`/messaging`"""

    def is_accessible(self) -> bool:
        if not auth.runs_unit():
            abort(404)
        return True

    @expose("/")
    def index(self) -> str:
        return self.render(
            "messaging/index.html", live=live_tokens.for_messaging(), **self._overview(), **_tabs("index")
        )

    @expose("/now")
    def now(self) -> str:
        """The figures alone: what the live stream refreshes."""
        return self.render("messaging/_overview.html", **self._overview())

    @expose("/live-token")
    def live_token(self) -> dict[str, str]:
        """A fresh token for a page that stays open."""
        return {"token": live_tokens.for_messaging()}

    @expose("/aside")
    def aside(self) -> str:
        found = aside.list_aside(work.current_work(), before_id=_cursor(), limit=_PAGE + 1)
        page = Page(found[:_PAGE], str(found[_PAGE - 1].inbox_id) if len(found) > _PAGE else "")
        return self.render("messaging/aside.html", page=page, **_tabs("aside"))

    @expose("/aside/<id>/replay", methods=["POST"])
    def replay(self, id: str) -> Response:
        waiting = 0
        with refusals_flashed() as refused:
            waiting = aside.replay_aside(work.current_work(), _number(id), now=work.now())
        if not refused:
            done("aside_replayed" if waiting else "replayed_before")
        return redirect(url_for("messaging.aside"))

    @expose("/review")
    def review(self) -> str:
        return self.render(
            "messaging/review.html", waiting=review.waiting(work.current_work(), limit=100), **_tabs("review")
        )

    @expose("/review/<id>/<any('send-again', 'mark-sent', drop):decision>", methods=["POST"])
    def decide(self, id: str, decision: str) -> Response:
        uow, user = work.current_work(), auth.acting_user()
        if decision == "send-again":
            review.send_again(uow, _number(id), user)
        elif decision == "mark-sent":
            review.mark_sent(uow, _number(id), user, now=work.now())
        else:
            review.drop(uow, _number(id), user)
        g.audited = True  # by the service, with what became of it
        done(f"review_{decision.replace('-', '_')}")
        return redirect(url_for("messaging.review"))

    @expose("/not-sent")
    def not_sent(self) -> str:
        uow = work.current_work()
        return self.render(
            "messaging/not_sent.html", page=queries.not_sent(uow.session, uow.scope.units, _cursor()),
            **_tabs("not_sent"),
        )  # fmt: skip

    @expose("/quarantine")
    def quarantine(self) -> str:
        auth.needs_super()
        found = aside.list_quarantine(work.current_work(), before_id=_cursor(), limit=_PAGE + 1)
        page = Page(found[:_PAGE], str(found[_PAGE - 1].id) if len(found) > _PAGE else "")
        return self.render("messaging/quarantine.html", page=page, **_tabs("quarantine"))

    @expose("/quarantine/<id>")
    def body(self, id: str) -> str:
        """One body, as text and bounded."""
        auth.needs_super()
        row = queries.quarantined(work.current_work().session, _number(id))
        if row is None:
            raise NotFound("body")
        content = bytes(row.body)
        return self.render(
            "messaging/body.html", row=row, size=len(content), cut=len(content) > SHOWN_BYTES,
            shown=content[:SHOWN_BYTES].decode("utf-8", "replace"),
        )  # fmt: skip

    @expose("/quarantine/<id>/replay", methods=["POST"])
    def read_again(self, id: str) -> Response:
        auth.needs_super()
        asked = False
        with refusals_flashed() as refused:
            asked = aside.replay_quarantine(work.current_work(), _number(id), now=work.now())
        if not refused:
            done("body_replayed" if asked else "replayed_before")
        return redirect(url_for("messaging.body", id=id))

    @expose("/models")
    def models(self) -> str:
        auth.needs_super()
        return self.render(
            "messaging/models.html", models=published.list_models(work.current_work()), **_tabs("models")
        )

    @expose("/models/<id>/use", methods=["POST"])
    def use_model(self, id: str) -> Response:
        auth.needs_super()
        published.make_current(work.current_work(), _number(id), auth.acting_user(), now=work.now())
        g.audited = True
        done("model_chosen")
        return redirect(url_for("messaging.models"))

    def _overview(self) -> dict[str, object]:
        uow = work.current_work()
        return {"state": queries.overview(uow.session, uow.scope.units, work.now())}


def _tabs(chosen: str) -> dict[str, object]:
    """Which part of messaging is open, and what the others hold."""
    session = work.current_work().session
    return {"tab": chosen, "unread_bodies": queries.quarantine_count(session), "open_rows": queries.open_rows(session)}


def _number(raw: str) -> int:
    """Read an id of a path. What is no id is not there."""
    if not (raw.isascii() and raw.isdigit()) or int(raw[:20]) > _BIGGEST:
        raise NotFound("message")
    return int(raw)


def _cursor() -> int | None:
    found = FormReader(request.args).integer("cursor")
    return None if found is None else max(0, min(found, _BIGGEST))
