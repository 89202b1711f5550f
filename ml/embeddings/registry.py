"""Which model encodes: our own by default, USE alone, or any model that sentence-transformers can load.

The name is a setting (EMBEDDING_MODEL), with the revision of a foreign model behind an @:
`intfloat/multilingual-e5-small@<commit>`, or a folder on disk.
"""

from __future__ import annotations

import re
import threading
from functools import lru_cache
from pathlib import Path

from huntred.matching.ports import Embedder
from ml.embeddings.cache import CachedEmbedder
from ml.embeddings.foreign import ForeignEmbedder, NotInstalled
from ml.embeddings.shared import SharedVectors
from ml.embeddings.titles import NAME, TitleEmbedder
from ml.embeddings.use import UseEmbedder

DEFAULT = NAME

# A commit's hash; a branch or tag moves, and vectors of two states of a model must not be mixed.
_PINNED = re.compile(r"[0-9a-f]{40}")
_lock = threading.Lock()


class UnknownModel(Exception):
    """No such model, or it cannot be loaded here; the message says what to do."""


def embedder(name: str = DEFAULT, shared: SharedVectors | None = None) -> Embedder:
    """Return the model of that name, one a process, with a cache before it. Raises UnknownModel.

    shared: what other processes encoded, where there is such a place.
    """
    with _lock:
        return _made(name, shared)


@lru_cache(maxsize=4)
def _made(name: str, shared: SharedVectors | None) -> Embedder:
    if name == DEFAULT:
        return CachedEmbedder(TitleEmbedder(), shared)
    if name == UseEmbedder.name:
        return CachedEmbedder(UseEmbedder(), shared)
    model, _, revision = name.partition("@")
    if not model:
        raise UnknownModel(f"no model is named {name!r}: use {DEFAULT}, {UseEmbedder.name}, or model@revision")
    if not Path(model).is_dir() and not _PINNED.fullmatch(revision):
        raise UnknownModel(
            f"{name!r}: say which revision, as {model}@<the commit's 40 digits>, so that the vectors stay comparable;"
            f" our own models are {DEFAULT} and {UseEmbedder.name}"
        )
    try:
        return CachedEmbedder(ForeignEmbedder(model, revision), shared)
    except NotInstalled as error:
        raise UnknownModel(str(error)) from error
