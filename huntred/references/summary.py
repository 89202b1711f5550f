"""What several referees said, side by side: counted and quoted, never told in other words; pure.

No number of it leaves the page: it ranks nobody (decision 0040).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from contract.text import normalise
from huntred.disclosures.rules import core_name
from huntred.references.models import Referee, ReferenceAnswer
from huntred.references.rules import AGAIN, COMPETENCES, QUESTIONS

# From so far apart on, two referees see somebody differently; up to so near they agree.
_APART, _NEAR = 2, 1
_TENTH = Decimal("0.1")
# Years that people remember differently without either being wrong.
_SLACK_YEARS = 1


@dataclass(frozen=True)
class Rated:
    """One competence. values: (who, 1 to 5), in the referees' order; mean None: nobody observed it."""

    code: str
    values: tuple[tuple[Referee, int], ...]
    of: int
    mean: Decimal | None = None
    lowest: int | None = None
    highest: int | None = None

    @property
    def observed(self) -> int:
        return len(self.values)

    @property
    def agreed(self) -> bool:
        return self.observed > 1 and self.highest is not None and self.highest - (self.lowest or 0) <= _NEAR

    @property
    def apart(self) -> bool:
        return self.observed > 1 and self.highest is not None and self.highest - (self.lowest or 0) >= _APART


@dataclass(frozen=True)
class Quoted:
    referee: Referee
    text: str


@dataclass(frozen=True)
class Summary:
    """again: answer → who gave it. quotes: open question → what was written, word for word; unanswered: who did not."""

    answered: tuple[Referee, ...]
    unanswered: tuple[Referee, ...]
    rated: tuple[Rated, ...]
    again: dict[str, tuple[Referee, ...]]
    quotes: dict[str, tuple[Quoted, ...]]

    @property
    def agreed(self) -> tuple[Rated, ...]:
        return tuple(one for one in self.rated if one.agreed)

    @property
    def apart(self) -> tuple[Rated, ...]:
        return tuple(one for one in self.rated if one.apart)

    @property
    def unknown(self) -> tuple[Rated, ...]:
        return tuple(one for one in self.rated if not one.observed)

    @property
    def again_differs(self) -> bool:
        return sum(bool(who) for who in self.again.values()) > 1


@dataclass(frozen=True)
class Job:
    """A job of the CV. from_year None: not dated; to_year None: current, or untold."""

    company: str
    from_year: int | None
    to_year: int | None


@dataclass(frozen=True)
class Flag:
    """What does not fit. code: see `flags`; told: what was said, for the page."""

    code: str
    told: str = ""


def summarised(referees: Sequence[Referee]) -> Summary:
    """Read what was sent; drafts count as unanswered."""
    sent = [(one, one.answer) for one in referees if one.answer is not None and one.answer.sent_at is not None]
    answered = tuple(referee for referee, _ in sent)
    return Summary(
        answered,
        tuple(one for one in referees if one not in answered),
        tuple(_rated(code, sent) for code in COMPETENCES),
        {said: tuple(referee for referee, answer in sent if answer.again == said) for said in AGAIN},
        {
            question: tuple(
                Quoted(referee, text) for referee, answer in sent if (text := answer.texts.get(question, "").strip())
            )
            for question in QUESTIONS
        },
    )


def flags(referee: Referee, jobs: Sequence[Job] | None) -> list[Flag]:
    """Return what contradicts: relation_denied, dates_differ (by more than a year), company_not_in_cv, dates_not_in_cv.

    jobs: of the CV; None: there is none to compare with, which is said as `no_cv`.
    """
    found: list[Flag] = []
    answer = referee.answer if referee.answer is not None and referee.answer.sent_at is not None else None
    if answer is not None and answer.relation_right is False:
        found.append(Flag("relation_denied", answer.relation_note))
    if answer is not None and answer.from_year is not None:
        ends = _apart(referee.to_year, None if answer.still else answer.to_year)
        if abs(answer.from_year - referee.from_year) > _SLACK_YEARS or ends:
            found.append(Flag("dates_differ", years(answer.from_year, None if answer.still else answer.to_year)))
    if jobs is None:
        return [*found, Flag("no_cv")]
    there = [job for job in jobs if same_company(job.company, referee.company)]
    if not there:
        # A client's company is not one where the candidate worked.
        return found if referee.relation == "client" else [*found, Flag("company_not_in_cv", referee.company)]
    dated = [job for job in there if job.from_year is not None]
    if dated and not any(_overlap(job, referee, answer) for job in dated):
        found.append(Flag("dates_not_in_cv", "; ".join(years(job.from_year or 0, job.to_year) for job in dated)))
    return found


def same_company(one: str, other: str) -> bool:
    """Whether two names may mean the same: without legal forms, one is within the other, word by word."""
    mine, theirs = (normalise(core_name(name)).split() for name in (one, other))
    if not mine or not theirs:
        return False
    short, long = sorted((mine, theirs), key=len)
    return any(long[at : at + len(short)] == short for at in range(len(long) - len(short) + 1))


def years(from_year: int, to_year: int | None) -> str:
    return f"{from_year}–" if to_year is None else f"{from_year}–{to_year}" if to_year != from_year else str(from_year)


def _rated(code: str, sent: Sequence[tuple[Referee, ReferenceAnswer]]) -> Rated:
    values = tuple((referee, answer.ratings[code]) for referee, answer in sent if code in answer.ratings)
    if not values:
        return Rated(code, (), len(sent))
    numbers = [value for _, value in values]
    mean = (Decimal(sum(numbers)) / len(numbers)).quantize(_TENTH, ROUND_HALF_UP)
    return Rated(code, values, len(sent), mean, min(numbers), max(numbers))


def _apart(one: int | None, other: int | None) -> bool:
    if one is None or other is None:
        return (one is None) != (other is None)
    return abs(one - other) > _SLACK_YEARS


def _overlap(job: Job, referee: Referee, answer: ReferenceAnswer | None) -> bool:
    """Within a year at each end; by what the referee says, else the candidate."""
    from_year, to_year = referee.from_year, referee.to_year
    if answer is not None and answer.from_year is not None:
        from_year, to_year = answer.from_year, None if answer.still else answer.to_year
    starts, ends = (job.from_year or 0) - _SLACK_YEARS, (job.to_year or 9999) + _SLACK_YEARS
    return from_year <= ends and (to_year is None or to_year >= starts)
