"""Business units as the rest of the platform asks for them. A unit is data: nothing here knows one by name."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select

from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import NotFound
from huntred.languages import LOCALES, MAIN
from huntred.units.models import Division, Unit

SEED_FOLDER = Path(__file__).parent / "seed"


def all_units(uow: UnitOfWork) -> list[Unit]:
    return list(uow.session.scalars(select(Unit).order_by(Unit.position, Unit.code)))


def get(uow: UnitOfWork, code: str) -> Unit:
    """Raises NotFound."""
    unit = uow.session.get(Unit, code)
    if unit is None:
        raise NotFound(f"unit {code}")
    return unit


def spoken(unit: Unit, told: str) -> str:
    """Return the language that somebody told (ISO 639-1) where the unit and we speak it, else Spanish."""
    return told if told in unit.languages and told in LOCALES else MAIN


def picker(uow: UnitOfWork) -> list[Unit]:
    """Return the units that a person may choose in the chat, in the group's order."""
    return [unit for unit in all_units(uow) if unit.in_picker]


def divisions(uow: UnitOfWork) -> list[Division]:
    """Return the divisions that this scope sees."""
    return list(uow.session.scalars(select(Division).order_by(Division.unit, Division.name)))


def partner_contact(unit: Unit) -> dict[str, str]:
    """Return name, phone and email of the managing partner: the unit's own, else the group's."""
    contact: dict[str, str] = unit.settings.get("partner_contact") or group()["partner_contact"]
    return contact


@functools.cache
def group() -> dict[str, Any]:
    """Return what belongs to the group as a whole (seed/shared/group.yml)."""
    return dict(yaml.safe_load((SEED_FOLDER / "shared" / "group.yml").read_text(encoding="utf-8")))
