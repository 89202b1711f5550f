"""Training data of one unit: what all units share, and what the unit says and does in its own way.

Named in `config.yml`, so that Rasa's commands work as its manual says: `BUSINESS_UNIT=huntred rasa train`.
`data/shared` + `data/<unit>`, `domain/shared` + `domain/<unit>`; a response of the unit replaces the shared one of
the same name, and a rule of the unit the shared one of the same name; everything else is added. Responses in another
language stand in `domain/translations/<language>/shared` and `…/<unit>`; a unit with a folder there speaks it: they
are laid beside the Spanish ones as variants with Rasa's condition on the slot `language`.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import rasa.shared.data
import rasa.shared.utils.io
from rasa.shared.core.domain import Domain
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
from rasa.shared.core.training_data.structures import RuleStep, StoryGraph, StoryStep
from rasa.shared.exceptions import RasaException
from rasa.shared.importers import utils
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.translations import add_language, says_the_same
from contract.settings import business_unit


class UnitUnknown(RasaException):
    """There is no such unit; the message names the folders that would make one."""


def _responses(folder: Path) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for file in sorted(folder.glob("*.yml")):
        found.update(rasa.shared.utils.io.read_yaml_file(file).get("responses") or {})
    return found


class UnitImporter(TrainingDataImporter):
    """unit: its code; BUSINESS_UNIT unless given. training_data_paths: given test stories are read from there."""

    def __init__(
        self,
        config_file: str | None = None,
        domain_path: str | None = None,
        training_data_paths: list[str] | str | None = None,
        unit: str | None = None,
        **kwargs: Any,
    ) -> None:
        self._root = Path(config_file).resolve().parent if config_file else Path.cwd()
        self.unit = unit or business_unit()
        self.data_folders = [self._root / "data" / "shared", self._root / "data" / self.unit]
        self.domain_folders = [self._root / "domain" / "shared", self._root / "domain" / self.unit]
        for folder in (self.data_folders[1], self.domain_folders[1]):
            if not folder.is_dir():
                raise UnitUnknown(
                    f"unit {self.unit!r} is unknown: there is no folder {folder.relative_to(self._root)}"
                )
        paths = [training_data_paths] if isinstance(training_data_paths, str) else training_data_paths or []
        inside = (self._root / "data").resolve()
        self._test_paths = [
            path for path in paths if inside not in (Path(path).resolve(), *Path(path).resolve().parents)
        ]
        self._config = rasa.shared.utils.io.read_model_configuration(config_file) if config_file else {}

    def get_config(self) -> dict[str, Any]:
        """The one `config.yml`; the thresholds of `data/<unit>/thresholds.yml` are laid over components by name."""
        config = copy.deepcopy(self._config)
        own = self._root / "data" / self.unit / "thresholds.yml"
        if own.is_file():
            thresholds = rasa.shared.utils.io.read_config_file(own)
            for component in [*config.get("pipeline", []), *config.get("policies", [])]:
                component.update(thresholds.get(component["name"], {}))
        return config

    def get_config_file_for_auto_config(self) -> str | None:
        """None: `config.yml` is complete, and nothing may write suggestions into it."""
        return None

    def get_domain(self) -> Domain:
        shared, own = (Domain.load(str(folder)) for folder in self.domain_folders)
        told = copy.deepcopy(shared.merge(own, override=True).as_dict())
        for folder in sorted((self._root / "domain" / "translations").glob(f"*/{self.unit}")):
            add_language(told["responses"], folder.parent.name, self._translations(folder.parent, own))
        return Domain.from_dict(told)

    def _translations(self, folder: Path, own: Domain) -> dict[str, list[dict[str, Any]]]:
        """Read one language: the unit's own responses; else the shared ones, beside what they translate.

        Where the unit says something of its own in Spanish, the shared translation stands in only if it says the same.
        """
        found = {
            name: variants
            for name, variants in _responses(folder / "shared").items()
            if name not in own.responses or all(says_the_same(one, own.responses[name]) for one in variants)
        }
        return found | _responses(folder / self.unit)

    def get_stories(self, exclusion_percentage: int | None = None) -> StoryGraph:
        return self._stories([str(folder) for folder in self.data_folders], exclusion_percentage)

    def get_conversation_tests(self) -> StoryGraph:
        return self._stories([str(path) for path in self._test_paths or self.data_folders])

    def get_nlu_data(self, language: str | None = "es") -> TrainingData:
        files = rasa.shared.data.get_data_files(
            [str(folder) for folder in self.data_folders], rasa.shared.data.is_nlu_file
        )
        return utils.training_data_from_paths(sorted(files), language or "es")

    def _stories(self, folders: list[str], exclusion_percentage: int | None = None) -> StoryGraph:
        files = rasa.shared.data.get_data_files(folders, YAMLStoryReader.is_stories_file)
        files += [
            file
            for file in rasa.shared.data.get_data_files(folders, YAMLStoryReader.is_test_stories_file)
            if file not in files
        ]
        graph = utils.story_graph_from_paths(sorted(files), self.get_domain(), exclusion_percentage)
        return self._with_own_rules(graph)

    def _with_own_rules(self, graph: StoryGraph) -> StoryGraph:
        """Drop the shared rules in whose place the unit puts one of the same name: both would contradict."""
        shared = str(self.data_folders[0])

        def is_shared(step: StoryStep) -> bool:
            return str(step.source_name or "").startswith(shared)

        rules = [step for step in graph.story_steps if isinstance(step, RuleStep)]
        own = {step.block_name for step in rules if not is_shared(step)}
        dropped = {id(step) for step in rules if is_shared(step) and step.block_name in own}
        if not dropped:
            return graph
        return StoryGraph([step for step in graph.story_steps if id(step) not in dropped])
