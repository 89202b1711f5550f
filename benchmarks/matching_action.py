"""A person who searches among very many vacancies: from the action's call to its reply.

    python -m benchmarks.matching_action [--vacancies 100000] [--searches 100]

A PostgreSQL of its own, seeded; vacancies with titles of our Mexican set and places all over the country, encoded as
the worker encodes them; the action server as it runs, called as Rasa calls it. Floor: the same calls while eleven
vacancies are open. The processor's ms beside the clock's tell what a busy machine adds. Prints `name=value` last.
"""

from __future__ import annotations

import argparse
import os

# One thread, as the action server has it.
for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[_variable] = "1"

import random  # noqa: E402
import secrets  # noqa: E402
import tempfile  # noqa: E402
import time  # noqa: E402
from collections.abc import Sequence  # noqa: E402
from datetime import datetime, timezone  # noqa: E402
from pathlib import Path  # noqa: E402
from types import SimpleNamespace  # noqa: E402

from sqlalchemy import create_engine, insert  # noqa: E402

from actions.server import create_app  # noqa: E402
from benchmarks.platform import percentile, show  # noqa: E402
from contract.encryption import Cipher  # noqa: E402
from contract.ids import new_id  # noqa: E402
from huntred.companies.models import Company  # noqa: E402
from huntred.db import migrate  # noqa: E402
from huntred.db.base import KeyRing  # noqa: E402
from huntred.db.policies import ROLES  # noqa: E402
from huntred.db.session import make_engine  # noqa: E402
from huntred.matching import encoding  # noqa: E402
from huntred.matching.nearest import Nearest  # noqa: E402
from huntred.units.seed import seed  # noqa: E402
from huntred.vacancies.models import Vacancy, VacancyRequirement  # noqa: E402
from ml.embeddings.index import index_of  # noqa: E402
from ml.embeddings.registry import embedder  # noqa: E402
from ml.ranking import SemanticRanker  # noqa: E402
from runtime.embedded import EmbeddedPostgres  # noqa: E402
from tests.factories.desk import ACCOUNTS, KEYS, Desk  # noqa: E402
from tests.factories.talk import SECRET, Client, Talk  # noqa: E402

_DATABASE, _UNIT, _FEW = "matching", "amigro", 11
_SET = Path("ml/evaluation/mexican_titles")
_CITIES = (
    ("Monterrey", "Nuevo León", 25.6866, -100.3161), ("Guadalajara", "Jalisco", 20.6597, -103.3496),
    ("Ciudad de México", "Ciudad de México", 19.4326, -99.1332), ("Tijuana", "Baja California", 32.5149, -117.0382),
    ("Puebla", "Puebla", 19.0414, -98.2063), ("Mérida", "Yucatán", 20.9674, -89.5926),
)  # fmt: skip
_SKILLS = (
    "Atención a clientes", "Excel", "Inglés", "Licencia de conducir", "Manejo de efectivo", "Inventarios",
    "Trabajo en equipo", "Secundaria terminada", "Control de calidad", "Ventas", "SAP", "Liderazgo", "Python",
    "Soldadura MIG", "Limpieza",
)  # fmt: skip


def _titles(name: str) -> list[str]:
    lines = (_SET / name).read_text(encoding="utf-8").splitlines()[1:]
    return [line.split("\t")[1] for line in lines]


def offer(desk: Desk, company: Company, number: int, chance: random.Random) -> None:
    """Put in open vacancies, in the order of their publication."""
    titles = [*_titles("corpus.tsv"), *_titles("queries.tsv")]
    for first in range(0, number, 5_000):
        vacancies, wanted = [], []
        for _ in range(min(5_000, number - first)):
            city, region, latitude, longitude = chance.choice(_CITIES)
            id_ = new_id()
            vacancies.append({
                "id": id_, "unit": _UNIT, "company_id": company.id, "title": chance.choice(titles), "state": "open",
                "city": city, "region": region, "latitude": latitude + chance.uniform(-0.2, 0.2),
                "longitude": longitude + chance.uniform(-0.2, 0.2), "salary_max": chance.randrange(8, 40) * 1000,
                "published_at": desk.now, "updated_at": desk.now,
            })  # fmt: skip
            wanted += [
                {"id": new_id(), "unit": _UNIT, "vacancy_id": id_, "ord": ord_, "name": name}
                for ord_, name in enumerate(chance.sample(_SKILLS, 3))
            ]
        with desk.admin.begin() as connection:
            connection.execute(insert(Vacancy), vacancies)
            connection.execute(insert(VacancyRequirement), wanted)
    desk.execute("ANALYZE vacancies, vacancy_requirements")


def encode(desk: Desk) -> float:
    """Encode what waits, as the worker does; return the seconds."""
    began, some = time.perf_counter(), 1
    while some:
        with desk.work(_UNIT) as uow:
            some = encoding.encode_waiting(uow, embedder(), most=2_000)
    desk.execute("ANALYZE vacancy_vectors")
    return time.perf_counter() - began


def search(talk: Talk, searches: int, chance: random.Random) -> tuple[list[float], list[float]]:
    """Search for work, each time another; return each call's ms by the clock, and those that this process computed."""
    asked = [*_titles("development/queries.tsv")]
    took, computed = [], []
    for number in range(searches):
        city = chance.choice(_CITIES)[0]
        talk.slots["search"] = {"title": chance.choice(asked), **({"city": city} if number % 2 else {})}
        intent = {"name": "search_jobs", "confidence": 0.9}
        message = {"text": "", "intent": intent, "entities": [], "intent_ranking": []}
        began, cpu = time.perf_counter(), time.process_time()
        answer = talk.call("action_search_asked", message)
        took.append((time.perf_counter() - began) * 1000)
        computed.append((time.process_time() - cpu) * 1000)
        assert answer.status_code == 200, answer.text
        assert answer.json()["responses"], "nothing was said"
    return took, computed


def _facts(name: str, measured: tuple[Sequence[float], Sequence[float]]) -> dict[str, float]:
    took, computed = measured
    return {
        f"{name}_p50_ms": percentile(took, 0.5), f"{name}_p95_ms": percentile(took, 0.95),
        f"{name}_cpu_p50_ms": percentile(computed, 0.5), f"{name}_cpu_p95_ms": percentile(computed, 0.95),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vacancies", type=int, default=100_000)
    parser.add_argument("--searches", type=int, default=100)
    given = parser.parse_args()
    chance = random.Random(1)
    KeyRing.cipher, KeyRing.lookup_key = Cipher(KEYS), b"l" * 32
    passwords = {role: secrets.token_urlsafe(12) for role in ROLES}
    with tempfile.TemporaryDirectory(prefix="matching-") as folder:
        postgres = EmbeddedPostgres(Path(folder), password=secrets.token_urlsafe(12))
        postgres.start()
        try:
            migrate.create_roles(postgres.url(), passwords)
            migrate.create_database(postgres.url(), _DATABASE)
            owner_url = postgres.url(_DATABASE, user="huntred_migrator", password=passwords["huntred_migrator"])
            migrate.upgrade(owner_url)
            owner = make_engine(owner_url)
            seeded = seed(
                owner, cipher=KeyRing.cipher, units=[_UNIT], credentials=ACCOUNTS, gateway_url="http://gateway.test",
                approve_templates=True,
            )  # fmt: skip
            owner.dispose()
            admin = create_engine(postgres.url(_DATABASE).replace("postgresql://", "postgresql+psycopg://", 1))
            app = make_engine(postgres.url(_DATABASE, user="huntred_app", password=passwords["huntred_app"]))
            desk = Desk(admin, app, datetime.now(timezone.utc), seeded)
            company = Company(id=new_id(), unit=_UNIT, name="Empresa")
            desk.add(company)
            wiring = SimpleNamespace(
                engine=app, settings=SimpleNamespace(actions_secret=SECRET, environment="production"),
                ranker=SemanticRanker(), nearest=Nearest(embedder(), index_of), links=desk.links,
                clock=lambda: desk.now,
            )  # fmt: skip
            conversation = desk.chat(_UNIT)
            talk = Talk(Client(create_app(wiring)), f"{_UNIT}:{conversation.id}", "whatsapp")
            offer(desk, company, _FEW, chance)
            search(talk, 10, chance)
            floor = search(talk, given.searches, chance)
            offer(desk, company, given.vacancies - _FEW, chance)
            encoding_seconds = encode(desk)
            first = search(talk, 1, chance)
            search(talk, 10, chance)
            measured = search(talk, given.searches, chance)
        finally:
            postgres.stop()
    show(vacancies=given.vacancies, encoding_seconds=encoding_seconds, first_ms=first[0][0])
    show(**_facts("floor", floor), **_facts("search", measured))
    show(p95_times_floor=percentile(measured[0], 0.95) / percentile(floor[0], 0.95))


if __name__ == "__main__":
    main()
