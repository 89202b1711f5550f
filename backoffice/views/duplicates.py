"""People who may be in a unit twice: the pairs, two side by side, one of two, and two again."""

from __future__ import annotations

from flask import abort, g, redirect, request, url_for
from flask_admin import BaseView, expose
from werkzeug.wrappers import Response

from backoffice import auth, work
from backoffice.errors import done, refusals_flashed
from backoffice.formats import shown
from backoffice.forms import FormReader, id_or_404
from backoffice.pairs import both
from backoffice.queries import people as queries
from huntred.duplicates import finding, undoing
from huntred.duplicates.merging import merge
from huntred.duplicates.pairing import stamp
from huntred.duplicates.rules import GROUPS, UNDO_DAYS, Side
from huntred.people.models import PersonMerge, UnitProfile

# What is never shown is only said to be there; whether both say the same is told by the blind index.
_HIDDEN = ("curp", "rfc")
_MOST = 100


class DuplicatesView(BaseView):
    """`/duplicates`; two people are compared under both profiles' ids, the one who stays first."""

    @expose("/")
    def index(self) -> str:
        uow = work.whole_unit()
        shown_units = [unit for unit in g.units if unit.code in uow.scope.units]
        found = [(unit, finding.pairs(uow, unit.code, limit=_MOST)) for unit in shown_units]
        return self.render("duplicates/index.html", by_unit=found, most=_MOST)

    @expose("/<id>/<other>")
    def compare(self, id: str, other: str) -> str:
        kept, goes = both(UnitProfile, id, other)
        session = work.current_work().session
        groups = [_line(group, kept, goes) for group in GROUPS]
        sides = [
            {
                "profile": one,
                "applications": queries.applications(session, one),
                "interviews": queries.interviews(session, one),
                "conversations": queries.conversations(session, one),
                "cvs": queries.cvs(session, one),
            }
            for one in (kept, goes)
        ]
        known = {one.profile.id: one for one in finding.candidates(work.current_work(), kept)}
        return self.render(
            "duplicates/compare.html", kept=kept, other=goes, sides=sides, lines=[line for line in groups if line],
            seen=stamp(kept, goes), found=known.get(goes.id), undo_days=UNDO_DAYS,
        )  # fmt: skip

    @expose("/<id>/<other>/merge", methods=["POST"])
    def merge(self, id: str, other: str) -> Response:
        kept, goes = both(UnitProfile, id, other)
        auth.needs("reply")
        form = FormReader(request.form)
        choices: dict[str, Side] = {}
        for group in GROUPS:
            chosen = form.text(f"choice_{group}", longest=10)
            if chosen in ("kept", "other", "both"):
                choices[group] = chosen  # type: ignore[assignment]
        unit, kept_id, other_id = kept.unit, kept.id, goes.id
        with refusals_flashed() as refused:
            merge(
                work.work_of(unit), kept_id, other_id, choices, user_id=auth.acting_user(), now=work.now(),
                seen=form.text("seen", longest=200),
            )  # fmt: skip
        if refused:
            return redirect(url_for("duplicates.compare", id=id, other=other))
        done("people_merged")
        return redirect(url_for("people.details", id=kept_id))

    @expose("/<id>/<other>/different", methods=["POST"])
    def different(self, id: str, other: str) -> Response:
        first, second = both(UnitProfile, id, other)
        auth.needs("reply")
        finding.tell_apart(
            work.work_of(first.unit), first.id, second.id, user_id=auth.acting_user(), now=work.now()
        )
        done("told_apart")
        back = FormReader(request.form).text("back", longest=10)
        return redirect(url_for("people.details", id=id) if back == "person" else url_for("duplicates.index"))

    @expose("/merges/<id>/undo", methods=["POST"])
    def undo(self, id: str) -> Response:
        row = work.whole_unit().session.get(PersonMerge, id_or_404(id))
        if row is None:
            abort(404)
        auth.needs("reply")
        kept_id = row.kept_profile_id
        with refusals_flashed() as refused:
            undoing.undo(work.work_of(row.unit), row.id, user_id=auth.acting_user(), now=work.now())
        if not refused:
            done("people_separated")
        return redirect(url_for("people.details", id=kept_id))


def _line(group: str, kept: UnitProfile, other: UnitProfile) -> dict[str, object] | None:
    """One field of the two: what each says, whether they say the same, and which one stays unless somebody chooses."""
    texts = [_text(group, one) for one in (kept, other)]
    if not any(texts):
        return None
    column = f"{group}_hash" if group in _HIDDEN else GROUPS[group][0]
    same = texts[0] == texts[1] and getattr(kept, column) == getattr(other, column)
    return {
        "group": group, "kept": texts[0], "other": texts[1], "same": same,
        "choice": "kept" if texts[0] else "other", "both": group == "skills" and all(texts) and not same,
        "hidden": group in _HIDDEN,
    }  # fmt: skip


def _text(group: str, profile: UnitProfile) -> str:
    if group == "name":
        return " ".join(part for part in (profile.first_name, profile.last_name, profile.second_last_name) if part)
    if group in _HIDDEN:
        return "•••" if getattr(profile, f"{group}_hash") else ""
    if group == "experience_text":
        return profile.experience_text
    if group == "work_permit":
        return " · ".join(part for part in (shown("work_permit", profile), shown("permit_expires", profile)) if part)
    return shown(group, profile)
