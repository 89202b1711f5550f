"""The demo data: all of it there, the same every time, marked, and harmless."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from contract.encryption import Cipher
from huntred.db.session import Scope, make_engine
from huntred.db.unit_of_work import unit_of_work
from huntred.reporting import repository, rules
from huntred.reporting.types import Wanted
from huntred.units.seed import seed
from huntred.workbench import collecting
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
    _shows_every_page_something(seeded)
    _is_earned_and_agreed(seeded)
    _teaches_nothing(seeded, now)


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
            "SELECT md5(string_agg(concat(conversation_id, seq, event), '' ORDER BY conversation_id, seq)) FROM"
            " tracker_events",
            *(
                f"SELECT md5(string_agg(concat({columns}), '' ORDER BY {columns.split(', ')[0]})) FROM {table}"
                for table, columns in (
                    ("referrals", "id, code"), ("families", "id, code, children"), ("gains", "id, event, points"),
                    ("reward_requests", "id, state"), ("mentor_sessions", "id, starts_at, state"),
                    ("learning_steps", "id, skill, state"), ("campaigns", "id, code, name"),
                    ("campaign_clicks", "campaign_id::text || day, clicks"), ("consents", "id, purpose, granted"),
                    ("disclosure_agreements", "id, side, granted"), ("shortlist_entries", "id, profile_id"),
                    ("workbench_turns", "id, text, reason"), ("conversation_notes", "id, text"),
                    ("duplicate_pairs", "id, first_id, second_id, strength"), ("saved_views", "list_name || id, name"),
                )
            ),
        )
    ]


def _is_harmless(engine: Engine) -> None:
    """Marked as generated everywhere, and nothing of it is on its way to anybody."""
    for table in (
        "companies", "contacts", "vacancies", "unit_profiles", "applications", "interview_slots", "interviews",
        "conversations", "users",
    ):  # fmt: skip
        assert one(engine, f"SELECT count(*) FROM {table} WHERE NOT generated") == 0, table
    for table in ("outbox", "stored_events", "scheduled_notices", "inbox"):
        assert one(engine, f"SELECT count(*) FROM {table}") == 0, table
    # Nobody of the demo agreed to the notice or to messages, so nothing is ever said to them unasked.
    assert set(ask(engine, "SELECT DISTINCT purpose FROM consents")) == {("share_with_client",), ("family_group",)}
    # No mentor's answer is awaited, which the worker would tell of.
    assert one(engine, "SELECT count(*) FROM mentor_sessions WHERE state = 'asked'") == 0
    assert one(engine, "SELECT count(*) FROM mentors WHERE email NOT LIKE '%@example.com'") == 0
    assert one(engine, "SELECT count(*) FROM chats WHERE due IS NOT NULL") == 0
    assert one(engine, "SELECT count(*) FROM unit_profiles WHERE email <> '' AND email NOT LIKE '%.example'") == 0


def _holds_together(engine: Engine, now: datetime) -> None:
    # But for those who stand there a second time, under a shortened name.
    short = """
        SELECT count(*) FROM unit_profiles WHERE (last_name = '' OR second_last_name = '')
          AND id NOT IN (SELECT first_id FROM duplicate_pairs UNION SELECT second_id FROM duplicate_pairs)"""
    assert one(engine, short) == 0
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


def _shows_every_page_something(engine: Engine) -> None:
    """Of each unit that has it, and with a shape: not all on one day, nor all of one kind."""
    units = ("amigro", "huntu", "huntred", "huntred_executive")
    for table in ("campaign_touches", "shortlist_shares", "handoffs", "tracker_events", "conversation_notes"):
        assert {row[0] for row in ask(engine, f"SELECT DISTINCT unit FROM {table}")} == set(units), table
    days = "SELECT count(DISTINCT at::date) FROM messages WHERE unit = 'amigro'"
    assert one(engine, days) > 40
    told = "SELECT DISTINCT state FROM handoffs WHERE unit = 'amigro'"
    assert set(ask(engine, told)) == {("queued",), ("with_person",), ("returned",), ("timed_out",)}
    ends = "SELECT count(*) FROM unit_profiles WHERE permit_expires_on BETWEEN '2026-03-02' AND '2026-05-01'"
    assert one(engine, ends) > 40
    assert one(engine, "SELECT count(*) FROM mentor_sessions WHERE state = 'accepted'") > 5
    assert one(engine, "SELECT count(*) FROM reward_requests WHERE state = 'asked'") > 3
    assert one(engine, "SELECT count(*) FROM note_mentions WHERE seen_at IS NULL") > 5
    both = """
        SELECT count(*) FROM (
          SELECT vacancy_id, person_id FROM disclosure_agreements WHERE granted GROUP BY 1, 2 HAVING count(*) = 2) open"""
    assert one(engine, both) > 3


def _is_earned_and_agreed(engine: Engine) -> None:
    """The rules that the services keep, where the rows were put in without them."""
    spent = """
        SELECT count(*) FROM (
          SELECT r.person_id, sum(r.cost_points) AS used FROM reward_requests r WHERE r.state <> 'declined' GROUP BY 1) u
        WHERE u.used > (SELECT coalesce(sum(points), 0) FROM gains g WHERE g.person_id = u.person_id)"""
    assert one(engine, spent) == 0
    alone = "SELECT count(*) FROM (SELECT family_id FROM family_members GROUP BY 1 HAVING count(*) < 2) f"
    assert one(engine, alone) == 0
    unasked = """
        SELECT count(*) FROM family_members m WHERE NOT EXISTS (
          SELECT FROM consents c WHERE c.person_id = m.person_id AND c.purpose = 'family_group' AND c.granted)"""
    assert one(engine, unasked) == 0
    crossing = """
        SELECT count(*) FROM mentor_sessions s JOIN applications a ON a.person_id = s.person_id
        JOIN interviews i ON i.application_id = a.id JOIN interview_slots t ON t.id = i.slot_id
        WHERE s.state = 'accepted' AND i.state = 'booked' AND s.starts_at < t.ends_at AND t.starts_at < s.ends_at"""
    assert one(engine, crossing) == 0
    named = "SELECT count(*) FROM disclosure_agreements d JOIN vacancies v ON v.id = d.vacancy_id WHERE NOT v.confidential"
    assert one(engine, named) == 0
    fewer = """
        SELECT count(*) FROM campaigns k WHERE (SELECT coalesce(sum(clicks), 0) FROM campaign_clicks c
          WHERE c.campaign_id = k.id) < (SELECT count(*) FROM campaign_touches t WHERE t.campaign_id = k.id)"""
    assert one(engine, fewer) == 0
    # What the worker would find is what stands there.
    again = """
        SELECT count(*) FROM unit_profiles a JOIN unit_profiles b ON a.unit = b.unit AND a.id < b.id
          AND (a.phone = b.phone OR (a.email <> '' AND a.email = b.email))
        WHERE NOT EXISTS (SELECT FROM duplicate_pairs p WHERE p.first_id = a.id AND p.second_id = b.id)"""
    assert one(engine, again) == 0
    assert one(engine, "SELECT count(*) FROM duplicate_pairs") >= 10


def _teaches_nothing(engine: Engine, now: datetime) -> None:
    """The workbench shows demo turns, all of demo conversations; the collector takes none of what was said there."""
    marked = "SELECT count(*) FROM workbench_turns WHERE NOT app_is_generated(conversation_id)"
    assert one(engine, marked) == 0
    assert set(ask(engine, "SELECT DISTINCT reason FROM workbench_turns")) == {
        ("unsure",), ("corrected",), ("handed_over",)
    }  # fmt: skip
    # Names and numbers were masked before they were kept.
    assert one(engine, "SELECT count(*) FROM workbench_turns WHERE text ~ '[0-9]{4}' OR text LIKE '%@%'") == 0
    assert one(engine, "SELECT min(confidence) FROM workbench_turns") < collecting.UNSURE_BELOW
    _forget_turns(engine)
    with unit_of_work(engine, Scope(units=("amigro",))) as uow:
        assert collecting.collect(uow, _NoEmbedder(), now=now + timedelta(hours=1)) == 0


def _forget_turns(engine: Engine) -> None:
    """The collector begins after the latest turn that it has."""
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM workbench_turns"))


class _NoEmbedder:
    """Nothing may come as far as this."""

    def encode(self, texts: Sequence[str]) -> Any:
        raise AssertionError(texts)


def test_the_dashboard_of_conversation_has_something_in_each_plot(seeded: Engine, now: datetime) -> None:
    load(seeded, now=now, password_salt=SALT)
    zones = dict.fromkeys(("amigro", "huntu", "huntred", "huntred_executive"), "America/Mexico_City")
    wanted = Wanted(zones, rules.period_of(None, None, today=now.date()), now, generated=True)
    with Session(seeded) as session:
        drawn = {key: repository.figures(session, plot, wanted) for key, plot in repository.plots("conversation").items()}
        real = replace(wanted, generated=False)
        for key, plot in repository.plots("conversation").items():
            assert drawn[key].count > 0, key
            assert drawn[key].generated == drawn[key].count, key
            assert repository.figures(session, plot, real).count == 0, key
    flows = {bar.key: {cell.series for cell in bar.cells if cell.count} for bar in drawn["flows"].bars}
    assert all(len(outcomes) >= 2 for outcomes in flows.values()), flows
    assert {"completed", "left", "silent"} <= flows["form_profile"]
    assert sum(bool(bar.count) for bar in drawn["fallback"].bars) > 10
    assert len(drawn["drop_off"].bars) >= 5
    assert sum(bool(bar.count) for bar in drawn["team_answer_time"].bars) >= 3


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
