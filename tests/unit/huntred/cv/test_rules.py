"""What a CV proposes to a profile."""

from __future__ import annotations

from datetime import date

import pytest

from huntred.cv.ports import Cv, CvContact, CvJob, Found, Span
from huntred.cv.rules import proposals


def found(value: str) -> Found:
    return Found(value, Span(1, 0, len(value)), 0.9)


def job(title: str, start: str = "", end: str = "", current: bool = False) -> CvJob:
    return CvJob(
        title=found(title), start=found(start) if start else None, end=found(end) if end else None, current=current
    )


@pytest.mark.parametrize(
    ("jobs", "latest"),
    [
        ([job("Cajera", "2019-01", "2021-12"), job("Vendedora", "2022-02", current=True)], "Vendedora"),
        ([job("Vendedora", "2022-02", "2024-03"), job("Cajera", "2019-01", "2021-12")], "Vendedora"),
        ([job("Cajera", "2019-01", "2021-12"), job("Vendedora", "2022-02")], "Vendedora"),
        ([job("Cajera"), job("Vendedora")], "Cajera"),
    ],
)
def test_the_work_proposed_is_the_latest_whatever_its_place_in_the_cv(jobs: list[CvJob], latest: str) -> None:
    cv = Cv("es", CvContact(), None, tuple(jobs), (), (), (), (), 0, ("",))
    [proposed] = proposals(cv, today=date(2026, 11, 28))
    assert (proposed.field, proposed.text) == ("headline", latest)
