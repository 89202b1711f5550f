"""How fast a vendor is answered while Rasa is saturated: `python -m benchmarks.ack [--seconds 60] [--gateways 1]`

64 keep-alive senders of signed WhatsApp webhooks, each with one message; what they send is more than Rasa can take,
so its backlog grows all the while. Every answer of 200 must stand in the inbox afterwards. The floor, measured just
before and just after under the same saturated Rasa: durable single-row inserts of the same size by 64 clients
(pgbench, prepared, one commit each) on the same PostgreSQL.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import tempfile

import psycopg

from benchmarks.platform import cpu_seconds, measured, percentile, show
from runtime.embedded import postgres_bin
from runtime.installation import ROOT
from runtime.processes import LIBRARY_ENVIRONMENT
from tests.platform import Platform
from tests.standins.accounts import load_accounts
from tests.standins.client import StandinsClient

_FLOOR_TABLE = """
CREATE TABLE ack_floor (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, sender uuid NOT NULL,
    vendor_id text NOT NULL UNIQUE, payload jsonb NOT NULL, raw jsonb,
    at timestamptz NOT NULL DEFAULT clock_timestamp())
"""
_FLOOR_INSERT = """
INSERT INTO ack_floor (sender, vendor_id, payload, raw) VALUES (gen_random_uuid(), gen_random_uuid()::text,
    '{"kind": "text", "text": "¿me van a cobrar algo?", "sender_name": "Ana Prueba", "sender_phone": "+5218200000000"}',
    '{"id": "wamid.0000000000000000000000000000000000000000", "from": "5218200000000", "type": "text", "timestamp": "1760000000", "text": {"body": "¿me van a cobrar algo?"}}');
"""  # noqa: E501  # one statement of pgbench each line


def floor(platform: Platform, clients: int, seconds: int) -> float:
    """Durable single-row inserts a second."""
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(" ".join(_FLOOR_INSERT.split("\n")))
        script.flush()
        answer = subprocess.run(
            [str(postgres_bin() / "pgbench"), "-n", "-M", "prepared", "-c", str(clients), "-j", "1",
             "-T", str(seconds), "-f", script.name, platform.admin_url],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
    found = re.search(r"tps = ([\d.]+)", answer.stdout)
    if found is None:
        raise SystemExit(f"no insert was done within {seconds} s, the machine is too busy to measure on")
    return float(found.group(1))


def send(platform: Platform, seconds: float, senders: int) -> dict[str, list[float] | float]:
    """Run the senders in a process of their own."""
    account = load_accounts()["whatsapp:amigro"]
    url = f"{platform.url('gateway')}/webhooks/whatsapp/{account.app}/webhook"
    answer = subprocess.run(
        [str(ROOT / ".venv/bot/bin/python"), "-m", "benchmarks.ack_sender", url, account.app_secrets["app_secret"],
         account.external_id, str(seconds), str(senders)],
        cwd=ROOT, env={"PATH": "/usr/bin:/bin", **LIBRARY_ENVIRONMENT["bot"]}, stdout=subprocess.PIPE, check=True,
    )  # fmt: skip
    return dict(json.loads(answer.stdout))


def count(platform: Platform, what: str) -> int:
    with psycopg.connect(platform.admin_url) as connection:
        row = connection.execute(f"SELECT count(*) FROM {what}").fetchone()
    return int(row[0]) if row else 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60, help="how long they send")
    parser.add_argument("--floor-seconds", type=int, default=8, help="how long the floor is measured, twice")
    parser.add_argument("--senders", type=int, default=64)
    parser.add_argument("--gateways", type=int, default=1, help="gateway processes on one port")
    given = parser.parse_args()
    with measured(["amigro"], environment={"GATEWAY_PROCESSES": str(given.gateways)}) as platform:
        # Who writes past the stand-in has no window there: it would refuse every reply, which costs more than to send.
        StandinsClient(platform.url("standins")).switch(window=False)
        with psycopg.connect(platform.admin_url, autocommit=True) as connection:
            connection.execute(_FLOOR_TABLE)
        idle_floor = floor(platform, given.senders, given.floor_seconds)
        warm = send(platform, 3, given.senders)  # connections, statements and a backlog for Rasa
        assert isinstance(warm["accepted"], int)
        before = floor(platform, given.senders, given.floor_seconds)
        rasa, gateway = platform.pid("rasa"), platform.pid("gateway")
        burnt, burnt_gateway = cpu_seconds(rasa), cpu_seconds(gateway)
        seen = send(platform, given.seconds, given.senders)
        burnt, burnt_gateway = cpu_seconds(rasa) - burnt, cpu_seconds(gateway) - burnt_gateway
        stored = count(platform, "inbox")
        waiting = count(platform, "inbox WHERE state = 'waiting'")
        went = count(platform, "outbox WHERE state IN ('sent', 'delivered', 'read')")
        ended = count(platform, "outbox WHERE state IN ('failed', 'refused', 'review')")
        after = floor(platform, given.senders, given.floor_seconds)
    times, seconds = seen["milliseconds"], seen["seconds"]
    assert isinstance(times, list) and isinstance(seconds, float) and isinstance(seen["accepted"], int)
    assert isinstance(seen["refused"], int) and isinstance(seen["broken"], int)
    per_second, floor_per_second = seen["accepted"] / seconds, (before + after) / 2
    show(
        senders=given.senders, gateways=given.gateways, seconds=seconds, accepted=seen["accepted"],
        refused=seen["refused"], broken=seen["broken"],
        lost=warm["accepted"] + seen["accepted"] - stored, backlog_of_rasa=waiting,
        replies_sent=went, replies_not_sent=ended,
        rasa_cpu_share=burnt / seconds, gateway_cpu_share=burnt_gateway / seconds,
        floor_idle_per_second=idle_floor, floor_before_per_second=before, floor_after_per_second=after,
        floor_per_second=floor_per_second, accepted_per_second=per_second,
        ratio_percent=100 * per_second / floor_per_second,
        p50_ms=percentile(times, 0.5), p99_ms=percentile(times, 0.99), max_ms=max(times),
    )  # fmt: skip


if __name__ == "__main__":
    main()
