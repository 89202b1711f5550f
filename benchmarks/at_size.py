"""A back office at size, for the benchmarks: `.venv/app/bin/python -m benchmarks.at_size [--people 1000000]`

A million people, a fifth as many vacancies, ten applications a vacancy, half as many conversations, a third as many
interviews; spread over the units and three years. Made by COPY, a row at a time, so that memory does not grow with the
size (about 4 GB of disk at a million). Ids are numbers, so that nothing has to be remembered. The folder keeps it for
the next run.
"""

from __future__ import annotations

import argparse
import random
import re
import secrets
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql

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
# Less written twice while it is filled; what is read is no faster for it.
_SETTINGS = {"max_wal_size": "8GB", "wal_level": "minimal", "max_wal_senders": "0", "checkpoint_timeout": "30min"}
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
_PIECE = re.compile("[a-z0-9+#]+")
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


    def entries_of_people(self) -> None:
        """What is searched of a person, as `app_search_vector` makes it in ten times as long; a sample is compared."""
        words = {word for told in people(self.people) for word in _words(told)}
        keys = dict(
            self.connection.execute(
                "SELECT word, app_search_key(word) FROM unnest(%s::text[]) word WHERE word ~ '^[a-z]{2,24}$'",
                [sorted(words)],
            ).fetchall()
        )
        divided = {
            row[0] for row in self.connection.execute(
                "SELECT DISTINCT profile_id FROM applications WHERE division_id IS NOT NULL"
            )
        }  # fmt: skip
        self.copy("search_entries", "object_id, kind, unit, words", self._entries_of_people(keys, divided))
        wrong = self.connection.execute(
            "SELECT count(*) FROM search_entries e JOIN unit_profiles p ON p.id = e.object_id"
            " WHERE p.number % 997 = 0 AND e.words <> app_search_vector('person', p.unit, p.search_text, ARRAY("
            "SELECT a.division_id FROM applications a WHERE a.profile_id = p.id))"
        ).fetchone()
        assert wrong == (0,), wrong

    def _entries_of_people(self, keys: dict[str, str], divided: set[UUID]) -> Iterator[tuple[Any, ...]]:
        for n, told in enumerate(people(self.people)):
            one, beginning, names = id_of(_PROFILE, n), f"p/{unit_of(n)}/", _words(told)
            lexemes = {"", told[5], told[6][-10:], *names, *(f"~{keys[name]}" for name in names if name in keys)}
            if one in divided:
                lexemes.add(f"#{DIVISION}")
            yield one, "person", unit_of(n), " ".join(f"'{beginning}{lexeme}'" for lexeme in sorted(lexemes))


def _words(told: Sequence[str]) -> list[str]:
    """Those of name, work and town, divided as the search divides them."""
    return _PIECE.findall(normalise(" ".join(told[:5])))


def _fill(url: str, count: int) -> None:
    """Past triggers and foreign keys and before the indexes, as a restore does."""
    with psycopg.connect(url) as connection:
        connection.execute("SET session_replication_role = replica")
        # Those of keys stay: the ids come in their order.
        indexes = connection.execute(
            "SELECT indexname, indexdef FROM pg_indexes i WHERE schemaname = 'public'"
            " AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = i.indexname)"
        ).fetchall()
        for name, _ in indexes:
            connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
        maker = Maker(connection, count, datetime.now(UTC))
        for step in (maker.users, maker.profiles, maker.of_companies, maker.applications, maker.conversations,
                     maker.interviews):  # fmt: skip
            step()
    needed = "ix_applications_profile_id", "ix_applications_person_id"
    _each(url, [told for name, told in indexes if name in needed])
    # Without it the joins are planned for empty tables.
    _each(url, ["ANALYZE"])
    with psycopg.connect(url) as connection:
        Maker(connection, count, datetime.now(UTC)).entries_of_people()
    _, *entries, keys = search_functions.entries_of_what_is_there()
    _each(url, entries)
    _each(url, [keys, *(told for name, told in indexes if name not in needed)])
    _each(url, ["VACUUM ANALYZE"])


def _each(url: str, statements: Sequence[str]) -> None:
    """Run these two at a time."""

    def run(statement: str) -> None:
        started = time.monotonic()
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("SET maintenance_work_mem = '512MB'")
            connection.execute(statement)  # our own text
        print(f"# {statement[:60]}: {time.monotonic() - started:.0f} s", flush=True)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, statements))


def opened(folder: Path, count: int) -> tuple[EmbeddedPostgres, dict[str, str]]:
    """Start the server of the folder, filled where it was empty; returns it and the address of each role."""
    KeyRing.cipher, KeyRing.lookup_key = Cipher({"test": KEY}), b"l" * 32
    folder.mkdir(parents=True, exist_ok=True)
    secret = folder / "password"
    if not secret.exists():
        secret.write_text(secrets.token_urlsafe(12))
    word = secret.read_text()
    postgres = EmbeddedPostgres(folder / "postgres", password=word, settings=_SETTINGS)
    postgres.start()
    migrate.create_roles(postgres.url(), {f"huntred_{role}": word for role in ROLES})
    name = f"people_{count}"

    def urls(database: str) -> dict[str, str]:
        found = {role: postgres.url(database, user=f"huntred_{role}", password=word) for role in ROLES}
        return found | {"admin": postgres.url(database)}

    with psycopg.connect(postgres.url(), autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
            # Under another name until it is whole: a filling cut short is begun anew.
            connection.execute("DROP DATABASE IF EXISTS filling")
            migrate.create_database(postgres.url(), "filling")
            migrate.upgrade(urls("filling")["migrator"])
            owner = make_engine(urls("filling")["migrator"])
            seed(owner, cipher=KeyRing.cipher, units=list(UNITS))
            owner.dispose()
            _fill(urls("filling")["admin"], count)
            connection.execute(sql.SQL("ALTER DATABASE filling RENAME TO {}").format(sql.Identifier(name)))
    migrate.upgrade(urls(name)["migrator"])
    return postgres, urls(name)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000, help="a multiple of 1,000")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    arguments = parser.parse_args()
    postgres, urls = opened(arguments.folder, arguments.people)
    try:
        with psycopg.connect(urls["admin"]) as connection:
            for table in ("unit_profiles", "vacancies", "applications", "conversations", "interviews"):
                row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
                show(**{table: row[0] if row else 0})
            row = connection.execute("SELECT pg_database_size(current_database()) / 1048576").fetchone()
            show(megabytes=int(row[0]) if row else 0)
    finally:
        postgres.stop()


if __name__ == "__main__":
    main()
