"""Distances on the ground, and the towns that people name.

Towns stand in `units/seed/shared/places.csv`; they are read at the first question and kept.
"""

from __future__ import annotations

import csv
import math
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

from contract.text import normalise

_EARTH_RADIUS_KM = 6371.0088


@dataclass(frozen=True)
class Place:
    """A town or borough. state: the Mexican state. Countries have a name only, without coordinates."""

    name: str
    state: str
    country: str
    latitude: float | None
    longitude: float | None
    aliases: tuple[str, ...] = ()


def distance_km(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Return the great-circle distance (haversine) of two points in degrees WGS 84."""
    phi, other_phi = math.radians(latitude), math.radians(other_latitude)
    half = (
        math.sin((other_phi - phi) / 2) ** 2
        + math.cos(phi) * math.cos(other_phi) * math.sin(math.radians(other_longitude - longitude) / 2) ** 2
    )
    return 2 * _EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, half)))


@cache
def all_places() -> tuple[Place, ...]:
    """Every town of the list, in its order."""
    with (resources.files("huntred.units") / "seed" / "shared" / "places.csv").open(encoding="utf-8") as file:
        return tuple(
            Place(
                name=row["name"],
                state=row["state"] or "",
                country=row["country"] or "",
                latitude=float(row["lat"]) if row["lat"] else None,
                longitude=float(row["lon"]) if row["lon"] else None,
                aliases=tuple(alias for alias in (row["aliases"] or "").split("|") if alias),
            )
            for row in csv.DictReader(file)
        )


@cache
def _by_name() -> dict[str, Place]:
    names: dict[str, Place] = {}
    for place in all_places():
        if place.latitude is None:
            continue
        for name in (place.name, *place.aliases):
            names.setdefault(normalise(name), place)
    return names


def find_place(text: str) -> Place | None:
    """Return the town that is named, whatever its accents and case: "mty", "Mérida, Yuc.", "cerca de Tapachula".

    A town's whole name inside a text counts (the longest one wins); of aliases only those of four letters or more.
    """
    folded = normalise(text).replace(".", "")
    names = _by_name()
    if folded in names:
        return names[folded]
    head = folded.split(",", 1)[0].strip()
    if head in names:
        return names[head]
    spaced = f" {' '.join(re.sub(r'[^a-z0-9]+', ' ', folded).split())} "
    inside = [name for name in names if len(name) > 3 and f" {name} " in spaced]
    return names[max(inside, key=len)] if inside else None
