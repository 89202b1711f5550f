"""Words in another language stand beside the Spanish ones, and say as much."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timezone
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from huntred.languages import LOCALES, MAIN, words_in
from huntred.notifications.wording import day_text, when_text
from huntred.units import service as units
from huntred.units.models import Unit

ROOT = Path(__file__).resolve().parents[3]
FILES = [
    ROOT / name for name in ("actions/wording.yml", "huntred/notifications/wording.yml", "huntred/notifications/media.yml")
]
OTHERS = [(file, language) for file in FILES for language in LOCALES if language != MAIN]
OTHERS.append((ROOT / "huntred" / "cv" / "wording.yml", "en"))
MEXICO = "America/Mexico_City"
MORNING = datetime(2026, 11, 24, 16, 0, tzinfo=timezone.utc)


def texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inside in value.items():
            yield from texts(inside, f"{path}.{key}")
    else:
        yield path, str(value)


def names(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize(("file", "language"), OTHERS, ids=lambda value: getattr(value, "stem", value))
def test_a_translation_holds_keys_and_values_of_the_spanish(file: Path, language: str) -> None:
    translated = file.with_name(f"{file.stem}.{language}{file.suffix}")
    assert translated.is_file()
    spanish, spoken = dict(texts(words_in(file))), dict(texts(words_in(file, language)))
    assert set(spoken) == set(spanish), "a key that Spanish lacks is read by nobody"
    assert {key: names(text) for key, text in spoken.items()} == {key: names(text) for key, text in spanish.items()}


def test_what_a_language_lacks_is_said_in_spanish(tmp_path: Path) -> None:
    (tmp_path / "some.yml").write_text("one: uno\nmany: {two: dos, three: tres}\n")
    (tmp_path / "some.en.yml").write_text("many: {two: two}\n")
    assert words_in(tmp_path / "some.yml", "en") == {"one": "uno", "many": {"two": "two", "three": "tres"}}
    assert words_in(tmp_path / "some.yml", "de") == words_in(tmp_path / "some.yml")


@pytest.mark.parametrize(
    ("language", "when", "due", "day"),
    [
        ("es", "martes 24 de noviembre a las 10:00", "martes 24 de noviembre", "24 de noviembre de 2026"),
        ("en", "Tuesday, November 24 at 10:00 AM", "Tuesday, November 24", "November 24, 2026"),
        ("fr", "mardi 24 novembre à 10h00", "mardi 24 novembre", "24 novembre 2026"),
        ("pt", "terça-feira, 24 de novembro às 10:00", "terça-feira, 24 de novembro", "24 de novembro de 2026"),
        ("ht", "24/11/2026 a 10:00", "24/11/2026", "24/11/2026"),
    ],
)
def test_a_notice_says_dates_in_the_language_of_the_chat(language: str, when: str, due: str, day: str) -> None:
    assert when_text(MORNING, MEXICO, language=language) == when
    assert when_text(MORNING, MEXICO, "due_day", language) == due
    assert day_text(date(2026, 11, 24), language) == day


@pytest.mark.parametrize(
    ("speaks", "told", "spoken"),
    [(["es", "en"], "en", "en"), (["es", "en"], "fr", "es"), (["es"], "es", "es"), (["es", "de"], "de", "es"), (["es"], "", "es")],
)
def test_only_a_language_of_the_unit_is_spoken(speaks: list[str], told: str, spoken: str) -> None:
    assert units.spoken(Unit(code="some", languages=speaks), told) == spoken
