"""The YAML files of data/ and domain/, each read once a test process."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import yaml


@functools.cache
def read_yaml(file: Path) -> Any:
    """Return what stands in the file; nobody changes it."""
    # libyaml reads ten times as fast as the loader in Python.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(file.read_text("utf-8"), Loader=loader)
