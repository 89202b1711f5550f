"""Words about applications that stand in wording.yml."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import yaml

_FILE = Path(__file__).with_name("wording.yml")


@functools.cache
def wording() -> dict[str, Any]:
    return dict(yaml.safe_load(_FILE.read_text(encoding="utf-8")))
