"""The words of `templates/texts.html` for who writes no page: files that are exported."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader


@cache
def words() -> Any:
    """Return the words by their names there, such as `words().vacancy_states`."""
    folder = Path(__file__).parent / "templates"
    return Environment(loader=FileSystemLoader(folder), autoescape=True).get_template("texts.html").module
