"""Simulated people talk to one unit, or several: `make simulate BU=amigro CONVERSATIONS=500 SEED=1`

Prints one line of name=value a unit; the transcript of each conversation with a fault is written to the folder OUT
(results/simulation unless told). Needs the models (`make train`). Exit status 1 where a fault was met.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from contract.settings import ALL_UNITS
from tests.bed import Database, describe, end_run, start_run
from tests.simulation.judge import FAULTS
from tests.simulation.stage import stage


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--units", default="", help="codes, comma separated; all unless told")
    parser.add_argument("--conversations", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("results/simulation"))
    arguments = parser.parse_args()
    units = [unit for unit in arguments.units.split(",") if unit] or list(ALL_UNITS)
    shutil.rmtree(arguments.out, ignore_errors=True)
    run = start_run()
    met = 0
    try:
        database = Database.clone(describe())
        with stage(database) as held:
            for unit in units:
                figures = held.simulate(unit, arguments.conversations, arguments.seed, arguments.out)
                print(" ".join(f"{name}={value}" for name, value in figures.items()), flush=True)
                met += sum(int(figures[name]) for name in FAULTS)
        database.drop()
    finally:
        if run is not None:
            end_run(run)
    if met:
        print(f"transcripts: {arguments.out}", flush=True)
    return 1 if met else 0


if __name__ == "__main__":
    sys.exit(main())
