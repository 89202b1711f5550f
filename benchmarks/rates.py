"""A campaign within every vendor's limits: `python -m benchmarks.rates [--messages 20000] [--short 4000]`

Three runs against vendors that refuse and count whatever exceeds a limit (benchmarks/rates_vendors.py): one gateway
with the whole campaign; two gateways with a short one; two gateways with a short one while Redis is killed in the
middle and started again. The least time is what the slowest number or bot needs at its vendor's full rate. During the
first run people are answered as before it, by the same numbers: what a reply takes is compared. In every run one person
gets more than WhatsApp's burst, and some chats of Telegram get several messages.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from benchmarks.platform import percentile, show
from benchmarks.rates_vendors import Vendors
from contract.encryption import Cipher
from contract.ids import new_id
from runtime.embedded_redis import EmbeddedRedis
from runtime.installation import ROOT
from runtime.ports import free_port
from tests.bed import Database, describe, end_run, start_run

_KEY = base64.b64encode(bytes(range(32))).decode()
# Each bot's and number's share of the campaign: about what it can send in the same time.
_ACCOUNTS = {"whatsapp:1001": 80, "whatsapp:1002": 80, "telegram:2001": 22, "messenger:3001": 35}
_TO_ONE_PERSON = 47
_CHATS_WITH_MORE = 20


@dataclass
class Ground:
    """The database with accounts and people, the vendors, and a Redis of its own."""

    database: Database
    vendors: Vendors
    redis: EmbeddedRedis
    accounts: dict[str, UUID]
    folder: Path
    made: int = 0
    pids: list[int] = field(default_factory=list)

    def cpu_seconds(self) -> float:
        """What the gateways that run now have used."""
        ticks = 0
        for pid in self.pids:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    @contextmanager
    def gateways(self, count: int) -> Iterator[None]:
        """Run so many gateway processes."""
        with ExitStack() as running:
            for number in range(count):
                port = free_port()
                log = running.enter_context((self.folder / f"gateway-{number}.log").open("ab"))
                process = subprocess.Popen(
                    [str(ROOT / ".venv/bot/bin/python"), "-m", "bot.gateway"], cwd=ROOT, stdout=log, stderr=log,
                    env={**self._environment(port), "PATH": os.environ["PATH"]},
                )  # fmt: skip
                running.callback(_end, process)
                self.pids.append(process.pid)
                running.callback(self.pids.remove, process.pid)
                _wait_for(port)
            # Until each has counted the other.
            time.sleep(3)
            yield

    def _environment(self, port: int) -> dict[str, str]:
        return {
            "DATABASE_URL": self.database.url("gateway"), "REDIS_URL": self.redis.url, "ENVIRONMENT": "test",
            "ENCRYPTION_KEYS": f"t1:{_KEY}", "ACTIONS_URL": "http://127.0.0.1:1", "ACTIONS_SECRET": "0123456789abcdef",
            "LINK_SECRET": "0123456789abcdef", "GATEWAY_PORT": str(port), "SMTP_URL": "smtp://127.0.0.1:1",
            "WHATSAPP_API_URL": self.vendors.url, "TELEGRAM_API_URL": self.vendors.url,
            "MESSENGER_API_URL": f"{self.vendors.url}/messenger", "MEDIA_DIR": str(self.folder / "media"),
        }  # fmt: skip

    def count(self, states: str) -> int:
        """How many rows stand in these states."""
        with self.connect() as connection:
            row = connection.execute(f"SELECT count(*) FROM outbox WHERE state IN ({states})").fetchone()
            return int(row[0]) if row else 0

    def connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.database.admin_url, autocommit=True)

    def queue(self, account: str, count: int, *, purpose: str, people: int = 0) -> list[str]:
        """Put so many rows into the outbox, each to another person (or to so many in turn); return their texts."""
        channel = account.partition(":")[0]
        people = people or count
        chats, conversations = [new_id() for _ in range(people)], [new_id() for _ in range(people)]
        users = [str(5_215_500_000_000 + self.made + number) for number in range(people)]
        texts = [f"{account} {purpose} {self.made + number}" for number in range(count)]
        self.made += max(count, people)
        with self.connect() as connection, connection.transaction(), connection.cursor() as cursor:
            with cursor.copy(
                "COPY chats (id, channel_account_id, channel, user_id, unit, conversation_id, last_inbound_at)"
                " FROM STDIN"
            ) as copy:
                for chat, conversation, user in zip(chats, conversations, users, strict=True):
                    copy.write_row((chat, self.accounts[account], channel, user, "amigro", conversation, "now"))
            with cursor.copy("COPY conversations (id, unit, chat_id, channel, agreed) FROM STDIN") as copy:
                for chat, conversation in zip(chats, conversations, strict=True):
                    copy.write_row((conversation, "amigro", chat, channel, ["promotion"]))
            with cursor.copy(
                "COPY outbox (unit, conversation_id, chat_id, channel_account_id, channel, source, source_id, ord,"
                " purpose, payload, priority) FROM STDIN"
            ) as copy:
                for number, text in enumerate(texts):
                    who = number % people
                    copy.write_row((
                        "amigro", conversations[who], chats[who], self.accounts[account], channel, "benchmark", text, 0,
                        purpose, json.dumps({"kind": "text", "text": text}), 0 if purpose == "promotion" else 10,
                    ))  # fmt: skip
            cursor.execute("NOTIFY outbox")
        return texts


@dataclass(frozen=True)
class Result:
    """seconds: until the last one was accepted; least: what the slowest account needs.

    in_review: of promotions whose request got no answer, on a machine that is too busy for its own vendors.
    """

    seconds: float
    least: float
    reply_ms: list[float]
    failed: int
    in_review: int


def campaign(ground: Ground, messages: int, *, kill_redis: bool = False, replies: bool = False) -> Result:
    """Queue a campaign and wait until every row was accepted."""
    with ground.connect() as connection:
        connection.execute("TRUNCATE outbox, conversations, chats CASCADE")
    ground.vendors.clear()
    whole = sum(_ACCOUNTS.values())
    texts: list[str] = []
    texts += ground.queue("whatsapp:1001", _TO_ONE_PERSON, purpose="reply", people=1)
    texts += ground.queue("telegram:2001", 3 * _CHATS_WITH_MORE, purpose="reply", people=_CHATS_WITH_MORE)
    counts = {account: messages * share // whole for account, share in _ACCOUNTS.items()}
    began = time.time()
    for account, count in counts.items():
        texts += ground.queue(account, count, purpose="promotion")
    least = max(count / ground.vendors.per_second(account.partition(":")[0]) for account, count in counts.items())
    least = max(least, (_TO_ONE_PERSON - 45) * 6.0)
    reply_ms: list[float] = []
    killed_at, deadline = began + least / 3, began + 4 * least + 120
    while ground.count("'waiting', 'sending', 'held'"):
        if time.time() > deadline:
            open_rows = ground.count("'waiting', 'sending', 'held'")
            raise SystemExit(f"{open_rows} messages were not sent; the logs are in {ground.folder}")
        if kill_redis and time.time() > killed_at:
            kill_redis = False
            process = ground.redis.process
            assert process is not None
            process.kill()
            process.wait()
            print("redis was killed", flush=True)
            time.sleep(least / 3)
            ground.redis.start()
            print("redis is back", flush=True)
        if replies and time.time() < began + least * 0.9:
            reply_ms += answers(ground, 2)
            time.sleep(2)
        time.sleep(0.2)
    last = max(ground.vendors.accepted.get(text, 0.0) for text in texts)
    return Result(last - began, least, reply_ms, ground.count("'failed', 'refused'"), ground.count("'review'"))


def answers(ground: Ground, count: int) -> list[float]:
    """Answer people one after the other by the numbers of the campaign; return each one's ms until it was accepted."""
    found = []
    for number in range(count):
        account = ("whatsapp:1001", "whatsapp:1002")[number % 2]
        began = time.time()
        (text,) = ground.queue(account, 1, purpose="reply")
        while text not in ground.vendors.accepted:
            if time.time() > began + 30:
                raise SystemExit(f"a reply was not sent within 30 s; the logs are in {ground.folder}")
            time.sleep(0.002)
        found.append((ground.vendors.accepted[text] - began) * 1000)
        time.sleep(0.1)
    return found


@contextmanager
def prepared(pace: float) -> Iterator[Ground]:
    """Make database, accounts, vendors and Redis, and end them afterwards."""
    run = start_run()
    with tempfile.TemporaryDirectory(prefix="rates-") as folder, ExitStack() as ending:
        if run:
            ending.callback(end_run, run)
        database = Database.clone(describe())
        ending.callback(database.drop)
        vendors = Vendors(pace)
        vendors.start()
        redis = EmbeddedRedis(Path(folder) / "redis", password="benchmark", port=free_port())
        redis.start()
        ending.callback(redis.stop)
        yield Ground(database, vendors, redis, _accounts(database, vendors), Path(folder))


def _accounts(database: Database, vendors: Vendors) -> dict[str, UUID]:
    cipher = Cipher({"t1": base64.b64decode(_KEY)})
    made: dict[str, UUID] = {}
    with psycopg.connect(database.admin_url, autocommit=True) as connection:
        quiet = json.dumps({"quiet_hours": {"from": "00:00", "to": "00:00"}})
        connection.execute(
            "INSERT INTO units (code, name, tagline, colour, settings) VALUES ('amigro', 'Amigro', '', '#0f766e', %s)"
            " ON CONFLICT (code) DO UPDATE SET settings = excluded.settings", (quiet,),
        )  # fmt: skip
        for account in _ACCOUNTS:
            channel, _, external_id = account.partition(":")
            app, made[account] = new_id(), new_id()
            connection.execute(
                "INSERT INTO channel_apps (id, channel, name, secrets) VALUES (%s, %s, %s, %s)",
                (app, channel, account, cipher.seal("{}", "channel_apps.secrets")),
            )
            secrets = json.dumps({"access_token": "t", "bot_token": f"{external_id}:t"})
            connection.execute(
                "INSERT INTO channel_accounts (id, unit, app_id, channel, external_id, name, secrets,"
                " messages_per_second)"
                " VALUES (%s, 'amigro', %s, %s, %s, %s, %s, %s)",
                (
                    made[account], app, channel, external_id, account,
                    cipher.seal(secrets, "channel_accounts.secrets"),
                    None if vendors.pace == 1 else int(vendors.per_second(channel)),
                ),
            )  # fmt: skip
    return made


def _wait_for(port: int) -> None:
    import httpx

    deadline = time.monotonic() + 60
    while True:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/health").status_code == 200:
                return
        except httpx.HTTPError:
            pass
        if time.monotonic() > deadline:
            raise SystemExit("a gateway did not start")
        time.sleep(0.1)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(30)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--short", type=int, default=4_000)
    parser.add_argument("--pace", type=float, default=1.0, help="a share of the limits, for a machine that is busy")
    given = parser.parse_args(arguments)
    violations: list[str] = []
    repeated, failed, in_review, worst = 0, 0, 0, 0.0
    figures: dict[str, float] = {}
    with prepared(given.pace) as ground:
        for name, gateways, messages, kill in (
            ("one", 1, given.messages, False), ("two", 2, given.short, False), ("redis_killed", 2, given.short, True),
        ):  # fmt: skip
            if not messages:
                continue
            with ground.gateways(gateways):
                alone = answers(ground, 30) if name == "one" else []
                used = ground.cpu_seconds()
                result = campaign(ground, messages, kill_redis=kill, replies=name == "one")
                used = ground.cpu_seconds() - used
            figures[f"{name}_gateway_cpu_ms_a_message"] = used * 1000 / len(ground.vendors.accepted)
            failed, in_review = failed + result.failed, in_review + result.in_review
            violations += ground.vendors.violations
            repeated += ground.vendors.repeated
            worst = max(worst, ground.vendors.worst_second())
            figures |= {f"{name}_seconds": result.seconds, f"{name}_least_seconds": result.least}
            figures[f"{name}_ratio"] = round(result.seconds / result.least, 3)
            if alone:
                figures["reply_ms_alone"] = percentile(alone, 0.5)
                figures["reply_ms_in_campaign"] = percentile(result.reply_ms, 0.5)
                figures["reply_ms_in_campaign_p95"] = percentile(result.reply_ms, 0.95)
                figures["reply_ratio"] = round(figures["reply_ms_in_campaign"] / figures["reply_ms_alone"], 2)
            print(name, {key: round(value, 2) for key, value in figures.items()}, violations[:5], flush=True)
    for name, value in figures.items():
        print(f"{name}={value:.3f}" if name.endswith("ratio") else f"{name}={value:.1f}", flush=True)
    show(failed=failed, in_review=in_review, repeated=repeated)
    show(fullest_second_percent=100 * worst, violations=len(violations))


if __name__ == "__main__":
    main()
