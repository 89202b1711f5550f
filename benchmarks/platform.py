"""The platform under measurement: a fresh one of its own, with the stand-ins in the vendors' place."""

from __future__ import annotations

import argparse
import itertools
import json
import os
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from runtime.installation import Installation
from runtime.ports import free_ports
from runtime.processes import DEFAULT_PORTS
from tests.platform import Platform
from tests.standins.client import StandinsClient

_PORTS = (*DEFAULT_PORTS, "STANDINS_PORT", "STANDINS_SMTP_PORT", "POSTGRES_PORT", "REDIS_PORT")


@contextmanager
def measured(
    units: Sequence[str], demo: bool = False, environment: Mapping[str, str] | None = None
) -> Iterator[Platform]:
    """Start it on free ports, without burst window, and end it afterwards. Needs the models (make train)."""
    ports = zip(_PORTS, free_ports(len(_PORTS)), strict=True)
    settings = {name: str(port) for name, port in ports} | {"BURST_WINDOW_SECONDS": "0"}
    settings |= {"RASA_NICENESS": "", "WORKER_NICENESS": ""} | dict(environment or {})  # as make up has them
    with (
        tempfile.TemporaryDirectory(prefix="measured-") as folder,
        Platform.start(Path(folder), units=units, environment=settings, demo=demo) as platform,
    ):
        yield platform


def vendors_of(platform: Platform) -> StandinsClient:
    """The stand-ins, with the vendors' rates off: ours are measured, not theirs."""
    vendors = StandinsClient(platform.url("standins"))
    vendors.switch(pair_rate=False, throughput=False, read_receipts=False, statuses=False)
    return vendors


def new_numbers() -> Iterator[str]:
    """Telephone numbers that nobody used before."""
    return (str(number) for number in itertools.count(5218200000000 + int(time.time() * 10) % 10**9))


def cpu_seconds(pid: int) -> float:
    """Processor time that a process has taken, with its threads."""
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share of them lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def chosen_units(description: str | None) -> list[str]:
    """The units named on the command line; all of them unless told."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--units", default="", help="codes, comma separated; all unless told")
    named = [unit for unit in parser.parse_args().units.split(",") if unit]
    return named or Installation().known_units()


def show(**values: float) -> None:
    """Print the results, one name=value a line."""
    for name, value in values.items():
        print(f"{name}={value:.1f}" if isinstance(value, float) else f"{name}={json.dumps(value)}", flush=True)
