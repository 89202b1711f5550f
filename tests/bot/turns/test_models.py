"""A model is published to a running process and taken back, while somebody is in the middle of a form."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot import train
from runtime import publishing
from tests.bed import ROOT, Database
from tests.bot.gateway.town import free_port
from tests.bot.turns import small_bot
from tests.bot.turns.conftest import SECRET, ActionServer, World
from tests.bot.turns.test_processes import until


def _variant(root: Path, name: str, **changed: str) -> Path:
    """Train the small bot with some texts replaced; return its model."""
    folder = root / name
    small_bot.write(folder)
    for file in folder.rglob("*.yml"):
        text = file.read_text()
        for old, new in changed.items():
            text = text.replace(old, new)
        file.write_text(text)
    return train.train(folder, "amigro", folder / "models")


@pytest.fixture(scope="session")
def renamed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model whose only form has another name."""
    return _variant(tmp_path_factory.mktemp("variants"), "renamed", form_name="form_visitor", Prueba="Renombrada")


@pytest.fixture(scope="session")
def reworded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _variant(tmp_path_factory.mktemp("variants"), "reworded", Gracias="Mil gracias", Prueba="Otra")


@pytest_asyncio.fixture
async def server(
    database: Database, world: World, actions: ActionServer, models: Path, tmp_path: Path
) -> AsyncIterator[str]:
    """`python -m bot.server` itself, with an empty models folder but what was trained; gives its address."""
    port = free_port()
    environment = {
        "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "DATABASE_URL": database.url("bot"),
        "REDIS_URL": "redis://127.0.0.1:1/0", "UNITS": "amigro", "ENVIRONMENT": "test", "ACTIONS_SECRET": SECRET,
        "ENCRYPTION_KEYS": "k1:" + base64.b64encode(bytes(32)).decode(), "LINK_SECRET": "a secret of the tests",
        "SMTP_URL": "smtp://127.0.0.1:1", "ACTIONS_URL": f"http://127.0.0.1:{actions.port}", "RASA_PORT": str(port),
        "MODELS_DIR": str(tmp_path / "models"), "BURST_WINDOW_SECONDS": "0",
    }  # fmt: skip
    first = models / "amigro" / (models / "amigro" / "current").read_text().strip()
    _publish(database, first)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.server", cwd=ROOT, env=environment, stderr=subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}/health"
    await until(lambda: process.returncode is not None or _answers(url), 120)
    assert process.returncode is None
    yield url
    process.terminate()
    assert await asyncio.wait_for(process.wait(), 20) == 0


def _answers(url: str) -> bool:
    try:
        return _model(url) != ""
    except OSError:
        return False


def _model(url: str) -> str:
    with urllib.request.urlopen(url, timeout=5) as answer:
        return str(json.load(answer)["models"]["amigro"])


def _publish(database: Database, model: Path) -> str:
    name = publishing.publish(database.url("migrator"), model.parent.parent, "amigro", model.name)
    assert name == model.name
    return name


async def _say(world: World, text: str, bubbles: int, who: str = "ana") -> list[str]:
    """Say something; return what was answered once there are so many bubbles more."""
    before = len(world.said(who))
    world.arrive(who, text)
    await until(lambda: len(world.said(who)) >= before + bubbles)
    return world.said(who)[before:]


async def test_a_form_survives_a_new_model_and_the_way_back(
    database: Database, world: World, server: str, models: Path, reworded: Path
) -> None:
    first = (models / "amigro" / "current").read_text().strip()
    assert _model(server) == first
    assert await _say(world, "quiero apartar una cita", 1) == ["¿Cómo te llamas?"]
    second = _publish(database, reworded)
    await until(lambda: _model(server) == second)
    assert await _say(world, "Ana López", 2) == ["Apartado.", "Mil gracias, Ana López."]
    assert await _say(world, "hola", 1) == ["Hola, soy Otra."]
    assert await _say(world, "quiero apartar una cita", 1, "beto") == ["¿Cómo te llamas?"]
    url = database.url("migrator")
    assert publishing.roll_back(url, "amigro") == first
    await until(lambda: _model(server) == first)
    assert await _say(world, "Beto Ruiz", 2, "beto") == ["Apartado.", "Gracias, Beto Ruiz."]
    assert [model.current for model in publishing.listed(url, ["amigro"])] == [False, True]
    # What was taken back is not published again by the way; asked for by name it is.
    assert publishing.publish(url, reworded.parent.parent, "amigro", only_new=True) is None
    assert publishing.publish(url, reworded.parent.parent, "amigro") == second
    with pytest.raises(publishing.PublishingFailed, match="there are"):
        publishing.publish(url, reworded.parent.parent, "amigro", "none.tar.gz")


async def test_a_form_that_the_new_model_lacks_is_left_with_a_word(
    database: Database, world: World, server: str, renamed: Path
) -> None:
    assert await _say(world, "quiero apartar una cita", 1) == ["¿Cómo te llamas?"]
    second = _publish(database, renamed)
    await until(lambda: _model(server) == second)
    assert await _say(world, "Ana López", 2) == ["Actualizamos este paso.", "El menú de la unidad."]
    assert await _say(world, "quiero apartar una cita", 1) == ["¿Cómo te llamas?"]
    assert world.row("SELECT current_step FROM conversations")["current_step"] == "form_visitor"


async def test_a_model_that_cannot_be_loaded_leaves_the_one_that_works(
    database: Database, world: World, server: str, tmp_path: Path, models: Path
) -> None:
    broken = tmp_path / "broken" / "amigro" / "broken.tar.gz"
    broken.parent.mkdir(parents=True)
    broken.write_bytes(b"no archive")
    _publish(database, broken)
    assert await _say(world, "hola", 1) == ["Hola, soy Prueba."]
    await asyncio.sleep(1.0)
    assert _model(server) == (models / "amigro" / "current").read_text().strip()
    assert await _say(world, "menú", 1) == ["El menú de la unidad."]
