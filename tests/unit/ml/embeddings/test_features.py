from __future__ import annotations

import numpy as np

from ml.embeddings.features import Vocabulary, hashes, words


def test_a_text_is_the_sum_of_its_words_and_a_word_of_its_known_features() -> None:
    known = np.array(sorted({*hashes("cajer"), *hashes("bancari")}), dtype=np.uint32)
    vocabulary = Vocabulary(known)
    table = np.random.default_rng(1).standard_normal((len(known), 4)).astype(np.float32)
    bags = vocabulary.bags(["cajero bancario", "", "zzz", "cajero cajero"])
    sums = bags.sums(table)

    def word(stem: str) -> np.ndarray:
        rows = vocabulary.rows_of(stem)
        assert len(rows) == len(hashes(stem))
        return table[rows].sum(axis=0) / np.sqrt(len(rows))

    assert np.allclose(sums[0], (word("cajer") + word("bancari")) / np.sqrt(2), atol=1e-5)
    assert not sums[1].any()
    assert not sums[2].any()
    assert np.allclose(sums[3], 2 * word("cajer") / np.sqrt(2), atol=1e-5)


def test_stems_are_folded_and_features_are_the_same_everywhere() -> None:
    assert words("Técnicos en Refrigeración") == ["tecnic", "en", "refrigeracion"]
    # A hash is written into the weights: it must never change.
    assert hashes("ti") == [2899299039, 2903351528, 3172963788, 3655849179]
