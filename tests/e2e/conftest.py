"""One platform for all end-to-end tests: what `make up` starts, on free ports and in a folder of its own.

E2E_VAR may name the var folder of a platform that runs already (with the stand-ins): for work on the tests themselves.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime import training
from runtime.installation import Installation
from runtime.ports import free_ports
from runtime.processes import DEFAULT_PORTS
from tests.e2e.browser import Browser
from tests.e2e.candidate import Candidate
from tests.e2e.office import known_office, open_office
from tests.e2e.roads import Told, walk_to_booked
from tests.e2e.town import Town
from tests.platform import Platform
from tests.standins.client import StandinsClient

UNITS = ("amigro", "huntred_executive")
# These tests go by the real clock: whoever waits is announced at any hour of it.
_ALWAYS_OPEN = """
    UPDATE units SET settings = jsonb_set(
        settings, '{hours}',
        '[{"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "from": "00:00", "to": "23:59"}]'
    ) RETURNING code
"""
_PORTS = (*DEFAULT_PORTS, "STANDINS_PORT", "STANDINS_SMTP_PORT", "POSTGRES_PORT", "REDIS_PORT")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """All processes, well."""
    running = os.environ.get("E2E_VAR")
    if running:
        yield _attach(Path(running))
        return
    folder = tmp_path_factory.mktemp("platform")
    environment = {name: str(port) for name, port in zip(_PORTS, free_ports(len(_PORTS)), strict=True)}
    # Every bubble is its own turn: what a person says is answered by itself.
    environment |= {"BURST_WINDOW_SECONDS": "0", "LEASE_SECONDS": "5"}
    _train(folder)
    with Platform.start(folder, units=UNITS, environment=environment) as platform:
        yield platform


def _train(folder: Path) -> None:
    """The models of this checkout; what is current is not trained again."""
    installation = Installation(var=folder / "training", environment=dict(os.environ))
    installation.make_folders()
    installation.load()
    training.train(installation, UNITS, on_line=print)


class _Elsewhere(subprocess.Popen[bytes]):
    """Stands for the `make up` of a platform that somebody else started: it never ends for us."""

    def poll(self) -> None:  # type: ignore[override]
        return None


def _attach(var: Path) -> Platform:
    installation = Installation(var=var, environment={})
    installation.load()
    ports = json.loads((var / "ports.json").read_text())
    installation.values |= {name: str(port) for name, port in ports.items()}
    installation.settle_addresses()
    elsewhere = _Elsewhere(["true"])
    elsewhere.wait()
    return Platform(elsewhere, installation, var / "run" / "supervisor.json")


@pytest.fixture(scope="session")
def town(platform: Platform) -> Town:
    """The platform with its units at work."""
    vendors = StandinsClient(platform.url("standins"))
    town = Town(platform, vendors)
    town.rows(_ALWAYS_OPEN)
    for unit in UNITS:
        town.offices[unit] = known_office(platform, unit) or open_office(platform, unit)
    return town


@pytest.fixture(autouse=True)
def vendors_are_content(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a test does: nothing that was sent broke a vendor's rule."""
    if "town" not in request.fixturenames:
        yield
        return
    town: Town = request.getfixturevalue("town")
    before = len(town.vendors.violations)
    yield
    town.vendors.switch(duplicates=0, shuffle=False, hold_ms=0)
    assert town.vendors.violations[before:] == []


@pytest.fixture
def ana(town: Town) -> Candidate:
    """Somebody who has never written to Amigro before, by WhatsApp."""
    return town.candidate("whatsapp:amigro", "Ana")


@pytest.fixture(scope="session")
def julia(town: Town) -> Candidate:
    """Somebody with an interview ahead, for tests that leave her one; who ends it walks the road on their own."""
    person = town.candidate("whatsapp:amigro", "Julia")
    told = Told(full_name="Julia Ibarra Téllez", first_name="Julia", headline="auxiliar de almacén",
                email=f"julia{person.user}@example.com", skills="inventarios y montacargas")  # fmt: skip
    walk_to_booked(person, told, "Auxiliar de almacén")
    return person


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium."""
    with Browser.open() as browser:
        yield browser


@pytest.fixture(scope="session")
def shots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pictures of what people see go: E2E_SHOTS, else a folder that pytest removes."""
    folder = Path(os.environ.get("E2E_SHOTS") or tmp_path_factory.mktemp("shots"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder
