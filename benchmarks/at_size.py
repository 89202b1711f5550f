"""A back office at size, for the benchmarks: `.venv/app/bin/python -m benchmarks.at_size [--people 1000000]`

A million people, a fifth as many vacancies, ten applications a vacancy, half as many conversations, a third as many
interviews; spread over the units and three years. Made by COPY, a row at a time, so that memory does not grow with the
size (about 4 GB of disk at a million). Ids are numbers, so that nothing has to be remembered. The folder keeps it for
the next run.
"""

from __future__ import annotations

import argparse
import random
import secrets
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from benchmarks.platform import show
from benchmarks.search import Crowd, made_up
from contract.encryption import Cipher
from contract.text import normalise
from huntred.access.passwords import hash_password
from huntred.db import migrate, search_functions
from huntred.db.base import KeyRing
from huntred.db.session import make_engine
from huntred.units.seed import seed
from runtime.embedded import EmbeddedPostgres
from runtime.testbed import ROLES

FOLDER = Path(".benchmarks/at_size")
# Of a hundred people, vacancies, applications, so many are the unit's.
UNITS = {"amigro": 70, "huntu": 15, "huntred": 10, "huntred_executive": 5}
PASSWORD, SALT, KEY = "una clave de prueba", "the salt of this benchmark", b"k" * 32
DIVISION = UUID("0190a0a0-0000-7000-8000-00000000d001")
USERS = {"consultant": "consultora@example.com", "super": "direccion@example.com", "division": "norte@example.com"}
PER_VACANCY, PER_COMPANY, INTERVIEWERS = 10, 10, 20

_WORK = ("soldadura", "montacargas", "almacén", "ventas", "cocina", "enfermería", "contabilidad", "reparto", "limpieza",
         "costura", "jardinería", "electricidad", "plomería", "recepción", "vigilancia", "carpintería")  # fmt: skip
_SENIOR = ("", "auxiliar de ", "supervisión de ", "gerencia de ", "prácticas de ", "jefatura de ")
_TOWNS = ("Monterrey", "Saltillo", "Torreón", "Guadalajara", "Mérida", "Puebla", "Tijuana", "León", "Cancún", "Toluca")
_YEARS = timedelta(days=3 * 365)
_PERSON, _PROFILE, _COMPANY, _VACANCY, _APPLICATION, _CHAT, _CONVERSATION, _SLOT, _INTERVIEW, _USER = range(1, 11)
_OF_HUNDRED = [unit for unit, share in UNITS.items() for _ in range(share)]
_PLACES = {unit: [n for n in range(100) if _OF_HUNDRED[n] == unit] for unit in UNITS}
_KINDS = {"new": 10, "screening": 12, "interview": 8, "offer": 2, "hired": 8, "rejected": 50, "withdrawn": 10}
_STATES = {"open": 30, "closed": 40, "filled": 25, "paused": 3, "draft": 2}


def id_of(kind: int, number: int) -> UUID:
    return UUID(int=kind << 100 | number)


def profile_id(number: int) -> UUID:
    return id_of(_PROFILE, number)


def vacancy_id(number: int) -> UUID:
    return id_of(_VACANCY, number)


def unit_of(number: int) -> str:
    """Of a person, a vacancy, a company, by its number."""
    return _OF_HUNDRED[number % 100]


def people(count: int) -> Iterator[tuple[str, str, str, str, str, str, str]]:
    """What each person told, always the same."""
    crowd = Crowd(random.Random(7))
    return (crowd.person(number) for number in range(count))


class Maker:
    """Writes the rows; `people` is a multiple of a thousand."""

    def __init__(self, connection: psycopg.Connection[Any], count: int, now: datetime) -> None:
        self.connection, self.people, self.now = connection, count, now
        self.vacancies, self.companies = count // 5, count // 5 // PER_COMPANY
        self.dice = random.Random(11)

    def copy(self, table: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
        started, done = time.monotonic(), 0
        with self.connection.cursor().copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
                done += 1
        print(f"# {table}: {done:,} rows in {time.monotonic() - started:.0f} s", flush=True)

    def ago(self, least: timedelta = timedelta()) -> datetime:
        """Some time of the last three years."""
        return self.now - least - self.dice.random() * (_YEARS - least)

    def users(self) -> None:
        unit = {"consultant": "amigro", "division": "amigro", "super": None}
        role = {"consultant": "consultant", "division": "division_consultant", "super": "super_admin"}
        word = hash_password(PASSWORD, SALT)
        rows = [(id_of(_USER, n), email, who, who, True, word) for n, (who, email) in enumerate(USERS.items())]
        rows += [
            (id_of(_USER, 100 + n), f"entrevista{n}@example.com", f"Entrevista {n}", f"e{n}", True, word)
            for n in range(INTERVIEWERS)
        ]
        self.copy("users", "id, email, name, fs_uniquifier, active, password", rows)
        self.copy("divisions", "id, unit, code, name", [(DIVISION, "amigro", "benchmark", "Norte de prueba")])
        self.copy(
            "grants", "id, user_id, role, unit, division_id",
            [(id_of(_USER, 1000 + n), id_of(_USER, n), role[who], unit[who], DIVISION if who == "division" else None)
             for n, who in enumerate(USERS)],
        )  # fmt: skip

    def profiles(self) -> None:
        self.copy("people", "id", ((id_of(_PERSON, n),) for n in range(self.people)))
        columns = ("id, unit, person_id, first_name, last_name, second_last_name, headline, city, email, phone,"
                   " search_text, created_at, updated_at")  # fmt: skip
        self.copy("unit_profiles", columns, self._profiles())

    def _profiles(self) -> Iterator[tuple[Any, ...]]:
        for n, told in enumerate(people(self.people)):
            first, one, two, work, town, email, phone = told
            folded = normalise(f"{first} {one} {two} {work} {town} {email} {phone}")
            at = self.ago()
            changed = at + self.dice.random() * (self.now - at)
            yield (id_of(_PROFILE, n), unit_of(n), id_of(_PERSON, n), first, one, two, work, town, email, phone, folded,
                   at, changed)  # fmt: skip

    def of_companies(self) -> None:
        dice = random.Random(5)
        names = [f"{made_up(dice)} {made_up(dice)} {n}" for n in range(self.companies)]
        self.copy(
            "companies", "id, unit, name, city, search_text",
            ((id_of(_COMPANY, n), unit_of(n), name, self.dice.choice(_TOWNS), normalise(name))
             for n, name in enumerate(names)),
        )  # fmt: skip
        columns = ("id, unit, division_id, company_id, consultant_id, title, state, city, search_text, published_at,"
                   " created_at, updated_at")  # fmt: skip
        self.copy("vacancies", columns, self._vacancies(names))

    def company_of(self, vacancy: int) -> int:
        """Of the same unit: the same rest by a hundred."""
        return vacancy % 100 + vacancy // 100 % (self.companies // 100) * 100

    def _vacancies(self, companies: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        states = self.dice.choices(list(_STATES), weights=list(_STATES.values()), k=self.vacancies)
        for n in range(self.vacancies):
            company = self.company_of(n)
            title = (self.dice.choice(_SENIOR) + self.dice.choice(_WORK)).capitalize()
            town, at = self.dice.choice(_TOWNS), self.ago()
            # Twenty are the consultant's own, whose board is asked for.
            mine = id_of(_USER, 0) if n % 1000 == 0 and n < 20_000 else None
            folded = normalise(f"{title} {companies[company]} {town}")
            yield (id_of(_VACANCY, n), unit_of(n), self.division_of(n), id_of(_COMPANY, company), mine, title,
                   "open" if mine else states[n], town, folded, at, at, at)  # fmt: skip

    def division_of(self, vacancy: int) -> UUID | None:
        """One in fifty of the first unit's."""
        return DIVISION if vacancy % 100 < UNITS["amigro"] and vacancy // 100 % 50 == 0 else None

    def applications(self) -> None:
        columns = ("id, unit, division_id, vacancy_id, person_id, profile_id, stage_id, score, moved_at, created_at,"
                   " version")  # fmt: skip
        found = self.connection.execute("SELECT unit, kind, id FROM stages").fetchall()
        self.copy("applications", columns, self._applications({(unit, kind): one for unit, kind, one in found}))

    def _applications(self, stages: dict[tuple[str, str], UUID]) -> Iterator[tuple[Any, ...]]:
        kinds, weights = list(_KINDS), list(accumulate(_KINDS.values()))
        for vacancy in range(self.vacancies):
            unit = unit_of(vacancy)
            places = _PLACES[unit]
            chosen = self.dice.sample(range(self.people // 100 * len(places)), PER_VACANCY)
            for j, one in enumerate(chosen):
                person = one // len(places) * 100 + places[one % len(places)]
                at = self.ago()
                moved = at + self.dice.random() * min(self.now - at, timedelta(days=60))
                kind = self.dice.choices(kinds, cum_weights=weights)[0]
                stage = stages.get((unit, kind)) or stages[unit, "new"]
                yield (id_of(_APPLICATION, vacancy * PER_VACANCY + j), unit, self.division_of(vacancy),
                       id_of(_VACANCY, vacancy), id_of(_PERSON, person), id_of(_PROFILE, person),
                       stage, round(self.dice.random(), 4), moved, at, 1)  # fmt: skip

    def conversations(self) -> None:
        accounts = {unit: id_of(_CHAT, 10**9 + n) for n, unit in enumerate(UNITS)}
        app = id_of(_CHAT, 10**9 + 100)
        self.copy("channel_apps", "id, channel, name, secrets", [(app, "telegram", "benchmark", "-")])
        self.copy(
            "channel_accounts", "id, unit, app_id, channel, external_id, name, secrets",
            [(account, unit, app, "telegram", f"benchmark {unit}", unit, "-") for unit, account in accounts.items()],
        )
        self.copy(
            "chats", "id, channel_account_id, channel, user_id, user_name, phone, unit, conversation_id, person_id",
            ((id_of(_CHAT, n), accounts[unit_of(n)], "telegram", str(n), " ".join(told[:2]), told[6],
              unit_of(n), id_of(_CONVERSATION, n), id_of(_PERSON, n))
             for n, told in enumerate(people(self.people // 2))),
        )  # fmt: skip
        columns = ("id, unit, chat_id, person_id, channel, handling, assigned_to, message_count, last_text,"
                   " last_message_at, last_inbound_at, created_at")  # fmt: skip
        self.copy("conversations", columns, self._conversations())
        waiting = [n for n in range(self.people // 2) if self._handling(n) == "queued"]
        self.copy(
            "handoffs", "id, unit, conversation_id, state, reason, requested_at",
            [(id_of(_CONVERSATION, 10**9 + n), unit_of(n), id_of(_CONVERSATION, n), "queued", "asked",
              self.now - timedelta(minutes=n % 300)) for n in waiting],
        )  # fmt: skip

    @staticmethod
    def _handling(number: int) -> str:
        if number % 10_007 == 1:
            return "queued"
        return "with_person" if number % 1009 == 2 else "closed" if number % 11 == 3 else "bot"

    def _conversations(self) -> Iterator[tuple[Any, ...]]:
        for n in range(self.people // 2):
            handling, at = self._handling(n), self.ago()
            last = at + self.dice.random() * min(self.now - at, timedelta(days=20))
            taken = id_of(_USER, n % 2 * 100) if handling == "with_person" else None
            text = f"Me interesa {self.dice.choice(_WORK)} en {self.dice.choice(_TOWNS)}"
            yield (id_of(_CONVERSATION, n), unit_of(n), id_of(_CHAT, n), id_of(_PERSON, n), "telegram", handling, taken,
                   12, text, last, last, at)  # fmt: skip

    def interviews(self) -> None:
        count = self.people // 3
        self.copy(
            "interview_slots", "id, unit, division_id, vacancy_id, interviewer_id, starts_at, ends_at, booked",
            ((id_of(_SLOT, n), unit_of(self._vacancy_of(n)), self.division_of(self._vacancy_of(n)),
              id_of(_VACANCY, self._vacancy_of(n)), id_of(_USER, 100 + n % INTERVIEWERS), self._starts(n),
              self._starts(n) + timedelta(minutes=30), int(n % 5 > 0)) for n in range(count)),
        )  # fmt: skip
        self.copy(
            "interviews", "id, unit, division_id, slot_id, application_id, interviewer_id, state, booked_at",
            self._interviews(count),
        )

    def _interviews(self, count: int) -> Iterator[tuple[Any, ...]]:
        for n in range(count):
            if n % 5 == 0:
                continue
            vacancy, starts = self._vacancy_of(n), self._starts(n)
            state = self.dice.choices(("attended", "missed", "cancelled"), weights=(80, 3, 17))[0]
            application = id_of(_APPLICATION, vacancy * PER_VACANCY + n // self.vacancies)
            yield (id_of(_INTERVIEW, n), unit_of(vacancy), self.division_of(vacancy), id_of(_SLOT, n), application,
                   id_of(_USER, 100 + n % INTERVIEWERS), "booked" if starts > self.now else state,
                   starts - timedelta(days=3))  # fmt: skip

    def _vacancy_of(self, interview: int) -> int:
        return interview * 7919 % self.vacancies

    def _starts(self, slot: int) -> datetime:
        """One after the other of each interviewer, the last of them some weeks ahead."""
        ahead = timedelta(minutes=30) * (slot // INTERVIEWERS - self.people // 3 // INTERVIEWERS)
        return self.now + timedelta(days=30) + ahead

    def entries(self) -> None:
        """What is searched, in one go, as the migration does."""
        self.connection.execute("DROP INDEX ix_search_entries_words")
        # Without it the joins are planned for empty tables.
        self.connection.execute("ANALYZE")
        started = time.monotonic()
        for statement in search_functions.entries_of_what_is_there():
            self.connection.execute(statement)  # type: ignore[call-overload]  # our own text
        self.connection.execute(
            "CREATE INDEX ix_search_entries_words ON search_entries USING gin (words) WITH (fastupdate = off)"
        )
        show(seconds_to_enter_all=time.monotonic() - started)


def _fill(url: str, count: int) -> None:
    """Past triggers and foreign keys, as a restore does."""
    with psycopg.connect(url) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET maintenance_work_mem = '256MB'")
        maker = Maker(connection, count, datetime.now(UTC))
        for step in (maker.users, maker.profiles, maker.of_companies, maker.applications, maker.conversations,
                     maker.interviews, maker.entries):  # fmt: skip
            step()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def opened(folder: Path, count: int) -> tuple[EmbeddedPostgres, dict[str, str]]:
    """Start the server of the folder, filled where it was empty; returns it and the address of each role."""
    KeyRing.cipher, KeyRing.lookup_key = Cipher({"test": KEY}), b"l" * 32
    folder.mkdir(parents=True, exist_ok=True)
    secret = folder / "password"
    if not secret.exists():
        secret.write_text(secrets.token_urlsafe(12))
    word = secret.read_text()
    postgres = EmbeddedPostgres(folder / "postgres", password=word)
    postgres.start()
    migrate.create_roles(postgres.url(), {f"huntred_{role}": word for role in ROLES})
    name = f"people_{count}"
    migrate.create_database(postgres.url(), name)
    urls = {role: postgres.url(name, user=f"huntred_{role}", password=word) for role in ROLES}
    urls["admin"] = postgres.url(name)
    migrate.upgrade(urls["migrator"])
    with psycopg.connect(urls["admin"]) as connection:
        row = connection.execute("SELECT count(*) FROM unit_profiles").fetchone()
    if row == (0,):
        owner = make_engine(urls["migrator"])
        seed(owner, cipher=KeyRing.cipher, units=list(UNITS))
        owner.dispose()
        _fill(urls["admin"], count)
    return postgres, urls


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000, help="a multiple of 1,000")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    arguments = parser.parse_args()
    postgres, urls = opened(arguments.folder, arguments.people)
    try:
        with psycopg.connect(urls["admin"]) as connection:
            for table in ("unit_profiles", "vacancies", "applications", "conversations", "interviews"):
                row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # type: ignore[call-overload]
                show(**{table: row[0] if row else 0})
            row = connection.execute("SELECT pg_database_size(current_database()) / 1048576").fetchone()
            show(megabytes=int(row[0]) if row else 0)
    finally:
        postgres.stop()


if __name__ == "__main__":
    main()
