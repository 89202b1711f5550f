"""The page of a unit: its super administrator changes it, and people in the chat notice."""

from __future__ import annotations

from datetime import time

from sqlalchemy import select

from huntred.access.models import AuditEntry
from huntred.conversations.escalation import minutes_of
from huntred.units import office_hours
from huntred.units.models import Unit
from tests.integration.backoffice.conftest import Office, post

VALUES = {
    "unit_name": "Amigro", "tagline": "Trabajo cerca de ti", "in_picker": "1", "contact_name": "Equipo Amigro",
    "phone": "55 5000 0201", "email": "hola@amigro.example.mx", "hours_text": "lunes a viernes de 9 a 18 horas",
    "weekdays_from": "08:00", "weekdays_to": "17:30", "saturday_from": "", "saturday_to": "",
    "sunday_from": "10:00", "sunday_to": "12:00", "quiet_from": "22:00", "quiet_to": "07:00", "escalate_minutes": "4", "handoff_minutes": "90",
    "reminder_hours": "48 y 3", "profile_days": "14", "nearby_km": "40",
}  # fmt: skip


def test_a_unit_is_changed_on_its_page_and_the_change_is_in_the_audit(office: Office) -> None:
    unit = office.desk.one(Unit, "amigro")
    notice = {"privacy_version": unit.privacy_version, "privacy_notice": unit.privacy_notice}
    client = office.client(office.user("super_admin"))
    assert "Amigro" in client.get("/units/").text
    answer = post(client, "/units/amigro", VALUES | notice, page="/units/amigro")
    assert answer.location.endswith("/units/amigro")
    page = client.get("/units/amigro").text
    assert "Guardamos los datos de la unidad." in page and 'value="48, 3"' in page
    kept = office.desk.one(Unit, "amigro")
    assert minutes_of(kept.settings) == 4 and kept.tagline == "Trabajo cerca de ti"
    assert office_hours.spans_of(kept.settings) == {
        **dict.fromkeys(office_hours.GROUPS["weekdays"], (time(8), time(17, 30))), "sun": (time(10), time(12)),
    }  # fmt: skip
    assert 'value="17:30"' in page
    # A form drops the file's last line end: the notice is the same, so it needs no new version.
    assert kept.privacy_version == unit.privacy_version
    assert "units" in office.desk.rows(select(AuditEntry.object_type))


def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(office: Office) -> None:
    before = office.desk.one(Unit, "amigro").settings
    client = office.client(office.user("super_admin"))
    told = {"privacy_version": "2027-01", "privacy_notice": "# Aviso"}
    page = post(client, "/units/amigro", VALUES | told | {"profile_days": "2"}, page="/units/amigro").text
    assert "nunca más de un recordatorio por semana" in page and "# Aviso" in page and 'value="48 y 3"' in page
    page = post(client, "/units/amigro", VALUES | told | {"reminder_hours": "pronto"}, page="/units/amigro").text
    assert "debe ser un número" in page
    page = post(client, "/units/amigro", VALUES | told | {"saturday_from": "09:00"}, page="/units/amigro").text
    assert "Sábado hasta: hace falta" in page
    page = post(client, "/units/amigro", VALUES | told | {"sunday_to": "09:00"}, page="/units/amigro").text
    assert "debe ser después del inicio" in page
    assert office.desk.one(Unit, "amigro").settings == before


def test_a_unit_that_is_not_there(office: Office) -> None:
    assert office.client(office.user("super_admin")).get("/units/nadie").status_code == 404


def test_how_long_references_are_kept_is_the_unit_s(office: Office) -> None:
    client = office.client(office.user("super_admin"))
    page = client.get("/units/huntred_executive").text
    assert "Días que se guardan las referencias" in page
    assert "Días que se guardan las referencias" not in client.get("/units/amigro").text
    unit = office.desk.one(Unit, "huntred_executive")
    told = {"privacy_version": unit.privacy_version, "privacy_notice": unit.privacy_notice}
    days = {"reference_reminder_days": "3", "reference_kept_days": "20"}
    page = post(client, "/units/huntred_executive", VALUES | told | days, page="/units/amigro").text
    assert "está fuera del rango permitido" in page
    days["reference_kept_days"] = "180"
    assert post(client, "/units/huntred_executive", VALUES | told | days, page="/units/amigro").status_code == 302
    kept = office.desk.one(Unit, "huntred_executive").settings
    assert (kept["references_remind_after_days"], kept["references_kept_days"], kept["references"]) == (3, 180, True)
