"""A person who searches among very many vacancies, and a vacancy's page among very many people.

    python -m benchmarks.matching_action [--rows 100000] [--searches 100]

A PostgreSQL of its own, seeded; as many vacancies and people of one unit, drawn by a seed, encoded as the worker
encodes them. The action server is called as Rasa calls it, from the call to its reply; the page of a vacancy's people
as a signed-in browser calls it, rendering and all. Floor: the same with eleven of each. The processor's ms beside the
clock's tell what a busy machine adds. Prints `name=value` last.
"""

from __future__ import annotations

import argparse
import os

# One thread, as the servers have it.
for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[_variable] = "1"

import base64  # noqa: E402
import random  # noqa: E402
import re  # noqa: E402
import resource  # noqa: E402
import secrets  # noqa: E402
import tempfile  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable, Sequence  # noqa: E402
from pathlib import Path  # noqa: E402
from types import SimpleNamespace  # noqa: E402
from typing import Any  # noqa: E402

from flask.testing import FlaskClient  # noqa: E402

from actions.server import create_app as create_actions  # noqa: E402
from backoffice.app import create_app as create_office  # noqa: E402
from benchmarks.matching_stage import UNIT, encode, fill, ids, stage  # noqa: E402
from benchmarks.platform import percentile, show  # noqa: E402
from huntred.access.passwords import hash_password  # noqa: E402
from huntred.matching.nearest import Nearest  # noqa: E402
from huntred.settings import read_app_settings  # noqa: E402
from ml.embeddings.index import index_of  # noqa: E402
from ml.embeddings.registry import embedder  # noqa: E402
from ml.ranking import SemanticRanker  # noqa: E402
from runtime.collector import settle  # noqa: E402
from runtime.embedded_redis import EmbeddedRedis  # noqa: E402
from runtime.wiring import Wiring  # noqa: E402
from tests.factories import crowd  # noqa: E402
from tests.factories.desk import Desk  # noqa: E402
from tests.factories.talk import SECRET, Client, Talk  # noqa: E402

_FEW, _WARM = 11, 5
_SALT, _PASSWORD = "the salt of a benchmark", "una clave de prueba"  # opens nothing but this
# Vacancies of the few come first.
_VACANCIES = "SELECT id FROM vacancies WHERE unit = :unit AND state = 'open' ORDER BY number LIMIT 2000"

_Taken = tuple[list[float], list[float]]


def timed(call: Callable[[int], None], times: int) -> _Taken:
    """Return each call's ms by the clock, and those that this process computed."""
    took, computed = [], []
    for number in range(times):
        began, cpu = time.perf_counter(), time.process_time()
        call(number)
        took.append((time.perf_counter() - began) * 1000)
        computed.append((time.process_time() - cpu) * 1000)
    return took, computed


def search(talk: Talk, chance: random.Random) -> Callable[[int], None]:
    """Search for work, each time another; every other time in a town."""
    titles = [headline for trade in crowd.trades() for headline in trade.headlines]

    def ask(number: int) -> None:
        town = {"city": chance.choice(crowd.TOWNS)} if number % 2 else {}
        talk.slots["search"] = {"title": chance.choice(titles), **town}
        intent = {"name": "search_jobs", "confidence": 0.9}
        answer = talk.call("action_search_asked", {"text": "", "intent": intent, "entities": [], "intent_ranking": []})
        assert answer.status_code == 200, answer.text
        assert answer.json()["responses"], "nothing was said"

    return ask


def open_page(browser: FlaskClient, vacancies: Sequence[Any]) -> Callable[[int], None]:
    """Open the people of one vacancy after another."""

    def look(number: int) -> None:
        answer = browser.get(f"/candidates/{vacancies[number % len(vacancies)]}")
        assert answer.status_code == 200, answer.text

    return look


def office(desk: Desk, redis_url: str, near: Nearest) -> FlaskClient:
    """A browser that is signed in at the back office."""
    key = base64.b64encode(b"k" * 32).decode()
    settings = read_app_settings({
        "DATABASE_URL": desk.app.url.render_as_string(hide_password=False).replace("+psycopg", ""),
        "REDIS_URL": redis_url, "ENVIRONMENT": "test", "ENCRYPTION_KEYS": f"test:{key}", "LOOKUP_KEY": key,
        "LINK_SECRET": desk.links.secret, "FLASK_SECRET_KEY": secrets.token_hex(), "SECURITY_PASSWORD_SALT": _SALT,
        "ACTIONS_SECRET": SECRET,
    })  # fmt: skip
    wiring = Wiring(settings, desk.app, lambda: desk.now)
    wiring.__dict__["nearest"] = near
    user = desk.user(UNIT, "consultant", password=hash_password(_PASSWORD, _SALT))
    browser = create_office(wiring).test_client()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get("/login").text)
    assert token
    sent = {"csrf_token": token[1], "email": user.email, "password": _PASSWORD}
    assert browser.post("/login", data=sent).status_code == 302
    return browser


def _facts(name: str, measured: _Taken) -> dict[str, float]:
    took, computed = measured
    return {
        f"{name}_p50_ms": percentile(took, 0.5), f"{name}_p95_ms": percentile(took, 0.95),
        f"{name}_cpu_p50_ms": percentile(computed, 0.5), f"{name}_cpu_p95_ms": percentile(computed, 0.95),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--searches", type=int, default=100)
    given = parser.parse_args()
    chance = random.Random(1)
    with tempfile.TemporaryDirectory(prefix="redis-") as folder, stage() as desk:
        redis = EmbeddedRedis(Path(folder), password=secrets.token_urlsafe(12), durable=False)
        redis.start()
        try:
            near = Nearest(embedder(), index_of)
            actions = create_actions(
                SimpleNamespace(
                    engine=desk.app, settings=SimpleNamespace(actions_secret=SECRET, environment="production"),
                    ranker=SemanticRanker(), nearest=near, links=desk.links, clock=lambda: desk.now,
                )
            )  # fmt: skip
            asking = search(Talk(Client(actions), f"{UNIT}:{desk.chat(UNIT).id}", "whatsapp"), chance)
            browser = office(desk, redis.url, near)
            settle()
            fill(desk, vacancies=_FEW, people=_FEW)
            encode(desk)
            looking = open_page(browser, ids(desk, _VACANCIES))
            timed(asking, _WARM), timed(looking, _WARM)
            floor, page_floor = timed(asking, given.searches), timed(looking, given.searches)
            fill(desk, vacancies=given.rows - _FEW, people=given.rows - _FEW, seed=2)
            encoding_seconds = encode(desk)
            print(f"encoded in {encoding_seconds:.0f} s", flush=True)
            looking = open_page(browser, chance.sample(ids(desk, _VACANCIES), given.searches + _WARM))
            first, page_first = timed(asking, 1), timed(looking, 1)
            timed(asking, _WARM), timed(looking, _WARM)
            measured, page = timed(asking, given.searches), timed(looking, given.searches)
        finally:
            redis.stop()
    load = os.getloadavg()[0]
    show(rows=given.rows, encoding_seconds=encoding_seconds, first_ms=first[0][0], page_first_ms=page_first[0][0])
    show(**_facts("floor", floor), **_facts("search", measured))
    show(**_facts("page_floor", page_floor), **_facts("page", page))
    show(
        search_p95_times_floor=percentile(measured[0], 0.95) / percentile(floor[0], 0.95),
        page_p95_times_floor=percentile(page[0], 0.95) / percentile(page_floor[0], 0.95), load=load,
        memory_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    )  # fmt: skip


if __name__ == "__main__":
    main()
