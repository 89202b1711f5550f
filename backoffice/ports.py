"""What the back office needs from the process that puts it together (`runtime/wiring.py` gives it)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Protocol

from sqlalchemy import Engine

from huntred.alike.ports import TitleReader
from huntred.importing.ports import AdvertReader
from huntred.matching.nearest import Nearest
from huntred.matching.ports import Ranker
from huntred.privacy.links import Links
from huntred.push.ports import PushService
from huntred.settings import AppSettings


class Wiring(Protocol):
    """What this process was put together with. root: the folder that holds data/ and domain/."""

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
    def push(self) -> PushService | None: ...

    @property
    def advert_reader(self) -> AdvertReader: ...

    @property
    def title_reader(self) -> TitleReader: ...

    @property
    def root(self) -> Path: ...

    @property
    def links(self) -> Links: ...
