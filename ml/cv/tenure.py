"""How long somebody worked: the months of several jobs, those that overlap once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from huntred.cv.ports import CvJob
from ml.cv.dates import count, month_of


def total_months(made: Iterable[CvJob], today: date) -> int:
    """Return the months in which at least one job was held: what overlaps counts once."""
    return len(worked(made, today))


def worked(made: Iterable[CvJob], today: date) -> set[int]:
    months: set[int] = set()
    for job in made:
        last = month_of(today) if job.current else (job.end.value if job.end else "")
        if job.start and last:
            months.update(range(count(job.start.value), count(last) + 1))
    return months
