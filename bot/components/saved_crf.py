"""The CRF entity extractor, with what it learnt kept in the model.

Rasa 3.6.21 keeps the training examples instead and trains the tagger anew whenever a model is loaded: 10 CPU seconds
for each unit and start, with our data. The tagger's own file (CRFsuite's format, numbers and strings, no pickle) is
kept here, so loading takes milliseconds and predicts the same.
"""

from __future__ import annotations

import logging
import shutil
from collections import OrderedDict
from pathlib import Path
from typing import Any

import sklearn_crfsuite
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.crf_entity_extractor import CRFEntityExtractor, CRFToken
from rasa.shared.utils.io import dump_obj_as_json_to_file, read_json_file

logger = logging.getLogger(__name__)

_ORDER = "crf_order.json"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class SavedCRFEntityExtractor(CRFEntityExtractor):
    """CRFEntityExtractor that is trained once."""

    def persist(self, dataset: list[list[CRFToken]]) -> None:
        """Keep the taggers themselves; the examples they were made of stay behind."""
        with self._model_storage.write_to(self._resource) as folder:
            for tag, tagger in (self.entity_taggers or {}).items():
                shutil.copyfile(tagger.modelfile.name, folder / _file_of(tag))
            dump_obj_as_json_to_file(folder / _ORDER, self.crf_order)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SavedCRFEntityExtractor:
        """Read the taggers; a model without entities has none."""
        try:
            with model_storage.read_from(resource) as folder:
                order = read_json_file(folder / _ORDER)
                taggers = OrderedDict((tag, _read(folder / _file_of(tag))) for tag in order)
        except ValueError:
            # What the storage raises where training left nothing: no example had an entity.
            logger.warning("the model holds no entity tagger")
            return cls(config, model_storage, resource)
        extractor = cls(config, model_storage, resource, taggers)
        extractor.crf_order = order
        return extractor


def _file_of(tag: str) -> str:
    return f"{tag}.crfsuite"


def _read(path: Path) -> sklearn_crfsuite.CRF:
    """A tagger over a file of its own: the model's folder is temporary."""
    tagger = sklearn_crfsuite.CRF()
    tagger.modelfile.ensure_name()
    shutil.copyfile(path, tagger.modelfile.name)
    return tagger
