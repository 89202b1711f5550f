"""How long the search takes with a million people: `python -m benchmarks.search [--people 1000000] [--folder …]`

Measured is `huntred.search.service.find` as the app, under row-level security, the rows read included: names typed
whole, as they are typed letter by letter, without accents, with slips, by mail address and telephone, by who sees one
unit, every unit, or one division. The floor is the search without an index (every folded text looked through for the
typed words) for the same things in the same run. The data stay in the folder for the next run.
"""

from __future__ import annotations

import argparse
import random
import secrets
import time
from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import yaml
from sqlalchemy import Engine, text

from benchmarks.platform import percentile, show
from contract.text import normalise
from huntred.db import migrate, search_functions
from huntred.db.session import Scope, make_engine
from huntred.db.unit_of_work import unit_of_work
from huntred.search import service
from runtime.embedded import EmbeddedPostgres
from runtime.testbed import ROLES

_NAMES = Path(__file__).parent.parent / "runtime" / "demo" / "data" / "names.yml"
_UNITS = {"amigro": 70, "huntu": 12, "huntred": 8, "huntred_executive": 4, "huntred_solutions": 3, "sexsi": 3}
_WORK = ("soldadura", "montacargas", "almacén", "ventas", "cocina", "enfermería", "contabilidad", "reparto", "limpieza")
_TOWNS = ("Monterrey", "Saltillo", "Torreón", "Guadalajara", "Mérida", "Puebla", "Tijuana", "León", "Cancún", "Toluca")
_SYLLABLES = ("ba", "ca", "de", "fi", "go", "hue", "ja", "la", "ma", "nez", "o", "pi", "que", "rro", "sa", "ti", "u",
              "val", "xo", "ya", "zu", "chi", "lle", "guz", "man", "tre", "bri", "cla", "mor", "ñe")  # fmt: skip
_RARE = 40_000
_DIVISION = UUID("0190a0a0-0000-7000-8000-00000000d001")
_ASKED = 400


def made_up(dice: random.Random) -> str:
    return "".join(dice.choice(_SYLLABLES) for _ in range(dice.randint(2, 4))).title()


class Crowd:
    """Names as they are spread: some very common, 40,000 surnames that few have."""

    def __init__(self, dice: random.Random) -> None:
        told = yaml.safe_load(_NAMES.read_text())
        people = [group for name, group in told.items() if name != "origins"]
        self._dice = dice
        self._first = [name for group in people for name in (*group["female"], *group["male"])]
        self._last = [name for group in people for name in group["surnames"]] + [made_up(dice) for _ in range(_RARE)]
        self._weights = list(accumulate(1 / (rank + 1) ** 0.8 for rank in range(len(self._last))))

    def person(self, number: int) -> tuple[str, str, str, str, str, str, str]:
        """First name, two surnames, work, town, mail address, telephone."""
        first = self._dice.choice(self._first)
        one, two = self._dice.choices(self._last, cum_weights=self._weights, k=2)
        email = f"{normalise(first).split()[0]}.{normalise(one).split()[0]}{number}@example.com"
        work, town = self._dice.choice(_WORK), self._dice.choice(_TOWNS)
        return first, one, two, work, town, email, f"+5255{10_000_000 + number:08d}"


def _rows(people: int) -> Iterator[tuple[UUID, UUID, str, tuple[str, ...], str]]:
    dice = random.Random(7)
    crowd = Crowd(dice)
    units = dice.choices(list(_UNITS), weights=list(_UNITS.values()), k=people)
    for number, unit in enumerate(units):
        told = crowd.person(number)
        first, one, two, work, town, email, phone = told
        yield uuid4(), uuid4(), unit, told, normalise(f"{first} {one} {two} {work} {town} {email} {phone}")


def _fill(url: str, people: int) -> None:
    """Put the people in past the triggers, then the entries in one go, as the migration does."""
    with psycopg.connect(url) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("DROP INDEX ix_search_entries_words")
        for position, unit in enumerate(_UNITS):
            connection.execute(
                "INSERT INTO units (code, name, position) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
                (unit, unit, position),
            )
        connection.execute("CREATE TEMP TABLE told (person uuid, id uuid, unit text, f text, l text, s text, h text,"
                           " c text, e text, p text, t text)")  # fmt: skip
        with connection.cursor().copy("COPY told FROM STDIN") as copy:
            for person, profile, unit, told, folded in _rows(people):
                copy.write_row((person, profile, unit, *told, folded))
        connection.execute("INSERT INTO people (id) SELECT person FROM told")
        connection.execute(
            "INSERT INTO unit_profiles (id, unit, person_id, first_name, last_name, second_last_name, headline, city,"
            " email, phone, search_text) SELECT id, unit, person, f, l, s, h, c, e, p, t FROM told"
        )
        # One in fifty of the first unit's belongs to a division.
        connection.execute(
            "INSERT INTO divisions (id, unit, code, name) VALUES (%s, 'amigro', 'norte', 'Norte')", (_DIVISION,)
        )
        connection.execute(
            "INSERT INTO applications (id, unit, division_id, vacancy_id, person_id, profile_id, stage_id)"
            " SELECT gen_random_uuid(), unit, %s, gen_random_uuid(), person_id, id, gen_random_uuid()"
            " FROM unit_profiles WHERE unit = 'amigro' AND number %% 50 = 0",
            (_DIVISION,),
        )
        started = time.monotonic()
        for statement in search_functions.entries_of_what_is_there():
            connection.execute(statement)
        connection.execute(
            "CREATE INDEX ix_search_entries_words ON search_entries USING gin (words) WITH (fastupdate = off)"
        )
        show(seconds_to_enter_all=time.monotonic() - started)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def _typed(dice: random.Random, words: Sequence[str], email: str, phone: str) -> Iterator[str]:
    """What people type who look for somebody."""
    first, one, two = words
    slip = dice.randint(1, max(1, len(one) - 2))
    yield f"{first} {one} {two}"
    yield normalise(f"{first} {one}")
    yield one
    yield f"{first} {one[:3]}"
    yield first[:2]
    yield f"{first} {one[:slip]}{one[slip + 1 :]}"
    yield f"{one[:slip]}{one[slip : slip + 2][::-1]}{one[slip + 2 :]} {two}"
    yield normalise(f"{one} {two}").replace("z", "s").replace("v", "b")
    yield email[:12]
    yield phone


def _questions() -> list[str]:
    dice = random.Random(11)
    asked: list[str] = []
    for _, _, _, told, _ in _rows(_ASKED):
        asked += _typed(dice, told[:3], told[5], told[6])
    dice.shuffle(asked)
    return asked[:_ASKED]


def _times(engine: Engine, scope: Scope, asked: Sequence[str]) -> list[float]:
    """Milliseconds of each search, a transaction each."""
    took = []
    for typed in asked:
        with unit_of_work(engine, scope) as uow:
            uow.session.connection()
            started = time.perf_counter()
            service.find(uow, typed)
            took.append((time.perf_counter() - started) * 1000)
    return took


_NAIVE = text(
    "SELECT id, first_name, last_name FROM unit_profiles WHERE search_text ILIKE ALL (:patterns)"
    " AND unit = ANY (:units) LIMIT 6"
)


def _naive_times(engine: Engine, scope: Scope, asked: Sequence[str]) -> list[float]:
    took = []
    for typed in asked:
        with unit_of_work(engine, scope) as uow:
            uow.session.connection()
            started = time.perf_counter()
            patterns = [f"%{word}%" for word in normalise(typed).split()]
            uow.session.execute(_NAIVE, {"patterns": patterns, "units": list(scope.units)}).all()
            took.append((time.perf_counter() - started) * 1000)
    return took


def _opened(folder: Path, people: int) -> tuple[EmbeddedPostgres, dict[str, str]]:
    folder.mkdir(parents=True, exist_ok=True)
    secret = folder / "password"
    if not secret.exists():
        secret.write_text(secrets.token_urlsafe(12))
    word = secret.read_text()
    postgres = EmbeddedPostgres(folder / "postgres", password=word)
    postgres.start()
    migrate.create_roles(postgres.url(), {f"huntred_{role}": word for role in ROLES})
    name = f"people_{people}"
    migrate.create_database(postgres.url(), name)
    urls = {role: postgres.url(name, user=f"huntred_{role}", password=word) for role in ROLES}
    migrate.upgrade(urls["migrator"])
    with psycopg.connect(postgres.url(name)) as connection:
        row = connection.execute("SELECT count(*) FROM unit_profiles").fetchone()
    if row == (0,):
        _fill(postgres.url(name), people)
    return postgres, urls


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, default=Path(".benchmarks/search"))
    arguments = parser.parse_args()
    postgres, urls = _opened(arguments.folder, arguments.people)
    try:
        engine = make_engine(urls["app"])
        asked = _questions()
        scopes = {
            "one_unit": Scope(units=("amigro",)),
            "all_units": Scope(units=tuple(_UNITS), all_units=True),
            "small_unit": Scope(units=("sexsi",)),
            "division": Scope(units=("amigro",), divisions=(_DIVISION,)),
        }
        floor = _naive_times(engine, scopes["one_unit"], asked[:40])
        results: dict[str, float] = {}
        for name, scope in scopes.items():
            _times(engine, scope, asked[:40])
            took = _times(engine, scope, asked)
            results |= {f"{name}_p50_ms": percentile(took, 0.5), f"{name}_p95_ms": percentile(took, 0.95),
                        f"{name}_max_ms": max(took)}  # fmt: skip
            slowest = sorted(zip(took, asked, strict=True), reverse=True)[:5]
            print(f"# {name}, the slowest:", ", ".join(f"{typed!r} {ms:.0f} ms" for ms, typed in slowest))
        show(
            people=arguments.people, **results, floor_p50_ms=percentile(floor, 0.5),
            floor_p95_ms=percentile(floor, 0.95),
            ratio_to_floor=percentile(floor, 0.5) / results["one_unit_p50_ms"],
        )  # fmt: skip
        engine.dispose()
    finally:
        postgres.stop()


if __name__ == "__main__":
    main()
