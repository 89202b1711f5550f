"""What can be refused where two vacancies are made one, or two again."""

from __future__ import annotations

from huntred.errors import RuleBroken


class SameVacancy(RuleBroken):
    """Both sides are one vacancy, of different units, or of different kinds (a job and an internship)."""

    code = "same_vacancy"


class NotLive(RuleBroken):
    """One of the two is closed or filled: nothing is moved to it, or away from it."""

    code = "vacancies_not_live"


class ConfidentialityLost(RuleBroken):
    """The confidential one would end in one that names the client."""

    code = "confidentiality_lost"


class VacanciesChanged(RuleBroken):
    """Somebody changed one of the two while they were compared."""

    code = "vacancies_changed"


class BothInterviews(RuleBroken):
    """Somebody has an interview ahead for each of the two."""

    code = "vacancies_both_interviews"


class VacancyMergeOver(RuleBroken):
    """It was undone, or its 30 days are over."""

    code = "vacancy_merge_over"


class LaterVacancyMergeFirst(RuleBroken):
    """The one that stayed was merged again later: that comes first."""

    code = "later_vacancy_merge_first"
