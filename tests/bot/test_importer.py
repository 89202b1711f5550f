"""A unit is what all share and what it has of its own; Rasa's own commands see the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import train
from bot.importer import UnitImporter, UnitUnknown
from tests.bot.turns import small_bot


@pytest.fixture
def root(tmp_path: Path) -> Path:
    small_bot.write(tmp_path)
    return tmp_path


def importer(root: Path, unit: str = "amigro") -> UnitImporter:
    return UnitImporter(str(root / "config.yml"), unit=unit)


def test_the_units_response_replaces_the_shared_one(root: Path) -> None:
    responses = importer(root).get_domain().responses
    assert responses["utter_menu"] == [{"text": "El menú de la unidad."}]
    assert responses["utter_thanks"] == [{"text": "Gracias, {name}."}]


def test_a_unit_is_folders_and_nothing_else(root: Path) -> None:
    """An eighth unit needs no line of code."""
    for part in ("data", "domain"):
        (root / part / "octava").mkdir()
    (root / "domain" / "octava" / "voice.yml").write_text(
        'version: "3.1"\nresponses:\n  utter_greet: [{text: "Soy la octava."}]\n'
    )
    domain = importer(root, "octava").get_domain()
    assert domain.responses["utter_greet"] == [{"text": "Soy la octava."}]
    assert "greet" in domain.intents


def test_an_unknown_unit_says_which_folder_is_missing(root: Path) -> None:
    with pytest.raises(UnitUnknown, match="data/nueve"):
        importer(root, "nueve")


def test_a_rule_of_the_unit_takes_the_place_of_the_shared_one(root: Path) -> None:
    (root / "data" / "amigro" / "rules.yml").write_text(
        'version: "3.1"\nrules:\n- rule: greet\n  steps: [{intent: greet}, {action: utter_menu}]\n'
    )
    steps = [step for step in importer(root).get_stories().story_steps if step.block_name == "greet"]
    assert len(steps) == 1
    assert "utter_menu" in str([event.as_story_string() for event in steps[0].events if hasattr(event, "action_name")])


def test_thresholds_of_the_unit_are_laid_over_the_one_config(root: Path) -> None:
    (root / "data" / "amigro" / "thresholds.yml").write_text("RulePolicy: {core_fallback_threshold: 0.77}\n")
    policy = importer(root).get_config()["policies"][0]
    assert policy["core_fallback_threshold"] == 0.77 and policy["enable_fallback_prediction"] is True


def test_the_unit_of_rasas_commands_comes_from_the_environment(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUSINESS_UNIT", "nueve")
    with pytest.raises(UnitUnknown):
        UnitImporter(str(root / "config.yml"), training_data_paths=["data"])


def test_test_stories_come_from_where_they_are_given(root: Path) -> None:
    stories = root / "tests" / "test_stories.yml"
    stories.parent.mkdir()
    stories.write_text(
        'version: "3.1"\nstories:\n- story: hello\n  steps:\n  - user: hola\n    intent: greet\n'
        "  - action: utter_greet\n"
    )
    given = UnitImporter(str(root / "config.yml"), training_data_paths=str(stories), unit="amigro")
    assert [step.block_name for step in given.get_conversation_tests().story_steps] == ["hello"]


def test_a_model_is_named_by_what_it_is_made_of(root: Path) -> None:
    before = train.fingerprint(root, "amigro")
    assert before == train.fingerprint(root, "amigro")
    (root / "domain" / "amigro" / "domain.yml").write_text('version: "3.1"\n')
    assert train.fingerprint(root, "amigro") != before


def test_publishing_is_one_step(tmp_path: Path) -> None:
    train.publish(tmp_path, "a.tar.gz")
    train.publish(tmp_path, "b.tar.gz")
    assert (tmp_path / "current").read_text() == "b.tar.gz"
    assert [file.name for file in tmp_path.iterdir()] == ["current"]


def test_translations_are_variants_on_the_slot_language(root: Path) -> None:
    for part, text in (("shared", "The menu."), ("amigro", "The unit's menu.")):
        folder = root / "domain" / "translations" / "en" / part
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "menu.yml").write_text(
            f'version: "3.1"\nresponses:\n  utter_menu:\n    - text: "{text}"\n  utter_nowhere:\n    - text: "x"\n'
        )
    domain = importer(root).get_domain()
    english = {"text": "The unit's menu.", "condition": [{"type": "slot", "name": "language", "value": "en"}]}
    assert domain.responses["utter_menu"] == [{"text": "El menú de la unidad."}, english]
    assert "utter_nowhere" not in domain.responses
    assert domain.as_dict()["responses"]["utter_menu"][1] == english, "it goes into the model"
