"""Our regression finds what scikit-learn's finds."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.linear_model import LogisticRegression

from bot.understanding.softmax import Features, fit


@pytest.fixture
def problem():
    chance = np.random.RandomState(7)
    classes = np.arange(300) % 4
    grams = sp.random(300, 40, density=0.2, random_state=chance, format="csr", dtype=np.float32)
    vectors = chance.randn(300, 8).astype(np.float32)
    vectors[:, :4] += 2 * np.eye(4, dtype=np.float32)[classes]
    return Features(grams, vectors), classes


def test_probabilities_are_those_of_scikit_learn(problem):
    features, classes = problem
    whole = np.hstack([features.grams.toarray(), features.vectors])
    theirs = LogisticRegression(C=0.5, max_iter=500, tol=1e-6).fit(whole, classes)

    logits = fit(features, classes, 4, strength=0.5).logits(features).astype(np.float64)
    ours = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)

    assert np.abs(ours - theirs.predict_proba(whole)).max() < 0.02


def test_the_same_again(problem):
    features, classes = problem
    first, second = (fit(features, classes, 4, strength=1.0).weights for _ in range(2))
    assert np.array_equal(first, second)
