"""Candidates: search, and one with what they told, their applications and the conversation."""

from __future__ import annotations

from flask import abort, request
from flask_admin import BaseView, expose

from backoffice import work
from backoffice.forms import FormReader, id_or_404
from backoffice.lists import listing
from backoffice.lists.catalogue import read_people_filter
from backoffice.queries import people as queries
from huntred.people.models import UnitProfile
from huntred.people.recap import shown
from huntred.people.rules import APPLY_REQUIRED, RECAP_ORDER, missing
from huntred.people.service import told


class PeopleView(BaseView):
    """`/people`; a candidate stands under the profile's id, because another unit's profile is another page."""

    @expose("/")
    def index(self) -> str:
        return self.render(
            "people/index.html",
            listing=listing.show("people"),
            wanted=read_people_filter(FormReader(request.args)),
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
