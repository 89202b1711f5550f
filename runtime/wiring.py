"""Puts a process of the app side together: ports and their providers, keys, database, clock.

Nothing is opened here: the engine connects when it is used, and the ranker's model is read at its first question.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import redis
from sqlalchemy import Engine

from contract.encryption import Cipher
from huntred.clock import utc_now
from huntred.conversations.ports import SentimentReader
from huntred.db import all_models  # noqa: F401  # every mapping is known before the first query
from huntred.db.base import KeyRing
from huntred.db.session import make_engine
from huntred.events.registry import Context
from huntred.matching.ports import Ranker
from huntred.privacy.links import Links
from huntred.settings import AppSettings


@dataclass(frozen=True)
class Wiring:
    """What the edges of a process are given."""

    settings: AppSettings
    engine: Engine
    clock: Callable[[], datetime] = utc_now

    @cached_property
    def ranker(self) -> Ranker:
        """Loaded at its first use: half of the processes never rank anything."""
        from ml.ranking.ranker import SemanticRanker

        return SemanticRanker()

    @cached_property
    def sentiment(self) -> SentimentReader:
        """A word list: read at its first use."""
        from ml.sentiment import LexiconSentiment

        return LexiconSentiment()

    @cached_property
    def redis(self) -> redis.Redis:
        client: redis.Redis = redis.Redis.from_url(self.settings.redis_url, socket_timeout=5)
        return client

    @cached_property
    def links(self) -> Links:
        return Links(
            self.settings.link_secret, self.settings.public_backoffice_url, self.settings.public_gateway_url
        )

    def context(self) -> Context:
        """What a handler of events is given, with the time of now."""
        return Context(self.clock(), self.links)


def wire(settings: AppSettings, *, pool_size: int = 5) -> Wiring:
    """Return the wiring of this process, and give it its keys."""
    KeyRing.cipher = Cipher(settings.encryption_keys)
    KeyRing.lookup_key = settings.lookup_key
    return Wiring(settings, make_engine(settings.database_url, pool_size=pool_size))
