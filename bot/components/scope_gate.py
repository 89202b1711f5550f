"""What becomes of a message that is hardly ours, or hardly understood.

`out_of_scope`: it reads like nothing that we do. `nlu_fallback`: something of ours comes closest, but not close
enough. The rules of both are in `data/shared/rules.yml`.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, INTENT_RANKING_KEY, PREDICTED_CONFIDENCE_KEY
from rasa.shared.nlu.training_data.message import Message

from bot.components.intent_reader import SCOPE_THRESHOLD, LinearIntentReader
from bot.understanding.variants import OUT_OF_SCOPE


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class ScopeGate(GraphComponent, IntentClassifier):
    """threshold: least probability of being ours, 0 to 1; None: as the reader chose it on the training data.

    sure: least confidence in the best intent, 0 to 1. A unit lays its own over both in data/<unit>/thresholds.yml.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"threshold": None, "sure": 0.25}

    @classmethod
    def required_components(cls) -> list[type]:
        return [LinearIntentReader]

    def __init__(self, config: dict[str, Any]) -> None:
        self._threshold = config["threshold"]
        self._sure = float(config["sure"])

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ScopeGate:
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            ranking = message.get(INTENT_RANKING_KEY)
            if ranking:
                self._decide(message, ranking)
        return messages

    def _decide(self, message: Message, ranking: list[dict[str, Any]]) -> None:
        threshold = message.get(SCOPE_THRESHOLD, 0.0) if self._threshold is None else float(self._threshold)
        inside = 1 - sum(each[PREDICTED_CONFIDENCE_KEY] for each in ranking if each[INTENT_NAME_KEY] == OUT_OF_SCOPE)
        best = next((each for each in ranking if each[INTENT_NAME_KEY] != OUT_OF_SCOPE), None)
        if inside < threshold and ranking[0][INTENT_NAME_KEY] == OUT_OF_SCOPE:
            return
        if best is None or inside < threshold or best[PREDICTED_CONFIDENCE_KEY] < self._sure:
            doubt = 1 - (best[PREDICTED_CONFIDENCE_KEY] if best else 0.0)
            best = {INTENT_NAME_KEY: DEFAULT_NLU_FALLBACK_INTENT_NAME, PREDICTED_CONFIDENCE_KEY: doubt}
        message.set(INTENT, best, add_to_output=True)
        message.set(
            INTENT_RANKING_KEY, [best, *(each for each in ranking if each is not best)], add_to_output=True
        )
