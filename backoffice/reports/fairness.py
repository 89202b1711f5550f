"""The impact ratio as CSV: the very figures of the page, hidden where the page hides them."""

from __future__ import annotations

import io
from typing import Any

from backoffice.csv_text import ENCODING, CsvWriter
from backoffice.reports import wording
from huntred.fairness.rules import LEAST_PEOPLE, GroupFigures
from huntred.fairness.service import Report

_COLUMNS = (
    "attribute", "step", "decided", "answered", "group", "people", "selected", "rate", "ratio", "below", "chance",
    "rare",
)  # fmt: skip


def report_csv(report: Report) -> bytes:
    """A line for each group of each step; counts to the nearest five where the report rounds them."""
    words, text = wording.words(), io.StringIO(newline="")
    said = words["fairness"]
    writer = CsvWriter(text)
    writer.row([said["columns"][name] for name in _COLUMNS])
    for figures in report.figures:
        around = [
            said["attributes"][figures.attribute], said["steps"][figures.step], str(figures.people),
            said["fewer"].format(least=LEAST_PEOPLE) if figures.answered is None else str(figures.answered),
        ]  # fmt: skip
        if not figures.enough:
            writer.row([*around, said["not_enough"], *[""] * 7])
        for group in figures.groups:
            writer.row([*around, said["groups"][figures.attribute][group.group], *_cells(group, words)])
    return text.getvalue().encode(ENCODING)


def share(group: GroupFigures) -> str:
    """The share that went on, in percent; whole where the counts are rounded, since a finer one would tell them."""
    return f"{group.rate * 100:.0f}" if group.selected is None else f"{group.rate * 100:.1f}"


def _cells(group: GroupFigures, words: dict[str, Any]) -> list[str]:
    if not group.shown:
        return [words["fairness"]["hidden"], *[""] * 6]
    yes_no = {True: words["yes"], False: words["no"]}
    return [
        str(group.people), "" if group.selected is None else str(group.selected), f"{share(group)} %",
        f"{group.ratio:.2f}", yes_no[group.below], "" if group.chance is None else f"{group.chance:.3f}",
        "" if group.reference else yes_no[group.rare],
    ]  # fmt: skip
