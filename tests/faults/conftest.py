"""One plant for all fault tests: what is removed for one test is put back after it."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime import training
from runtime.installation import Installation
from tests.faults.plant import plant, remove
from tests.platform import Platform

UNITS = ("amigro",)
_firsts = itertools.count(int(time.time()) % 10_000 * 1000, 1000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """All processes, with the small unit and the real Amigro."""
    folder = tmp_path_factory.mktemp("faults")
    # The models of this checkout; what is current is not trained again.
    installation = Installation(var=folder / "training", environment=dict(os.environ))
    installation.make_folders()
    installation.load()
    training.train(installation, UNITS, on_line=print)
    with plant(folder, UNITS) as platform:
        yield platform


@pytest.fixture
def first() -> int:
    """The number of the first person of a run: new in each."""
    return next(_firsts)


@pytest.fixture
def without(platform: Platform, request: pytest.FixtureRequest) -> Iterator[Platform]:
    """The platform without the guarantee that the test names."""
    remove(platform, request.param)
    yield platform
    remove(platform, "")
