"""The intent classifier: n-grams of how words sound and multilingual sentence vectors, linear, calibrated.

Why this one: docs/decisions/0015-understanding.md. What it is made of: `bot/understanding/`.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import (
    ENTITIES,
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.understanding.reader import Examples, IntentReader, Learning, hear, learn

# The key under which the threshold travels to the scope gate, within one message's parse.
SCOPE_THRESHOLD = "scope_threshold"
_RANKING = 10
_LEARNING = Path(__file__).resolve().parents[1] / "understanding"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntentReader(IntentClassifier, GraphComponent):
    """Settings: those of `Learning`."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        default = Learning()
        return {"strength": default.strength, "turned_away": default.turned_away, "folds": default.folds}

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource, reader: IntentReader | None = None
    ) -> None:
        self._learning = Learning(float(config["strength"]), float(config["turned_away"]), int(config["folds"]))
        self._storage = storage
        self._resource = resource
        self._reader = reader or IntentReader()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LinearIntentReader:
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> LinearIntentReader:
        """Read what was learnt. Raises ValueError where the model holds none of it."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, IntentReader.load(folder))

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """What Rasa's cache has to know beside this file: the code and words that do the learning."""
        digest = hashlib.sha256()
        for file in sorted(_LEARNING.iterdir()):
            if file.suffix in (".py", ".yml"):
                digest.update(file.read_bytes())
        return digest.hexdigest()

    def train(self, training_data: TrainingData) -> Resource:
        examples = examples_of(training_data)
        if examples.texts:
            self._reader = learn(examples, hear(examples.texts), self._learning)
        with self._storage.write_to(self._resource) as folder:
            self._reader.save(folder)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """The same: no later component learns from what this one says of the examples."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        if not messages or not self._reader.intents:
            return messages
        shares = self._reader.probabilities(hear([message.get(TEXT) or "" for message in messages]))
        for message, row in zip(messages, shares, strict=True):
            ranking = [
                {INTENT_NAME_KEY: self._reader.intents[place], PREDICTED_CONFIDENCE_KEY: float(row[place])}
                for place in (-row).argsort(kind="stable")[:_RANKING]
            ]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
            message.set(SCOPE_THRESHOLD, self._reader.scope.threshold)
        return messages


def examples_of(training_data: TrainingData) -> Examples:
    """What people write, with its intent; examples of entities alone are none."""
    messages = [message for message in training_data.intent_examples if message.get(TEXT) and message.get(INTENT)]
    return Examples(
        [message.get(TEXT) for message in messages],
        [_shape(message) for message in messages],
        [message.get(INTENT) for message in messages],
    )


def _shape(message: Message) -> str:
    """The text with each entity's name in place of its value."""
    text = message.get(TEXT)
    for entity in sorted(message.get(ENTITIES, []), key=lambda entity: -entity["start"]):
        text = f"{text[: entity['start']]} {entity['entity']} {text[entity['end'] :]}"
    return str(text)
