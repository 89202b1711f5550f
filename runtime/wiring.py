"""Puts a process of the app side together: ports and their providers, keys, database, clock.

Nothing is opened here: the engine connects when it is used, and the ranker's model is read at its first question.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

import redis
from sqlalchemy import Engine

from contract.encryption import Cipher
from contract.settings import SettingsInvalid
from huntred.alike.ports import TitleReader
from huntred.calendars.ports import CalendarServer
from huntred.calendars.providers.caldav import CalDav
from huntred.clock import utc_now
from huntred.conversations.ports import SentimentReader
from huntred.cv.ports import CvReader
from huntred.db import all_models  # noqa: F401  # every mapping is known before the first query
from huntred.db.base import KeyRing
from huntred.db.session import make_engine
from huntred.events.registry import Context
from huntred.importing.ports import AdvertReader, Pages
from huntred.importing.providers.polite import PolitePages
from huntred.importing.turns import host_turn
from huntred.matching.mirroring import Mirror
from huntred.matching.nearest import Nearest
from huntred.matching.ports import Embedder, Ranker, VectorStore
from huntred.privacy.links import Links
from huntred.push.ports import PushService
from huntred.push.providers.standard import StandardPush
from huntred.settings import AppSettings
from huntred.webhooks.ports import Caller as WebhookCaller
from huntred.webhooks.providers.pinned import PinnedCaller
from runtime.installation import ROOT

if TYPE_CHECKING:
    from ml.embeddings.shared import SharedVectors


@dataclass(frozen=True)
class Wiring:
    """What the edges of a process are given."""

    settings: AppSettings
    engine: Engine
    clock: Callable[[], datetime] = utc_now
    # The folder that holds data/ and domain/.
    root: Path = ROOT
    # Whether the vectors that `embedder` makes in this process are for all; they must be of vacancies only.
    shares_vectors: bool = False

    @cached_property
    def ranker(self) -> Ranker:
        """Loaded at its first use: half of the processes never rank anything."""
        from ml.embeddings.registry import DEFAULT
        from ml.ranking.ranker import SemanticRanker

        return SemanticRanker(self._model("EMBEDDING_MODEL", DEFAULT))

    @cached_property
    def embedder(self) -> Embedder:
        """The model that searches. Raises SettingsInvalid at its first use where it is not here."""
        return self._model("EMBEDDING_MODEL", self.settings.embedding_model)

    @cached_property
    def sentences(self) -> Embedder:
        """Tells which messages are alike; the same encoder that the assistant understands by."""
        from ml.embeddings.use import UseEmbedder

        return self._model("EMBEDDING_MODEL", UseEmbedder.name)

    @cached_property
    def next_embedder(self) -> Embedder | None:
        """The model that is to replace it, where one is set."""
        name = self.settings.embedding_next
        return self._model("EMBEDDING_NEXT", name) if name else None

    @cached_property
    def people_ranker(self) -> Ranker:
        """The ranker that reads people's phrases ahead of time; what it encodes stays in this process."""
        from ml.embeddings.cache import unshared
        from ml.embeddings.registry import DEFAULT
        from ml.ranking.ranker import SemanticRanker

        return SemanticRanker(unshared(self._model("EMBEDDING_MODEL", DEFAULT)))

    @cached_property
    def people_embedders(self) -> list[Embedder]:
        """Likewise the models that search, and that are to."""
        from ml.embeddings.cache import unshared

        return [unshared(model) for model in (self.embedder, self.next_embedder) if model is not None]

    def _model(self, variable: str, name: str) -> Embedder:
        from ml.embeddings.registry import UnknownModel, embedder

        try:
            return embedder(name, self._shared_vectors)
        except UnknownModel as error:
            raise SettingsInvalid([f"{variable}: {error}"]) from error

    @cached_property
    def _shared_vectors(self) -> SharedVectors:
        from ml.embeddings.shared import SharedVectors

        return SharedVectors(self.settings.redis_url, writes=self.shares_vectors)

    @cached_property
    def nearest(self) -> Nearest:
        """Vacancies and people of this process's units, in memory from the first search among very many on."""
        from ml.embeddings.index import index_of

        return Nearest(self.embedder, index_of, self.vector_store)

    @cached_property
    def vector_store(self) -> VectorStore | None:
        """Where the vectors lie instead of in memory, where that is set. Its client is asked at the first search."""
        settings = self.settings
        if not settings.qdrant_url:
            return None
        from huntred.matching.providers.qdrant import QdrantStore

        return QdrantStore.at(settings.qdrant_url, settings.qdrant_api_key)

    @cached_property
    def mirror(self) -> Mirror | None:
        """Keeps that store as the tables are; the worker's."""
        return Mirror(self.vector_store) if self.vector_store is not None else None

    @cached_property
    def cv_reader(self) -> CvReader:
        """spaCy is loaded in the reader's own process, and that one starts at the first file."""
        from ml.cv.reader import SandboxedCvReader

        return SandboxedCvReader()

    @cached_property
    def sentiment(self) -> SentimentReader:
        """A word list: read at its first use."""
        from ml.sentiment import LexiconSentiment

        return LexiconSentiment()

    @cached_property
    def webhook_caller(self) -> WebhookCaller:
        return PinnedCaller(allow_loopback=self.settings.webhooks_reach_loopback)

    @cached_property
    def push(self) -> PushService | None:
        """Web push; none where no key of ours is set."""
        settings = self.settings
        if not settings.vapid_private_key:
            return None
        return StandardPush(
            settings.vapid_private_key, settings.mail_from, self.clock, allow_loopback=settings.webhooks_reach_loopback
        )

    @cached_property
    def calendar_server(self) -> CalendarServer:
        return CalDav(allow_loopback=self.settings.webhooks_reach_loopback)

    @cached_property
    def job_pages(self) -> Pages:
        settings = self.settings
        turns = partial(host_turn, self.engine)
        return PolitePages(turns, settings.public_backoffice_url, inside=settings.job_pages_reach)

    @cached_property
    def advert_reader(self) -> AdvertReader:
        """The taxonomy: read at its first use."""
        from ml.lexicon.advert import LexiconAdvertReader

        return LexiconAdvertReader()

    @cached_property
    def title_reader(self) -> TitleReader:
        """The taxonomy: read at its first use."""
        from ml.lexicon.positions import LexiconTitles

        return LexiconTitles()

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


def wire(settings: AppSettings, *, pool_size: int = 5, shares_vectors: bool = False) -> Wiring:
    """Return the wiring of this process, and give it its keys."""
    KeyRing.cipher = Cipher(settings.encryption_keys)
    KeyRing.lookup_key = settings.lookup_key
    engine = make_engine(settings.database_url, pool_size=pool_size)
    return Wiring(settings, engine, shares_vectors=shares_vectors)
