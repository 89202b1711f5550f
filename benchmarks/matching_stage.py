"""A PostgreSQL of one's own with a seeded unit, and a crowd in it: for the benchmarks of matching."""

from __future__ import annotations

import secrets
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from uuid import UUID

from sqlalchemy import create_engine, text

from contract.encryption import Cipher
from contract.ids import new_id
from huntred.companies.models import Company
from huntred.db import migrate
from huntred.db.base import KeyRing
from huntred.db.policies import ROLES
from huntred.db.session import make_engine
from huntred.matching import encoding
from huntred.units.seed import seed
from ml.embeddings.registry import embedder
from ml.ranking import SemanticRanker
from runtime.demo.load import load
from runtime.embedded import EmbeddedPostgres
from tests.factories import crowd
from tests.factories.desk import ACCOUNTS, KEYS, Desk

UNIT = "amigro"
_DATABASE = "matching"
# Titles and skills come again by the thousand: the bigger the batch, the less is asked of the database.
_BATCH = 2_000


@contextmanager
def stage(*, demo: bool = False) -> Iterator[Desk]:
    """demo: with the demo data of all units; else of one unit, empty."""
    KeyRing.cipher, KeyRing.lookup_key = Cipher(KEYS), b"l" * 32
    passwords = {role: secrets.token_urlsafe(12) for role in ROLES}
    with tempfile.TemporaryDirectory(prefix="matching-") as folder:
        postgres = EmbeddedPostgres(Path(folder), password=secrets.token_urlsafe(12))
        postgres.start()
        try:
            migrate.create_roles(postgres.url(), passwords)
            migrate.create_database(postgres.url(), _DATABASE)
            owner = make_engine(
                postgres.url(_DATABASE, user="huntred_migrator", password=passwords["huntred_migrator"])
            )
            migrate.upgrade(owner.url.render_as_string(hide_password=False).replace("+psycopg", ""))
            seed(
                owner, cipher=KeyRing.cipher, units=None if demo else [UNIT], credentials=ACCOUNTS,
                gateway_url="http://gateway.test", approve_templates=True,
            )  # fmt: skip
            now = datetime.now(timezone.utc)
            if demo:
                load(owner, now=now, password_salt="of a benchmark")
            owner.dispose()
            admin = create_engine(postgres.url(_DATABASE).replace("postgresql://", "postgresql+psycopg://", 1))
            app = make_engine(postgres.url(_DATABASE, user="huntred_app", password=passwords["huntred_app"]))
            yield Desk(admin, app, now)
        finally:
            postgres.stop()


def fill(desk: Desk, *, vacancies: int = 0, people: int = 0, seed: int = 1) -> None:
    """Put a crowd in, without the triggers of other features: what they write is not looked at here."""
    company = Company(id=new_id(), unit=UNIT, name="Empresa")
    desk.add(company)
    with desk.admin.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        crowd.offer(connection, UNIT, company.id, vacancies, now=desk.now, seed=seed)
        crowd.gather(connection, UNIT, people, now=desk.now, seed=seed)


def encode(desk: Desk, units: tuple[str, ...] = (UNIT,)) -> float:
    """Encode all that waits, as the worker does; return the seconds that it took."""
    began, ranker = time.perf_counter(), SemanticRanker()
    for unit in units:
        some = 1
        while some:
            with desk.work(unit) as uow:
                some = encoding.encode_waiting(uow, embedder(), most=_BATCH)
                some += encoding.encode_people(uow, embedder(), ranker, most=_BATCH)
    with desk.admin.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    return time.perf_counter() - began


def ids(desk: Desk, sql: str, unit: str = UNIT) -> list[UUID]:
    """The ids that a query of the unit's rows gives, in its order."""
    with desk.admin.connect() as connection:
        return list(connection.scalars(text(sql), {"unit": unit}))
