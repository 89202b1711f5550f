"""Which examples are variants of one sentence, so that none of them judges a model that learnt another.

Two are when they say the same once polite words and values are left out, or nearly the same letter by letter; examples
out of scope, when they are of one topic: what the assistant does not do is never complete in the examples.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import StratifiedGroupKFold

from bot.understanding.sentences import Vectors
from bot.understanding.words import spoken_words

OUT_OF_SCOPE = "out_of_scope"
_ALIKE = 0.7
_SAID_EVERYWHERE = 30
_CHUNK = 1000
_EXAMPLES_PER_TOPIC = 12


def variant_groups(shapes: Sequence[str], intents: Sequence[str]) -> NDArray[np.intp]:
    """Return a group number for each example. shapes: the examples with entity names in place of values."""
    parents = list(range(len(shapes)))

    def root(place: int) -> int:
        while parents[place] != place:
            parents[place] = parents[parents[place]]
            place = parents[place]
        return place

    said = [spoken_words(shape) for shape in shapes]
    counts = Counter(word for words in said for word in set(words))
    polite = {word for word, _ in counts.most_common(_SAID_EVERYWHERE)}
    cores = [" ".join(word for word in words if word not in polite) or " ".join(words) for words in said]
    first: dict[str, int] = {}
    for place, core in enumerate(cores):
        parents[root(place)] = root(first.setdefault(core, place))
    rows = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 4), dtype=np.float32).fit_transform(cores)
    for start in range(0, len(cores), _CHUNK):
        likeness = (rows[start : start + _CHUNK] @ rows.T).tocoo()
        near = likeness.data > _ALIKE
        for here, there in zip(likeness.row[near] + start, likeness.col[near], strict=True):
            if here < there and intents[here] == intents[there]:
                parents[root(there)] = root(here)
    return np.array([root(place) for place in range(len(cores))], dtype=np.intp)


def topic_groups(groups: NDArray[np.intp], intents: Sequence[str], vectors: Vectors) -> NDArray[np.intp]:
    """Return the groups with those out of scope replaced by topics: sentences of like meaning."""
    outside = np.flatnonzero(np.array(intents) == OUT_OF_SCOPE)
    topics = len(outside) // _EXAMPLES_PER_TOPIC
    if topics < 2:
        return groups
    found = KMeans(topics, n_init=2, random_state=0).fit_predict(vectors[outside])
    merged = groups.copy()
    merged[outside] = len(groups) + found
    return merged


def folds(
    intents: Sequence[str], groups: NDArray[np.intp], count: int
) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Return (learnt from, judged by) for each fold; every intent is spread, no group is cut."""
    split = StratifiedGroupKFold(count, shuffle=True, random_state=0).split(np.zeros(len(groups)), intents, groups)
    return [(np.asarray(learnt), np.asarray(judged)) for learnt, judged in split]
