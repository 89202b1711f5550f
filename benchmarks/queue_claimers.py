"""Some claimers of benchmarks.queue: threads that take turns of the lane and commit them until nothing is due.

Runs in Rasa's environment: `.venv/bot/bin/python -m benchmarks.queue_claimers DATABASE_URL THREADS THINK_SECONDS`
"""

from __future__ import annotations

from bot.quiet import quieten

quieten("ERROR")

import json  # noqa: E402
import sys  # noqa: E402
import threading  # noqa: E402
import time  # noqa: E402

from bot.lane import Lane  # noqa: E402
from bot.said import Said  # noqa: E402
from bot.store import open_pool  # noqa: E402
from contract.message import Message  # noqa: E402

_EVENTS = ("user", "action", "bot", "action", "action")


def work(lane: Lane, think: float, claims: list[float], finishes: list[float]) -> None:
    idle = 0
    while idle < 3:
        began = time.perf_counter()
        due, turn = lane.take()
        if turn is None:
            idle += not due
            time.sleep(0.02)
            continue
        claims.append((time.perf_counter() - began) * 1000)
        idle = 0
        time.sleep(think)
        events = [{"event": name, "name": "action_listen", "timestamp": time.time()} for name in _EVENTS]
        began = time.perf_counter()
        lane.commit(turn, events, [Said(Message("text", text="Tengo estas vacantes para ti"))], "")
        finishes.append((time.perf_counter() - began) * 1000)


def main(url: str, threads: int, think: float) -> None:
    pool = open_pool(url, threads + 1)
    lane = Lane(pool, ["amigro"], lease=15, burst=0)
    claims: list[float] = []
    finishes: list[float] = []
    workers = [threading.Thread(target=work, args=(lane, think, claims, finishes)) for _ in range(threads)]
    began = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    seconds = time.perf_counter() - began
    pool.close()
    print(json.dumps({"seconds": seconds, "claims": claims, "finishes": finishes}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))
