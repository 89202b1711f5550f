"""The demo data: all of it there, the same every time, marked, and harmless."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, text

from contract.encryption import Cipher
from huntred.db.session import make_engine
from huntred.units.seed import seed
from runtime.demo.load import DemoImpossible, load
from tests.bed import ROOT, Database

SALT = "a-salt-for-the-tests-only"


@pytest.fixture
def engine(database: Database) -> Iterator[Engine]:
    engine = make_engine(database.url("migrator"))
    yield engine
    engine.dispose()


@pytest.fixture
def seeded(engine: Engine) -> Engine:
    seed(engine, cipher=Cipher({"t": b"0" * 32}), credentials=ROOT / "tests" / "standins" / "accounts.json")
    return engine


def ask(engine: Engine, sql: str) -> list[Any]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(sql))]


def one(engine: Engine, sql: str) -> Any:
    return ask(engine, sql)[0][0]


def test_without_units_it_says_what_to_run_first(engine: Engine, now: datetime) -> None:
    with pytest.raises(DemoImpossible, match="runtime seed"):
        load(engine, now=now, password_salt=SALT)


def test_all_of_it_is_there_and_a_second_load_changes_nothing(seeded: Engine, now: datetime) -> None:
    report = load(seeded, now=now, password_salt=SALT)

    assert report.loaded
    assert report.rows["companies"] == 40
    assert report.rows["vacancies"] == 400
    assert report.rows["unit_profiles"] == 1500
    for table, count in report.rows.items():
        assert count == one(seeded, f"SELECT count(*) FROM {table}") > 0, table
    before = _state(seeded)
    again = load(seeded, now=now + timedelta(days=3), password_salt=SALT)
    assert not again.loaded
    assert str(again) == "already loaded: nothing changed"
    assert _state(seeded) == before

    _is_harmless(seeded)
    _holds_together(seeded, now)
    _can_be_booked(seeded, now)


def test_it_is_the_same_in_every_installation(seeded: Engine, database: Database, now: datetime) -> None:
    load(seeded, now=now, password_salt=SALT)
    first = _state(seeded)
    database.clean()
    seed(seeded, cipher=Cipher({"t": b"0" * 32}), credentials=ROOT / "tests" / "standins" / "accounts.json")
    load(seeded, now=now, password_salt=SALT)
    assert _state(seeded) == first


def _state(engine: Engine) -> list[Any]:
    """A digest of what people would notice."""
    return [
        ask(engine, sql)
        for sql in (
            "SELECT md5(string_agg(concat(id, number, title, city, salary_min, state), '' ORDER BY id)) FROM vacancies",
            "SELECT md5(string_agg(concat(id, first_name, last_name, email, skills), '' ORDER BY id)) FROM unit_profiles",
            "SELECT md5(string_agg(concat(id, number, score, answers, moved_at), '' ORDER BY id)) FROM applications",
            "SELECT md5(string_agg(concat(id, starts_at, modality), '' ORDER BY id)) FROM interview_slots",
            "SELECT md5(string_agg(concat(id, text, at), '' ORDER BY id)) FROM messages",
        )
    ]


def _is_harmless(engine: Engine) -> None:
    """Marked as generated everywhere, and nothing of it is on its way to anybody."""
    for table in (
        "companies", "contacts", "vacancies", "unit_profiles", "applications", "interview_slots", "interviews",
        "conversations", "users",
    ):  # fmt: skip
        assert one(engine, f"SELECT count(*) FROM {table} WHERE NOT generated") == 0, table
    for table in ("outbox", "stored_events", "scheduled_notices", "inbox", "consents"):
        assert one(engine, f"SELECT count(*) FROM {table}") == 0, table
    assert one(engine, "SELECT count(*) FROM chats WHERE due IS NOT NULL") == 0
    assert one(engine, "SELECT count(*) FROM unit_profiles WHERE email <> '' AND email NOT LIKE '%.example'") == 0


def _holds_together(engine: Engine, now: datetime) -> None:
    assert one(engine, "SELECT count(*) FROM unit_profiles WHERE last_name = '' OR second_last_name = ''") == 0
    # The stage of an application is where its history ends, and no step lies in the future.
    assert one(engine, "SELECT count(*) FROM application_moves WHERE at > '2026-03-02 15:00+00'") == 0
    strays = """
        SELECT count(*) FROM applications a JOIN LATERAL (
          SELECT to_stage_id FROM application_moves m WHERE m.application_id = a.id ORDER BY at DESC LIMIT 1
        ) last ON true WHERE last.to_stage_id <> a.stage_id"""
    assert one(engine, strays) == 0
    overlap = """
        SELECT count(*) FROM interviews i JOIN interview_slots s ON s.id = i.slot_id
        JOIN applications a ON a.id = i.application_id
        JOIN interviews j ON j.id > i.id JOIN interview_slots t ON t.id = j.slot_id
        JOIN applications b ON b.id = j.application_id
        WHERE i.state = 'booked' AND j.state = 'booked' AND s.starts_at < t.ends_at AND t.starts_at < s.ends_at
          AND (a.person_id = b.person_id OR (i.interviewer_id = j.interviewer_id AND s.id <> t.id))"""
    assert one(engine, overlap) == 0
    # Texts are Spanish with their accents, and every blank is filled.
    assert one(engine, "SELECT count(*) FROM messages WHERE text LIKE '%{%' OR text = ''") == 0
    assert one(engine, "SELECT count(*) FROM messages WHERE text ~ 'postulación'") > 20
    assert set(ask(engine, "SELECT DISTINCT handling FROM conversations")) == {("bot",), ("queued",), ("with_person",)}
    assert one(engine, "SELECT count(DISTINCT city) FROM vacancies") > 30
    assert one(engine, "SELECT count(*) FROM vacancies WHERE confidential AND unit = 'huntred_executive'") > 15


def _can_be_booked(engine: Engine, now: datetime) -> None:
    zone = ZoneInfo("America/Mexico_City")
    free = ask(
        engine,
        "SELECT s.starts_at FROM interview_slots s LEFT JOIN interviews i ON i.slot_id = s.id "
        # Groups meet after the day's single times.
        "WHERE i.id IS NULL AND s.cancelled_at IS NULL AND s.capacity = 1",
    )
    times = [row[0].astimezone(zone) for row in free]
    assert len(times) > 300
    assert all(time > now and time.weekday() < 5 and 9 <= time.hour < 18 for time in times)
    today = now.astimezone(zone).date()
    booked = ask(engine, "SELECT s.starts_at FROM interviews i JOIN interview_slots s ON s.id = i.slot_id")
    assert sum(row[0].astimezone(zone).date() == today for row in booked) >= 4
