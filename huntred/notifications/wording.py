"""Times, places and names as notices put them; the words stand in wording.yml."""

from __future__ import annotations

import functools
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from babel.dates import format_datetime, get_timezone

_FILE = Path(__file__).with_name("wording.yml")


@functools.cache
def wording() -> dict[str, Any]:
    return dict(yaml.safe_load(_FILE.read_text(encoding="utf-8")))


def when_text(at: datetime, timezone: str, pattern: str = "when") -> str:
    """Return "martes 24 de noviembre a las 10:00" in the unit's time zone."""
    return format_datetime(at, wording()[pattern], tzinfo=get_timezone(timezone), locale="es_MX")
