"""The weights of our own model: a table of rows for stems and character n-grams, and a projection of USE.

On disk (`weights/titles.npz`) the rows are int8 with one scale each, which loses nothing that the figures show.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ml.embeddings.features import Vocabulary

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class TitleTable:
    """vocabulary: which features have a row. rows: features × d. projection: 512 × d. centre: 512, USE's mean."""

    vocabulary: Vocabulary
    rows: Floats
    projection: Floats
    centre: Floats
    revision: str

    def save(self, path: Path) -> None:
        """Write the table, quantised."""
        scale = np.abs(self.rows).max(axis=1) / 127.0
        scale[scale == 0] = 1.0
        np.savez_compressed(
            path,
            known=self.vocabulary.known,
            rows=np.rint(self.rows / scale[:, None]).astype(np.int8),
            scale=scale.astype(np.float32),
            projection=self.projection.astype(np.float16),
            centre=self.centre.astype(np.float32),
        )


def read_table(path: Path) -> TitleTable:
    """Read what `save` wrote. The revision is a digest of the file: other weights are another model."""
    with np.load(path, allow_pickle=False) as stored:
        rows = stored["rows"].astype(np.float32) * stored["scale"][:, None]
        return TitleTable(
            Vocabulary(stored["known"]),
            rows,
            stored["projection"].astype(np.float32),
            stored["centre"],
            hashlib.blake2b(path.read_bytes(), digest_size=4).hexdigest(),
        )
