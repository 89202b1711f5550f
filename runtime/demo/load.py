"""Loads the demo data, once: `python -m runtime demo`.

Everything is marked as generated, so that it never trains or unlocks anything, and nobody is written to: no event
is stored and nothing is put into the outbox. Times are relative to the day of the load; all else is the same
every time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, Table, insert, select, text

from huntred.access.passwords import hash_password
from huntred.db import all_models  # noqa: F401  # the tables
from huntred.db.base import Base
from runtime.demo.candidates import make_candidates
from runtime.demo.chats import make_conversations
from runtime.demo.content import UNITS, read_content
from runtime.demo.dice import Dice
from runtime.demo.families import add_permit_ends, make_families
from runtime.demo.guidance import make_mentors, make_plans
from runtime.demo.interviews import make_interviews
from runtime.demo.openings import make_companies, make_vacancies
from runtime.demo.parts import Demo
from runtime.demo.pipeline import make_applications
from runtime.demo.points import make_points, make_referrals
from runtime.demo.reach import make_campaigns
from runtime.demo.reviewed import make_turns
from runtime.demo.selection import make_shortlists
from runtime.demo.team import make_notes, make_views
from runtime.demo.twins import make_twins

# Opens nothing but a development installation; `make up` prints it.
DEMO_PASSWORD = "demo-huntred-2026"  # noqa: S105

# In the order in which foreign keys allow.
_BEFORE_CHATS = (
    "divisions", "users", "grants", "companies", "contacts", "vacancies", "vacancy_requirements", "vacancy_questions",
    "people", "unit_profiles", "applications", "application_moves", "rooms",
    "interview_slots", "interviews", "duplicate_pairs", "referrals", "families", "family_members", "gains",
    "reward_requests", "shortlist_entries", "shortlist_shares", "disclosure_agreements", "consents",
)  # fmt: skip
# What names a vacancy or an application by its number, which the database gives, and what hangs on it.
_CHATS = (
    "chats", "conversations", "identities", "messages", "handoffs", "tracker_events", "workbench_turns", "campaigns",
    "campaign_clicks", "campaign_touches", "conversation_notes", "note_mentions", "saved_views", "mentors",
    "mentor_sessions", "learning_steps",
)  # fmt: skip
_CHUNK = 1_000


class DemoImpossible(Exception):
    """The database lacks what the demo stands on; the text says what to run first."""


@dataclass(frozen=True)
class DemoReport:
    """loaded: False where it was there already. rows: put in, by table. users: addresses that can sign in."""

    loaded: bool
    rows: dict[str, int] = field(default_factory=dict)
    users: tuple[str, ...] = ()

    def __str__(self) -> str:
        if not self.loaded:
            return "already loaded: nothing changed"
        return ", ".join(f"{count:,} {table}" for table, count in self.rows.items())


def load(engine: Engine, *, now: datetime, password_salt: str, password: str = DEMO_PASSWORD) -> DemoReport:
    """Put the demo data in, in one transaction; a second time nothing changes.

    engine: of the migrator. password_salt: SECURITY_PASSWORD_SALT of the installation, else nobody can sign in.
    Raises DemoImpossible where the units were not seeded.
    """
    with engine.begin() as connection:
        # Two loads that start at once take turns.
        connection.execute(text("SELECT pg_advisory_xact_lock(7340033)"))
        tables = Base.metadata.tables
        if connection.scalar(select(tables["companies"].c.id).where(tables["companies"].c.generated).limit(1)):
            return DemoReport(loaded=False)
        demo = _start(connection, tables, now)
        _users(demo, password, password_salt)
        make_vacancies(demo, make_companies(demo))
        make_candidates(demo)
        add_permit_ends(demo)
        make_twins(demo)
        make_applications(demo)
        make_interviews(demo)
        make_referrals(demo)
        make_families(demo)
        make_points(
            demo, _in_use(connection, tables["gain_rules"], "event"), _in_use(connection, tables["rewards"], "name")
        )  # fmt: skip
        make_shortlists(demo)
        rows = _write(connection, tables, demo, _BEFORE_CHATS)
        for name in ("vacancies", "applications"):
            numbered = select(tables[name].c.id, tables[name].c.number)
            demo.numbers |= {row.id: row.number for row in connection.execute(numbered)}
        make_conversations(demo)
        make_turns(demo)
        make_campaigns(demo)
        make_notes(demo)
        make_views(demo)
        make_mentors(demo)
        make_plans(demo)
        rows |= _write(connection, tables, demo, _CHATS)
        emails = tuple(row["email"] for row in demo.rows["users"])
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # Stale statistics choose wrong plans right after a bulk load.
        connection.execute(text("ANALYZE"))
    return DemoReport(True, rows, emails)


def _start(connection: Connection, tables: Any, now: datetime) -> Demo:
    seeded = set(connection.scalars(select(tables["units"].c.code)))
    units = tuple(unit for unit in UNITS if unit in seeded)
    stages = {
        (row.unit, row.kind): row.id
        for row in connection.execute(select(tables["stages"]).order_by(tables["stages"].c.ord))
    }
    if not units or any((unit, "new") not in stages for unit in units):
        raise DemoImpossible("no units with stages are in the database: run `python -m runtime seed` first")
    accounts: dict[str, list[tuple[UUID, str]]] = defaultdict(list)
    account = tables["channel_accounts"]
    # Where a unit has WhatsApp, most of its people write there; else by the web chat.
    ranked = {"whatsapp": 0, "web": 1, "telegram": 2}
    for row in sorted(
        connection.execute(select(account.c.id, account.c.unit, account.c.channel).order_by(account.c.external_id)),
        key=lambda row: ranked.get(row.channel, 3),
    ):
        if row.channel in ranked and row.channel not in {channel for _, channel in accounts[row.unit]}:
            accounts[row.unit].append((row.id, row.channel))
    demo = Demo(read_content(), now, units, frozenset(seeded), stages, dict(accounts))
    known = select(tables["units"].c.code, tables["units"].c.privacy_version)
    demo.privacy = {row.code: row.privacy_version for row in connection.execute(known)}
    for row in connection.execute(select(tables["divisions"])):
        demo.divisions[row.unit, row.code] = row.id
    dice = Dice("divisions")
    for unit, divisions in demo.content.people["divisions"].items():
        for division in divisions if unit in units else []:
            if (unit, division["code"]) not in demo.divisions:
                demo.divisions[unit, division["code"]] = dice.new_id()
                demo.add("divisions", id=demo.divisions[unit, division["code"]], unit=unit, **division)
    return demo


def _users(demo: Demo, password: str, salt: str) -> None:
    dice = Dice("users")
    people = demo.content.people

    def user(
        email: str,
        name: str,
        role: str,
        unit: str | None = None,
        division: UUID | None = None,
        permissions: Sequence[str] = (),
    ) -> UUID:
        user_id = dice.new_id()
        demo.add(
            "users", id=user_id, email=email, name=name, phone="", password=hash_password(password, salt), active=True,
            fs_uniquifier=dice.new_id().hex, confirmed_at=demo.now, generated=True, created_at=demo.now,
        )  # fmt: skip
        demo.add(
            "grants", id=dice.new_id(), user_id=user_id, role=role, unit=unit, division_id=division,
            permissions=list(permissions),
        )  # fmt: skip
        if unit is not None and role != "designer":
            demo.colleagues[unit][user_id] = name
        return user_id

    user(people["administrator"]["email"], people["administrator"]["name"], "super_admin")
    for unit, consultants in people["consultants"].items():
        for consultant in consultants if unit in demo.seeded else []:
            demo.users[unit].append(user(consultant["email"], consultant["name"], "consultant", unit))
    for consultant in people["division_consultants"]:
        division = demo.divisions.get((consultant["unit"], consultant["division"]))
        if division is not None:
            user(
                consultant["email"], consultant["name"], "division_consultant", consultant["unit"], division,
                consultant["permissions"],
            )  # fmt: skip
    for designer in people["designers"]:
        if designer["unit"] in demo.seeded:
            user(designer["email"], designer["name"], "designer", designer["unit"])


def _in_use(connection: Connection, table: Table, key: str) -> Sequence[Any]:
    return connection.execute(select(table).where(table.c.active).order_by(table.c.unit, table.c[key])).all()


def _write(connection: Connection, tables: Any, demo: Demo, names: Sequence[str]) -> dict[str, int]:
    written: dict[str, int] = {}
    for name in names:
        table: Table = tables[name]
        rows = demo.rows[name]
        for start in range(0, len(rows), _CHUNK):
            connection.execute(insert(table), rows[start : start + _CHUNK])
        written[name] = len(rows)
    return written
