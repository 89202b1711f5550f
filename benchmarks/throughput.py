"""Messages a second through the whole chain, with one and with two rasa processes:
`python -m benchmarks.throughput [--units amigro] [--processes 1,2]`

Many people write at once; what is counted is inbox rows done over the time between the first and the last, once with
texts that are answered from the domain and once with texts that call an action. The floor is the same model's parse
and predict alone, in one process, with nothing stored and nothing sent (benchmarks/model_floor.py), in the same
minutes; from it too what of a turn's processor time in rasa is not the model's own.
"""

from __future__ import annotations

import argparse
import subprocess
import time
from collections.abc import Sequence

import psycopg

from benchmarks.platform import cpu_seconds, measured, new_numbers, show, vendors_of
from runtime.installation import ROOT
from runtime.processes import LIBRARY_ENVIRONMENT
from tests.platform import Platform
from tests.standins.client import StandinsClient

_PEOPLE = 60
_PLAIN = (
    "¿me van a cobrar algo?", "gracias", "¿cuánto tarda el proceso?", "¿qué papeles necesito?", "¿es seguro?",
    "¿hay trabajo desde casa?", "¿qué prestaciones dan?", "¿dónde están?", "¿eres un robot?", "menú",
)  # fmt: skip
_ACTING = ("busco trabajo de cocina", "busco trabajo de chofer", "busco trabajo de ventas", "busco trabajo de almacén")
_WELCOME = ("hola", "sí, acepto", "no, gracias")
_ACCOUNT = "whatsapp:amigro"


def count(platform: Platform, what: str) -> int:
    with psycopg.connect(platform.admin_url) as connection:
        row = connection.execute(f"SELECT count(*) FROM {what}").fetchone()
    return int(row[0]) if row else 0


def rows_done(platform: Platform) -> int:
    return count(platform, "inbox WHERE state = 'done'")


def wait_until_done(platform: Platform, wanted: int) -> None:
    """Wait until so many rows are done."""
    deadline = time.monotonic() + 600
    while rows_done(platform) < wanted:
        if time.monotonic() > deadline:
            raise SystemExit(f"only {rows_done(platform)} of {wanted} messages were done within 600 s")
        time.sleep(0.2)


def seconds_of_last(platform: Platform, messages: int) -> float:
    """From the first of the last so many messages received to the last of them done, by the database's clock."""
    with psycopg.connect(platform.admin_url) as connection:
        row = connection.execute(
            "SELECT extract(epoch FROM max(done_at) - min(received_at)) FROM "
            "(SELECT received_at, done_at FROM inbox ORDER BY id DESC LIMIT %s) AS measured", (messages,),
        ).fetchone()  # fmt: skip
    assert row is not None
    return float(row[0])


def say_everything(vendors: StandinsClient, users: list[str], texts: Sequence[str]) -> None:
    """All of it at once: the queue keeps each person's order, and is never empty while we measure."""
    for text in texts:
        for user in users:
            vendors.send_text(user, _ACCOUNT, text)


def model_floor(platform: Platform, texts: Sequence[str]) -> tuple[float, float]:
    """Messages a second of the model alone, and its processor milliseconds of one message."""
    python = str(ROOT / ".venv/bot/bin/python")
    models = platform.installation.values["MODELS_DIR"]
    answer = subprocess.run(
        [python, "-m", "benchmarks.model_floor", models, "amigro", *texts], cwd=ROOT, capture_output=True,
        env={"PATH": "/usr/bin:/bin", **LIBRARY_ENVIRONMENT["bot"]}, text=True, check=True,
    )  # fmt: skip
    rate, milliseconds = answer.stdout.strip().splitlines()[-1].split()
    return float(rate), float(milliseconds)


def phase(platform: Platform, users: list[str], texts: Sequence[str], pids: list[int]) -> dict[str, float]:
    """Have everybody say all of it, and return what it took."""
    vendors = vendors_of(platform)
    done, replies = rows_done(platform), count(platform, "action_replies")
    burnt = sum(cpu_seconds(pid) for pid in pids)
    say_everything(vendors, users, texts)
    messages = len(users) * len(texts)
    wait_until_done(platform, done + messages)
    burnt = sum(cpu_seconds(pid) for pid in pids) - burnt
    seconds = seconds_of_last(platform, messages)
    rate, model_ms = model_floor(platform, texts)
    return {
        "messages": messages, "seconds": seconds, "per_second": messages / seconds, "floor_model_per_second": rate,
        "ratio_percent": 100 * messages / seconds / rate,
        "actions_a_message": (count(platform, "action_replies") - replies) / messages,
        "cpu_ms": burnt * 1000 / messages, "model_cpu_ms": model_ms,
        "cpu_beyond_model_ms": burnt * 1000 / messages - model_ms,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--units", default="amigro", help="codes, comma separated")
    parser.add_argument("--processes", default="1,2", help="how many rasa processes, one run for each")
    parser.add_argument("--people", type=int, default=_PEOPLE)
    given = parser.parse_args()
    for processes in (int(word) for word in given.processes.split(",")):
        environment = {"RASA_PROCESSES": str(processes), "FLOOD_MESSAGES": "1000"}
        with measured(given.units.split(","), environment=environment) as platform:
            numbers = new_numbers()
            users = [next(numbers) for _ in range(given.people)]
            # With them everything is loaded that is loaded lazily, and people have agreed to the notice.
            say_everything(vendors_of(platform), users, _WELCOME)
            wait_until_done(platform, len(users) * len(_WELCOME))
            pids = [entry["pid"] for name, entry in platform.state().items() if name.partition("-")[0] == "rasa"]
            plain = phase(platform, users, _PLAIN, pids)
            acting = phase(platform, users, _ACTING, pids)
        show(**{f"rasa_{processes}_{name}": value for name, value in plain.items()})
        show(**{f"rasa_{processes}_acting_{name}": value for name, value in acting.items()})


if __name__ == "__main__":
    main()
