"""Everything dies while many people write: is anything lost, repeated or out of order?

    python -m benchmarks.faults [--messages 20000] [--conversations 500] [--rounds 4] [--walkers 10]

Gateway, rasa, actions, worker, relay, PostgreSQL and Redis are killed (SIGKILL) `rounds` times each, and Redis is
emptied as often, while vendors repeat 5 % of their webhooks, let 5 % of the events be overtaken, send batches of 1 to
100, and bring again what was not answered by 200. Most conversations go to a unit with a small real model; walkers go
through Amigro's own registration. See tests/faults; the figures are explained in tests/faults/checker.py.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

from benchmarks.platform import show
from tests.faults.plant import plant
from tests.faults.run import CHANNELS, FaultRun


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--conversations", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=4, help="how often each process is killed")
    parser.add_argument("--walkers", type=int, default=10, help="people who register with the real Amigro")
    parser.add_argument("--per-second", type=float, default=40.0, help="at most so many messages")
    parser.add_argument("--channels", default=",".join(CHANNELS))
    arguments = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="faults-") as folder,
        plant(Path(folder), ("amigro",) if arguments.walkers else ()) as platform,
    ):
        outcome = FaultRun(
            platform, arguments.messages, arguments.conversations, first=1, per_second=arguments.per_second,
            rounds=arguments.rounds, channels=tuple(arguments.channels.split(",")), walkers=arguments.walkers,
        ).run()  # fmt: skip
    for reason in outcome.verdict.reasons:
        print(reason)
    print(f"load_average={os.getloadavg()[1]:.1f}")
    show(
        seconds=outcome.seconds, kills=sum(outcome.killed.values()), redelivered_webhooks=outcome.redelivered,
        vendor_violations=outcome.violations, walkers=arguments.walkers, walkers_stuck=len(outcome.stuck),
        **outcome.verdict.figures,
    )  # fmt: skip


if __name__ == "__main__":
    main()
