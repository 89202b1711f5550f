"""An installation of an older version is given what a fresh one has: once, and over nothing that is there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, select, text, update
from sqlalchemy.orm import Session

from contract.encryption import Cipher
from contract.ids import new_id
from huntred.conversations.models import QuickReply
from huntred.db import migrate
from huntred.db.session import make_engine
from huntred.gains.models import GainLevel, GainRule, Reward
from huntred.notifications.models import MessageTemplate
from huntred.units.models import Unit
from huntred.units.seed import SeedReport, seed
from tests.bed import describe
from tests.factories.desk import KEYS, Desk

# Before points, mentors, plans and internships; its settings are those of then, and one was edited.
REVISION = "0018"
SETTINGS = (
    '{"contact": {"name": "Equipo huntU", "phone": "", "email": "nuestro@huntu.mx"}, "reminders":'
    ' {"interview_before_hours": [48]}, "arrival_radius_metres": 500, "internships": false}'
)


@pytest.fixture
def older(database: Any) -> Iterator[str]:
    """The migrator's address of a database of that revision with the unit in it."""
    name = f"older_{new_id().hex[:12]}"
    bed = describe()
    admin = bed["admin_url"]
    migrate.create_database(admin, name)
    url = database.url("migrator").rpartition("/")[0] + f"/{name}"
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(migrate._MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, REVISION)
        connection.execute(
            text("INSERT INTO units (code, name, settings) VALUES ('huntu', 'huntU de siempre', CAST(:s AS jsonb))"),
            {"s": SETTINGS},
        )
        connection.execute(
            text("INSERT INTO quick_replies (id, unit, shortcut, text) VALUES (:id, 'huntu', 'nuestra', 'Hola.')"),
            {"id": new_id()},
        )
    engine.dispose()
    yield url
    owner = create_engine(admin.replace("postgresql://", "postgresql+psycopg://", 1), isolation_level="AUTOCOMMIT")
    with owner.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    owner.dispose()


def sown(url: str) -> SeedReport:
    engine = make_engine(url)
    report = seed(engine, cipher=Cipher(KEYS), units=["huntu"])
    engine.dispose()
    return report


def test_an_upgrade_gives_what_a_fresh_one_has(older: str, desk: Desk) -> None:
    migrate.upgrade(older)
    first = sown(older)
    assert first.added["settings"] > 10 and sown(older).added == {}

    fresh = desk.one(Unit, "huntu")
    engine = make_engine(older)
    with Session(engine) as session:
        unit = session.get_one(Unit, "huntu")
        assert (unit.settings["mentors"], unit.settings["learning_plans"]) == (True, True)
        assert unit.settings["reminders"]["profile_incomplete_every_days"] == 7
        assert set(unit.settings) == set(fresh.settings)
        # What was there, and what was edited, stays.
        assert unit.name == "huntU de siempre"
        assert unit.settings["contact"]["email"] == "nuestro@huntu.mx"
        assert unit.settings["reminders"]["interview_before_hours"] == [48]
        assert (unit.settings["arrival_radius_metres"], unit.settings["internships"]) == (500, False)
        assert session.scalars(select(QuickReply.shortcut)).all() == ["nuestra"]
        for model, key in ((GainRule, "event"), (GainLevel, "name"), (Reward, "name"), (MessageTemplate, "name")):
            column = getattr(model, key)
            there = set(session.scalars(select(column).where(model.unit == "huntu")))
            assert there == set(desk.rows(select(column).where(model.unit == "huntu"))) and there, model
    engine.dispose()


def test_what_somebody_removed_or_renamed_does_not_come_back(older: str) -> None:
    migrate.upgrade(older)
    sown(older)
    engine = make_engine(older)
    with Session(engine) as session, session.begin():
        for level in session.scalars(select(GainLevel)):
            session.delete(level)
        reward = session.scalars(select(Reward).order_by(Reward.ord)).first()
        assert reward is not None
        reward.name = "Otro nombre"
        for reply in session.scalars(select(QuickReply)):
            session.delete(reply)
        unit = session.get_one(Unit, "huntu")
        session.execute(update(Unit).values(settings={k: v for k, v in unit.settings.items() if k != "mentors"}))
    assert sown(older).added == {}
    with Session(engine) as session:
        assert "mentors" not in session.get_one(Unit, "huntu").settings
        assert session.scalars(select(GainLevel)).all() == session.scalars(select(QuickReply)).all() == []
    engine.dispose()


def test_what_a_later_version_adds_is_given_to_who_was_seeded_before(desk: Desk, database: Any) -> None:
    """As if the seed had had one setting, one event and one reward less until now."""
    [gone] = desk.rows(select(Reward).where(Reward.unit == "huntu").order_by(Reward.ord.desc()).limit(1))
    later = ["settings:mentors", "gain_rules:friend_registered", f"rewards:{gone.name}"]
    desk.execute("DELETE FROM rewards WHERE id = :id", id=gone.id)
    desk.execute("DELETE FROM gain_rules WHERE unit = 'huntu' AND event = 'friend_registered'")
    desk.execute("UPDATE units SET settings = settings - 'mentors' WHERE code = 'huntu'")
    desk.execute(
        "UPDATE units SET seeded = ARRAY(SELECT one FROM unnest(seeded) one WHERE one <> ALL (:later))"
        " WHERE code = 'huntu'", later=later,
    )  # fmt: skip
    assert sown(database.url("migrator")).added == {"settings": 1, "gain_rules": 1, "rewards": 1}
    assert desk.one(Unit, "huntu").settings["mentors"] is True
