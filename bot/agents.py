"""The agents of the units: one model each, one tracker store each, one action endpoint for all."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import numpy as np
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain

from bot.endpoint import ActionEndpoint
from bot.processor import TurnProcessor
from bot.tracker_store import ConversationTrackerStore

logger = logging.getLogger(__name__)


class ModelMissing(Exception):
    """A unit has no trained model; the message says which command makes one."""


class UnitAgent(Agent):
    """Rasa's agent with our processor, and without the tracker store that falls back to memory."""

    @property
    def store(self) -> ConversationTrackerStore:
        store = self.tracker_store
        assert isinstance(store, ConversationTrackerStore)
        return store

    def load_model(self, model_path: str | Path, fingerprint: str | None = None) -> None:
        self.processor = TurnProcessor(
            model_path=model_path,
            tracker_store=self.tracker_store,
            lock_store=self.lock_store,
            action_endpoint=self.action_endpoint,
            generator=self.nlg,
        )
        self.domain = self.processor.domain
        self._set_fingerprint(fingerprint)
        self.tracker_store.domain = self.domain
        if isinstance(self.nlg, TemplatedNaturalLanguageGenerator):
            self.nlg.responses = self.domain.responses

    @staticmethod
    def _create_tracker_store(store: TrackerStore | None, domain: Domain) -> TrackerStore:
        assert store is not None
        return store


def model_of(models_dir: Path, unit: str) -> Path:
    """Return the file of the model that was trained here last. Raises ModelMissing."""
    current = models_dir / unit / "current"
    if not current.is_file():
        raise ModelMissing(f"unit {unit} has no model: run `make train BU={unit}`")
    model = models_dir / unit / current.read_text().strip()
    if not model.is_file():
        raise ModelMissing(f"the model {model.name} of unit {unit} is gone: run `make train BU={unit}`")
    return model


def load_agent(model: Path, unit: str, endpoint: ActionEndpoint) -> UnitAgent:
    """Load a unit's agent from a model's file; two models in one process share nothing but the endpoint."""
    agent = UnitAgent(
        domain=Domain.empty(),
        tracker_store=ConversationTrackerStore(None),
        action_endpoint=endpoint,
    )
    agent.load_model(model)
    _lay_out(agent)
    logger.info("loaded the model of %s", unit)
    return agent


def _lay_out(agent: UnitAgent) -> None:
    """Store the classifiers' weights as they are read: else the whole matrix is copied twice a message (3 ms)."""
    for node in agent.processor.graph_runner._instantiated_nodes.values():
        classifier = getattr(node._component, "clf", None)
        if classifier is not None and hasattr(classifier, "coef_"):
            classifier.coef_ = np.asfortranarray(classifier.coef_)


async def warm_up(agent: UnitAgent) -> None:
    """Parse once, so that what components open lazily (the CRF tagger's file) is open before the first message."""
    await agent.processor.parse_message(UserMessage("hola"))


async def render(agent: UnitAgent, response: str, tracker: Any, channel: str, **values: Any) -> dict[str, Any]:
    """Fill one response of the unit's domain. Raises KeyError where the domain has none of that name."""
    generated = await agent.nlg.generate(response, tracker, channel, **values)
    if generated is None:
        raise KeyError(f"the domain has no response {response}")
    return generated
