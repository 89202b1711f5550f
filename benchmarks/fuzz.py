"""Mutated webhooks through the gateway's own handlers, in process.

    .venv/bot/bin/python -m benchmarks.fuzz [--bodies 200000] [--stored 2000] [--seed 1]

Per webhook endpoint so many bodies, most of them rightly signed (so that reading them is what is tried), a fifth
forged. The routes, the check of the signature, the reading and the cleaning are the real ones; storing is recorded,
but for a share that goes into a real PostgreSQL. Prints `5xx=`, `hangs=` and `forged_accepted=` last.
"""

from __future__ import annotations

from bot.quiet import quieten

quieten("CRITICAL")

import argparse  # noqa: E402
import asyncio  # noqa: E402
import faulthandler  # noqa: E402
import json  # noqa: E402
import logging  # noqa: E402
import random  # noqa: E402
import time  # noqa: E402
from collections import Counter  # noqa: E402
from collections.abc import Sequence  # noqa: E402
from dataclasses import dataclass, field  # noqa: E402
from typing import Any  # noqa: E402

from sanic.compat import Header  # noqa: E402
from sanic.exceptions import SanicException  # noqa: E402
from sanic.request import Request  # noqa: E402

from benchmarks.fuzz_bodies import BODIES, Endpoint  # noqa: E402
from bot.arrivals import Arrival, Event  # noqa: E402
from bot.cleaning import clean_inbound, mask_raw, storable  # noqa: E402
from bot.gateway import Gateway, make_app  # noqa: E402
from contract.settings import read_bot_settings  # noqa: E402
from tests.bed import Database, describe, end_run, start_run  # noqa: E402
from tests.bot.gateway.town import ACCOUNTS, Town, environment  # noqa: E402

_FORGED_SHARE = 0.2
# Seconds of the processor: how busy the machine is otherwise does not count. What never ends is dumped and ends all.
_HANGS_AFTER = 1.0
_DEAD_AFTER = 120.0
_MOST_BODY = 1 << 20
_ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1e308, 10**30, -(2**63), 2**63, 0.1, "", " ", "\x00", "\ud83d", "\udc00x", "a\x00b",
    "NaN", "'; DROP TABLE inbox; --",
    "x" * 5000, "🇲🇽" * 500, "/restart", [], {}, [[]], [None], {"": ""}, {"a": {"b": []}},
    "more:1:2", "more:9999999999999999999:1", "9" * 40, "-5", "1772463600.5", "2026-13-45", "٣",
)  # fmt: skip
_RAW_ODD = (
    b"", b"null", b"[]", b"{}", b"0", b'"a"', b"\xff\xfe", b"\x00", b"NaN", b"Infinity", b"1e999", b"{" * 5000,
    b"[" * 100_000, b'{"a":' * 50_000, b"[" * 40_000 + b"]" * 40_000, b"9" * 5000, b"-" * 100, b"\xef\xbb\xbf{}",
    b'{"entry": 5}', b'{"entry": [5]}', b'{"entry": [{"changes": [null]}]}', b'{"update_id": "x"}',
)  # fmt: skip


@dataclass
class Tally:
    """What the bodies met. broken: the first ones that did harm, in words."""

    bodies: int = 0
    five_hundreds: int = 0
    hangs: int = 0
    forged: int = 0
    forged_accepted: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)

    def note(self, what: str) -> None:
        if len(self.broken) < 30:
            self.broken.append(what)


class Recorder:
    """Stands for the intake: cleans and writes down as storing would, and keeps nothing."""

    def __init__(self) -> None:
        self.events = 0

    async def store(self, events: Sequence[Event]) -> None:
        for event in events:
            if isinstance(event, Arrival):
                json.dumps(storable(clean_inbound(event.inbound).as_json()))
                if event.raw is not None:
                    json.dumps(storable(mask_raw(event.raw)))
        self.events += len(events)


def mutate(chance: random.Random, seeds: Sequence[bytes]) -> bytes:
    """Return a body that a vendor would never send, or only in a bad hour."""
    raw = chance.choice(seeds)
    sort = chance.random()
    if sort < 0.08:
        return chance.choice(_RAW_ODD)
    if sort < 0.25:
        return _bytes(chance, raw)
    if sort < 0.30:
        return _deep(chance, raw)
    tree = json.loads(raw)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
        tree = _tree(chance, tree)
    text = json.dumps(tree, ensure_ascii=chance.random() < 0.7)
    if chance.random() < 0.1:
        text = _twice(chance, text)
    body = text.encode("utf-8", "surrogatepass")
    return body[:_MOST_BODY]


def _bytes(chance: random.Random, raw: bytes) -> bytes:
    body = bytearray(raw)
    for _ in range(chance.choice((1, 1, 2, 5, 40))):
        place = chance.randrange(len(body)) if body else 0
        sort = chance.randrange(5)
        if sort == 0 and body:
            body[place] ^= 1 << chance.randrange(8)
        elif sort == 1:
            del body[place:]
        elif sort == 2:
            body[place:place] = bytes(chance.randrange(256) for _ in range(chance.randint(1, 8)))
        elif sort == 3:
            del body[place : place + chance.randint(1, 30)]
        else:
            body += body[place : place + 2000]
        if not body:
            break
    return bytes(body[:_MOST_BODY])


def _deep(chance: random.Random, raw: bytes) -> bytes:
    """Put a deep nest in a value's place: just within what a reader of JSON takes, or far beyond."""
    depth = chance.choice((100, 300, 500, 900, 950, 970, 985, 1000, 20_000))
    opening, closing = chance.choice(((b"[", b"]"), (b'{"a":', b"}")))
    nest = opening * depth + b"1" + closing * depth
    parts = raw.split(b'"hola') if b'"hola' in raw else raw.split(b'"Ana')
    if len(parts) < 2:
        return raw[:-1] + b', "x": ' + nest + b"}"
    return parts[0] + nest + b', "y": "' + parts[1]


def _tree(chance: random.Random, tree: Any) -> Any:
    """Return the tree with one place of it changed."""
    places: list[tuple[Any, Any]] = []

    waiting = [tree]
    while waiting and len(places) < 2000:
        node = waiting.pop()
        items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
        for key, value in items:
            places.append((node, key))
            waiting.append(value)
    if not places:
        return chance.choice(_ODD)
    node, key = chance.choice(places)
    sort = chance.randrange(9)
    if sort == 0:
        del node[key]
    elif sort == 1:
        node[key] = json.loads(json.dumps([node[key]] * chance.choice((1, 2, 50))))
    elif sort == 2:
        node[key] = {"x": node[key]}
    elif sort == 3:
        other, name = chance.choice(places)
        node[key] = json.loads(json.dumps(other[name])) if name in other or isinstance(other, list) else None
    elif sort == 4:
        deep: Any = 1
        for _ in range(chance.choice((5, 30, 100))):
            deep = [deep] if chance.random() < 0.5 else {"a": deep}
        node[key] = deep
    elif sort == 5 and isinstance(node, dict):
        node[str(chance.choice(_ODD))] = node.pop(key)
    elif sort == 6:
        node[key] = str(node[key])
    elif sort == 7 and isinstance(node[key], list):
        node[key] = json.loads(json.dumps(node[key] * chance.choice((3, 20))))
    else:
        # A copy: the same object in two places would grow without end.
        node[key] = json.loads(json.dumps(chance.choice(_ODD)))
    return tree


def _twice(chance: random.Random, text: str) -> str:
    """Repeat a key of the outermost object: JSON allows it, and readers differ."""
    return '{"entry": [], "update_id": -1, ' + text[1:] if text.startswith("{") else text


def forge(chance: random.Random, endpoint: Endpoint, raw: bytes, others: Sequence[str]) -> dict[str, str]:
    """Return headers that must not open the door to this body."""
    sort = chance.randrange(7)
    signed = endpoint.sign(raw)
    name = next(reversed(list(signed)))
    if sort == 0:
        return {}
    if sort == 1:
        return endpoint.sign(raw, secret=chance.choice([other for other in others if other != endpoint.secret]))
    if sort == 2 and endpoint.channel != "telegram":
        return endpoint.sign(raw + b" ")
    if sort == 3:
        return {**signed, name: signed[name][:-1]}
    if sort == 4:
        return {**signed, name: signed[name].replace("sha256=", "sha1=").replace("v0=", "v1=") + "0"}
    if sort == 5 and endpoint.channel == "slack":
        return endpoint.sign(raw, at=time.time() + chance.choice((-301, -9999, 302, 10**8)))
    return {**signed, name: chance.choice(("", "sha256=", "v0=", "á" * 64, "0" * 71, "sha256=" + "0" * 64))}


async def send(app: Any, endpoint: Endpoint, raw: bytes, headers: dict[str, str]) -> int:
    """Hand one request to the route's own handler; return the status that the vendor would get."""
    _, handler, given = app.router.get(endpoint.path, "POST", None)
    whole = Header({"content-type": "application/json", **headers})
    request = Request(endpoint.path.encode(), whole, "1.1", "POST", None, app)
    request.body = raw
    try:
        answer = await handler(request, **given)
    except SanicException as refused:
        return int(refused.status_code or 500)
    return int(answer.status)


async def fuzz(
    app: Any, endpoint: Endpoint, bodies: int, chance: random.Random, others: Sequence[str], recorder: Recorder | None
) -> Tally:  # fmt: skip
    """recorder: in the intake's place; None: what comes through is stored for real."""
    tally, seeds = Tally(), endpoint.seeds()
    for _ in range(bodies):
        raw = mutate(chance, seeds)
        forged = chance.random() < _FORGED_SHARE
        headers = forge(chance, endpoint, raw, others) if forged else endpoint.sign(raw)
        before = recorder.events if recorder else 0
        faulthandler.dump_traceback_later(_DEAD_AFTER, exit=True)
        started = time.process_time()
        try:
            status = await send(app, endpoint, raw, headers)
        except Exception as error:
            status = 500
            tally.note(f"{endpoint.channel}: {type(error).__name__}: {error}: {raw[:300]!r}")
        spent = time.process_time() - started
        tally.bodies += 1
        tally.statuses[status] += 1
        if status >= 500:
            tally.five_hundreds += 1
            tally.note(f"{endpoint.channel}: {status}: {raw[:300]!r}")
        if spent > _HANGS_AFTER and recorder is not None:
            tally.hangs += 1
            tally.note(f"{endpoint.channel}: {spent:.1f} s for {len(raw)} bytes: {raw[:200]!r}")
        if forged:
            tally.forged += 1
            if status not in (401, 403) or (recorder and recorder.events != before):
                tally.forged_accepted += 1
                tally.note(f"{endpoint.channel}: forged, and answered {status}: {headers}")
    faulthandler.cancel_dump_traceback_later()
    return tally


def endpoints() -> tuple[list[Endpoint], list[str]]:
    """Return one app of each channel, and all secrets that sign anything."""
    data = json.loads(ACCOUNTS.read_text(encoding="utf-8"))
    found: dict[str, Endpoint] = {}
    signing: list[str] = []
    for app in data["apps"]:
        secrets = [value for name, value in app["secrets"].items() if name != "verify_token"]
        signing += secrets
        accounts = [row for row in data["accounts"] if (row["channel"], row["app"]) == (app["channel"], app["name"])]
        if app["channel"] in BODIES and accounts:
            found.setdefault(
                app["channel"], Endpoint(app["channel"], app["name"], accounts[0]["external_id"], secrets[0])
            )
    return list(found.values()), [*signing, "", "another secret"]


async def run(database: Database, bodies: int, stored: int, seed: int) -> dict[str, Tally]:
    """Fuzz every endpoint of the gateway on this database."""
    logging.disable(logging.CRITICAL)
    Town(database, 0).seed()
    app = make_app(read_bot_settings(environment(database.url("gateway"), 1)), name=f"fuzz_{seed}_{time.time_ns()}")
    app.router.finalize()
    gateway: Gateway = app.ctx.gateway
    await gateway.open()
    try:
        tallies: dict[str, Tally] = {}
        known, signing = endpoints()
        routed = {connector.name() for connector in gateway.connectors}
        for endpoint in (endpoint for endpoint in known if endpoint.channel in routed):
            connector = next(one for one in gateway.connectors if one.name() == endpoint.channel)
            recorder, real = Recorder(), connector.services.intake
            for share, intake in ((bodies - stored, recorder), (stored, None)):
                connector.services.intake = intake or real  # type: ignore[assignment]
                chance = random.Random(f"{seed}:{endpoint.channel}:{intake is None}")
                tally = await fuzz(app, endpoint, share, chance, signing, intake)
                tallies[f"{endpoint.channel}{' stored' if intake is None else ''}"] = tally
            connector.services.intake = real
        return tallies
    finally:
        await gateway.close()
        logging.disable(logging.NOTSET)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bodies", type=int, default=200_000, help="per endpoint")
    parser.add_argument("--stored", type=int, default=2_000, help="of them into a real database")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    folder = start_run()
    try:
        database = Database.clone(describe())
        asyncio.run(_show(database, arguments))
        database.drop()
    finally:
        if folder is not None:
            end_run(folder)


async def _show(database: Database, arguments: argparse.Namespace) -> None:
    """Run and print. Inside the loop: uvloop may wait for ever as it closes, and 20 minutes' figures with it."""
    began = time.monotonic()
    tallies = await run(database, arguments.bodies, arguments.stored, arguments.seed)
    for name, tally in tallies.items():
        print(f"{name}: {tally.bodies} bodies, {tally.forged} forged, answered {dict(tally.statuses)}")
        for line in tally.broken:
            print(f"  {line}")
    print(f"seconds={time.monotonic() - began:.1f}")
    print(f"endpoints={len([name for name in tallies if not name.endswith('stored')])}")
    print(f"bodies={sum(tally.bodies for tally in tallies.values())}")
    print(f"5xx={sum(tally.five_hundreds for tally in tallies.values())}")
    print(f"hangs={sum(tally.hangs for tally in tallies.values())}")
    print(f"forged_accepted={sum(tally.forged_accepted for tally in tallies.values())}", flush=True)


if __name__ == "__main__":
    main()
