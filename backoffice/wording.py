"""The words of `templates/texts.html` for who writes no page: files that are exported."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from backoffice import language
from backoffice.translations.compiling import in_english


def words(of: str = "") -> Any:
    """Return the words by their names there, such as `words().vacancy_states`. of: a language, else the request's."""
    return _words(of or language.chosen())


@cache
def _words(of: str) -> Any:
    folder = Path(__file__).parent / "templates"
    environment = Environment(loader=FileSystemLoader(folder), autoescape=True)
    if of == language.ENGLISH:
        environment = in_english(environment)
    return environment.get_template("texts.html").module
