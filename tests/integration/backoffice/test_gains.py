"""The page of points and rewards, and what stands of them on a person's page."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from huntred.access.models import AuditEntry
from huntred.events.models import StoredEvent
from huntred.gains.models import Gain, GainLevel, GainRule, Reward, RewardRequest
from huntred.people.models import UnitProfile
from tests.integration.backoffice.conftest import Office, post


def asked(office: Office, name: str = "Hora de mentoría") -> tuple[UnitProfile, RewardRequest]:
    """Somebody with 180 points who asked for a reward."""
    desk = office.desk
    profile = desk.profile(first_name="Ana", last_name="Ruiz")
    reward = desk.rows(select(Reward).where(Reward.unit == "amigro", Reward.name == name))[0]
    request = RewardRequest(
        unit="amigro", person_id=profile.person_id, reward_id=reward.id, name=reward.name,
        cost_points=reward.cost_points, cost_amount=reward.cost_amount, asked_at=desk.now,
    )  # fmt: skip
    desk.add(
        Gain(
            unit="amigro", person_id=profile.person_id, event="profile_completed", source_id=profile.id, points=230,
            at=desk.now,
        ),
        request,
    )  # fmt: skip
    return profile, request


def test_a_person_s_page_shows_points_level_badges_and_what_was_asked_for(office: Office) -> None:
    profile, _ = asked(office)
    page = office.client(office.user()).get(f"/people/{profile.id}").text
    for said in ("50 puntos", "Nivel Raíces", "Perfil listo", "Hora de mentoría", "180 puntos", "$600.00", "Por entregar"):
        assert said in page, said
    assert "No cuentan para la afinidad" in page


def test_a_consultant_grants_and_it_says_who_and_when(office: Office) -> None:
    profile, request = asked(office)
    user = office.user(name="Carmen López")
    client = office.client(user)
    assert "Hora de mentoría" in client.get("/gains/").text
    answer = post(client, f"/gains/requests/{request.id}/decide", {"granted": "1", "note": "El martes a las 5."})
    assert answer.location.endswith(f"/people/{profile.id}")
    kept = office.desk.one(RewardRequest, request.id)
    assert (kept.state, kept.decided_by, kept.decided_at, kept.note) == (
        "granted", user.id, office.desk.now, "El martes a las 5.",
    )  # fmt: skip
    page = client.get(f"/people/{profile.id}").text
    assert "Entregada" in page and "Carmen López" in page and "El martes a las 5." in page
    assert "Carmen López" in client.get("/gains/").text
    assert "RewardDecided" in office.desk.rows(select(StoredEvent.name))
    assert "gains.decide" in " ".join(office.desk.rows(select(AuditEntry.action)))

    again = post(client, f"/gains/requests/{request.id}/decide", {"granted": "0", "note": "No"})
    assert "ya se contestó" in client.get(again.location).text
    assert office.desk.one(RewardRequest, request.id).state == "granted"


def test_a_no_needs_its_reason(office: Office) -> None:
    _, request = asked(office)
    client = office.client(office.user())
    answer = post(client, f"/gains/requests/{request.id}/decide", {"granted": "0", "note": ""})
    assert "Nota: hace falta" in client.get(answer.location).text
    assert office.desk.one(RewardRequest, request.id).state == "asked"


def test_the_super_administrator_edits_what_is_given_and_offered(office: Office) -> None:
    client = office.client(office.user("super_admin"))
    rule = {"unit": "amigro", "points": "120", "badge": "Listo", "badge_after": "1", "active": "1"}
    post(client, "/gains/rules/profile_completed", rule)
    [kept] = office.desk.rows(
        select(GainRule).where(GainRule.unit == "amigro", GainRule.event == "profile_completed")
    )
    assert (kept.points, kept.badge, kept.active) == (120, "Listo", True)

    new = {"unit": "amigro", "reward": "Taller", "description": "Un taller.", "cost_points": "90", "cost_amount": "$1,250.50",
           "active": "1"}  # fmt: skip
    post(client, "/gains/rewards", new)
    [reward] = office.desk.rows(select(Reward).where(Reward.name == "Taller"))
    assert (reward.unit, reward.cost_points, reward.cost_amount, reward.ord) == ("amigro", 90, Decimal("1250.50"), 4)
    post(client, f"/gains/rewards/{reward.id}", {**new, "cost_points": "95", "active": ""})
    kept_reward = office.desk.one(Reward, reward.id)
    assert (kept_reward.cost_points, kept_reward.active) == (95, False)

    levels = {"unit": "amigro", "level": ["Uno", "", "Dos"], "from_points": ["0", "", "70"]}
    post(client, "/gains/levels", levels)
    found = office.desk.rows(select(GainLevel).where(GainLevel.unit == "amigro").order_by(GainLevel.from_points))
    assert [(level.name, level.from_points) for level in found] == [("Uno", 0), ("Dos", 70)]
    assert "Cambió qué da puntos" in client.get("/records/audit/").text


@pytest.mark.parametrize(
    ("path", "form", "said"),
    [
        ("/gains/rules/profile_completed", {"points": ""}, "Puntos: hace falta"),
        ("/gains/rules/profile_completed", {"points": "-5"}, "Puntos: está fuera del rango"),
        ("/gains/rewards", {"reward": "", "cost_points": "1"}, "Recompensa: hace falta"),
        ("/gains/rewards", {"reward": "X", "cost_points": "1", "cost_amount": "mucho"}, "Lo que nos cuesta: debe ser"),
        ("/gains/rewards", {"reward": "Curso corto", "cost_points": "1"}, "Recompensa: ya existe"),
        ("/gains/levels", {"level": "Uno", "from_points": "pocos"}, "Puntos del nivel: debe ser un número"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_changes(office: Office, path: str, form: dict[str, Any], said: str) -> None:
    client = office.client(office.user("super_admin"))
    answer = post(client, path, {"unit": "amigro", **form})
    assert said in client.get(answer.location).text
    assert len(office.desk.rows(select(Reward.id).where(Reward.unit == "amigro"))) == 3
    assert len(office.desk.rows(select(GainLevel.id).where(GainLevel.unit == "amigro"))) == 3


def test_a_consultant_reads_the_offers_and_edits_none(office: Office) -> None:
    page = office.client(office.user()).get("/gains/").text
    assert "Recomendó a alguien que se registró" in page and "Raíces" in page
    assert 'action="/gains/rewards' not in page


def test_a_unit_without_points_shows_none_on_a_person_s_page(office: Office) -> None:
    profile = office.desk.profile("huntred_executive")
    page = office.client(office.user(unit="huntred_executive")).get(f"/people/{profile.id}").text
    assert "Puntos y recompensas</h2>" not in page
