"""Published models: which one is current for each unit, brought here from the database, swapped in while turns run.

Publishing and taking back is runtime/publishing.py's. Where nothing was ever published, the model that was trained on
this machine is taken (bot/train.py's pointer).
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from psycopg_pool import ConnectionPool

from bot.agents import ModelMissing, UnitAgent, load_agent, model_of, warm_up
from bot.endpoint import ActionEndpoint
from bot.store import Connection, transaction

logger = logging.getLogger(__name__)

_KEPT_FILES = 3
_FAILED_AGAIN_AFTER = 60.0

_CURRENT = """
SELECT DISTINCT ON (unit) id, unit, name, sha256 FROM published_models
WHERE unit = ANY(%s) AND taken_back_at IS NULL ORDER BY unit, id DESC
"""


@dataclass(frozen=True)
class Published:
    """A unit's model as it stands in the database. sha256: of the archive, in hex."""

    id: int
    unit: str
    name: str
    sha256: str


class Models:
    """Keeps the agents of these units at their published models. folder: MODELS_DIR."""

    def __init__(
        self, pool: ConnectionPool[Connection], folder: Path, units: Sequence[str], endpoint: ActionEndpoint
    ) -> None:
        self._pool = pool
        self._folder = folder
        self._units = list(units)
        self._endpoint = endpoint
        self._loaded: dict[str, int] = {}
        self._failed: dict[str, tuple[int, float]] = {}
        self.names: dict[str, str] = {}

    def current(self) -> dict[str, Published]:
        """Return what is published for our units."""
        with transaction(self._pool) as connection:
            rows = connection.execute(_CURRENT, (self._units,)).fetchall()
        return {row["unit"]: Published(**row) for row in rows}

    async def load_all(self) -> dict[str, UnitAgent]:
        """Load every unit's agent, at the start. Raises ModelMissing."""
        published = self.current()
        agents = {}
        for unit in self._units:
            file = self._file_of(published[unit]) if unit in published else model_of(self._folder, unit)
            agents[unit] = load_agent(file, unit, self._endpoint)
            await warm_up(agents[unit])
            self.names[unit] = published[unit].name if unit in published else file.name
            self._loaded[unit] = published[unit].id if unit in published else 0
        return agents

    async def refresh(self, replace: Callable[[str, UnitAgent], None]) -> None:
        """Bring what was published or taken back meanwhile; turns go on meanwhile, with the agents that they have.

        A model that cannot be loaded is logged and left out: the one that works stays.
        """
        for unit, published in (await asyncio.to_thread(self.current)).items():
            if self._loaded.get(unit) == published.id or self._failed_lately(published):
                continue
            try:
                agent = await asyncio.to_thread(self._prepare, published)
            except Exception as error:
                self._failed[unit] = (published.id, time.monotonic())
                logger.error("the model %s of %s cannot be loaded, the old one stays: %s", published.name, unit, error)
                continue
            replace(unit, agent)
            self._loaded[unit] = published.id
            self.names[unit] = published.name
            logger.info("%s goes on with the model %s", unit, published.name)

    def _failed_lately(self, published: Published) -> bool:
        id_, at = self._failed.get(published.unit, (0, 0.0))
        return id_ == published.id and time.monotonic() - at < _FAILED_AGAIN_AFTER

    def _prepare(self, published: Published) -> UnitAgent:
        agent = load_agent(self._file_of(published), published.unit, self._endpoint)
        asyncio.run(warm_up(agent))
        return agent

    def _file_of(self, published: Published) -> Path:
        """Return the file of a published model, fetched where this machine does not have it. Raises ModelMissing."""
        trained = self._folder / published.unit / published.name
        if _sha256(trained) == published.sha256:
            return trained
        fetched = self._folder / published.unit / "published" / f"{published.sha256[:20]}.tar.gz"
        if _sha256(fetched) == published.sha256:
            return fetched
        with transaction(self._pool) as connection:
            row = connection.execute("SELECT content FROM published_models WHERE id = %s", (published.id,)).fetchone()
        content = bytes(row["content"]) if row and row["content"] is not None else b""
        if hashlib.sha256(content).hexdigest() != published.sha256:
            raise ModelMissing(
                f"the published model {published.name} of {published.unit} is not whole: publish it again"
            )
        try:
            fetched.parent.mkdir(parents=True, exist_ok=True)
            draft = fetched.with_suffix(f".{os.getpid()}")
            draft.write_bytes(content)
            draft.replace(fetched)
            for old in sorted(fetched.parent.glob("*.tar.gz"), key=lambda file: file.stat().st_mtime)[:-_KEPT_FILES]:
                old.unlink(missing_ok=True)
        except OSError as error:
            raise ModelMissing(f"MODELS_DIR cannot take the model {published.name}: {error}") from error
        return fetched


def _sha256(file: Path) -> str:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except FileNotFoundError:
        return ""
