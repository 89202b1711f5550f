"""The weights of our own model: rows for stems and character n-grams, a projection of USE, and a memory of occupations.

On disk (`weights/titles.npz`) rows and memory are int8 with one scale a row, which loses nothing that the figures show.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ml.embeddings.features import Vocabulary
from ml.embeddings.memory import Memory

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class TitleTable:
    """vocabulary: which features have a row. rows: features × d. projection: 512 × d. centre: 512, USE's mean.

    memory: what is drawn towards known occupations, or nothing.
    """

    vocabulary: Vocabulary
    rows: Floats
    projection: Floats
    centre: Floats
    revision: str
    memory: Memory | None = None

    def save(self, path: Path) -> None:
        """Write the table, quantised."""
        rows, scale = _quantised(self.rows)
        memory = self.memory or Memory(np.zeros((0, self.rows.shape[1]), dtype=np.float32))
        occupations, occupation_scale = _quantised(memory.occupations)
        np.savez_compressed(
            path,
            known=self.vocabulary.known,
            rows=rows,
            scale=scale,
            projection=self.projection.astype(np.float16),
            centre=self.centre.astype(np.float32),
            occupations=occupations,
            occupation_scale=occupation_scale,
            recall=np.array([memory.temperature, memory.threshold, memory.pull, memory.kinship], dtype=np.float32),
            kin=memory.kin,
        )


def read_table(path: Path) -> TitleTable:
    """Read what `save` wrote. The revision is a digest of the file: other weights are another model."""
    with np.load(path, allow_pickle=False) as stored:
        occupations = _restored(stored["occupations"], stored["occupation_scale"])
        temperature, threshold, pull, kinship = (float(number) for number in stored["recall"])
        return TitleTable(
            Vocabulary(stored["known"]),
            _restored(stored["rows"], stored["scale"]),
            stored["projection"].astype(np.float32),
            stored["centre"],
            hashlib.blake2b(path.read_bytes(), digest_size=4).hexdigest(),
            Memory(occupations, temperature, threshold, pull, kinship, stored["kin"]) if len(occupations) else None,
        )


def _quantised(rows: Floats) -> tuple[NDArray[np.int8], Floats]:
    scale = np.abs(rows).max(axis=1) / np.float32(127.0)
    scale[scale == 0] = 1.0
    return np.rint(rows / scale[:, None]).astype(np.int8), scale.astype(np.float32)


def _restored(rows: NDArray[np.int8], scale: Floats) -> Floats:
    return np.asarray(rows.astype(np.float32) * scale[:, None], dtype=np.float32)
