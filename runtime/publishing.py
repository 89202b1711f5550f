"""Models to the running rasa processes, wherever they run: published, taken back and listed in the database."""

from __future__ import annotations

import getpass
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import class_row

from contract.publishing import FORGET_OLD_CONTENTS, LOCK

_LOCK = LOCK.format(unit="%s")
_FORGET_OLD_CONTENTS = FORGET_OLD_CONTENTS.format(unit="%s")


class PublishingFailed(Exception):
    """Nothing was changed; one line that says why."""


@dataclass(frozen=True)
class PublishedModel:
    """One line of the list. current: what turns run with; kept: it can be taken back to."""

    id: int
    unit: str
    name: str
    sha256: str
    published_at: datetime
    published_by: str
    taken_back_at: datetime | None
    kept: bool
    current: bool


def publish(url: str, models: Path, unit: str, name: str = "", *, only_new: bool = False) -> str | None:
    """Publish a trained model of a unit and return its name. Raises PublishingFailed.

    name: its file; the one trained last unless given. only_new: nothing (None) where this very model was published
    before, even if it was taken back.
    """
    file = _file(models, unit, name)
    content = file.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    with _connected(url) as connection:
        connection.execute(_LOCK, (unit,))
        known = [model for model in _models(connection, unit) if model.sha256 == digest]
        if known and (only_new or any(model.current for model in known)):
            return None if only_new else file.name
        try:
            connection.execute(
                "INSERT INTO published_models (unit, name, sha256, content, published_by) VALUES (%s, %s, %s, %s, %s)",
                (unit, file.name, digest, content, _who()),
            )
        except psycopg.errors.ForeignKeyViolation:
            raise PublishingFailed(f"the database has no unit {unit}: make up first") from None
        connection.execute(_FORGET_OLD_CONTENTS, (unit, unit))
    _tell(url)
    return file.name


def roll_back(url: str, unit: str) -> str:
    """Take the unit's current model back; return the name of the one before, which is current again.

    Raises PublishingFailed where there is none.
    """
    with _connected(url) as connection:
        connection.execute(_LOCK, (unit,))
        standing = [model for model in _models(connection, unit) if model.taken_back_at is None]
        if len(standing) < 2 or not standing[1].kept:
            raise PublishingFailed(f"unit {unit} has no earlier model that could be gone back to")
        connection.execute(
            "UPDATE published_models SET taken_back_at = clock_timestamp() WHERE id = %s", (standing[0].id,)
        )
    _tell(url)
    return standing[1].name


def listed(url: str, units: Sequence[str]) -> list[PublishedModel]:
    """Return what was published for these units, the newest first."""
    with _connected(url) as connection:
        return [model for unit in units for model in _models(connection, unit)]


def _models(connection: psycopg.Connection[Any], unit: str) -> list[PublishedModel]:
    with connection.cursor(row_factory=class_row(PublishedModel)) as cursor:
        cursor.execute(
            "SELECT id, unit, name, sha256, published_at, published_by, taken_back_at, content IS NOT NULL AS kept,"
            " id = max(id) FILTER (WHERE taken_back_at IS NULL) OVER () IS TRUE AS current"
            " FROM published_models WHERE unit = %s ORDER BY id DESC",
            (unit,),
        )
        return cursor.fetchall()


def _file(models: Path, unit: str, name: str) -> Path:
    folder = models / unit
    pointer = folder / "current"
    if not name and not pointer.is_file():
        raise PublishingFailed(f"unit {unit} has no model: make train BU={unit}")
    chosen = name or pointer.read_text().strip()
    file = folder / Path(chosen).name
    for candidate in (file, file.with_name(f"{file.name}.tar.gz")):
        if candidate.is_file() and candidate.name.endswith(".tar.gz"):
            return candidate
    there = ", ".join(sorted(path.name for path in folder.glob("*.tar.gz"))) or "none"
    raise PublishingFailed(f"unit {unit} has no model {chosen}; there are: {there}")


@contextmanager
def _connected(url: str) -> Iterator[psycopg.Connection[Any]]:
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            yield connection
    except psycopg.OperationalError as error:
        raise PublishingFailed(f"the database does not answer: {str(error).strip().splitlines()[0]}") from None


def _tell(url: str) -> None:
    """After the commit; whoever misses it finds the model by looking."""
    with _connected(url) as connection:
        connection.execute("SELECT pg_notify('models', '')")


def _who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""
