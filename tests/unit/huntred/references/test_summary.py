"""What several referees said: counted, quoted, compared with the CV, and unknown where nobody saw it."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from huntred.db import all_models  # noqa: F401  # every mapping is known before a row is made
from huntred.references.models import Referee, ReferenceAnswer
from huntred.references.rules import COMPETENCES
from huntred.references.summary import Job, flags, same_company, summarised

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def referee(name: str = "Laura", answered: bool = True, **answer: Any) -> Referee:
    made = Referee(
        unit="huntred", ord=1, name=name, relation=answer.pop("relation", "boss"), company="Grupo Andino", from_year=2018,
        to_year=2021, state="answered",
    )  # fmt: skip
    made.answer = ReferenceAnswer(
        **({"unit": "huntred", "relation_right": True, "from_year": 2018, "to_year": 2021, "still": False, "ratings": {},
            "texts": {}, "again": "yes", "may_share": True, "sent_at": NOW if answered else None} | answer)
    )  # fmt: skip
    return made


def test_means_spread_and_who_observed_it() -> None:
    laura = referee("Laura", ratings={"results": 5, "leadership": 2}, texts={"strengths": " Cumple. "})
    bruno = referee("Bruno", ratings={"results": 4, "leadership": 5}, again="doubts")
    draft = referee("Rosa", answered=False, ratings={"integrity": 1})
    found = summarised([laura, bruno, draft])

    by_code = {one.code: one for one in found.rated}
    results, leadership, integrity = (by_code[code] for code in ("results", "leadership", "integrity"))
    assert (results.mean, results.lowest, results.highest, results.observed, results.of) == (Decimal("4.5"), 4, 5, 2, 2)
    assert (leadership.mean, leadership.apart, results.agreed) == (Decimal("3.5"), True, True)
    # A draft says nothing yet, and what nobody observed is unknown: no nought, no mean.
    assert (integrity.mean, integrity.observed) == (None, 0)
    assert {one.code for one in found.unknown} == set(COMPETENCES) - {"results", "leadership"}
    assert [one.referee.name for one in found.quotes["strengths"]] == ["Laura"]
    assert found.quotes["strengths"][0].text == "Cumple."
    assert found.again_differs and [one.name for one in found.unanswered] == ["Rosa"]


def test_one_alone_neither_agrees_nor_differs() -> None:
    found = summarised([referee(ratings={"results": 3})])
    assert found.agreed == () and found.apart == () and not found.again_differs


def codes(one: Referee, jobs: list[Job] | None) -> list[str]:
    return [flag.code for flag in flags(one, jobs)]


def test_what_fits_is_not_flagged() -> None:
    jobs = [Job("Grupo Andino, S.A. de C.V.", 2017, 2021), Job("Luna", 2010, 2016)]
    assert codes(referee(), jobs) == []
    # A year more or less is how people remember.
    assert codes(referee(from_year=2019, to_year=2022), jobs) == []


def test_what_contradicts_is_flagged() -> None:
    assert codes(referee(), [Job("Textiles Luna", 2017, 2021)]) == ["company_not_in_cv"]
    assert codes(referee(), [Job("Grupo Andino", 2010, 2012)]) == ["dates_not_in_cv"]
    assert codes(referee(from_year=2012, to_year=2014), [Job("Grupo Andino", None, None)]) == ["dates_differ"]
    assert codes(referee(still=True, to_year=None), [Job("Grupo Andino", 2018, None)]) == ["dates_differ"]
    assert codes(referee(relation_right=False, relation_note="Fuimos pares."), [Job("Grupo Andino", 2018, 2021)]) == [
        "relation_denied"
    ]


def test_without_a_cv_it_is_said_that_nothing_was_compared() -> None:
    assert codes(referee(), None) == ["no_cv"]
    # Where a client works the candidate did not.
    assert codes(referee(relation="client"), [Job("Textiles Luna", 2017, 2021)]) == []


def test_companies_are_the_same_without_their_legal_form() -> None:
    assert same_company("Andino", "Grupo Andino, S.A. de C.V.")
    assert not same_company("Andina", "Grupo Andino")
    assert not same_company("", "Grupo Andino")


