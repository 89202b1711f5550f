"""The first step: old Pythons can read it, what is current is not installed again, what is missing is said."""

from __future__ import annotations

import ast
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from runtime import bootstrap

SOURCE = Path(bootstrap.__file__)


def test_a_python_3_8_can_read_it():
    ast.parse(SOURCE.read_text(), feature_version=(3, 8))


def test_it_imports_nothing_that_is_not_in_every_python():
    imported = {
        name.name.partition(".")[0]
        for node in ast.walk(ast.parse(SOURCE.read_text()))
        if isinstance(node, ast.Import)
        for name in node.names
    } | {
        (node.module or "").partition(".")[0]
        for node in ast.walk(ast.parse(SOURCE.read_text()))
        if isinstance(node, ast.ImportFrom)
    }
    assert imported <= set(sys.stdlib_module_names)


def test_an_environment_is_installed_again_only_when_a_lock_changed(tmp_path, monkeypatch):
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    (tmp_path / "requirements").mkdir()
    lock = tmp_path / "requirements" / "app.txt"
    lock.write_text("flask==1\n")
    environment = bootstrap.Environment("app", "3.11", "APP_PYTHON", ["app.txt"], "advice")
    assert not environment.is_current(), "there is none yet"
    environment.python.parent.mkdir(parents=True)
    environment.python.touch()
    assert not environment.is_current(), "it was never filled to the end"
    environment.stamp_file().write_text(environment.stamp())
    assert environment.is_current()
    lock.write_text("flask==2\n")
    assert not environment.is_current()


def program(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.fixture
def bare(tmp_path, monkeypatch):
    """A machine with a shell, one Python (this one) and a uv that can fetch nothing."""
    tools = tmp_path / "bin"
    tools.mkdir()
    program(tools, "uv", 'echo "$@" >> "$(dirname "$0")/asked"\ncase "$1" in --version) exit 0;; esac\nexit 2')
    monkeypatch.setenv("PATH", f"{tools}:/usr/bin:/bin")
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "no-pyenv"))
    monkeypatch.delenv("RASA_PYTHON", raising=False)
    return tools


def test_a_missing_python_is_asked_of_uv_and_then_told_how_to_get(bare, capsys):
    environment = bootstrap.Environment("bot", "3.77", "RASA_PYTHON", ["bot.txt"], bootstrap.GET_310)
    with pytest.raises(SystemExit) as ended:
        bootstrap.find_python(environment, str(bare / "uv"))
    assert ended.value.code == 69
    said = capsys.readouterr().err
    assert "Python 3.10 is missing" in said
    assert "uv python install 3.10" in said
    assert "RASA_PYTHON" in said
    assert "python install 3.77" in (bare / "asked").read_text()


def test_pyenvs_versions_are_found_where_its_shims_do_not_run(bare, tmp_path, monkeypatch):
    python = tmp_path / "pyenv" / "versions" / "3.10.13" / "bin" / "python"
    python.parent.mkdir(parents=True)
    program(python.parent, "python", "echo 3.10")
    program(bare, "python3.10", "echo 'pyenv: python3.10: command not found' >&2; exit 127")
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    environment = bootstrap.Environment("bot", "3.10", "RASA_PYTHON", ["bot.txt"], "advice")
    assert bootstrap.find_python(environment, str(bare / "uv")) == str(python)


def test_a_named_python_of_the_wrong_version_is_refused(bare, monkeypatch, capsys):
    monkeypatch.setenv("RASA_PYTHON", sys.executable)
    environment = bootstrap.Environment("bot", "3.10", "RASA_PYTHON", ["bot.txt"], "advice")
    with pytest.raises(SystemExit):
        bootstrap.find_python(environment, str(bare / "uv"))
    assert "RASA_PYTHON points at" in capsys.readouterr().err


def test_the_makefile_answers_help_without_installing_anything(tmp_path):
    answer = subprocess.run(
        ["make", "help", "PYTHON=/nowhere/python"], cwd=SOURCE.parents[1], capture_output=True, text=True,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
    )
    assert answer.returncode == 0, answer.stderr
    for command in ("up", "down", "status", "logs", "check", "standins", "train", "test", "lint", "clean", "help"):
        assert f"make {command} " in answer.stdout
