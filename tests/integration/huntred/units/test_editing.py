"""A unit's own settings: what the form changes, and that nothing else of the unit does."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import Any

import pytest

from huntred.errors import FieldInvalid
from huntred.units import service
from huntred.units.editing import UnitForm, form_of, save
from huntred.units.models import Unit
from tests.factories.desk import Desk

FORM = UnitForm(
    name="Amigro", tagline="Trabajo cerca de ti", in_picker=True, contact_name="Equipo Amigro",
    contact_phone="55 5000 0201", contact_email="Hola@Amigro.example.mx", hours_text="lunes a viernes de 9 a 18 h",
    office={"weekdays": (time(9), time(18)), "saturday": (time(9), time(14)), "sunday": None}, quiet_from=time(22), quiet_to=time(7), escalate_minutes=4, handoff_minutes=90, reminder_hours=(3, 48, 3),
    profile_days=14, nearby_km=40, privacy_version="", privacy_notice="",
)  # fmt: skip


def form(desk: Desk, **values: Any) -> UnitForm:
    unit = desk.one(Unit, "amigro")
    return replace(FORM, **{"privacy_version": unit.privacy_version, "privacy_notice": unit.privacy_notice, **values})


def test_what_is_typed_is_kept_and_the_rest_stays(desk: Desk) -> None:
    before = desk.one(Unit, "amigro")
    with desk.work("amigro", all_units=True) as uow:
        save(uow, "amigro", form(desk))
    unit = desk.one(Unit, "amigro")
    assert form_of(unit) | {"privacy_notice": ""} == {
        "unit_name": "Amigro", "tagline": "Trabajo cerca de ti", "in_picker": True, "contact_name": "Equipo Amigro",
        "phone": "+525550000201", "email": "hola@amigro.example.mx", "hours_text": "lunes a viernes de 9 a 18 h",
        "weekdays_from": "09:00", "weekdays_to": "18:00", "saturday_from": "09:00", "saturday_to": "14:00",
        "sunday_from": "", "sunday_to": "", "quiet_from": "22:00", "quiet_to": "07:00", "escalate_minutes": 4, "handoff_minutes": 90,
        "reminder_hours": "48, 3", "profile_days": 14, "nearby_km": 40, "privacy_version": before.privacy_version,
        "privacy_notice": "", "reference_reminder_days": 4, "reference_kept_days": 365,
    }  # fmt: skip
    for part in ("colours", "mail", "voice", "channels", "price_model", "family_groups"):
        assert unit.settings[part] == before.settings[part], part


@pytest.mark.parametrize(
    ("field", "problem", "values"),
    [
        ("unit_name", "missing", {"name": ""}),
        ("tagline", "too_long", {"tagline": "x" * 121}),
        ("escalate_minutes", "out_of_range", {"escalate_minutes": 0}),
        ("handoff_minutes", "before_escalation", {"handoff_minutes": 4}),
        ("saturday_to", "before_start", {"office": {"saturday": (time(14), time(14))}}),
        ("reminder_hours", "out_of_range", {"reminder_hours": ()}),
        ("reminder_hours", "out_of_range", {"reminder_hours": (1, 2, 3, 4)}),
        ("reminder_hours", "out_of_range", {"reminder_hours": (169,)}),
        ("profile_days", "weekly_at_most", {"profile_days": 6}),
        ("email", "not_an_email", {"contact_email": "nadie"}),
        ("phone", "not_a_phone", {"contact_phone": "12"}),
        ("privacy_version", "same_version", {"privacy_notice": "# Otro aviso"}),
        ("privacy_notice", "missing", {"privacy_notice": "", "privacy_version": "2027-01"}),
    ],
)
def test_what_cannot_be_is_said_by_its_field(desk: Desk, field: str, problem: str, values: dict[str, Any]) -> None:
    with desk.work("amigro", all_units=True) as uow, pytest.raises(FieldInvalid) as refused:
        save(uow, "amigro", form(desk, **values))
    assert (refused.value.field, refused.value.problem) == (field, problem)


def test_a_new_notice_has_a_version_of_its_own(desk: Desk) -> None:
    with desk.work("amigro", all_units=True) as uow:
        save(uow, "amigro", form(desk, privacy_notice="# Aviso nuevo", privacy_version="2027-01"))
        assert service.get(uow, "amigro").privacy_version == "2027-01"
    assert desk.one(Unit, "amigro").privacy_notice == "# Aviso nuevo"
