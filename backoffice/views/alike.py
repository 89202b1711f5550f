"""Vacancies that may be one position advertised twice: the pairs, two side by side, one of two, and two again."""

from __future__ import annotations

from typing import Any

from flask import abort, g, redirect, request, url_for
from flask_admin import BaseView, expose
from werkzeug.wrappers import Response

from backoffice import auth, work
from backoffice.errors import done, refusals_flashed
from backoffice.forms import FormReader, id_or_404
from backoffice.pairs import both
from backoffice.queries import alike as queries
from huntred.alike import finding, undoing
from huntred.alike.merging import merge
from huntred.alike.models import VacancyMerge
from huntred.duplicates.pairing import stamp
from huntred.duplicates.rules import UNDO_DAYS
from huntred.duplicates.sealing import undoable_until
from huntred.vacancies.models import Vacancy

_MOST = 100
# What is laid side by side, in this order.
_LINES = (
    "title", "company", "state", "place", "address", "modality", "schedule", "salary", "seniority", "openings",
    "min_experience_years", "requirements", "benefits", "description",
)  # fmt: skip


class AlikeView(BaseView):
    """`/alike`; two vacancies are compared under both ids, the one that stays first."""

    @expose("/")
    def index(self) -> str:
        uow = work.whole_unit()
        shown_units = [unit for unit in g.units if unit.code in uow.scope.units]
        found = [(unit, finding.pairs(uow, unit.code, limit=_MOST)) for unit in shown_units]
        counts = queries.hanging(
            uow.session, [one.id for _, rows in found for _, *both in rows for one in both]
        )  # fmt: skip
        return self.render("alike/index.html", by_unit=found, counts=counts, most=_MOST, stays=_stays)

    @expose("/<id>/<other>")
    def compare(self, id: str, other: str) -> str | Response:
        kept, goes = both(Vacancy, id, other)
        uow = work.work_of(kept.unit)
        gone = next((one for one in (kept, goes) if one.state not in finding.LIVE), None)
        if gone is not None:
            return redirect(url_for("vacancies.details", id=gone.id))
        known = {one.vacancy.id: one for one in finding.candidates(uow, work.wiring().title_reader, kept)}
        counts = queries.hanging(uow.session, [kept.id, goes.id])
        lines = [line for name in _LINES if (line := _line(name, kept, goes))]
        return self.render(
            "alike/compare.html", kept=kept, other=goes, lines=lines, counts=counts,
            in_both=queries.in_both(uow.session, kept.id, goes.id), found=known.get(goes.id), seen=stamp(kept, goes),
            undo_days=UNDO_DAYS,
        )  # fmt: skip

    @expose("/<id>/<other>/merge", methods=["POST"])
    def merge(self, id: str, other: str) -> Response:
        kept, goes = both(Vacancy, id, other)
        auth.needs("publish_vacancies")
        unit, kept_id, other_id = kept.unit, kept.id, goes.id
        with refusals_flashed() as refused:
            merge(
                work.work_of(unit), kept_id, other_id, user_id=auth.acting_user(), now=work.now(),
                seen=FormReader(request.form).text("seen", longest=200),
            )  # fmt: skip
        if refused:
            return redirect(url_for("alike.compare", id=id, other=other))
        done("vacancies_merged")
        return redirect(url_for("vacancies.details", id=kept_id))

    @expose("/<id>/<other>/different", methods=["POST"])
    def different(self, id: str, other: str) -> Response:
        first, second = both(Vacancy, id, other)
        auth.needs("edit_vacancies")
        finding.tell_apart(
            work.work_of(first.unit), first.id, second.id, user_id=auth.acting_user(), now=work.now()
        )
        done("vacancies_told_apart")
        back = FormReader(request.form).text("back", longest=10)
        return redirect(url_for("vacancies.details", id=id) if back == "vacancy" else url_for("alike.index"))

    @expose("/merges/<id>/undo", methods=["POST"])
    def undo(self, id: str) -> Response:
        row = work.whole_unit().session.get(VacancyMerge, id_or_404(id))
        if row is None:
            abort(404)
        auth.needs("publish_vacancies")
        kept_id = row.kept_id
        with refusals_flashed() as refused:
            undoing.undo(work.work_of(row.unit), row.id, user_id=auth.acting_user(), now=work.now())
        if not refused:
            done("vacancies_separated")
        return redirect(url_for("vacancies.details", id=kept_id))


def notices(vacancy: Vacancy) -> dict[str, Any]:
    """Return what the page of a vacancy says of others: which it looks like, what was merged into it, where it went.

    A division sees where it went, and nothing of what it cannot see whole.
    """
    uow = work.current_work()
    into = uow.session.get(Vacancy, vacancy.merged_into_id) if vacancy.merged_into_id else None
    if uow.scope.divisions:
        return {"alike": [], "merges": [], "into": into}
    of_unit = work.work_of(vacancy.unit)
    found = finding.known(of_unit, work.wiring().title_reader, vacancy)
    merges = undoing.merges_of(of_unit, vacancy)
    others = {row.id: row for row in queries.vacancies(uow.session, [merge.other_id for merge in merges])}
    return {
        "alike": [one for one in found if one.state == "open"][:5],
        "merges": [
            (merge, others[merge.other_id], undoable_until(of_unit, merge, now=work.now())) for merge in merges
        ],
        "into": into,
    }  # fmt: skip


def _stays(first: Vacancy, second: Vacancy, counts: queries.Counts) -> tuple[Vacancy, Vacancy]:
    """Which of two is offered as the one that stays: the open one, then the one with more people, then the older."""
    rank = {"open": 2, "paused": 1}
    ordered = sorted(
        (first, second),
        key=lambda one: (
            -one.confidential, -rank.get(one.state, 0), -counts.get(one.id, queries.NOTHING).applications, one.number,
        ),
    )  # fmt: skip
    return ordered[0], ordered[1]


def _line(name: str, kept: Vacancy, other: Vacancy) -> dict[str, Any] | None:
    """One field of the two: what each says, and whether they say the same."""
    values = [_value(name, one) for one in (kept, other)]
    if not any(values):
        return None
    return {"name": name, "kept": values[0], "other": values[1], "same": values[0] == values[1]}


def _value(name: str, vacancy: Vacancy) -> Any:
    """What is compared of a line; how it is said is the template's."""
    if name == "company":
        return vacancy.company.name
    if name == "place":
        return ", ".join(dict.fromkeys(part for part in (vacancy.city, vacancy.region) if part))
    if name == "salary":
        told = (vacancy.salary_min, vacancy.salary_max, vacancy.salary_currency, vacancy.salary_period)
        return told if any(told[:2]) else None
    if name == "requirements":
        return [(one.name, one.importance) for one in vacancy.requirements]
    return getattr(vacancy, name)
