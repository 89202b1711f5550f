"""Tells the language of a message, beside its intent and entities: the processor keeps it in the slot `language`.

No entity, which test stories would have to name. What is not told changes nothing, so that the conversation goes on in
the language that it had. A button that is pressed is never read here, and a short word tells nothing.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, ENTITY_ATTRIBUTE_TYPE, ENTITY_ATTRIBUTE_VALUE, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.understanding.languages import WRITTEN_IN, language_of, small_words

_ASKED = "change_language"
_NAMED = "language"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class LanguageReader(GraphComponent):
    """Stands last: after the intent, the entities and their synonyms."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LanguageReader:
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            language = _asked_for(message) or language_of(str(message.get(TEXT) or ""))
            if language:
                message.set(WRITTEN_IN, language, add_to_output=True)
        return messages


def _asked_for(message: Message) -> str:
    """Return the language in which somebody asks to be answered ("háblame en inglés"); else ""."""
    if (message.get(INTENT) or {}).get("name") != _ASKED:
        return ""
    entities = message.get(ENTITIES, [])
    named = (str(each[ENTITY_ATTRIBUTE_VALUE]) for each in entities if each[ENTITY_ATTRIBUTE_TYPE] == _NAMED)
    return next((language for language in named if language in small_words()), "")
