"""What the back office needs from the process that puts it together (`runtime/wiring.py` gives it)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from sqlalchemy import Engine

from huntred.matching.nearest import Nearest
from huntred.matching.ports import Ranker
from huntred.privacy.links import Links
from huntred.settings import AppSettings


class Wiring(Protocol):
    """Settings, engine, clock, ranker and signed links of this process."""

    @property
    def settings(self) -> AppSettings: ...

    @property
    def engine(self) -> Engine: ...

    @property
    def clock(self) -> Callable[[], datetime]: ...

    @property
    def ranker(self) -> Ranker: ...

    @property
    def nearest(self) -> Nearest: ...

    @property
    def links(self) -> Links: ...
