"""What a unit weighs, learned from its decisions, and one step back: the commands `ranking-retrain`, `ranking-back`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from huntred.db.session import Scope
from huntred.db.unit_of_work import unit_of_work
from huntred.errors import NotFound
from huntred.matching import retraining, versions
from huntred.matching.models import RankingVersion
from huntred.predictions.service import Terms
from huntred.settings import read_app_settings
from runtime.wiring import Wiring, wire


def retrain(units: Sequence[str]) -> Iterator[str]:
    """Learn now, of these units or all that run here; a line a unit says what came of it."""
    wiring = wire(read_app_settings(), pool_size=1)
    try:
        for unit in units or wiring.settings.units:
            yield f"{unit}\t{told(retrain_unit(wiring, unit))}"
    finally:
        wiring.engine.dispose()


def back(unit: str) -> str:
    """Weigh as before; the line says since when."""
    wiring = wire(read_app_settings(), pool_size=1)
    try:
        with unit_of_work(wiring.engine, _scope(unit)) as uow:
            version = versions.back(uow, None, now=wiring.clock())
            since = version.in_force_at if version else None
    except NotFound:
        return f"{unit}\tweighs as the platform comes: nothing was before"
    finally:
        wiring.engine.dispose()
    return f"{unit}\tback to the weights of {since:%Y-%m-%d %H:%M %Z}" if since else f"{unit}\tback to weights.yml"


def retrain_unit(wiring: Wiring, unit: str) -> RankingVersion | None:
    """One unit in a transaction of its own; None while ENABLE_ML_FEATURES is off."""
    from ml.training.ranking import PairwiseLearner

    terms = Terms(wiring.settings.enable_ml_features, wiring.settings.ml_min_data_points)
    with unit_of_work(wiring.engine, _scope(unit)) as uow:
        return retraining.retrain(uow, wiring.people_ranker, PairwiseLearner(), terms, now=wiring.clock())


def told(version: RankingVersion | None) -> str:
    """What came of it, for a log or a terminal."""
    if version is None:
        return "nothing is learned: ENABLE_ML_FEATURES is off"
    figures = version.figures
    learned, held = figures["learned_vacancies"], figures["held_vacancies"]
    if version.state == "insufficient":
        return (
            f"too few: {figures['decisions']} decisions of {figures['needed']}, {learned} vacancies to learn from and"
            f" {held} to judge by"
        )
    compared = (
        f"right pairs {figures['pairs_right_now']:.3f} -> {figures['pairs_right_then']:.3f}"
        f" ({figures['low']:+.3f} to {figures['high']:+.3f}), NDCG@10 {figures['gain_now']:.3f} ->"
        f" {figures['gain_then']:.3f} on {held} vacancies"
    )
    return f"better, waits to be published: {compared}" if version.state == "offered" else f"no better: {compared}"


def _scope(unit: str) -> Scope:
    # What a unit weighs is the super administrator's to say; the unit alone is read.
    return Scope(units=(unit,), all_units=True)
