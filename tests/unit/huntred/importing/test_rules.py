"""What people type into the cells of a sheet."""

from __future__ import annotations

from decimal import Decimal

import pytest

from huntred.importing.rules import read_rows


@pytest.mark.parametrize(
    ("cell", "low", "high"),
    [
        ("12,500.00", "12500", "12500"), ("$9 500 a $11 000", "9500", "11000"), ("12 mil", "12000", "12000"),
        ("12k - 14k", "12000", "14000"), ("12 a 14 mil mensuales", "12000", "14000"), ("900 a 1.2 mil", "900", "1200"),
    ],
)  # fmt: skip
def test_pay_is_read_as_people_write_it(cell: str, low: str, high: str) -> None:
    (row,) = read_rows(["p", "e", "s"], [["Cajera", "Norte", cell]], {"title": "p", "company": "e", "salary": "s"})
    assert (row.faults, row.values["salary_min"], row.values["salary_max"]) == ((), Decimal(low), Decimal(high))


@pytest.mark.parametrize("cell", ["abc", "12 millas", "mil", "1 2 3 mil"])
def test_what_is_no_amount_is_told(cell: str) -> None:
    (row,) = read_rows(["p", "e", "s"], [["Cajera", "Norte", cell]], {"title": "p", "company": "e", "salary_min": "s"})
    assert [(fault.field, fault.problem) for fault in row.faults] == [("salary_min", "not_a_number")]
