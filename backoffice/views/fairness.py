"""The impact ratio of a unit over quarters, and of one vacancy as a file; on the vacancy's page it is a tab."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Response, abort, request
from flask_admin import BaseView, expose

from backoffice import work
from backoffice.forms import FormReader, id_or_404
from backoffice.reports import fairness as files
from backoffice.reports import wording
from huntred.db.unit_of_work import UnitOfWork
from huntred.fairness import service
from huntred.fairness.rules import FOUR_FIFTHS, GROUPS, LEAST_PEOPLE, ROUNDED_TO
from huntred.vacancies import service as vacancies

# As many quarters may be chosen from.
_QUARTERS = 12


class FairnessView(BaseView):
    """`/fairness`: figures only, never a person."""

    @expose("/")
    def index(self) -> str:
        uow = _named_unit()
        first, last = _period(uow)
        report = service.unit_report(uow, first, _end(last), now=work.now())
        return self.render(
            "fairness/index.html", unit_code=uow.unit, choices=work.current_work().scope.units, quarters=_quarters(uow),
            first=first, last=last, last_day=_end(last), quarter_name=_name, **told(report),
        )  # fmt: skip

    @expose("/report.csv")
    def file(self) -> Response:
        uow = _named_unit()
        first, last = _period(uow)
        report = service.unit_report(uow, first, _end(last), now=work.now())
        return _file(files.report_csv(report), f"{uow.unit}-{_name(first)}-{_name(last)}")

    @expose("/vacancy/<id>.csv")
    def vacancy_file(self, id: str) -> Response:
        vacancy = vacancies.get(work.current_work(), id_or_404(id))
        report = service.vacancy_report(work.work_of(vacancy.unit), vacancy.id, now=work.now())
        return _file(files.report_csv(report), f"vacante-{vacancy.number}")


def told(report: service.Report) -> dict[str, object]:
    """What the part `fairness/_report.html` shows."""
    return {
        "report": report, "words": wording.words(), "attributes": GROUPS, "share": files.share,
        "least_people": LEAST_PEOPLE, "rounded_to": ROUNDED_TO, "four_fifths": FOUR_FIFTHS,
    }  # fmt: skip


def _named_unit() -> UnitOfWork:
    units = work.current_work().scope.units
    code = request.values.get("unit") or next(iter(units), "")
    return work.work_of(code) if code in units else abort(404)


def _period(uow: UnitOfWork) -> tuple[date, date]:
    """The first days of the first and the last quarter that are asked for; the last four unless told otherwise."""
    known, form = _quarters(uow), FormReader(request.args)
    first, last = form.day("first_quarter") or known[3], form.day("last_quarter") or known[0]
    if first not in known or last not in known:
        abort(404)
    return min(first, last), max(first, last)


def _quarters(uow: UnitOfWork) -> list[date]:
    """The first days of quarters, the latest first: whole ones alone, since a day more or less could be somebody."""
    day = service.week_began(uow, work.now()).date()
    quarter = date(day.year, day.month - (day.month - 1) % 3, 1)
    found = [quarter]
    while len(found) < _QUARTERS:
        before = found[-1] - timedelta(days=1)
        found.append(date(before.year, before.month - 2, 1))
    return found


def _end(quarter: date) -> date:
    """The last day of the quarter that begins then."""
    return (quarter + timedelta(days=100)).replace(day=1) - timedelta(days=1)


def _name(quarter: date) -> str:
    return f"{quarter.year}-T{(quarter.month + 2) // 3}"


def _file(content: bytes, name: str) -> Response:
    return Response(
        content, content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="huntred-equidad-{name}.csv"', "Cache-Control": "no-store",
        },
    )  # fmt: skip
