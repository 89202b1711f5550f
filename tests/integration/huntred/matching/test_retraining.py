"""Weights from a unit's real decisions: offered where they win, published by a person, and taken back in one step."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest
from sqlalchemy import text

from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import NotFound
from huntred.matching import retraining, versions, weights
from huntred.matching.combining import default_weights
from huntred.matching.models import RankingVersion
from huntred.predictions.service import Terms
from ml.ranking import SemanticRanker
from ml.training.ranking import PairwiseLearner
from tests.factories.board import Board

RANKER, LEARNER, ON = SemanticRanker(), PairwiseLearner(), Terms(True, 50)


def history(board: Board, vacancies: int = 34, *, generated: bool = False) -> None:
    """A unit that hires by years of experience alone, whatever somebody wants to earn and wherever they live."""
    dice = random.Random(5)
    for number in range(vacancies):
        vacancy = board.make_vacancy(f"Soldador {number}", min_experience_years=Decimal(4), generated=generated)
        for years, stage in ((6, "hired"), (5, "hired"), (1, "rejected"), (0, "rejected")):
            near = dice.random() < 0.5
            person = board.make_person(
                headline="Soldador", skills=[], experience_years=Decimal(years),
                salary_amount=Decimal(dice.choice((9000, 16000))), generated=generated,
                **({} if near else {"city": "Mérida", "state": "Yucatán", "latitude": 20.97, "longitude": -89.62}),
            )  # fmt: skip
            board.make_application(vacancy, person, stage=stage, generated=generated)


def learn(board: Board, terms: Terms = ON) -> RankingVersion | None:
    with board.work(all_units=True) as uow:
        return retraining.retrain(uow, RANKER, LEARNER, terms, now=board.now)


def states(uow: UnitOfWork) -> list[tuple[str, str]]:
    return sorted((one.origin, one.state) for one in versions.of_unit(uow))


def test_what_wins_is_offered_published_and_taken_back(board: Board) -> None:
    history(board)
    before = default_weights(board.unit)

    learned = learn(board)

    assert learned is not None and learned.state == "offered", learned and learned.figures
    assert learned.figures["pairs_right_then"] > learned.figures["pairs_right_now"] and learned.figures["low"] > 0
    assert learned.figures["decisions"] == 34 * 4 and learned.figures["needed"] == 50
    assert learned.weights["experience"] == max(learned.weights.values())
    with board.work(all_units=True) as uow:
        assert dict(weights.weights_of(uow)) == before, "nothing is taken by itself"
        versions.publish(uow, learned.id, board.consultant, now=board.now)
        assert dict(weights.weights_of(uow)) == learned.weights
        versions.back(uow, board.consultant, now=board.now)
        assert dict(weights.weights_of(uow)) == before
        assert states(uow) == [("learned", "taken_back")]
        with pytest.raises(NotFound):
            versions.back(uow, board.consultant, now=board.now)
        with pytest.raises(NotFound):
            versions.publish(uow, learned.id, board.consultant, now=board.now)


def test_what_does_no_better_is_never_published(board: Board) -> None:
    history(board)
    with board.work(all_units=True) as uow:
        by_experience = dict.fromkeys(default_weights(), 0.0) | {"experience": 100.0}
        weights.set_weights(uow, by_experience, board.consultant, now=board.now)

    learned = learn(board)

    assert learned is not None and learned.state == "lost", learned and learned.figures
    with board.work(all_units=True) as uow:
        with pytest.raises(NotFound):
            versions.publish(uow, learned.id, board.consultant, now=board.now)
        assert dict(weights.weights_of(uow)) == by_experience


@pytest.mark.parametrize("vacancies", [0, 12])
def test_below_fifty_decisions_nothing_is_learned_and_the_last_week_says_so(board: Board, vacancies: int) -> None:
    history(board, vacancies)
    history(board, 20, generated=True)

    for _ in range(2):
        learned = learn(board)

    assert learned is not None and learned.state == "insufficient"
    assert learned.figures["decisions"] == vacancies * 4, "demo data is never among them"
    with board.work() as uow:
        assert states(uow) == [("learned", "insufficient")], "the latest alone"


def test_the_switch_refuses(board: Board) -> None:
    history(board, 14)
    assert learn(board, Terms(False, 50)) is None
    with board.work() as uow:
        assert versions.of_unit(uow) == []


def test_whoever_only_applied_is_no_decision_and_the_farthest_label_counts(board: Board) -> None:
    vacancy = board.make_vacancy()
    for stage in ("new", "screening", "rejected", "hired"):
        board.make_application(vacancy, board.make_person(headline="Operario"), stage=stage)
    with board.work() as uow:
        assert sorted(one.grade for one in retraining.decisions_of(uow, RANKER)) == [0, 3]


def test_every_change_is_a_version_and_one_step_back_follows_another(board: Board) -> None:
    first, second = ({**default_weights(), "title": value} for value in (10.0, 20.0))
    with board.work(all_units=True) as uow:
        for value in (first, second):
            weights.set_weights(uow, value, board.consultant, now=board.now)
        weights.back_to_default(uow, board.consultant, now=board.now)
        assert states(uow) == [("factory", "in_force"), ("written", "former"), ("written", "former")]
        assert dict(weights.weights_of(uow)) == default_weights(board.unit)
        found = []
        for _ in range(3):
            versions.back(uow, None, now=board.now)
            found.append(dict(weights.weights_of(uow)))
        assert found == [second, first, default_weights(board.unit)]
        assert weights.saved_weights(uow) is None and not versions.can_go_back(uow)


def test_an_offer_ends_where_the_weights_change_under_it(board: Board) -> None:
    history(board)
    learned = learn(board)
    assert learned is not None and learned.state == "offered"
    with board.work(all_units=True) as uow:
        weights.set_weights(uow, {**default_weights(), "title": 50.0}, board.consultant, now=board.now)
        with pytest.raises(NotFound):
            versions.publish(uow, learned.id, board.consultant, now=board.now)
        assert ("learned", "outdated") in states(uow)


def test_nobody_but_the_head_of_all_units_writes_a_version(board: Board) -> None:
    with pytest.raises(Exception, match="row-level security"), board.work() as uow:
        weights.set_weights(uow, default_weights(), board.consultant, now=board.now)
    assert board.session.execute(text("SELECT count(*) FROM ranking_versions")).scalar() == 0
