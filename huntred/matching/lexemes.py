"""The words of a text as they are searched: Snowball's Spanish stems, without accents, each a number of 32 bits.

PostgreSQL stems, so that what is stored and what is asked for are stemmed alike. Two words that share a number are
taken as one: among some ten thousand words that happens about once, and costs a place in an order that is judged again.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import text
from sqlalchemy.orm import Session

from contract.text import normalise

Terms = NDArray[np.uint32]

# Of what tells duties: what comes later tells the company, the benefits and the law.
_LONGEST = 2_000
_STEMS = text(
    "SELECT tsvector_to_array(to_tsvector('spanish', given.line))"
    " FROM unnest(CAST(:lines AS text[])) WITH ORDINALITY AS given(line, place) ORDER BY given.place"
)


def terms_of(session: Session, texts: Sequence[str]) -> list[Terms]:
    """Return each text's different stems, in no order of meaning; what says nothing (de, para) is left out."""
    if not texts:
        return []
    rows = session.scalars(_STEMS, {"lines": [normalise(one[:_LONGEST]) for one in texts]})
    return [np.array([zlib.crc32(word.encode()) for word in words], dtype=np.uint32) for words in rows]


def packed(fields: Sequence[tuple[Terms, int]]) -> bytes:
    """Return what is stored of one document. fields: stems, and how many times each of them counts."""
    parts = [np.repeat(terms, times) for terms, times in fields]
    return np.concatenate(parts).astype("<u4").tobytes() if parts else b""


def unpacked(stored: bytes) -> Terms:
    """Return the stems of a document, each as often as it counts."""
    return np.frombuffer(stored, dtype="<u4")
