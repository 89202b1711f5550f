"""A list's text filter finds the same whether a word is rare and looked up, or common and read in the rows."""

from __future__ import annotations

import pytest

from backoffice.queries import applications
from huntred.people import repository as people
from huntred.people import service
from huntred.people.models import UnitProfile
from huntred.search import narrowing, repository, rules
from tests.factories.desk import Desk

NAMED = (("Rosa", "Ibáñez"), ("Rosalía", "Núñez"), ("Luis", "Primorosa"), ("Ana", "C++"))


def _people(desk: Desk, unit: str = "amigro") -> None:
    for first, last in NAMED:
        made = desk.profile(unit=unit, first_name=first, last_name=last)
        with desk.work(unit) as uow:
            service.refresh_search_text(uow.session.get_one(UnitProfile, made.id))


@pytest.mark.parametrize("most", [2000, 0], ids=["rare", "common"])
@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("rosa", ["Rosa", "Rosalía"]), ("ROSÁ ibañ", ["Rosa"]), ("c++", ["Ana"]), ("nadie", []), ("%", []),
        ("(", []), ("rosa nuñez", ["Rosalía"]),
    ],
)  # fmt: skip
def test_words_are_read_by_their_beginnings(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, most: int, typed: str, found: list[str]
) -> None:
    _people(desk)
    _people(desk, "huntu")
    monkeypatch.setattr(narrowing.ids, "__defaults__", (most,))
    with desk.work() as uow:
        rows = uow.session.scalars(people.matching(uow.session, typed)).all()
    assert sorted(row.first_name for row in rows) == found


def test_a_wrong_letter_is_forgiven_where_nothing_begins_so(desk: Desk) -> None:
    _people(desk)
    with desk.work() as uow:
        assert [row.first_name for row in uow.session.scalars(people.matching(uow.session, "Ivañes"))] == ["Rosa"]


def test_what_postgresql_takes_to_be_common_is_not_looked_up(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(30):
        _people(desk)
    desk.execute("ANALYZE search_entries")
    with desk.work() as uow:
        common, rare = rules.read("rosa"), rules.read("ibañ rosalia")
        guessed = repository.expected(uow.session, ["person", "vacancy"], common, 2)
        assert 40 <= guessed["person"] <= 80 and guessed["vacancy"] <= 1, "sixty people, no vacancy"
        monkeypatch.setattr(repository, "ids", lambda *_: pytest.fail("it is told without"))
        assert narrowing.ids(uow.session, "person", common, most=5) is None
        monkeypatch.undo()
        # Of several words it only guesses: whether any has both is looked up.
        assert narrowing.ids(uow.session, "person", rare, most=5) == []


@pytest.mark.parametrize("most", [2000, 0], ids=["rare", "common"])
@pytest.mark.parametrize(
    ("typed", "count"), [("rosa", 1), ("soldad", 1), ("rosa soldad", 1), ("rosa cocina", 0), ("ibañez rosa", 1)]
)
def test_a_word_of_an_application_is_its_person_s_or_its_vacancy_s(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, most: int, typed: str, count: int
) -> None:
    monkeypatch.setattr(narrowing, "MOST", most)
    monkeypatch.setattr(narrowing.ids, "__defaults__", (most,))
    profile = desk.profile(first_name="Rosa", last_name="Ibáñez")
    with desk.work() as uow:
        service.refresh_search_text(uow.session.get_one(UnitProfile, profile.id))
    desk.application(desk.chat(), profile, title="Soldadura", search_text="soldadura")
    with desk.work() as uow:
        wanted = applications.ApplicationFilter(text=typed, kind="")
        assert len(uow.session.scalars(applications.matching(uow.session, wanted, now=desk.now)).all()) == count
