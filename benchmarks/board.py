"""The board with millions of applications behind it: `.venv/app/bin/python -m benchmarks.board [--rows 2000000]`

A PostgreSQL of its own holds one vacancy and one consultant of twenty vacancies with 200 cards in each of the stages,
asked for through the back office itself, as a consultant who is signed in: the whole board with 200 cards a column, a
consultant's board, and what an open page asks when something has moved. The floor is the same before the other
applications are there. Prints milliseconds (p95) and `…_ratio=`, the one with all of them by the one without.
"""

from __future__ import annotations

import argparse
import base64
import re
import time
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from backoffice.app import create_app
from backoffice.live import _OF_UNITS
from benchmarks.platform import percentile, show
from contract.encryption import Cipher
from contract.ids import new_id
from huntred.access.models import Grant, User
from huntred.access.passwords import hash_password
from huntred.db.base import KeyRing
from huntred.db.session import make_engine
from huntred.settings import read_app_settings
from huntred.units.seed import seed
from runtime.wiring import Wiring
from tests.bed import Database, describe, end_run, redis_database, start_run

_PASSWORD, _SALT, _KEY = "una clave de prueba", "the salt of this benchmark", b"k" * 32
_TIMES, _CARDS, _VACANCIES, _PEOPLE = 15, 200, 20, 4000
_MAKE_PEOPLE = """
INSERT INTO companies (id, unit, name) VALUES (gen_random_uuid(), 'amigro', 'Industrias del Norte');
INSERT INTO people (id) SELECT gen_random_uuid() FROM generate_series(1, 4000);
INSERT INTO unit_profiles (id, unit, person_id, first_name, last_name, headline, city, search_text)
    SELECT gen_random_uuid(), 'amigro', id, 'Rosa', 'Ibáñez', 'Soldadura', 'Saltillo', 'rosa ibanez soldadura saltillo'
    FROM people;
"""
_MAKE_VACANCIES = """
INSERT INTO vacancies (id, unit, company_id, title, state, consultant_id, published_at)
    SELECT gen_random_uuid(), 'amigro', c.id, 'Soldadura ' || n, :state, CAST(:consultant AS uuid), now()
    FROM companies c, generate_series(1, :count) n
"""
# Each vacancy has its people, spread over the stages of the unit.
_APPLY = """
INSERT INTO applications (id, unit, vacancy_id, person_id, profile_id, stage_id, score, moved_at, created_at)
    SELECT gen_random_uuid(), 'amigro', v.id, p.person_id, p.id, s.id, random(), now() - random() * interval '90 days',
           now() - interval '90 days'
    FROM (SELECT id FROM vacancies v WHERE title LIKE :title AND
            NOT EXISTS (SELECT 1 FROM applications a WHERE a.vacancy_id = v.id)) v,
         (SELECT *, row_number() OVER (ORDER BY id) AS n FROM unit_profiles ORDER BY id LIMIT :each) p
         JOIN (SELECT id, row_number() OVER (ORDER BY ord) AS n FROM stages WHERE unit = 'amigro') s
           ON s.n = 1 + p.n % 7
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=2_000_000)
    rows = parser.parse_args().rows
    folder = start_run()
    try:
        _measure(rows)
    finally:
        if folder:
            end_run(folder)


def _measure(rows: int) -> None:
    database = Database.clone(describe())
    KeyRing.cipher, KeyRing.lookup_key = Cipher({"test": _KEY}), b"l" * 32
    owner = make_engine(database.url("migrator"))
    seed(owner, cipher=KeyRing.cipher, units=["amigro"])
    admin = create_engine(database.admin_url.replace("postgresql://", "postgresql+psycopg://", 1))
    user = User(
        id=new_id(), email="consultora@example.com", name="Consultora", fs_uniquifier="c", active=True,
        password=hash_password(_PASSWORD, _SALT), grants=[Grant(role="consultant", unit="amigro")],
    )  # fmt: skip
    with Session(admin, expire_on_commit=False) as session:
        session.add(user)
        session.commit()
    with admin.begin() as connection:
        connection.execute(text(_MAKE_PEOPLE))
        connection.execute(text(_MAKE_VACANCIES), {"state": "open", "consultant": user.id, "count": _VACANCIES})
        connection.execute(text(_APPLY), {"title": "Soldadura %", "each": _CARDS * 7})
    _analyze(admin)
    client = _signed_in(database, user.email)
    floor = _ask(client, admin, user)
    started = time.monotonic()
    others = max(1, (rows - _VACANCIES * _CARDS * 7) // _PEOPLE)
    for done in range(0, others, 50):
        with admin.begin() as connection:
            count = min(50, others - done)
            connection.execute(
                # The superuser's way: foreign keys of rows that are made by one query need no look-up each.
                text("SET LOCAL session_replication_role = replica"),
            )
            connection.execute(
                text(_MAKE_VACANCIES.replace("'Soldadura ' || n", "'Otra ' || n")),
                {"state": "open", "consultant": None, "count": count},
            )
            connection.execute(text(_APPLY), {"title": "Otra %", "each": _PEOPLE})
    _analyze(admin)
    with admin.connect() as connection:
        total = connection.scalar(text("SELECT count(*) FROM applications"))
    print(f"{total:,} applications after {time.monotonic() - started:.0f} s")
    full = _ask(client, admin, user)
    show(**{f"{name}_floor_ms": value for name, value in floor.items()})
    show(**{f"{name}_ms": value for name, value in full.items()})
    show(**{f"{name}_ratio": full[name] / floor[name] for name in full})


def _analyze(admin: Any) -> None:
    with admin.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def _signed_in(database: Database, email: str) -> Any:
    key = base64.b64encode(_KEY).decode()
    settings = read_app_settings(
        {
            "DATABASE_URL": database.url("app"), "REDIS_URL": redis_database(describe()), "ENVIRONMENT": "test",
            "ENCRYPTION_KEYS": f"test:{key}", "LOOKUP_KEY": key, "LINK_SECRET": "the link secret of this benchmark",
            "FLASK_SECRET_KEY": "the flask secret of this benchmark", "SECURITY_PASSWORD_SALT": _SALT,
            "ACTIONS_SECRET": "the actions secret of this benchmark",
        }
    )  # fmt: skip
    client = create_app(Wiring(settings, make_engine(database.url("app")))).test_client()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/login").text)
    assert token
    answer = client.post("/login", data={"csrf_token": token[1], "email": email, "password": _PASSWORD})
    assert answer.status_code == 302, answer.text
    return client


def _ask(client: Any, admin: Any, user: User) -> dict[str, float]:
    with admin.connect() as connection:
        vacancy = connection.scalar(text("SELECT id FROM vacancies WHERE title = 'Soldadura 7'"))
        stages = connection.scalars(text("SELECT id FROM stages WHERE unit = 'amigro'")).all()
    shown = "&".join(f"shown_{stage}={_CARDS}" for stage in stages)
    paths = {
        "board": f"/board/vacancy/{vacancy}", "board_200_cards": f"/board/vacancy/{vacancy}?{shown}",
        "board_filtered": f"/board/vacancy/{vacancy}?text=rosa&age=due&order=score", "consultant": "/board/",
        "column": f"/board/vacancy/{vacancy}/column?stage={stages[0]}",
        "stamp": f"/board/consultant/{user.id}/stamp",
    }  # fmt: skip
    found = {}
    for name, path in paths.items():
        times = []
        for _ in range(_TIMES):
            began = time.perf_counter()
            answer = client.get(path)
            times.append((time.perf_counter() - began) * 1000)
            assert answer.status_code == 200, path
        found[name] = percentile(times, 0.95)
    found["live"] = _live(client)
    return found


def _live(client: Any) -> float:
    """The live stream's own question, in the scope of the unit."""
    times = []
    engine = client.application.extensions["wiring"].engine
    for _ in range(_TIMES):
        with engine.begin() as connection:
            connection.execute(text("SELECT set_config('app.units', 'amigro', true)"))
            began = time.perf_counter()
            connection.exec_driver_sql(_OF_UNITS)
            times.append((time.perf_counter() - began) * 1000)
    return percentile(times, 0.95)


if __name__ == "__main__":
    main()
