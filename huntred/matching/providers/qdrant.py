"""Qdrant as the vector database: a collection for each kind and model, a unit's points by the index of tenants.

Its own client speaks, over HTTP or to a server within this process (`:memory:`, for tests). A search over a unit goes
through that unit's own graph (`payload_m`), one among named points compares each of them.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from qdrant_client import QdrantClient, models
from qdrant_client.http.exceptions import ApiException

from huntred.matching.ports import StoreDown, Vectors

_UNIT, _VERSION = "unit", "version"
_AT_ONCE, _PAGE = 500, 10_000
_PREFIX = "huntred"
# The graph of each unit, none over all of them; more neighbours are looked at than Qdrant would by itself.
_GRAPH = models.HnswConfigDiff(m=0, payload_m=16, ef_construct=200)
_LOOKED_AT = 256


class QdrantStore:
    """One a process; it may be used by several threads."""

    def __init__(self, client: QdrantClient) -> None:
        self._client = client
        self._made: set[str] = set()
        self._lock = threading.Lock()

    @classmethod
    def at(cls, url: str, api_key: str = "", *, seconds: int = 5) -> QdrantStore:
        """url: of the server. Nothing is asked yet."""
        return cls(
            QdrantClient(url=url, api_key=api_key or None, timeout=seconds, check_compatibility=False)
        )

    def nearest(
        self, kind: str, model: str, unit: str, query: NDArray[np.float32], most: int,
        among: Sequence[UUID] | None = None,
    ) -> list[tuple[UUID, float]]:  # fmt: skip
        wanted: list[models.Condition] = [_of_unit(unit)]
        if among is not None:
            wanted.append(models.HasIdCondition(has_id=[str(one) for one in among]))
        with _answering():
            found = self._client.query_points(
                _collection(kind, model), query=query.tolist(), query_filter=models.Filter(must=wanted), limit=most,
                with_payload=False, with_vectors=False,
                search_params=models.SearchParams(exact=among is not None, hnsw_ef=max(_LOOKED_AT, most)),
            ).points  # fmt: skip
        return [(UUID(str(point.id)), float(point.score)) for point in found]

    def keep(self, kind: str, model: str, unit: str, rows: Sequence[tuple[UUID, int]], vectors: Vectors) -> None:
        if not rows:
            return
        name = _collection(kind, model)
        with _answering():
            self._make(name, vectors.shape[1])
            for first in range(0, len(rows), _AT_ONCE):
                some = slice(first, first + _AT_ONCE)
                points = [
                    models.PointStruct(id=str(one), vector=vector.tolist(), payload={_UNIT: unit, _VERSION: version})
                    for (one, version), vector in zip(rows[some], vectors[some], strict=True)
                ]
                self._client.upsert(name, points, wait=True)

    def known(self, kind: str, model: str, unit: str) -> dict[UUID, int]:
        name, offset = _collection(kind, model), None
        found: dict[UUID, int] = {}
        with _answering():
            while self._client.collection_exists(name):
                points, offset = self._client.scroll(
                    name, scroll_filter=models.Filter(must=[_of_unit(unit)]), limit=_PAGE, offset=offset,
                    with_payload=[_VERSION], with_vectors=False,
                )  # fmt: skip
                found |= {UUID(str(point.id)): int((point.payload or {}).get(_VERSION, 0)) for point in points}
                if offset is None:
                    break
        return found

    def count(self, kind: str, model: str, unit: str) -> int:
        name = _collection(kind, model)
        with _answering():
            if not self._client.collection_exists(name):
                return 0
            return self._client.count(name, count_filter=models.Filter(must=[_of_unit(unit)]), exact=True).count

    def forget(self, kind: str, model: str, unit: str, ids: Sequence[UUID]) -> None:
        with _answering():
            for first in range(0, len(ids), _PAGE):
                named = models.HasIdCondition(has_id=[str(one) for one in ids[first : first + _PAGE]])
                self._client.delete(
                    _collection(kind, model),
                    models.FilterSelector(filter=models.Filter(must=[_of_unit(unit), named])), wait=True,
                )  # fmt: skip

    def forget_models(self, kind: str, kept: Sequence[str]) -> None:
        stays = {_collection(kind, model) for model in kept}
        with _answering():
            for one in self._client.get_collections().collections:
                if one.name.startswith(f"{_PREFIX}_{kind}_") and one.name not in stays:
                    self._client.delete_collection(one.name)
                    self._made.discard(one.name)

    def _make(self, name: str, dimensions: int) -> None:
        with self._lock:
            if name in self._made:
                return
            if not self._client.collection_exists(name):
                # Vectors have length 1, so their inner product is the cosine; that of nothing (zeros) stays 0.
                self._client.create_collection(
                    name,
                    vectors_config=models.VectorParams(
                        size=dimensions, distance=models.Distance.DOT, datatype=models.Datatype.FLOAT16
                    ),
                    hnsw_config=_GRAPH,
                )
                self._client.create_payload_index(
                    name, _UNIT, models.KeywordIndexParams(type=models.KeywordIndexType.KEYWORD, is_tenant=True)
                )
            self._made.add(name)


def _of_unit(unit: str) -> models.FieldCondition:
    return models.FieldCondition(key=_UNIT, match=models.MatchValue(value=unit))


def _collection(kind: str, model: str) -> str:
    """A name that a person can read, and that two models never share."""
    plain = re.sub(r"[^a-z0-9]+", "-", model.lower()).strip("-")[:40]
    return f"{_PREFIX}_{kind}_{plain}_{sha256(model.encode()).hexdigest()[:8]}"


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except (ApiException, OSError, ValueError) as error:
        # Of a collection that is not there the client within the process says ValueError, a server 404.
        raise StoreDown(f"Qdrant: {(str(error).strip() or type(error).__name__).splitlines()[0][:200]}") from error
