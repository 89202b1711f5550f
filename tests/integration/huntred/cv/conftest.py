from __future__ import annotations

from collections.abc import Iterator

import pytest

from ml.cv.reader import SandboxedCvReader


@pytest.fixture(scope="session")
def reader() -> Iterator[SandboxedCvReader]:
    """The real one, in its sandbox."""
    reader = SandboxedCvReader()
    yield reader
    reader.close()
