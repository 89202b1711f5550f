from __future__ import annotations

import pytest

from huntred.geography import all_places, distance_km, find_place


@pytest.mark.parametrize(
    ("one", "other", "km"),
    [
        ((25.6866, -100.3161), (25.6866, -100.3161), 0.0),
        ((19.4326, -99.1332), (20.6597, -103.3496), 461.0),
        ((19.4326, -99.1332), (25.6866, -100.3161), 706.0),
        ((0.0, 179.9), (0.0, -179.9), 22.2),
        ((90.0, 0.0), (-90.0, 0.0), 20015.1),
    ],
)
def test_distances_on_the_ground(one: tuple[float, float], other: tuple[float, float], km: float) -> None:
    assert distance_km(*one, *other) == pytest.approx(km, abs=max(0.1, km * 0.005))
    assert distance_km(*one, *other) == pytest.approx(distance_km(*other, *one))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("mty", "Monterrey"),
        ("MÉRIDA", "Mérida"),
        ("merida, yuc.", "Mérida"),
        (" Ciudad   de México ", "Ciudad de México"),
        ("gdl", "Guadalajara"),
    ],
)
def test_towns_are_found_as_people_write_them(text: str, name: str) -> None:
    place = find_place(text)
    assert place is not None
    assert place.name == name


@pytest.mark.parametrize("text", ["", "Atlántida", "Honduras", ","])
def test_what_is_no_town_is_not_found(text: str) -> None:
    assert find_place(text) is None


def test_every_town_lies_in_mexico_and_has_a_state() -> None:
    towns = [place for place in all_places() if place.latitude is not None]
    assert len(towns) > 100
    for town in towns:
        assert 14 < (town.latitude or 0) < 33 and -118 < (town.longitude or 0) < -86, town.name
        assert town.state
