"""`make new-bu`: a unit made in a copy is one that Rasa and our own checks accept, and a wrong name says what to do."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from runtime.new_unit import UnitImpossible, make
from runtime.processes import LIBRARY_ENVIRONMENT
from tests.bed import ROOT

_RASA = ROOT / ".venv" / "bot" / "bin" / "rasa"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """What a unit is made from and validated with."""
    for part in ("data", "domain", "huntred/units/seed", "tests/conversations/huntred", "bot", "contract"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("config.yml", "endpoints.yml", "credentials.yml", "tests/unit/data/style.yml"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, tmp_path / file)
    return tmp_path


def test_a_unit_is_three_folders_a_test_and_a_line(copy: Path) -> None:
    made = {str(file.relative_to(copy)) for file in make("agro", "Campo Vivo", copy)}
    assert made == {
        "data/agro/rules.yml", "domain/agro/voice.yml", "huntred/units/seed/agro/unit.yml",
        "huntred/units/seed/agro/templates.yml", "huntred/units/seed/agro/templates.en.yml", "huntred/units/seed/agro/privacy.md", "huntred/units/seed/agro/gains.yml",
        "tests/conversations/agro/test_conversations.yml", "tests/unit/data/style.yml",
    }  # fmt: skip
    seed = yaml.safe_load((copy / "huntred/units/seed/agro/unit.yml").read_text(encoding="utf-8"))
    assert (seed["code"], seed["name"], seed["settings"]["mail"]["name"]) == ("agro", "Campo Vivo", "Campo Vivo")
    assert seed["settings"]["mail"]["address"].endswith("agro.example.mx")
    templates = (copy / "huntred/units/seed/agro/templates.yml").read_text(encoding="utf-8")
    assert "recordatorio_entrevista_agro" in templates
    english = (copy / "huntred/units/seed/agro/templates.en.yml").read_text(encoding="utf-8")
    assert "recordatorio_entrevista_agro" in english and "We’re Campo Vivo" in english
    style = yaml.safe_load((copy / "tests/unit/data/style.yml").read_text(encoding="utf-8"))
    assert style["units"]["agro"]["form"] == seed["settings"]["form_of_address"]
    stories = yaml.safe_load((copy / "tests/conversations/agro/test_conversations.yml").read_text(encoding="utf-8"))
    assert len(stories["stories"]) == 5


def test_rasa_finds_the_new_unit_valid(copy: Path) -> None:
    make("agro", "Campo Vivo", copy)
    environment = {**os.environ, **LIBRARY_ENVIRONMENT["bot"], "BUSINESS_UNIT": "agro", "PYTHONPATH": str(copy)}
    done = subprocess.run(
        [str(_RASA), "data", "validate", "--domain", "domain/shared", "--fail-on-warnings"],
        cwd=copy, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]


@pytest.mark.parametrize(
    ("name", "title", "told"),
    [
        ("", "", "NAME is missing"), ("Agro Norte", "", "small letters"), ("shared", "", "cannot be a unit's code"),
        ("huntu", "", "is there already"), ("agro", 'El "Campo"', "without quotation marks"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_unit_says_what_to_do(copy: Path, name: str, title: str, told: str) -> None:
    before = sorted(copy.rglob("*"))
    with pytest.raises(UnitImpossible, match=told):
        make(name, title, copy)
    assert sorted(copy.rglob("*")) == before
