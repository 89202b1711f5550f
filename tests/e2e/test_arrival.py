"""On the day of an interview in person: a shared location is an arrival within 200 m, else a distance."""

from __future__ import annotations

from datetime import timedelta

import pytest

from huntred.clock import utc_now
from tests.e2e.candidate import Candidate
from tests.e2e.diary import Diary
from tests.e2e.office import PLACE
from tests.e2e.town import Town

# A thousandth of a degree of latitude is 111 metres.
_METRES = 1 / 111_195


@pytest.fixture
def today(town: Town, julia: Candidate) -> Diary:
    """Julia's interview begins within the hour."""
    diary = Diary(town, julia)
    diary.begins_at(utc_now() + timedelta(minutes=40))
    return diary


def test_farther_than_200_m_the_distance_is_told_and_within_it_is_an_arrival(
    town: Town, julia: Candidate, today: Diary
) -> None:
    """Two kilometres, then just outside, then just inside; only the last is noted."""
    away = julia.shares(PLACE[0] + 2000 * _METRES, PLACE[1], "Aún no estás")
    assert "2.0 km" in away.text
    near = julia.shares(PLACE[0] + 230 * _METRES, PLACE[1], "Aún no estás")
    assert "230 m" in near.text
    assert today.interview["arrived_at"] is None
    here = julia.shares(PLACE[0] + 150 * _METRES, PLACE[1], "Has llegado")
    julia.settles()
    assert julia.received[-1].text == here.text
    arrived = today.interview["arrived_at"]
    assert arrived is not None
    # Shared once more, it is said again and noted once.
    julia.shares(*PLACE, "Has llegado")
    assert today.interview["arrived_at"] == arrived
    told = town.rows(
        "SELECT count(*) AS n FROM stored_events WHERE name = 'CandidateArrived' AND payload->>'interview_id' = %s",
        str(today.id),
    )
    assert told == [{"n": 1}]
