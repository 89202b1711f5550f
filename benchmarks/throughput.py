"""Messages a second that one rasa process keeps up with: `python -m benchmarks.throughput [--units amigro]`

Many people write at once, each again as soon as the answer to the last thing was taken; what is counted is inbox rows
done over the time between the first and the last. The floor is the same model's parse and predict alone, in one
process, with nothing stored and nothing sent (benchmarks/model_floor.py).
"""

from __future__ import annotations

import subprocess
import time

import psycopg

from benchmarks.platform import chosen_units, measured, new_numbers, show, vendors_of
from runtime.installation import ROOT
from runtime.processes import LIBRARY_ENVIRONMENT
from tests.platform import Platform
from tests.standins.client import StandinsClient

_PEOPLE = 60
_MESSAGES = (
    "¿me van a cobrar algo?", "gracias", "¿cuánto tarda el proceso?", "¿qué papeles necesito?", "¿es seguro?",
    "¿hay trabajo desde casa?", "¿qué prestaciones dan?", "¿dónde están?", "¿eres un robot?", "menú",
)  # fmt: skip
_ACCOUNT = "whatsapp:amigro"


def rows_done(platform: Platform) -> int:
    with psycopg.connect(platform.admin_url) as connection:
        row = connection.execute("SELECT count(*) FROM inbox WHERE state = 'done'").fetchone()
    return int(row[0]) if row else 0


def wait_until_done(platform: Platform, wanted: int) -> None:
    """Wait until so many rows are done."""
    deadline = time.monotonic() + 300
    while rows_done(platform) < wanted:
        if time.monotonic() > deadline:
            raise SystemExit(f"only {rows_done(platform)} of {wanted} messages were done within 300 s")
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


def say_everything(vendors: StandinsClient, users: list[str]) -> None:
    """All of it at once: the queue keeps each person's order, and is never empty while we measure."""
    for text in _MESSAGES:
        for user in users:
            vendors.send_text(user, _ACCOUNT, text)


def model_floor(platform: Platform) -> float:
    """Messages a second of the model alone."""
    python = str(ROOT / ".venv/bot/bin/python")
    models = platform.installation.values["MODELS_DIR"]
    answer = subprocess.run(
        [python, "-m", "benchmarks.model_floor", models, "amigro", *_MESSAGES], cwd=ROOT, capture_output=True,
        env={"PATH": "/usr/bin:/bin", **LIBRARY_ENVIRONMENT["bot"]}, text=True, check=True,
    )  # fmt: skip
    return float(answer.stdout.strip().splitlines()[-1])


def main() -> None:
    with measured(chosen_units(__doc__)) as platform:
        vendors = vendors_of(platform)
        numbers = new_numbers()
        users = [next(numbers) for _ in range(_PEOPLE)]
        for user in users:
            vendors.send_text(user, _ACCOUNT, "hola")
        wait_until_done(platform, _PEOPLE)
        done = rows_done(platform)
        say_everything(vendors, users)
        messages = _PEOPLE * len(_MESSAGES)
        wait_until_done(platform, done + messages)
        seconds = seconds_of_last(platform, messages)
        floor = model_floor(platform)
    show(messages=messages, seconds=seconds, messages_per_second=messages / seconds, floor_model_per_second=floor)


if __name__ == "__main__":
    main()
