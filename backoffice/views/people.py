"""Candidates: search, and one with what they told, their applications and the conversation."""

from __future__ import annotations

from flask import abort, request
from flask_admin import BaseView, expose

from backoffice import work
from backoffice.forms import FormReader, id_or_404
from backoffice.queries import people as queries
from huntred.people import repository
from huntred.people.models import UnitProfile
from huntred.people.recap import shown
from huntred.people.rules import APPLY_REQUIRED, RECAP_ORDER, missing
from huntred.people.service import told


class PeopleView(BaseView):
    """`/people`; a candidate stands under the profile's id, because another unit's profile is another page."""

    @expose("/")
    def index(self) -> str:
        form = FormReader(request.args)
        wanted = {name: form.text(name, longest=100) for name in ("text", "place", "skill")}
        uow = work.current_work()
        page = repository.search(uow, **wanted, cursor=form.text("cursor"), limit=25)
        return self.render(
            "people/index.html",
            page=page,
            wanted=wanted,
            counts=queries.application_counts(uow.session, [profile.id for profile in page.items]),
        )

    @expose("/<id>")
    def details(self, id: str) -> str:
        session = work.current_work().session
        profile = session.get(UnitProfile, id_or_404(id))
        if profile is None:
            abort(404)
        return self.render(
            "people/details.html",
            profile=profile,
            lines=[(field, shown(field, profile)) for field in RECAP_ORDER],
            missing=missing(told(profile), APPLY_REQUIRED),
            applications=queries.applications(session, profile),
            interviews=queries.interviews(session, profile),
            conversations=queries.conversations(session, profile),
            said=queries.latest_messages(session, profile),
            has_curp=queries.has_curp(session, profile.id),
        )
