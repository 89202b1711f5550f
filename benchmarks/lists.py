"""Lists, search and boards at size: `.venv/app/bin/python -m benchmarks.lists [--people 1000000] [--plans]`

Asks the back office itself, signed in: each list whole, a page deep inside, filtered, by text common and rare; the
search; the boards; as a consultant of the largest unit, and some as the one who sees every unit or one division. Beside
each list the naive page of the same rows (OFFSET at the same depth, LIKE on the same words), in the same run. Prints
p95 in ms on the server, the page drawn included, by the wall and of processor time, the load of the machine, and the
ratio of the floor to ours.
--plans: what PostgreSQL does for each list, and whether it reads a table from end to end.
"""

from __future__ import annotations

import argparse
import base64
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Engine, event, text
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from backoffice.app import create_app
from backoffice.lists.catalogue import LISTS
from benchmarks import at_size
from benchmarks.platform import percentile, show
from contract.text import normalise
from huntred.db.session import Scope, make_engine
from huntred.db.unit_of_work import unit_of_work
from huntred.settings import read_app_settings
from runtime.collector import settle
from runtime.embedded_redis import EmbeddedRedis
from runtime.wiring import Wiring

_TIMES = 12
_MOST_MS = 150
_UNIT = "amigro"
# Of what is asked for as a page: name → path. `deep` pages are reached by the cursor, 200 pages in.
_PAGES = {
    "people": "/people/", "people_rare": "/people/?text={rare}", "people_name": "/people/?text={name}",
    "people_common": "/people/?text=soldadura", "people_place": "/people/?place=monterrey&skill=cocina",
    "vacancies": "/vacancies/", "vacancies_all": "/vacancies/?state=", "vacancies_text": "/vacancies/?text=soldadura",
    "vacancies_city": "/vacancies/?state=&city=Toluca", "vacancies_company": "/vacancies/?state=&company={company}",
    "applications": "/applications/", "applications_all": "/applications/?kind=",
    "applications_offer": "/applications/?kind=offer", "applications_still": "/applications/?still=1",
    "applications_vacancy": "/applications/?kind=&vacancy={vacancy}",
    "applications_rare": "/applications/?kind=&text={rare}", "applications_name": "/applications/?kind=&text={name}",
    "applications_common": "/applications/?text=soldadura",
    "conversations": "/conversations/", "conversations_closed": "/conversations/?handling=closed",
    "conversations_waiting": "/conversations/?handling=queued", "conversations_mine": "/conversations/?handling=mine",
    "conversations_rare": "/conversations/?text={rare}", "conversations_common": "/conversations/?text=maria",
    "interviews": "/interviews/list", "interviews_missed": "/interviews/list?state=missed",
    "interviews_day": "/interviews/list?from={day}&to={day}", "companies": "/companies/",
    "companies_text": "/companies/?text={rare}",
    "search_name": "/search/list?text={name}", "search_slip": "/search/list?text={slip}",
    "board": "/board/vacancy/{board}", "board_text": "/board/vacancy/{board}?text=soldadura", "board_mine": "/board/",
    "board_behind": "/board/vacancy/{board}/outlook", "board_wants": "/attention/{board}", "board_today": "/today",
}  # fmt: skip
_DEEP = {"people": "people", "applications_all": "applications", "vacancies_all": "vacancies"}
_DEEP_PAGES, _ON_PAGE = 200, 25
_NAIVE = {
    "people": "SELECT * FROM unit_profiles WHERE unit = :unit ORDER BY updated_at DESC, id DESC OFFSET :skip LIMIT 25",
    "people_rare": "SELECT * FROM unit_profiles WHERE unit = :unit AND search_text LIKE :rare"
    " ORDER BY updated_at DESC, id DESC LIMIT 25",
    "vacancies_all": "SELECT v.*, c.name FROM vacancies v JOIN companies c ON c.id = v.company_id WHERE v.unit = :unit"
    " ORDER BY v.created_at DESC, v.id DESC OFFSET :skip LIMIT 25",
    "applications_all": "SELECT a.*, p.first_name, v.title FROM applications a JOIN unit_profiles p ON"
    " p.id = a.profile_id JOIN vacancies v ON v.id = a.vacancy_id WHERE a.unit = :unit"
    " ORDER BY a.created_at DESC, a.id DESC OFFSET :skip LIMIT 25",
    "applications_rare": "SELECT a.*, p.first_name, v.title FROM applications a JOIN unit_profiles p ON"
    " p.id = a.profile_id JOIN vacancies v ON v.id = a.vacancy_id WHERE a.unit = :unit"
    " AND (p.search_text LIKE :rare OR v.search_text LIKE :rare) ORDER BY a.created_at DESC, a.id DESC LIMIT 25",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, default=at_size.FOLDER)
    parser.add_argument("--plans", action="store_true")
    parser.add_argument("--only", default="", help="names of pages that begin so, comma separated")
    parser.add_argument("--times", type=int, default=_TIMES, help="how often each page is asked for")
    arguments = parser.parse_args()
    postgres, urls = at_size.opened(arguments.folder, arguments.people)
    redis = EmbeddedRedis(arguments.folder / "redis", password="of-this-benchmark", durable=False)
    redis.start()
    try:
        engine = make_engine(urls["app"])
        values = _values(engine, arguments.people)
        if arguments.plans:
            _plans(engine, values)
        else:
            clock = Clock(postgres.process.pid if postgres.process else 0)
            app = create_app(Wiring(_settings(urls["app"], redis.url), engine))
            settle()
            _measure(app, engine, values, arguments.only, clock, arguments.times)
        engine.dispose()
    finally:
        redis.stop()
        postgres.stop()


def _settings(database: str, redis_url: str) -> Any:
    key = base64.b64encode(at_size.KEY).decode()
    return read_app_settings(
        {
            "DATABASE_URL": database, "REDIS_URL": redis_url, "ENVIRONMENT": "test",
            "ENCRYPTION_KEYS": f"test:{key}", "LOOKUP_KEY": key, "LINK_SECRET": "the link secret of this benchmark",
            "FLASK_SECRET_KEY": "the flask secret of this benchmark", "SECURITY_PASSWORD_SALT": at_size.SALT,
            "ACTIONS_SECRET": "the actions secret of this benchmark",
        }
    )  # fmt: skip


def _values(engine: Engine, people: int) -> dict[str, Any]:
    """A rare surname, a common name and surname, and the same with a slip."""
    told = list(at_size.people(5000))
    surnames = [one[1] for one in told]
    common = max(set(surnames), key=surnames.count)
    rare = next(name for name in surnames if surnames.count(name) == 1 and len(name) > 6)
    first = max({one[0] for one in told}, key=[one[0] for one in told].count)
    with unit_of_work(engine, Scope(units=(_UNIT,))) as uow:
        day = uow.session.scalar(text("SELECT (now() - interval '60 days')::date"))
    return {
        "rare": rare, "name": f"{first} {common}", "slip": f"{first} {common[0]}{common[2:]}", "day": day,
        "company": at_size.id_of(3, 0), "vacancy": at_size.vacancy_id(7), "board": at_size.vacancy_id(1000),
    }  # fmt: skip


def _signed_in(app: Flask, email: str) -> Any:
    client = app.test_client()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/login").text)
    assert token
    form = {"csrf_token": token[1], "email": email, "password": at_size.PASSWORD}
    answer = client.post("/login", data=form)
    assert answer.status_code == 302, answer.text
    return client


class Clock:
    """Milliseconds by the wall, and of processor time: the back office's own and that of PostgreSQL's processes.

    On a machine that others use too the second is what the server costs; the first is what they leave of it.
    """

    def __init__(self, server: int) -> None:
        self._server = server

    def p95(self, act: Callable[[], Any], times: int = _TIMES) -> tuple[float, float]:
        act()
        walls, costs = [], []
        for _ in range(times):
            began, spent = time.perf_counter(), self._spent()
            act()
            costs.append(self._spent() - spent)
            walls.append((time.perf_counter() - began) * 1000)
        return percentile(walls, 0.95), percentile(costs, 0.95)

    def _spent(self) -> float:
        children = Path(f"/proc/{self._server}/task/{self._server}/children").read_text().split()
        nanoseconds = sum(int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) for pid in children)
        return time.process_time() * 1000 + nanoseconds / 1e6


def _measure(app: Flask, engine: Engine, values: dict[str, Any], only: str, clock: Clock, times: int) -> None:
    clients = {who: _signed_in(app, email) for who, email in at_size.USERS.items()}
    begins = tuple(only.split(","))
    paths = {name: path.format(**values) for name, path in _PAGES.items() if name.startswith(begins)}
    for name, list_name in _DEEP.items():
        if name in paths:
            between = "&" if "?" in paths[name] else "?"
            paths[f"{name}_deep"] = f"{paths[name]}{between}cursor={_cursor(engine, list_name)}"
    found: dict[str, tuple[float, float]] = {}
    for who, client in clients.items():
        for name, path in paths.items():
            if who == "consultant" or (name in _PAGES and not name.startswith("board")):
                found[f"{who}_{name}"] = wall, cost = clock.p95(
                    partial(_get, client, path), times
                )
                show(**{f"{who}_{name}_ms": wall, f"{who}_{name}_cpu_ms": cost})
    asked_for = {name: both for name, both in _floors(engine, values, clock).items() if f"consultant_{name}" in found}
    for name, (wall, cost) in asked_for.items():
        show(**{f"{name}_floor_ms": wall, f"{name}_floor_cpu_ms": cost,
                f"{name}_ratio_cpu": cost / found[f"consultant_{name}"][1]})  # fmt: skip
    for at, told in ((0, "ms"), (1, "cpu_ms")):
        slow = {name: both[at] for name, both in found.items() if both[at] > _MOST_MS}
        slowest = max(both[at] for both in found.values())
        show(**{f"pages_over_{_MOST_MS}_{told}": len(slow), f"slowest_{told}": slowest})
        print(f"# over {_MOST_MS} {told}:", ", ".join(f"{name} {ms:.0f}" for name, ms in sorted(slow.items())))
    show(pages=len(found), load=os.getloadavg()[0])


def _get(client: Any, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)


def _read(session: Session, query: str, given: dict[str, Any]) -> None:
    session.execute(text(query), given).all()


def _args(name: str) -> dict[str, str]:
    return {"kind": ""} if name == "applications" else {"state": ""} if name == "vacancies" else {}


def _cursor(engine: Engine, name: str) -> str:
    """That of the page so far in, found by one long page."""
    with unit_of_work(engine, Scope(units=(_UNIT,))) as uow:
        page = LISTS[name].page(uow.session, _args(name), "", _DEEP_PAGES * _ON_PAGE, datetime.now(UTC))
    return page.next_cursor


def _floors(engine: Engine, values: dict[str, Any], clock: Clock) -> dict[str, tuple[float, float]]:
    """As the app, under the policies; at the depth of the deep pages, and at the first page of a rare word."""
    found = {}
    with unit_of_work(engine, Scope(units=(_UNIT,))) as uow:
        given = {"unit": _UNIT, "skip": _DEEP_PAGES * _ON_PAGE, "rare": f"%{normalise(values['rare'])}%"}
        for name, query in _NAIVE.items():
            asked = {key: value for key, value in given.items() if f":{key}" in query}
            took = clock.p95(partial(_read, uow.session, query, asked), 5)
            found[f"{name}_deep" if "skip" in asked else name] = took
    return found


def _plans(engine: Engine, values: dict[str, Any]) -> None:
    for name, path in _PAGES.items():
        list_name = name.partition("_")[0]
        if list_name not in LISTS:
            continue
        query = path.format(**values).partition("?")[2]
        args = dict(pair.split("=", 1) for pair in query.split("&") if pair)
        with _explained(engine) as plans, unit_of_work(engine, Scope(units=(_UNIT,))) as uow:
            LISTS[list_name].page(uow.session, MultiDict(args), "", _ON_PAGE, datetime.now(UTC))
        whole = [one for plan in plans for one in re.findall(r"Seq Scan on (\w+)", plan)]
        print(f"## {name}: read whole: {', '.join(whole) or 'nothing'}")
        print("\n".join(plans))


@contextmanager
def _explained(engine: Engine) -> Iterator[list[str]]:
    plans: list[str] = []

    def explain(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        if statement.startswith("SELECT") and "page" in statement:
            found = conn.connection.cursor().execute(f"EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) {statement}", parameters)
            plans.append("\n".join(row[0] for row in found.fetchall()))

    event.listen(engine, "before_cursor_execute", explain)
    try:
        yield plans
    finally:
        event.remove(engine, "before_cursor_execute", explain)


if __name__ == "__main__":
    main()
