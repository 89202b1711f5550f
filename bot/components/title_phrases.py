"""Job titles that the tagger misses because it never read them: told by what people say around them.

After a word for work and a link, or after what a person says they are, stand the words of a title up to where the
phrase ends. The first must be that of a known title (the examples and look-up tables) or, after a word for work, end
as names of occupations do. The Spanish of it is `title_phrases.yml`. What the tagger found stays, unless a longer
title covers it: a shorter title and a skill inside of it ("directora de finanzas") are part of that one.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import (
    ENTITIES,
    ENTITY_ATTRIBUTE_END,
    ENTITY_ATTRIBUTE_START,
    ENTITY_ATTRIBUTE_TYPE,
    ENTITY_ATTRIBUTE_VALUE,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from ruamel.yaml import YAML

_TITLE = "title"
_COVERED = frozenset({_TITLE, "skill"})
_KEPT = "heads.json"
_LONGEST = 6
# A sign between words ends a title as its own word; blanks do not.
_TOKEN = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True)
class _Phrases:
    leads: re.Pattern[str]
    ends: frozenset[str]
    joins: frozenset[str]
    endings: tuple[str, ...]
    never: frozenset[str]


@lru_cache(maxsize=1)
def _phrases() -> _Phrases:
    told = YAML(typ="safe").load(Path(__file__).with_suffix(".yml"))
    work, links, am = ("|".join(map(re.escape, told[part])) for part in ("work", "links", "am"))
    return _Phrases(
        re.compile(rf"\b(?:(?P<work>(?:{work}) (?:{links}))|{am}) (?:una? )?"),
        frozenset(told["ends"]),
        frozenset(told["joins"]),
        tuple(told["endings"]),
        frozenset(told["never"]),
    )


def folded(text: str) -> str:
    """Return the text without accents and case, sign for sign: places in it are places in the text."""
    return "".join((unicodedata.normalize("NFKD", char)[:1] or char).lower()[:1] or char for char in text)


def titles_in(text: str, heads: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Yield where titles start and end. heads: first words of known titles, folded."""
    phrases = _phrases()
    plain = folded(text)
    for lead in phrases.leads.finditer(plain):
        end = last = lead.end()
        for number, token in enumerate(_TOKEN.finditer(plain, lead.end())):
            word = token.group()
            if number == 0 and not _may_begin(word, heads, phrases, bool(lead["work"])):
                break
            if word in phrases.ends or not word.isalpha() or number == _LONGEST:
                break
            last = token.end()
            if word not in phrases.joins:
                end = last
        if end > lead.end():
            yield lead.end(), end


def _may_begin(word: str, heads: frozenset[str], phrases: _Phrases, after_work: bool) -> bool:
    if word in phrases.never or word in phrases.ends:
        return False
    return word in heads or (after_work and word.endswith(phrases.endings))


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class TitlePhrases(GraphComponent, EntityExtractorMixin):
    """Stands after the tagger."""

    def __init__(self, storage: ModelStorage, resource: Resource, heads: frozenset[str] = frozenset()) -> None:
        self._storage = storage
        self._resource = resource
        self._heads = heads

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TitlePhrases:
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> TitlePhrases:
        with model_storage.read_from(resource) as folder:
            heads = json.loads((folder / _KEPT).read_text(encoding="utf-8"))
        return cls(model_storage, resource, frozenset(heads))

    def train(self, training_data: TrainingData) -> Resource:
        known = [
            message.get(TEXT)[entity[ENTITY_ATTRIBUTE_START] : entity[ENTITY_ATTRIBUTE_END]]
            for message in training_data.entity_examples
            for entity in message.get(ENTITIES, [])
            if entity[ENTITY_ATTRIBUTE_TYPE] == _TITLE
        ]
        for table in training_data.lookup_tables:
            if table["name"] == _TITLE and isinstance(table["elements"], list):
                known += table["elements"]
        self._heads = frozenset(word for title in known for word in folded(title).split()[:1])
        with self._storage.write_to(self._resource) as folder:
            (folder / _KEPT).write_text(json.dumps(sorted(self._heads)), encoding="utf-8")
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """The same: the examples carry their own titles."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            if message.get(TEXT):
                self._add(message, message.get(TEXT))
        return messages

    def _add(self, message: Message, text: str) -> None:
        entities = list(message.get(ENTITIES, []))
        for start, end in titles_in(text, self._heads):
            here = [each for each in entities if _overlaps(each, start, end)]
            if any(not _within(each, start, end) for each in here):
                continue  # the tagger saw a longer one, or something else that reaches beyond
            if any(_spans(each, start, end) for each in here):
                continue
            entities = [each for each in entities if each not in here or each[ENTITY_ATTRIBUTE_TYPE] not in _COVERED]
            found = {
                ENTITY_ATTRIBUTE_TYPE: _TITLE,
                ENTITY_ATTRIBUTE_START: start,
                ENTITY_ATTRIBUTE_END: end,
                ENTITY_ATTRIBUTE_VALUE: text[start:end],
            }
            entities += self.add_extractor_name([found])
        message.set(ENTITIES, sorted(entities, key=lambda each: each[ENTITY_ATTRIBUTE_START]), add_to_output=True)


def _overlaps(entity: dict[str, Any], start: int, end: int) -> bool:
    return bool(entity[ENTITY_ATTRIBUTE_START] < end and entity[ENTITY_ATTRIBUTE_END] > start)


def _within(entity: dict[str, Any], start: int, end: int) -> bool:
    return bool(entity[ENTITY_ATTRIBUTE_START] >= start and entity[ENTITY_ATTRIBUTE_END] <= end)


def _spans(entity: dict[str, Any], start: int, end: int) -> bool:
    return bool(entity[ENTITY_ATTRIBUTE_START] == start and entity[ENTITY_ATTRIBUTE_END] == end)
