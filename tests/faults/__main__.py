"""`python -m tests.faults up …`: make up, with the test's own entries of three processes. Nothing else differs."""

from __future__ import annotations

from dataclasses import replace

from runtime import processes, up

_OWN = {name: f"tests.faults.{name}_process" for name in ("actions", "rasa", "gateway")}

if __name__ == "__main__":
    chosen = tuple(replace(process, module=_OWN.get(process.name, process.module)) for process in processes.PROCESSES)
    processes.PROCESSES = chosen
    up.PROCESSES = chosen
    from runtime.__main__ import app

    app()
