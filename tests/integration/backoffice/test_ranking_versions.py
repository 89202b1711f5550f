"""The page of weights: what was learned is published from it only where it won, and taken back by a button."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from backoffice.work import wiring_of
from contract.ids import new_id
from huntred.access.models import AuditEntry
from huntred.matching.combining import default_weights
from huntred.matching.models import RankingVersion, RankingWeights
from tests.integration.backoffice.conftest import Office, post

FIGURES = {
    "decisions": 136, "needed": 50, "learned_vacancies": 24, "held_vacancies": 10, "held_decisions": 40,
    "pairs_right_now": 0.71, "pairs_right_then": 0.83, "low": 0.05, "high": 0.19, "gain_now": 0.81, "gain_then": 0.88,
}  # fmt: skip


def _learned(office: Office, state: str, unit: str = "amigro") -> RankingVersion:
    row = RankingVersion(
        id=new_id(), unit=unit, origin="learned", state=state, weights=default_weights() | {"experience": 40.0},
        figures=FIGURES, made_at=office.desk.now,
    )  # fmt: skip
    office.desk.add(row)
    return row


def _weights(office: Office) -> list[Any]:
    return [row.weights["experience"] for row in office.desk.rows(select(RankingWeights))]


def test_what_won_is_published_after_the_preview_and_taken_back(office: Office) -> None:
    version, client = _learned(office, "offered"), office.client(office.user("super_admin"))
    page = client.get("/ranking/?unit=amigro").text
    assert "71.0 % hoy, 83.0 % con lo aprendido" in page and "entre +5.0 y +19.0 puntos" in page
    assert "Publicar lo aprendido" not in page, "first it is seen what that would change"
    values = {f"weight_{feature}": str(value) for feature, value in version.weights.items()}
    seen = post(client, "/ranking/preview", {"unit": "amigro", "version": str(version.id), **values})
    assert "Publicar lo aprendido" in seen.text and _weights(office) == []

    post(client, "/ranking/publish", {"unit": "amigro", "version": str(version.id)})
    assert _weights(office) == [40.0]
    assert "Pesos aprendidos de las decisiones" in client.get("/ranking/?unit=amigro").text
    assert "ranking.publish" in office.desk.rows(select(AuditEntry.action))

    post(client, "/ranking/back?unit=amigro")
    assert _weights(office) == []
    assert office.desk.rows(select(RankingVersion.state)) == ["taken_back"]


@pytest.mark.parametrize("state", ["lost", "insufficient", "outdated"])
def test_what_did_not_win_is_not_published(office: Office, state: str) -> None:
    version, client = _learned(office, state), office.client(office.user("super_admin"))

    assert "Ver qué cambiaría con lo aprendido" not in client.get("/ranking/?unit=amigro").text
    answer = post(client, "/ranking/publish", {"unit": "amigro", "version": str(version.id)})

    assert answer.status_code == 404 and _weights(office) == []


def test_another_units_version_is_not_there(office: Office) -> None:
    version, client = _learned(office, "offered", "huntu"), office.client(office.user("super_admin"))
    assert post(client, "/ranking/publish", {"unit": "amigro", "version": str(version.id)}).status_code == 404
    assert _weights(office) == []


def test_with_the_switch_off_nothing_is_offered(office: Office) -> None:
    version, client = _learned(office, "offered"), office.client(office.user("super_admin"))
    object.__setattr__(wiring_of(office.app).settings, "enable_ml_features", False)

    page = client.get("/ranking/?unit=amigro").text
    answer = post(client, "/ranking/publish", {"unit": "amigro", "version": str(version.id)})

    assert "El aprendizaje está apagado" in page and "con lo aprendido" not in page
    assert answer.status_code == 404 and _weights(office) == []

