"""How well a unit's own past foretells: `make benchmark-predictions [SIMULATED=100]`

Reads the running database and replays each unit's past, as the board does before it shows anything: for each
unit and prediction (`…_next_of_…`: the next stage of each stage) the ended cases, how many were judged, and the error
beside that of the base rate (`…_ratio`, below 1 where it is better), `…_shown` 1 or 0. Generated demo cases count for
nothing. With --simulated so many pasts are made up, half of which tell nothing, to measure the gate itself:
`false_shown_rate=` and `found_rate=`.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import select

from benchmarks.platform import show
from huntred.applications.models import Stage
from huntred.clock import utc_now
from huntred.db import all_models  # noqa: F401  # every mapping is known before the first query
from huntred.db.session import Scope, make_engine
from huntred.db.unit_of_work import unit_of_work
from huntred.predictions import next_stage, repository, rules, stays
from huntred.predictions.types import Check
from huntred.units.models import Unit
from runtime.installation import Installation
from tests.factories.pasts import past

_NEEDED = 50
T = TypeVar("T")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--simulated", type=int, default=0)
    simulated = parser.parse_args().simulated
    if simulated:
        _the_gate(simulated)
    else:
        _the_units()


def _the_units() -> None:
    installation = Installation()
    if not installation.var.is_dir():
        raise SystemExit("this installation was never started: make up first, and leave it running")
    installation.load()
    installation.recall_ports()
    engine = make_engine(installation.database_url("app"))
    try:
        with unit_of_work(engine, Scope()) as uow:
            codes = list(uow.session.scalars(select(Unit.code).order_by(Unit.position, Unit.code)))
        for code in codes:
            with unit_of_work(engine, Scope(units=(code,))) as uow:
                vacancies = repository.vacancy_cases(uow.session, code)
                applications = repository.application_cases(uow.session, code)
                ended = stays.ended(uow.session, code)
                stages = uow.session.scalars(select(Stage).where(Stage.unit == code))
                kinds = {stage.id: f"{stage.ord}_{stage.kind}" for stage in stages}
            _tell(f"{code}_fill_chance", vacancies, rules.check_chance)
            _tell(f"{code}_fill_days", vacancies, rules.check_days)
            _tell(f"{code}_hire_chance", applications, rules.check_chance)
            for stage, there in sorted(ended.items(), key=lambda one: kinds[one[0]]):
                _tell(f"{code}_next_of_{kinds[stage]}", there, next_stage.check)
    finally:
        engine.dispose()


def _tell(name: str, cases: tuple[T, ...], check: Callable[[tuple[T, ...]], Check]) -> None:
    show(**{f"{name}_cases": len(cases)})
    if len(cases) < _NEEDED:
        print(f"{name}: not enough cases ({len(cases)} of {_NEEDED})")
        show(**{f"{name}_shown": 0})
        return
    found = check(cases)
    print(f"{name}: {found.judged} judged, error {found.loss:.4f}, of the base rate {found.base_loss:.4f}")
    if found.coverage is not None:
        show(**{f"{name}_coverage": round(found.coverage, 3)})
    ratio = found.loss / found.base_loss if found.base_loss else 1.0
    print(f"{name}_ratio={ratio:.3f}")
    show(**{f"{name}_shown": int(found.better)})


def _the_gate(count: int) -> None:
    false_shown = found = 0
    for seed in range(count):
        told = seed % 2 == 1
        cases = past(200, signal=1.0 if told else 0.0, until=utc_now(), seed=seed)
        shown = rules.check_chance(cases).better
        found += told and shown
        false_shown += not told and shown
    print(f"found_rate={found / max(1, count // 2):.3f}")
    print(f"false_shown_rate={false_shown / max(1, count - count // 2):.3f}")


if __name__ == "__main__":
    main()
