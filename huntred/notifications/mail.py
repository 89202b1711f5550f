"""Renders the mails of a unit: `mail/<name>.txt|html` of the unit's seed folder, else the shared one.

The first line of the .txt is the subject ("Asunto: …"). Text is not escaped, HTML is.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, select_autoescape
from jinja2.sandbox import SandboxedEnvironment

from huntred.units.models import Unit
from huntred.units.service import SEED_FOLDER


@dataclass(frozen=True)
class RenderedMail:
    subject: str
    text: str
    html: str


def render_mail(unit: Unit, name: str, values: Mapping[str, Any]) -> RenderedMail:
    """Render a mail. Raises jinja2.UndefinedError where a value of it is missing."""
    environment = _environment(unit.code)
    filled = {**values, "unit": _as_texts_see_it(unit)}
    head, _, body = environment.get_template(f"{name}.txt").render(filled).partition("\n")
    subject = " ".join(head.partition(":")[2].split())
    html = environment.get_template(f"{name}.html").render(filled)
    return RenderedMail(subject, body.strip() + "\n", html)


@functools.cache
def _environment(unit_code: str) -> SandboxedEnvironment:
    folders: list[Path] = [SEED_FOLDER / unit_code / "mail", SEED_FOLDER / "shared" / "mail"]
    return SandboxedEnvironment(
        loader=FileSystemLoader(folders),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )


def _as_texts_see_it(unit: Unit) -> dict[str, Any]:
    contact = unit.settings.get("contact", {})
    return {
        "code": unit.code,
        "name": unit.name,
        "colour": unit.colour,
        "contact": {key: contact.get(key, "") for key in ("name", "phone", "email")},
    }
