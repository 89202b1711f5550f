"""What people say for statistics: kept sealed and apart, read by nobody, counted in groups, gone when it is taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from huntred.applications.models import ApplicationMove
from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import FieldInvalid, NotFound
from huntred.fairness import service as fairness
from huntred.fairness.models import FairnessAnswer
from huntred.fairness.opening import opened
from huntred.fairness.service import Report
from huntred.matching import service as matching
from huntred.people.models import Consent, UnitProfile
from huntred.privacy import service as privacy
from huntred.privacy.erasure import erase_person
from huntred.privacy.export import export_person
from huntred.vacancies.models import Vacancy
from ml.ranking import SemanticRanker
from tests.factories.board import Board, board
from tests.factories.desk import keys

__all__ = ["board", "keys"]
RANKER = SemanticRanker()
pytestmark = pytest.mark.usefixtures("keys")


def give(uow: UnitOfWork, person_id: UUID, board: Board, *, days_ago: int = 3, age: bool = False, **answers: str) -> None:
    fairness.give(
        uow, person_id, answers, agrees=True, age_from_birth_date=age, now=board.now - timedelta(days=days_ago)
    )


def somebody(board: Board, vacancy: Vacancy, stage: str, sex: str = "", *, days_ago: int = 3, **profile: Any) -> UnitProfile:
    """Applied and moved a week ago."""
    person, at = board.make_person(**profile), board.now - timedelta(days=7)
    board.make_application(vacancy, person, stage=stage, created_at=at, moved_at=at)
    if sex:
        with board.work() as uow:
            give(uow, person.person_id, board, sex=sex, days_ago=days_ago)
    return person


def crowd(board: Board, vacancy: Vacancy) -> list[UnitProfile]:
    """12 men of whom 8 were interviewed, 10 women of whom 4 were, 3 who said nothing."""
    made = [somebody(board, vacancy, "interview" if i < 8 else "rejected", "man") for i in range(12)]
    made += [somebody(board, vacancy, "interview" if i < 4 else "rejected", "woman") for i in range(10)]
    return made + [somebody(board, vacancy, "rejected") for _ in range(3)]


def told(report: Report, step: str = "chosen", attribute: str = "sex") -> Any:
    [found] = [one for one in report.of(attribute) if one.step == step]
    return found


def test_it_is_kept_sealed_replaced_by_the_next_and_deleted_when_it_is_taken_back(board: Board) -> None:
    ana = board.make_person(birth_date_sealed="1990-05-03")
    with board.work() as uow:
        give(uow, ana.person_id, board, sex="woman", disability="unsaid", age=True)
        give(uow, ana.person_id, board, sex="other", indigenous="yes", days_ago=1)
        assert fairness.exported(uow, ana.person_id) == {
            "sex": "other", "indigenous": "yes", "given_at": board.now - timedelta(days=1)
        }, "the age too is forgotten unless it is agreed to again"
    [kept] = board.session.execute(text("SELECT answers_sealed FROM fairness_answers")).scalars()
    assert kept.startswith("v1.test.") and "other" not in kept

    with board.work() as uow:
        assert fairness.withdraw(uow, ana.person_id, now=board.now)
        assert not fairness.withdraw(uow, ana.person_id, now=board.now)
        assert not fairness.standing(uow, ana.person_id).answered
    board.session.rollback()
    assert board.session.execute(text("SELECT count(*) FROM fairness_answers")).scalar() == 0
    ledger = board.session.scalars(select(Consent).order_by(Consent.at)).all()
    assert [(row.purpose, row.granted, row.version) for row in ledger] == [
        ("fairness_statistics", True, fairness.TEXT_VERSION), ("fairness_statistics", False, fairness.TEXT_VERSION),
    ]  # fmt: skip


def test_the_age_is_a_band_and_only_with_a_yes(board: Board) -> None:
    ana = board.make_person(birth_date_sealed="1990-05-03")
    with board.work() as uow:
        give(uow, ana.person_id, board, sex="woman")
        assert "age" not in (fairness.exported(uow, ana.person_id) or {})
        give(uow, ana.person_id, board, age=True)
        assert (fairness.exported(uow, ana.person_id) or {})["age"] == "35_44"


def test_nothing_is_kept_without_a_yes_or_with_a_word_that_was_not_offered(board: Board) -> None:
    ana = board.make_person()
    with board.work() as uow:
        with pytest.raises(FieldInvalid):
            fairness.give(uow, ana.person_id, {"sex": "woman"}, agrees=False, age_from_birth_date=False, now=board.now)
        with pytest.raises(FieldInvalid):
            give(uow, ana.person_id, board, sex="mujer")
        with pytest.raises(NotFound):
            give(uow, board.consultant, board, sex="woman")
        assert not fairness.standing(uow, ana.person_id).answered


@pytest.mark.parametrize("scope", [{}, {"all_units": True}, {"login": True}, {"design": ("amigro",)}])
def test_nobody_reads_a_row_whatever_the_scope_nor_who_took_part(board: Board, scope: dict[str, Any]) -> None:
    ana = board.make_person()
    with board.work() as uow:
        give(uow, ana.person_id, board, sex="woman")

    with board.work(**scope) as uow:
        for query in (select(FairnessAnswer.id), select(Consent.id).where(Consent.purpose == "fairness_statistics")):
            assert uow.session.scalars(query).all() == []
        assert privacy.ledger(uow, ana.person_id) == []
        with opened(uow):
            assert len(uow.session.scalars(select(FairnessAnswer.id)).all()) == 1
        assert uow.session.scalars(select(FairnessAnswer.id)).all() == [], "the door is shut again"
        with pytest.raises(RuntimeError), opened(uow):
            raise RuntimeError
        assert uow.session.scalars(select(FairnessAnswer.id)).all() == [], "also after an error"


def test_a_vacancy_is_told_in_groups(board: Board) -> None:
    vacancy = board.make_vacancy()
    crowd(board, vacancy)
    somebody(board, board.make_vacancy("Otra"), "interview", "woman")

    with board.work() as uow:
        report = fairness.vacancy_report(uow, vacancy.id, now=board.now)

    found = told(report)
    assert (found.people, found.answered) == (25, 22)
    woman, man, _ = found.groups
    assert [(one.people, one.selected) for one in (woman, man)] == [(10, 4), (12, 8)]
    assert woman.ratio == pytest.approx(0.6) and woman.below and not report.rounded
    assert not told(report, "hired").enough and not told(report, attribute="disability").enough


def test_neither_demo_rows_nor_this_week_count(board: Board) -> None:
    vacancy = board.make_vacancy()
    crowd(board, vacancy)
    somebody(board, vacancy, "interview", "woman", generated=True)
    somebody(board, vacancy, "interview", "woman", days_ago=0)  # answered this morning: as if unsaid
    moved_today = board.make_person()
    application = board.make_application(
        vacancy, moved_today, stage="interview", created_at=board.now - timedelta(days=9), moved_at=board.now
    )
    board.add(
        ApplicationMove(
            unit=board.unit, application_id=application.id, to_stage_id=board.stages["interview"], at=board.now
        )
    )

    with board.work() as uow:
        found = told(fairness.vacancy_report(uow, vacancy.id, now=board.now))
        later = told(fairness.vacancy_report(uow, vacancy.id, now=board.now + timedelta(days=7)))

    assert (found.people, found.answered) == (26, 22)
    assert (later.people, later.answered) == (27, 23)


def test_a_move_that_was_taken_back_never_happened(board: Board) -> None:
    vacancy, at = board.make_vacancy(), board.now - timedelta(days=7)
    crowd(board, vacancy)
    person = somebody(board, vacancy, "rejected", "woman")
    [application] = board.session.execute(
        text("SELECT id FROM applications WHERE person_id = :id"), {"id": person.person_id}
    ).scalars()
    there = ApplicationMove(unit=board.unit, application_id=application, to_stage_id=board.stages["offer"], at=at)
    board.add(there)
    with board.work() as uow:
        assert told(fairness.vacancy_report(uow, vacancy.id, now=board.now)).groups[0].selected == 5
    board.add(
        ApplicationMove(
            unit=board.unit, application_id=application, to_stage_id=board.stages["rejected"], at=at, undoes_id=there.id
        )
    )
    with board.work() as uow:
        assert told(fairness.vacancy_report(uow, vacancy.id, now=board.now)).groups[0].selected == 4


def test_a_unit_is_told_over_days_with_rounded_counts(board: Board) -> None:
    crowd(board, board.make_vacancy())
    day = board.now.date() - timedelta(days=7)

    with board.work() as uow:
        found = told(fairness.unit_report(uow, day, day, now=board.now))
        before = told(fairness.unit_report(uow, day - timedelta(days=9), day - timedelta(days=1), now=board.now))

    woman, man, _ = found.groups
    assert (found.people, found.answered, woman.people, man.people, man.selected) == (25, 20, 10, 10, None)
    assert woman.ratio == pytest.approx(0.6)
    assert (before.people, before.enough) == (0, False)


def test_another_units_vacancy_is_not_there(board: Board) -> None:
    vacancy = board.make_vacancy()
    with board.work(units=("huntu",)) as uow, pytest.raises(NotFound):
        fairness.vacancy_report(uow, vacancy.id, now=board.now)


def test_what_was_said_changes_no_ranking(board: Board) -> None:
    vacancy = board.make_vacancy("Soldador", skills=("soldadura",))
    people = [board.make_person(f"P{i}", headline="soldador", skills=["soldadura"] * (i % 2)) for i in range(6)]

    def ranked() -> list[tuple[UUID, Any]]:
        with board.work() as uow:
            found = matching.people_for(uow, RANKER, vacancy.id)
            return [(one.profile.id, one.score) for one in found]

    before = ranked()
    assert len(before) == 6
    for i, person in enumerate(people):
        with board.work() as uow:
            give(uow, person.person_id, board, sex=("woman", "man", "other")[i % 3], disability="yes", indigenous="no")
    assert ranked() == before


def test_an_erasure_takes_it_along(board: Board) -> None:
    ana = board.make_person()
    with board.work() as uow:
        give(uow, ana.person_id, board, sex="woman")
    with board.work() as uow:
        erase_person(uow, ana.person_id, now=board.now)
    assert board.session.execute(text("SELECT count(*) FROM fairness_answers")).scalar() == 0


def test_the_export_holds_it_only_where_no_consultant_reads_it(board: Board) -> None:
    ana = board.make_person()
    with board.work() as uow:
        give(uow, ana.person_id, board, sex="woman")
    with board.work() as uow:
        plain = export_person(uow, ana.person_id, now=board.now)
        whole = export_person(uow, ana.person_id, now=board.now, with_statistics=True)
    assert (plain["fairness_statistics"], plain["consents"]) == ("withheld", [])
    assert whole["fairness_statistics"]["sex"] == "woman"
    assert [one["purpose"] for one in whole["consents"]] == ["fairness_statistics"]


def test_who_applied_first_is_told_of_the_page_once(board: Board) -> None:
    ana, luis = board.make_person(), board.make_person()
    for person in (ana, luis):
        board.make_application(profile=person)
    with board.work() as uow:
        assert fairness.invites(uow, ana.person_id)
        give(uow, luis.person_id, board, sex="man")
        fairness.withdraw(uow, luis.person_id, now=board.now)
        assert not fairness.invites(uow, luis.person_id), "a no is not asked again"
    board.make_application(profile=ana)
    with board.work() as uow:
        assert not fairness.invites(uow, ana.person_id), "not at every application"
    board.session.execute(text("UPDATE units SET settings = '{\"fairness_statistics\": false}'"))
    board.session.commit()
    with board.work() as uow:
        new = board.make_person()
        board.make_application(profile=new)
        assert not fairness.invites(uow, new.person_id), "the unit takes no part"
