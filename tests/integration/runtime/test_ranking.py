"""The weekly task and the commands: each unit by itself, what came of it in one line, and the switch obeyed."""

from __future__ import annotations

import base64
import logging
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from huntred.matching.combining import default_weights
from huntred.matching.models import RankingVersion, RankingWeights
from huntred.settings import AppSettings, read_app_settings
from runtime import celery_app, ranking, tasks
from runtime.wiring import Wiring
from tests.factories.desk import Desk, desk, keys

__all__ = ["desk", "keys"]


@pytest.fixture
def environment(database: Any, redis_url: str, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    key = base64.b64encode(b"k" * 32).decode()
    values = {
        "DATABASE_URL": database.url("app"), "REDIS_URL": redis_url, "ENVIRONMENT": "test", "UNITS": "amigro,huntu",
        "ENCRYPTION_KEYS": f"test:{key}", "LOOKUP_KEY": key, "LINK_SECRET": desk.links.secret,
        "FLASK_SECRET_KEY": "the flask secret of these tests", "SECURITY_PASSWORD_SALT": "the salt of these tests",
        "ACTIONS_SECRET": "the actions secret of these tests",
    }  # fmt: skip
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return values


def _run(desk: Desk, settings: AppSettings) -> None:
    app = celery_app.make_celery(settings)
    tasks.register(app, Wiring(settings, desk.app, lambda: desk.now))
    app.tasks[celery_app.RETRAIN_RANKING]()


def test_the_weekly_task_tries_each_unit_and_says_what_came_of_it(
    desk: Desk, environment: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    settings = read_app_settings(environment)
    with caplog.at_level(logging.INFO):
        _run(desk, settings)
    said = [record.getMessage() for record in caplog.records if "decisions" in record.getMessage()]
    assert said == [
        f"{unit}: too few: 0 decisions of 50, 0 vacancies to learn from and 0 to judge by" for unit in settings.units
    ]  # fmt: skip
    rows = desk.rows(select(RankingVersion).order_by(RankingVersion.unit))
    assert [(row.unit, row.state) for row in rows] == [(unit, "insufficient") for unit in sorted(settings.units)]
    schedule = celery_app.make_celery(settings).conf.beat_schedule["retrain-ranking"]
    assert (schedule["task"], schedule["schedule"].day_of_week) == (celery_app.RETRAIN_RANKING, {0})


def test_the_switch_refuses_and_says_so(desk: Desk, environment: dict[str, str]) -> None:
    off = replace(read_app_settings(environment), enable_ml_features=False)
    refused = ranking.retrain_unit(Wiring(off, desk.app, lambda: desk.now), "amigro")
    assert ranking.told(refused) == "nothing is learned: ENABLE_ML_FEATURES is off"
    assert desk.rows(select(RankingVersion)) == []


def test_one_command_goes_back(desk: Desk, environment: dict[str, str]) -> None:
    first, now = ({**default_weights(), "title": title} for title in (11.0, 12.0))
    desk.add(
        RankingVersion(unit="amigro", origin="written", state="former", weights=first, made_at=desk.now, in_force_at=desk.now),
        RankingVersion(unit="amigro", origin="learned", state="in_force", weights=now, made_at=desk.now, in_force_at=desk.now),
        RankingWeights(unit="amigro", weights=now, updated_at=desk.now),
    )

    said = ranking.back("amigro"), ranking.back("amigro"), ranking.back("amigro")

    assert said == (
        "amigro\tback to the weights of 2026-03-02 15:00 UTC", "amigro\tback to weights.yml",
        "amigro\tweighs as the platform comes: nothing was before",
    )  # fmt: skip
    assert desk.rows(select(RankingWeights)) == []
    assert list(ranking.retrain(["amigro"])) == [
        "amigro\ttoo few: 0 decisions of 50, 0 vacancies to learn from and 0 to judge by"
    ]
