"""What is lacking, by what vacancies ask for."""

from __future__ import annotations

from huntred.learning.rules import lacking
from huntred.matching.ports import Evidence


def asked(name: str, state: str = "not", kind: str = "skill", importance: str = "must") -> Evidence:
    return Evidence(importance, state, None, name=name, importance=importance, code=kind)


def test_what_most_vacancies_ask_for_comes_first_and_once() -> None:
    found = lacking(
        [
            (1, [asked("Excel"), asked("SQL"), asked("Inglés", kind="language", state="partly")]),
            (2, [asked("excel", importance="nice"), asked("EXCEL")]),
            (3, [asked("Excel", state="unknown"), asked("SQL", importance="nice"), asked("Tableau", importance="nice")]),
        ]
    )  # fmt: skip
    assert [(lack.skill, lack.asked_by, lack.musts) for lack in found] == [
        ("Excel", 3, 2), ("SQL", 2, 1), ("Inglés", 1, 1), ("Tableau", 1, 0),
    ]  # fmt: skip


def test_what_is_met_or_cannot_be_learned_is_no_step() -> None:
    plain = Evidence("place", "not", 0.0, code="other_city")
    assert lacking([(1, [asked("Excel", state="met"), asked("Licenciatura", kind="education"), plain])]) == []
