"""A few simulated people talk to each unit: nobody is left without an answer, a way on or the notice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.settings import ALL_UNITS
from tests.bed import Database, describe
from tests.simulation.judge import FAULTS
from tests.simulation.stage import Stage, stage

_CONVERSATIONS, _SEED, _SECONDS = 20, 11, 120


@pytest.fixture(scope="module")
def held() -> Iterator[Stage]:
    database = Database.clone(describe())
    with stage(database) as running:
        yield running
    database.drop()


@pytest.mark.parametrize("unit", ALL_UNITS)
def test_twenty_people_are_answered_and_get_where_they_want(held: Stage, unit: str, tmp_path: Path) -> None:
    figures = held.simulate(unit, _CONVERSATIONS, _SEED, tmp_path, _SECONDS)
    transcripts = "\n".join(file.read_text(encoding="utf-8") for file in sorted(tmp_path.glob("*.txt")))
    assert {name: figures[name] for name in FAULTS if figures[name] != "0"} == {}, transcripts
    assert int(figures["completed"]) == int(figures["conversations"]) > 0
