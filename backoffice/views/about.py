"""What huntRED is made of, and under which licences: read from what is installed, never from a list kept by hand."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

from flask_admin import BaseView, expose

_FRONTEND = Path(__file__).parent.parent / "static" / "vendor" / "licences.json"
_CLASSIFIER = "License :: OSI Approved :: "
_LONGEST = 80


@dataclass(frozen=True)
class Library:
    """text: of the licence, empty where the package brings none."""

    name: str
    version: str
    licence: str
    text: str = ""


class AboutView(BaseView):
    """`/about`"""

    @expose("/")
    def index(self) -> str:
        return self.render("about/index.html", frontend=frontend(), python=python_packages())


def frontend() -> list[Library]:
    """What is served to browsers; `runtime/frontend.py` writes it down where it puts the files."""
    if not _FRONTEND.exists():
        return []
    return [Library(**told) for told in json.loads(_FRONTEND.read_text(encoding="utf-8"))]


@cache
def python_packages() -> list[Library]:
    """The packages of this process's environment, by name."""
    found = {}
    for package in metadata.distributions():
        told = package.metadata
        name = told["Name"]
        if name:
            found[name.lower()] = Library(name, package.version, _licence(told))
    return [found[name] for name in sorted(found)]


def _licence(told: metadata.PackageMetadata) -> str:
    """The expression (PEP 639), else the classifiers, else what the package says in a line."""
    for expression in told.get_all("License-Expression") or []:
        return str(expression)
    classified = [
        value.removeprefix(_CLASSIFIER) for value in told.get_all("Classifier") or [] if value.startswith(_CLASSIFIER)
    ]
    if classified:
        return ", ".join(classified)
    said = [str(line).strip().split("\n")[0][:_LONGEST] for line in told.get_all("License") or []]
    return said[0] if said else ""
