"""Resident memory of each process and their sum: `python -m benchmarks.memory [--units amigro]`

Measured after each process has done its work once (a search ranks, a mail is rendered): what is loaded lazily is in.
PostgreSQL's and the worker's children are counted with their parent, shared pages once (PSS).
"""

from __future__ import annotations

import time
from pathlib import Path

from benchmarks.platform import chosen_units, measured, new_numbers, show, vendors_of
from tests.platform import Platform

_ACCOUNT = "whatsapp:amigro"


def family(pid: int) -> list[int]:
    """A process and all its children."""
    members = [pid]
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text().split():
            members += family(int(child))
    return members


def megabytes(pid: int, field: str) -> float:
    """Rss or Pss of a process with its children."""
    total = 0
    for member in family(pid):
        try:
            lines = Path(f"/proc/{member}/smaps_rollup").read_text().splitlines()
        except (FileNotFoundError, ProcessLookupError):
            continue  # a child that ended meanwhile
        total += next(int(line.split()[1]) for line in lines if line.startswith(f"{field}:"))
    return total / 1024


def work_once(platform: Platform) -> None:
    vendors = vendors_of(platform)
    user = next(new_numbers())
    for text in ("hola", "sí, acepto", "no, gracias", "busco trabajo de cocina", "menú"):
        vendors.say(user, _ACCOUNT, text, timeout=60)
        time.sleep(1)


def main() -> None:
    units = chosen_units(__doc__)
    with measured(units) as platform:
        work_once(platform)
        names = [name for name in platform.state() if name != "standins"]
        rss = {name: megabytes(platform.pid(name), "Rss") for name in names}
        pss = {name: megabytes(platform.pid(name), "Pss") for name in names}
    show(units=len(units), **{f"{name}_rss_mb": value for name, value in rss.items()})
    show(sum_rss_mb=sum(rss.values()), sum_pss_mb=sum(pss.values()))


if __name__ == "__main__":
    main()
