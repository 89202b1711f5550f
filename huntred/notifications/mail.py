"""Renders the mails of a unit: `mail/<name>.txt|html` of the unit's seed folder, else the shared one.

In another language they stand in `mail/<language>/`. The first line of the .txt is the subject ("Asunto: …"). Text is
not escaped, HTML is.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, select_autoescape
from jinja2.sandbox import SandboxedEnvironment

from huntred.languages import LOCALES, MAIN
from huntred.units.models import Unit
from huntred.units.service import SEED_FOLDER


@dataclass(frozen=True)
class RenderedMail:
    subject: str
    text: str
    html: str


def written_in(unit_code: str, name: str, language: str) -> str:
    """Return the language (ISO 639-1) where the unit has this mail in it, else Spanish: what its values are made in.

    Where a unit says it in Spanish words of its own, the shared translation does not stand in for them.
    """
    folders = [SEED_FOLDER / unit_code / "mail", SEED_FOLDER / "shared" / "mail"]
    home = next((folder for folder in folders if (folder / f"{name}.txt").is_file()), folders[-1])
    translated = [folder / language / f"{name}.txt" for folder in dict.fromkeys((folders[0], home))]
    return language if language != MAIN and any(path.is_file() for path in translated) else MAIN


def render_mail(unit: Unit, name: str, values: Mapping[str, Any]) -> RenderedMail:
    """Render a mail. values: `language` among them says what they are made in (`written_in`); else it is Spanish.

    Raises jinja2.UndefinedError where a value of it is missing.
    """
    language = str(values.get("language", MAIN))
    environment = _environment(unit.code, language)
    # Not Babel's locale: Creole has none there, and a page that is read aloud names its own language.
    locale = f"{language}-{LOCALES[language].partition('_')[2]}"
    filled = {**values, "unit": _as_texts_see_it(unit), "locale": locale}
    head, _, body = environment.get_template(f"{name}.txt").render(filled).partition("\n")
    subject = " ".join(head.partition(":")[2].split())
    html = environment.get_template(f"{name}.html").render(filled)
    return RenderedMail(subject, body.strip() + "\n", html)


@functools.cache
def _environment(unit_code: str, language: str) -> SandboxedEnvironment:
    folders: list[Path] = [SEED_FOLDER / unit_code / "mail", SEED_FOLDER / "shared" / "mail"]
    if language != MAIN:
        folders = [folder / language for folder in folders] + folders
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
