"""The platform that the faults happen to: real processes, the small unit, and as many real units as wanted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from runtime.ports import free_ports
from runtime.processes import DEFAULT_PORTS
from tests.faults import broken, small_unit, watch
from tests.platform import Platform

_PORTS = (*DEFAULT_PORTS, "STANDINS_PORT", "STANDINS_SMTP_PORT", "POSTGRES_PORT", "REDIS_PORT")


@contextmanager
def plant(folder: Path, units: Sequence[str] = ()) -> Iterator[Platform]:
    """Start it in this folder, with the small unit and these real ones (whose models must be trained)."""
    models = folder / "models"
    small_unit.publish(models, tuple(units))
    environment = {name: str(port) for name, port in zip(_PORTS, free_ports(len(_PORTS)), strict=True)}
    environment |= {"BURST_WINDOW_SECONDS": "0", "LEASE_SECONDS": "5", "MODELS_DIR": str(models)}
    started = Platform.start(
        folder, units=(small_unit.UNIT, *units), environment=environment, entry="tests.faults"
    )
    with started as platform:
        watch.install(platform.admin_url)
        yield platform


def remove(platform: Platform, guarantee: str) -> None:
    """Restart gateway and rasa without this guarantee ("" puts it back)."""
    models = Path(platform.installation.values["MODELS_DIR"])
    (models / broken.FILE).write_text(guarantee)
    (models / "crashes").unlink(missing_ok=True)
    platform.wait_until_well()
    died = {name: platform.kill(name) for name in ("gateway", "rasa")}
    for name, pid in died.items():
        platform.wait_until_back(name, pid, timeout_seconds=240)
